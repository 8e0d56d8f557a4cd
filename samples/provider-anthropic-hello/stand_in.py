# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A small server that stands for the provider: it speaks its protocol and answers by what it is asked for."""

import contextlib
import json
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


Json = dict[str, Any]
DELTAS = {'text': 'text_delta', 'thinking': 'thinking_delta'}


def answer(asked: Json) -> list[Json]:
    """Return the blocks of an answer."""
    last = asked['messages'][-1]['content'][-1]
    if 'format' in asked.get('output_config', {}):
        return [{'type': 'text', 'text': '{"name": "Skarholm", "height_metres": 31}'}]
    if last['type'] == 'tool_result':
        return [{'type': 'text', 'text': f'They say there is {last["content"]}.'}]
    if 'tools' in asked:
        return [{'type': 'tool_use', 'id': 'toolu_1', 'name': 'weather', 'input': {'city': 'Oslo'}}]
    thought = {'type': 'thinking', 'thinking': 'Be brief and kind.', 'signature': 'c2lnbmVk'}
    return [thought, {'type': 'text', 'text': 'Good morning!'}]


def events(message: Json) -> Iterator[Json]:
    """Yield an answer as a stream, a word at a time; calls of tools begin whole."""
    yield {'type': 'message_start', 'message': {**message, 'content': [], 'stop_reason': None}}
    for index, block in enumerate(message['content']):
        kind = block['type']
        place = {'index': index}
        begun = {**block, kind: ''} if kind in DELTAS else block
        yield {'type': 'content_block_start', **place, 'content_block': begun}
        for word in block[kind].split(' ') if kind in DELTAS else ():
            yield {'type': 'content_block_delta', **place, 'delta': {'type': DELTAS[kind], kind: f'{word} '}}
        yield {'type': 'content_block_stop', **place}
    yield {'type': 'message_delta', 'delta': {'stop_reason': message['stop_reason']}, 'usage': message['usage']}
    yield {'type': 'message_stop'}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers['content-length'])))
        blocks = answer(asked)
        message = {'id': 'msg_1', 'type': 'message', 'role': 'assistant', 'model': asked['model'], 'content': blocks}
        message['stop_reason'] = 'tool_use' if blocks[-1]['type'] == 'tool_use' else 'end_turn'
        message['usage'] = {'input_tokens': 11, 'output_tokens': 7}
        if asked.get('stream'):
            told = ''.join(f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n' for event in events(message))
            self.tell(told, 'text/event-stream')
        else:
            self.tell(json.dumps(message), 'application/json')

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
