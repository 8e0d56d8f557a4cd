# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A loopback HTTP server with programmed responses, which records its requests.

It works for every HTTP library alike, because nothing is patched: point the client's base URL at it.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast


@dataclass(frozen=True)
class RecordedRequest:
    """A received request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def read(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return the members of a JSON object, or the fields of a form, and the contents of the form's files.

        An empty body has no members.
        """
        kind = self.headers.get('content-type', '')
        if not kind.startswith('multipart/'):
            return (self.json if self.body else {}), []
        message = BytesParser().parsebytes(f'Content-Type: {kind}\r\n\r\n'.encode() + self.body)
        fields: dict[str, Any] = {}
        files: list[bytes] = []
        for part in cast('list[Any]', message.get_payload()):
            content: bytes = part.get_payload(decode=True)
            if part.get_filename():
                files.append(content)
            else:
                fields[part.get_param('name', header='content-disposition')] = content.decode()
        return fields, files


@dataclass(frozen=True)
class CannedAnswer:
    """A canned response of the server.

    Attributes:
        body: The body, or its chunks to stream.
        cut_at: The number of bytes after which to close the connection; not for streams.
        delay: The delay before the response, in seconds.
        delay_seconds: An older name of ``delay``.
    """

    body: bytes | Iterable[bytes] = b''
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {'content-type': 'application/json'})
    cut_at: int | None = None
    delay: float = 0
    delay_seconds: InitVar[float | None] = None

    def __post_init__(self, delay_seconds: float | None) -> None:
        """Take the older name."""
        if delay_seconds is not None:
            object.__setattr__(self, 'delay', delay_seconds)

    @classmethod
    def of_json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Self:
        """Return an answer of JSON."""
        return cls(json.dumps(value).encode(), status, {'content-type': 'application/json', **(headers or {})})

    @classmethod
    def of_events(cls, events: Iterable[Any], end: str | None = '[DONE]') -> Self:
        """Return a stream of server-sent events, each value as one ``data:`` line of JSON."""
        frames = [f'data: {json.dumps(event)}\n\n'.encode() for event in events]
        last = [] if end is None else [f'data: {end}\n\n'.encode()]
        return cls([*frames, *last], 200, {'content-type': 'text/event-stream'})


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # connections that are not yet taken; with the library's 5 some would be refused


Answering = Callable[[RecordedRequest], CannedAnswer]


class LoopbackServer:
    """An HTTP server on a free loopback port, running inside a ``with`` block.

    Args:
        answer: Returns the response to a request; runs in the server's thread.

    Attributes:
        requests: The requests, in order.
    """

    def __init__(self, answer: Answering) -> None:
        self.requests: list[RecordedRequest] = []
        self._answer = answer
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        assert self._server is not None, 'the server runs inside a `with` block'
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        """Start."""
        self._server = _Server(('127.0.0.1', 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def respond(self, request: RecordedRequest) -> CannedAnswer:
        """Remember a request and return its answer."""
        self.requests.append(request)
        return self._answer(request)


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        disable_nagle_algorithm = True  # or the second half of a small answer waits for the client's acknowledgement

        def handle_any(self) -> None:
            length = int(self.headers.get('content-length') or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = RecordedRequest(self.command, self.path, headers, self.rfile.read(length))
            self._send(server.respond(request))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815  (the names http.server calls)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server's name)
            """Say nothing."""

        def _send(self, answer: CannedAnswer) -> None:
            if answer.delay:
                time.sleep(answer.delay)
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if isinstance(answer.body, bytes):
                    self.send_header('content-length', str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body[: answer.cut_at])
                    self.close_connection = self.close_connection or answer.cut_at is not None
                    return
                self.send_header('transfer-encoding', 'chunked')
                self.end_headers()
                for piece in answer.body:
                    self.wfile.write(f'{len(piece):x}\r\n'.encode() + piece + b'\r\n')
                    self.wfile.flush()
                self.wfile.write(b'0\r\n\r\n')
            except (BrokenPipeError, ConnectionResetError):  # the client has left
                self.close_connection = True
            finally:
                close = getattr(answer.body, 'close', None)  # a generator learns that nobody reads it any more
                if close is not None:
                    close()

    return Handler
