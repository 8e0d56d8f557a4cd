# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Records a provider's traffic once and replays it without network."""

import base64
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from genkit._base.errors import GenkitError
from genkit._base.secrets import REDACTED, is_secret, redact
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest


_HOP_HEADERS: Final = frozenset(
    {'connection', 'content-encoding', 'content-length', 'date', 'host', 'set-cookie', 'transfer-encoding'}
)


class Cassette:
    """A loopback server between a client and its provider; point the client's base URL at ``cassette.url``.

    With a file it replays what is in it, and a request that is not in it fails the test. Without one, or with
    ``record=True``, requests go on to the provider, and the file is written when the ``with`` block ends well.
    Credentials reach the provider but not the file: headers, query parameters and JSON members that are named like
    them are replaced.

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
        self._server = LoopbackServer(self._record if self.recording else self._replay)

    @property
    def url(self) -> str:
        """Where the client should send its requests."""
        return self._server.url

    @property
    def requests(self) -> list[RecordedRequest]:
        """What was asked, in order."""
        return self._server.requests

    def __enter__(self) -> Self:
        """Open the file, or begin to record."""
        if self.recording and self._target is None:
            raise GenkitError(
                f'{self._path} does not exist and there is no target to record from: Cassette(path, target=…).',
                status='FAILED_PRECONDITION',
            )
        if not self.recording:
            self._entries = json.loads(self._path.read_text(encoding='utf-8'))['entries']
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close, and keep what was recorded."""
        self._server.__exit__(kind, error, where)
        if self.recording and error is None:
            text = json.dumps({'version': 1, 'entries': self._entries}, indent=2, ensure_ascii=False)
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
        self._entries.append(
            {
                'request': _key(request),
                'response': {
                    'status': status,
                    'headers': {name: REDACTED if is_secret(name) else value for name, value in kept.items()},
                    'body': [_written(piece) for piece in pieces],
                },
            }
        )
        return CannedAnswer(pieces, status, kept)

    def _replay(self, request: RecordedRequest) -> CannedAnswer:
        key = _key(request)
        for number, entry in enumerate(self._entries):
            if entry['request'] == key:
                del self._entries[number]
                response = entry['response']
                return CannedAnswer(
                    [_read(piece) for piece in response['body']], response['status'], response['headers']
                )
        message = f'{self._path.name} holds no answer to {request.method} {key["path"]}; record it anew.'
        return CannedAnswer.of_json({'error': {'message': message, 'wanted': key}}, status=599)


def _key(request: RecordedRequest) -> dict[str, Any]:
    """Return what tells a request from others, credentials replaced."""
    parts = urlsplit(request.path)
    query = [(name, REDACTED if is_secret(name) or name == 'key' else value) for name, value in parse_qsl(parts.query)]
    path = f'{parts.path}?{urlencode(query)}' if query else parts.path
    try:
        body: Any = redact(json.loads(request.body)) if request.body else None
    except ValueError:
        body = _written(request.body)
    return {'method': request.method, 'path': path, 'body': body}


def _written(piece: bytes) -> str | dict[str, str]:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return {'base64': base64.b64encode(piece).decode()}


def _read(piece: str | dict[str, str]) -> bytes:
    return piece.encode() if isinstance(piece, str) else base64.b64decode(piece['base64'])
