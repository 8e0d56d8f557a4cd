# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sending a file by the form that every index understands."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from releasekit.build.attestations import attestation_path
from releasekit.index.metadata_form import upload_form
from releasekit.index.port import Answer, Outcome
from releasekit.model.plan import Artefact


Credentials = Callable[[str], Awaitable[tuple[str, str]]]

_EXISTS = re.compile(r'already (exists|been taken|uploaded)|file[- ]name[- ]reuse|this filename has', re.IGNORECASE)
_QUOTA = re.compile(r'too many new projects|project\.create', re.IGNORECASE)
_SHOWN = 300
_THROTTLED, _CONFLICT = 429, 409
_ANSWER = 1 << 20
_SECONDS = 60.0
_LONGEST_HINT = 366 * 86_400.0


class FormUploader:
    """Sends a file in one request, and reads the answer.

    Args:
        client: What requests are sent with.
        url: Where forms go.
        credentials: Gives user and password for a package; asked for each file, as tokens expire.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, credentials: Credentials) -> None:
        self._client = client
        self._url = url
        self._credentials = credentials

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        """Send a file; whatever keeps it from being answered makes the answer unclear."""
        content = await asyncio.to_thread(path.read_bytes)
        user, password = await self._credentials(artefact.package)
        signed = attestation_path(path)
        said = {'attestations': f'[{signed.read_text(encoding="utf-8")}]'} if signed.is_file() else {}
        try:
            async with self._client.stream(
                'POST',
                self._url,
                data={**upload_form(artefact, path), **said},
                files={'content': (artefact.file, content, 'application/octet-stream')},
                auth=httpx.BasicAuth(user, password),
                follow_redirects=False,
            ) as answer:
                return read_answer(await _beginning(answer))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return Answer(Outcome.UNCLEAR, f'{type(error).__name__} {error}'.rstrip())


async def _beginning(answer: httpx.Response) -> httpx.Response:
    """Return an answer with the beginning of its text, which is all that is read of it.

    Raises:
        TimeoutError: Not even that came in time.
    """
    content = bytearray()
    async with asyncio.timeout(_SECONDS):
        async for piece in answer.aiter_bytes():
            content += piece[: _ANSWER - len(content)]
            if len(content) >= _ANSWER:
                break
    headers = [(name, value) for name, value in answer.headers.multi_items() if name != 'content-encoding']
    return httpx.Response(answer.status_code, headers=headers, content=bytes(content))


def read_answer(answer: httpx.Response) -> Answer:
    """Return what an index's answer to an upload means."""
    text = f'{answer.status_code} {_plain(answer.text)}'.rstrip()
    status = answer.status_code
    hint = _retry_after(answer.headers)
    if status == _THROTTLED:
        quota = _QUOTA.search(f'{answer.text} {answer.headers.get("ratelimit-policy", "")}')
        return Answer(Outcome.QUOTA if quota else Outcome.THROTTLED, text, hint)
    if answer.is_success:
        kind = answer.headers.get('content-type', '')
        looks_wrong = 'html' in kind and '<form' in answer.text.lower()
        return Answer(Outcome.UNCLEAR if looks_wrong else Outcome.STORED, text)
    if status == _CONFLICT or _EXISTS.search(answer.text):
        return Answer(Outcome.THERE, text)
    if status in {401, 403}:
        return Answer(Outcome.DENIED, text)
    if answer.is_client_error and status not in {408, 425}:
        return Answer(Outcome.REFUSED, text)
    if answer.is_redirect:
        return Answer(Outcome.REFUSED, f'{text}: the address leads elsewhere, and files are sent to no second address')
    return Answer(Outcome.UNCLEAR, text, hint)


def _retry_after(headers: httpx.Headers) -> float | None:
    given = headers.get('retry-after', '')
    if re.fullmatch(r'[0-9]+', given):
        return min(float(given), _LONGEST_HINT)
    try:
        return max(0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        limit = re.search(r'\bt=([0-9]+)', headers.get('ratelimit', ''))
        return min(float(limit[1]), _LONGEST_HINT) if limit else None


def _plain(text: str) -> str:
    """Return the words of an answer that may be a page."""
    return ' '.join(re.sub(r'<(style|script)\b.*?</\1>|<[^>]*>', ' ', text, flags=re.DOTALL).split())[:_SHOWN]
