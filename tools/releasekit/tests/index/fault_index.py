# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An index that misbehaves on demand: legacy uploads, the simple API as JSON or HTML, and a script of faults."""

import hashlib
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Sent:
    """A form as it came in."""

    form: dict[str, list[str]]
    file: str
    content: bytes
    headers: dict[str, str]


@dataclass
class FaultIndex:
    """Holds what was sent; use it in a `with` block.

    Attributes:
        faults: What becomes of the next uploads, in turn; see `_Handler.do_POST`.
        speaks: ``json`` or ``html``.
        hides_hashes: Whether pages say no hashes.
        says: The hash that pages say of every file, if not its own.
        provenance: What it serves as the provenance of each file, if anything.
        uploaded: When its files came, as pages in JSON say it; empty if they do not.
        stale_until: The monotonic time before which pages are those of an empty index.
        page: What every page is instead, if anything: status, type, text, further headers.
        serves: Bytes that are served instead of a file's own.
    """

    faults: list[str] = field(default_factory=list)
    speaks: str = 'json'
    hides_hashes: bool = False
    says: str = ''
    uploaded: str = ''
    provenance: bytes = b''
    stale_until: float = 0.0
    page: tuple[int, str, str, dict[str, str]] | None = None
    serves: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    minted: list[Any] = field(default_factory=list)
    mint_answer: tuple[int, dict[str, Any]] = (200, {'success': True, 'token': 'pypi-short'})

    def __enter__(self) -> Self:
        handler = type('Handler', (_Handler,), {'index': self})
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self._server.server_address[1]}'


_REFUSALS: dict[str, Any] = {
    '503 before': (503, 'text/plain', b'try later', {'Retry-After': '1'}),
    '429': (429, 'text/plain', b'slow down', {'Retry-After': '7'}),
    'quota': (
        429,
        'text/plain',
        b'Too many new projects created',
        {
            'RateLimit-Policy': '"project.create.user";q=4;w=86400',
            'RateLimit': '"project.create.user";r=0;t=4000',
        },
    ),
    '400': (400, 'text/html', b'<html><style>x</style><h1>No: not like this</h1></html>'),
    '403': (403, 'text/html', b'<html><h1>Not you</h1></html>'),
    'redirect': (301, 'text/plain', b'', {'Location': 'http://127.0.0.1:9/'}),
    'login': (200, 'text/html', b'<html><form>Who are you?</form></html>'),
}


class _Handler(BaseHTTPRequestHandler):
    index: FaultIndex
    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        index = self.index
        if self.path.startswith('/files/'):
            name = self.path.rpartition('/')[2]
            content = index.serves.get(name, index.held.get(name))
            self._say(404 if content is None else 200, 'application/octet-stream', content or b'')
        elif self.path.startswith('/_/oidc/audience'):
            self._say(200, 'application/json', b'{"audience": "testindex"}')
        elif self.path.startswith('/identity'):
            index.minted.append((self.path, self.headers['Authorization']))
            self._say(200, 'application/json', b'{"value": "claim"}')
        elif self.path == '/provenance':
            self._say(200, 'application/vnd.pypi.integrity.v1+json', index.provenance)
        elif index.page:
            status, kind, text, headers = index.page
            self._say(status, kind, text.encode(), headers)
        else:
            self._page(self.path.strip('/').split('/')[1])

    def _page(self, project: str) -> None:
        index = self.index
        start = project.replace('-', '_')
        names = [name for name in index.held if name.replace('-', '_').startswith(start)]
        if not names or time.monotonic() < index.stale_until:
            self._say(404, 'text/plain', b'no such project')
            return
        hashes = {name: index.says or hashlib.sha256(index.held[name]).hexdigest() for name in names}
        if index.speaks == 'json':
            files = [
                {
                    'filename': name,
                    'url': f'../../files/{name}',
                    'hashes': {} if index.hides_hashes else {'sha256': digest},
                    **({'upload-time': index.uploaded} if index.uploaded else {}),
                    **({'provenance': f'{index.url}/provenance'} if index.provenance else {}),
                }
                for name, digest in hashes.items()
            ]
            document = {'meta': {'api-version': '1.1'}, 'name': project, 'files': files}
            self._say(200, 'application/vnd.pypi.simple.v1+json', json.dumps(document).encode())
            return
        links = ''.join(
            f'<a href="/files/{name}{"" if index.hides_hashes else f"#sha256={digest}"}">{name}</a><br>'
            for name, digest in hashes.items()
        )
        self._say(200, 'text/html', f'<!DOCTYPE html><body><h1>{project}</h1>{links}</body>'.encode())

    def do_HEAD(self) -> None:
        """Refuse, as an index does that serves no parts of files."""
        self.send_response(405)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def do_POST(self) -> None:
        index = self.index
        if self.path.startswith('/_/oidc/mint-token'):
            body = self.rfile.read(int(self.headers['Content-Length']))
            index.minted.append(json.loads(body))
            status, answer = index.mint_answer
            self._say(status, 'application/json', json.dumps(answer).encode())
            return
        fault = index.faults.pop(0) if index.faults else ''
        length = int(self.headers['Content-Length'])
        if fault == 'reset':
            self.rfile.read(length // 2)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._take(self.rfile.read(length), fault)

    def _take(self, body: bytes, fault: str) -> None:
        sent = _parse(self.headers['Content-Type'], body, dict(self.headers))
        self.index.sent.append(sent)
        if fault in _REFUSALS:
            self._say(*_REFUSALS[fault])
            return
        held = self.index.held.setdefault(sent.file, sent.content)
        if held != sent.content:
            self._say(400, 'text/plain', b'File already exists. See the help on file-name-reuse.')
        elif fault == '503 after':
            self._say(503, 'text/plain', b'gone wrong')
        elif fault == 'silent after':
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self._say(200, 'text/plain', b'')

    def _say(self, status: int, kind: str, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {'Content-Type': kind, 'Content-Length': str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _parse(kind: str, body: bytes, headers: dict[str, str]) -> Sent:
    message = BytesParser().parsebytes(b'Content-Type: ' + kind.encode() + b'\r\n\r\n' + body)
    form: dict[str, list[str]] = {}
    file, content = '', b''
    parts: Any = message.get_payload()
    for part in parts:
        name = part.get_param('name', header='content-disposition')
        if name == 'content':
            file, content = part.get_filename(), part.get_payload(decode=True)
        else:
            form.setdefault(name, []).append(part.get_payload(decode=True).decode())
    return Sent(form, file, content, headers)
