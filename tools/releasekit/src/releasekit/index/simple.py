# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the simple API of an index: JSON where it speaks it (PEP 691), else HTML (PEP 503).

Only 404 says that there is nothing. Whatever else is no page of the project, such as the page of a login or of a proxy,
says nothing, and neither does an answer that is too large or never ends.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, cast
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx

from releasekit.index.port import IndexFile, IndexUnreachable
from releasekit.model.documents import parse_json
from releasekit.model.names import normalize_name


_ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'
_FRESH = {'Accept': _ACCEPT, 'Cache-Control': 'no-cache'}
_OK, _GONE = 200, 404
_REDIRECTS = 5
_SECONDS = 60.0
_PAGE = 64 << 20
_FILE = 1 << 30
_MARGIN = 16 << 20
_SLOWEST = 64 << 10
_STARTS = re.compile(r'\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b', re.IGNORECASE | re.DOTALL)
_MARKS = re.compile(r'<meta[^>]+pypi:(repository-version|api-version)|<(title|h1)>\s*Links for ', re.IGNORECASE)
_ENDS = ('.whl', '.tar.gz', '.zip')


@dataclass(frozen=True)
class _Limit:
    """The most bytes of an answer, and how long it may take: `seconds`, and more for each byte if `grows`."""

    size: int
    seconds: float
    grows: bool = False


class SimpleReader:
    """Asks an index what it holds.

    Args:
        client: What requests are sent with.
        url: Of the simple API; the pages of projects lie below it.
        patience: Seconds that a whole page may take; a file may take longer while enough of it arrives.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, patience: float = _SECONDS) -> None:
        self._client = client
        self._url = url if url.endswith('/') else f'{url}/'
        self._patience = patience

    async def files(self, package: str) -> Mapping[str, IndexFile] | None:
        """Return the files of a project by name; None if there is no such project.

        Files of other projects that its page lists are left out.

        Raises:
            IndexUnreachable: There was no answer, or one that is no page of the project.
        """
        url = f'{self._url}{package}/'
        content = bytearray()
        limit = _Limit(_PAGE, self._patience)
        status, kind = await self._read(url, _FRESH, limit, content.extend)
        if status == _GONE:
            return None
        try:
            found = _listed(bytes(content), kind, url, package)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, AssertionError) as error:
            raise IndexUnreachable(f'{_shown(url)} answered with what is no page of a project: {error}') from error
        return {file.file: file for file in found if _is_of(file, package)}

    async def digest(self, file: IndexFile) -> str:
        """Return the sha256 of a file as the index serves it.

        Raises:
            IndexUnreachable: It could not be read.
        """
        found = hashlib.sha256()
        await self._read_file(file, found.update)
        return found.hexdigest()

    async def fetch(self, file: IndexFile) -> bytes:
        """Return the bytes of a file as the index serves them, whatever the page says of them.

        Raises:
            IndexUnreachable: They could not be read.
        """
        content = bytearray()
        await self._read_file(file, content.extend)
        return bytes(content)

    async def _read_file(self, file: IndexFile, take: Callable[[bytes], object]) -> None:
        most = _FILE if file.size is None else min(_FILE, 4 * file.size + _MARGIN)
        limit = _Limit(most, self._patience, grows=True)
        status, _ = await self._read(file.url, {'Cache-Control': 'no-cache'}, limit, take)
        if status == _GONE:
            raise IndexUnreachable(f'{_shown(file.url)} is listed, and answers 404')

    async def _read(
        self, url: str, headers: Mapping[str, str], limit: _Limit, take: Callable[[bytes], object]
    ) -> tuple[int, str]:
        """Hand over the content of an address piece by piece; return the status, 200 or 404, and the type."""
        try:
            async with asyncio.timeout(limit.seconds) as clock:
                request = self._client.build_request('GET', url, headers=dict(headers))
                for _ in range(_REDIRECTS + 1):
                    answer = await self._client.send(request, stream=True, follow_redirects=False)
                    try:
                        if answer.next_request is None:
                            if answer.status_code == _OK:
                                await _take(answer, url, limit, clock, take)
                            break
                        request = answer.next_request
                        _refuse_downgrade(url, str(request.url))
                    finally:
                        await answer.aclose()
                else:
                    raise IndexUnreachable(f'{_shown(url)} leads from one address to the next, and to no page')
        except TimeoutError as error:
            raise IndexUnreachable(f'{_shown(url)} was not answered to the end in time') from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise IndexUnreachable(f'{_shown(url)}: {type(error).__name__} {error}'.rstrip()) from error
        if answer.status_code not in {_OK, _GONE}:
            raise IndexUnreachable(f'{_shown(url)} answered {answer.status_code}')
        return answer.status_code, answer.headers.get('content-type', '').lower()


async def _take(
    answer: httpx.Response, url: str, limit: _Limit, clock: asyncio.Timeout, take: Callable[[bytes], object]
) -> None:
    begin, size = asyncio.get_running_loop().time(), 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > limit.size:
            raise IndexUnreachable(f'{_shown(url)} answered with more than {limit.size:,} bytes')
        take(piece)
        if limit.grows:
            clock.reschedule(begin + limit.seconds + size / _SLOWEST)


def _refuse_downgrade(url: str, target: str) -> None:
    if urlsplit(url).scheme == 'https' and urlsplit(target).scheme != 'https':
        raise IndexUnreachable(f'{_shown(url)} leads to {_shown(target)}, which is not encrypted')


def _is_of(file: IndexFile, package: str) -> bool:
    """Return whether a file's name is of a project; of a name that follows no rule, whether it begins so."""
    if file.project is not None:
        return file.project == normalize_name(package)
    return normalize_name(file.file).startswith(f'{normalize_name(package)}-')


def _listed(content: bytes, kind: str, url: str, package: str) -> list[IndexFile]:
    if 'json' in kind:
        return _from_json(content, url, package)
    if 'html' in kind:
        return _from_html(content.decode(errors='replace'), url, package)
    raise ValueError(f'its type is {kind or "not said"!r}')


def _from_json(content: bytes, url: str, package: str) -> list[IndexFile]:
    document: Any = parse_json(content)
    api = document['meta']['api-version']
    if not re.fullmatch(r'1\.\d+', api):
        raise ValueError(f'it speaks version {api} of the interface, and 1 is understood')
    name = document['name']
    if normalize_name(name) != normalize_name(package):
        raise ValueError(f'it is the page of {name!r}')
    entries: list[Any] = document['files']
    if not isinstance(cast('object', entries), list):
        raise TypeError('its files are no list')
    return [_entry(entry, url) for entry in entries]


def _entry(entry: Any, url: str) -> IndexFile:
    """Return a file as a page in JSON lists it."""
    digest = entry.get('hashes', {}).get('sha256')
    provenance = entry.get('provenance')
    size = entry.get('size')
    return IndexFile(
        _text(entry['filename']),
        urljoin(url, _text(entry['url'])),
        _text(digest).lower() if digest is not None else None,
        _seconds(entry.get('upload-time')),
        urljoin(url, _text(provenance)) if provenance else None,
        size if isinstance(size, int) and size >= 0 else None,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f'{value!r:.100} is no text')
    return value


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


def _from_html(text: str, url: str, package: str) -> list[IndexFile]:
    if not _STARTS.match(text):
        raise ValueError('it is not HTML')
    links = _Links()
    links.feed(text)
    files: list[IndexFile] = []
    for link in links.found:
        target, fragment = urldefrag(urljoin(url, link))
        name = unquote(urlsplit(target).path.rpartition('/')[2])
        algorithm, _, digest = fragment.partition('=')
        if name.endswith(_ENDS):
            files.append(IndexFile(name, target, digest.lower() if algorithm == 'sha256' else None))
    if not any(_is_of(file, package) for file in files) and not _MARKS.search(text):
        raise ValueError(f'it lists no file of {package!r}')
    return files


def _shown(url: str) -> str:
    """Return an address without credentials."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition('@')[2]
    return parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl()
