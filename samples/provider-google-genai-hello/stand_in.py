# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A small server that stands for the provider: it speaks its protocol and answers by what it is asked for."""

import contextlib
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


Json = dict[str, Any]


def answer(asked: Json) -> list[list[Json]]:
    """Return the parts of an answer, in the pieces in which they stream."""
    last = asked['contents'][-1]['parts'][-1]
    if 'responseJsonSchema' in asked.get('generationConfig', {}):
        return [[{'text': '{"name": "Skarholm", "height_metres": 31}'}]]
    if 'functionResponse' in last:
        return [[{'text': f'They say there is {last["functionResponse"]["response"]["content"]}.'}]]
    if 'tools' in asked:
        return [[{'functionCall': {'id': 'call_1', 'name': 'weather', 'args': {'city': 'Oslo'}}}]]
    return [[{'text': 'Be brief and kind.', 'thought': True}], [{'text': 'Good '}], [{'text': 'morning!'}]]


def piece(parts: list[Json], *, is_last: bool) -> Json:
    candidate: Json = {'content': {'role': 'model', 'parts': parts}, **({'finishReason': 'STOP'} if is_last else {})}
    counted = {'promptTokenCount': 11, 'candidatesTokenCount': 7, 'totalTokenCount': 18}
    return {'candidates': [candidate], 'usageMetadata': counted}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        pieces = answer(json.loads(self.rfile.read(int(self.headers['content-length']))))
        if 'streamGenerateContent' in self.path:
            told = [piece(parts, is_last=parts is pieces[-1]) for parts in pieces]
            self.tell(''.join(f'data: {json.dumps(each)}\n\n' for each in told), 'text/event-stream')
        else:
            whole = [part for parts in pieces for part in parts]
            self.tell(json.dumps(piece(whole, is_last=True)), 'application/json')

    def tell(self, told: str, kind: str) -> None:
        body = told.encode()
        self.send_response(200)
        self.send_header('content-type', kind)
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
