# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the simple API of an index: JSON where it speaks it (PEP 691), else HTML (PEP 503)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx

from releasekit.index.port import IndexFile, IndexUnreachable


_ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'
_FRESH = {'Accept': _ACCEPT, 'Cache-Control': 'no-cache'}
_GONE = 404


class SimpleReader:
    """Asks an index what it holds.

    Args:
        client: What requests are sent with.
        url: Of the simple API; the pages of projects lie below it.
    """

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url if url.endswith('/') else f'{url}/'

    async def files(self, package: str) -> Mapping[str, IndexFile] | None:
        """Return the files of a project by name; None if there is no such project.

        Raises:
            IndexUnreachable: There was no answer, or one that is no page of a project.
        """
        url = f'{self._url}{package}/'
        answer = await self._get(url, _FRESH)
        if answer.status_code == _GONE:
            return None
        kind = answer.headers.get('content-type', '')
        if 'json' in kind:
            found = _from_json(answer, url)
        elif 'html' in kind:
            found = _from_html(answer.text, url)
        else:
            raise IndexUnreachable(f'{_shown(url)} answered with {kind or "no type"!r}, which is no page of a project')
        return {file.file: file for file in found}

    async def digest(self, file: IndexFile) -> str:
        """Return the sha256 of a file as the index serves it.

        Raises:
            IndexUnreachable: It could not be read.
        """
        return hashlib.sha256(await self.fetch(file)).hexdigest()

    async def fetch(self, file: IndexFile) -> bytes:
        """Return the bytes of a file as the index serves them, whatever the page says of them.

        Raises:
            IndexUnreachable: They could not be read.
        """
        answer = await self._get(file.url, {'Cache-Control': 'no-cache'})
        if answer.status_code == _GONE:
            raise IndexUnreachable(f'{_shown(file.url)} is listed, and answers 404')
        return answer.content

    async def _get(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        try:
            answer = await self._client.get(url, headers=dict(headers), follow_redirects=False)
            for _ in range(5):
                if answer.next_request is None:
                    break
                _refuse_downgrade(url, str(answer.next_request.url))
                answer = await self._client.send(answer.next_request, follow_redirects=False)
        except httpx.HTTPError as error:
            raise IndexUnreachable(f'{_shown(url)}: {type(error).__name__} {error}'.rstrip()) from error
        if answer.is_error and answer.status_code != _GONE:
            raise IndexUnreachable(f'{_shown(url)} answered {answer.status_code}')
        return answer


def _refuse_downgrade(url: str, target: str) -> None:
    if urlsplit(url).scheme == 'https' and urlsplit(target).scheme != 'https':
        raise IndexUnreachable(f'{_shown(url)} leads to {_shown(target)}, which is not encrypted')


def _from_json(answer: httpx.Response, url: str) -> list[IndexFile]:
    try:
        document: Any = answer.json()
        return [
            IndexFile(
                entry['filename'],
                urljoin(url, entry['url']),
                entry.get('hashes', {}).get('sha256'),
                _seconds(entry.get('upload-time')),
                urljoin(url, entry['provenance']) if entry.get('provenance') else None,
            )
            for entry in document['files']
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnreachable(f'{_shown(url)} answered with JSON that is no page of a project: {error}') from error


def _seconds(written: str | None) -> float | None:
    """Return a time as PEP 700 writes it, in seconds since 1970."""
    return datetime.fromisoformat(written).timestamp() if written else None


class _Links(HTMLParser):
    """Collects what a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the target of a link."""
        target = dict(attrs).get('href') if tag == 'a' else None
        if target:
            self.found.append(target)


def _from_html(text: str, url: str) -> list[IndexFile]:
    links = _Links()
    links.feed(text)
    files: list[IndexFile] = []
    for link in links.found:
        target, fragment = urldefrag(urljoin(url, link))
        name = unquote(urlsplit(target).path.rpartition('/')[2])
        algorithm, _, digest = fragment.partition('=')
        if name.endswith(('.whl', '.tar.gz', '.zip')):
            files.append(IndexFile(name, target, digest.lower() if algorithm == 'sha256' else None))
    return files


def _shown(url: str) -> str:
    """Return an address without credentials."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl()
