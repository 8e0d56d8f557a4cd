# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A small server that stands for Ollama: it speaks its protocol and answers by what it is asked for."""

import contextlib
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


Json = dict[str, Any]
CALL = {'function': {'name': 'weather', 'arguments': {'city': 'Oslo'}}}


def messages(asked: Json) -> list[Json]:
    """Return the pieces of an answer: a tool call, what comes of it, or the object that is asked for."""
    last = asked['messages'][-1]
    if asked.get('format'):
        return [{'content': '{"items": ["coat", "boots"], '}, {'content': '"umbrella": true}'}]
    if last['role'] == 'tool':
        return [{'content': 'It is cold: '}, {'content': last['content']}, {'content': '.'}]
    return [{'content': '', 'thinking': 'I have to look. '}, {'content': '', 'tool_calls': [CALL]}]


def whole(pieces: list[Json]) -> Json:
    """Return an answer that does not stream."""
    calls = [call for piece in pieces for call in piece.get('tool_calls', [])]
    return {
        'content': ''.join(piece['content'] for piece in pieces),
        'thinking': ''.join(piece.get('thinking', '') for piece in pieces),
        **({'tool_calls': calls} if calls else {}),
    }


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers['content-length'])))
        end = {'done': True, 'done_reason': 'stop', 'prompt_eval_count': 11, 'eval_count': 7}
        pieces = messages(asked)
        if asked.get('stream', True):
            lines = [{'message': piece, 'done': False} for piece in pieces]
            lines.append({'message': {'content': ''}, **end})
        else:
            lines = [{'message': whole(pieces), **end}]
        body = ''.join(json.dumps({'model': asked['model'], **line}) + '\n' for line in lines).encode()
        self.send_response(200)
        self.send_header('content-type', 'application/x-ndjson')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server's name)
        pass


@contextlib.contextmanager
def serving() -> Generator[str]:
    """Serve on a free port of this machine; give the address."""
    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_address[1]}'
        server.shutdown()
