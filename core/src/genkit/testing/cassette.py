# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Recording and replay of a provider's HTTP traffic."""

import base64
import contextlib
import json
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import read_json
from genkit._base.secrets import REDACTED, is_secret, redact_text
from genkit.testing.scrubbing import Scrubber, scrubbed_answer, scrubbed_body, scrubbed_path
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest


_HOP_HEADERS: Final = frozenset(
    {'connection', 'content-encoding', 'content-length', 'date', 'host', 'set-cookie', 'transfer-encoding'}
)
_BOUNDARY: Final = re.compile(r'boundary="?([^";\s]+)')


class Cassette:
    """A loopback server between a client and its provider; point the client's base URL at ``cassette.url``.

    With a file it replays what is in it, and a request that is not in it fails the test. Without one, or with
    ``record=True``, requests go on to the provider, and the file is written when the ``with`` block ends well.
    Credentials reach the provider but not the file. They are replaced in headers, paths, queries, forms, JSON and
    streams, in requests and in answers: those that are named like one, and whatever repeats them elsewhere.

    Args:
        path: The file, best kept beside the tests.
        target: The provider's base URL; only needed to record.
        record: Whether to record although there is a file; ``GENKIT_RECORD=1`` does so for all.
    """

    def __init__(self, path: str | Path, target: str | None = None, *, record: bool | None = None) -> None:
        self._path = Path(path)
        self._target = target.rstrip('/') if target else None
        wanted = os.environ.get('GENKIT_RECORD') == '1' if record is None else record
        self.recording = wanted or not self._path.exists()
        self._entries: list[dict[str, Any]] = []
        self._scrubber = Scrubber()
        self._server = LoopbackServer(self._record if self.recording else self._replay)

    @property
    def url(self) -> str:
        """The base URL for the client."""
        return self._server.url

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests, in order."""
        return self._server.requests

    def __enter__(self) -> Self:
        """Open the file, or begin to record."""
        if self.recording and self._target is None:
            raise GenkitError(
                f'{self._path} does not exist and there is no target to record from: Cassette(path, target=…).',
                status='FAILED_PRECONDITION',
            )
        if not self.recording:
            self._entries = _entries(self._path)
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close, and keep what was recorded."""
        self._server.__exit__(kind, error, where)
        if self.recording and error is None:
            entries = self._scrubber.without_known(self._entries)
            text = json.dumps({'version': 1, 'entries': entries}, indent=2, ensure_ascii=False)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(text + '\n', encoding='utf-8')

    def _record(self, request: RecordedRequest) -> CannedAnswer:
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_HEADERS}
        with (
            httpx.Client(timeout=120) as client,
            client.stream(
                request.method, f'{self._target}{request.path}', headers=headers, content=request.body
            ) as response,
        ):
            pieces = list(response.iter_bytes())
            kept = {name: value for name, value in response.headers.items() if name not in _HOP_HEADERS}
            status = response.status_code
        self._scrubber.learn(request, pieces)
        self._entries.append(
            {
                'request': _key(request),
                'response': {
                    'status': status,
                    'headers': {
                        name: REDACTED if is_secret(name) else redact_text(value) for name, value in kept.items()
                    },
                    'body': [_written(piece) for piece in scrubbed_answer(pieces, kept.get('content-type', ''))],
                },
            }
        )
        return CannedAnswer(pieces, status, kept)

    def _replay(self, request: RecordedRequest) -> CannedAnswer:
        self._scrubber.learn(request, ())
        key = self._scrubber.without_known(_key(request))
        for number, entry in enumerate(self._entries):
            if entry['request'] == key:
                del self._entries[number]
                response = entry['response']
                return CannedAnswer(
                    [_read(piece) for piece in response['body']], response['status'], response['headers']
                )
        message = f'{self._path.name} holds no answer to {request.method} {key["path"]}; record it anew.'
        return CannedAnswer.of_json({'error': {'message': message, 'wanted': key}}, status=599)


def _entries(path: Path) -> list[dict[str, Any]]:
    """Return what a file holds; what is replaced today may not have been when it was recorded."""
    try:
        entries = read_json(path.read_bytes(), f'The cassette {path.name!r}')['entries']
    except (KeyError, TypeError) as error:
        raise GenkitError(f'{path.name!r} is no cassette; record it anew.', status='FAILED_PRECONDITION') from error
    for entry in entries:
        request = entry['request']
        request['path'] = scrubbed_path(request['path'])
        request['body'] = scrubbed_body(request['body'])
    return entries


def _key(request: RecordedRequest) -> dict[str, Any]:
    """Return what tells a request from others, credentials replaced."""
    body: Any = _written(request.body) if request.body else None
    boundary = _BOUNDARY.search(request.headers.get('content-type', ''))
    if isinstance(body, str):
        body = body.replace(boundary[1], 'boundary') if boundary else body  # random in each request
        with contextlib.suppress(ValueError):
            body = json.loads(body)
    return {'method': request.method, 'path': scrubbed_path(request.path), 'body': scrubbed_body(body)}


def _written(piece: bytes) -> str | dict[str, str]:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return {'base64': base64.b64encode(piece).decode()}


def _read(piece: str | dict[str, str]) -> bytes:
    return piece.encode() if isinstance(piece, str) else base64.b64decode(piece['base64'])
