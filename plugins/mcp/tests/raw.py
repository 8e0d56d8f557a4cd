# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server over stdio that follows the protocol until a tool is called, and then does what the tool's name says."""

import json
import sys
from typing import Any


WRONG: dict[str, Any] = {
    'text-for-content': {'content': 'hello'},
    'no-content': {'isError': 'maybe'},
    'a-list': [1, 2],
    'unknown-block': {'content': [{'type': 'hologram', 'data': 1}]},
    'not-its-schema': {'content': [], 'structuredContent': {'answer': 'many'}},
}
ANSWER = {'type': 'object', 'properties': {'answer': {'type': 'integer'}}, 'required': ['answer']}


def say(message: Any) -> None:
    """Write a line."""
    sys.stdout.write(f'{json.dumps(message) if not isinstance(message, str) else message}\n')
    sys.stdout.flush()


def tools() -> list[dict[str, Any]]:
    """Return the tools."""
    named = [*WRONG, 'noise', 'other-id', 'error', 'bad-error', 'fine']
    listed: list[dict[str, Any]] = [{'name': name, 'inputSchema': {'type': 'object'}} for name in named]
    for tool in listed:
        if tool['name'] == 'not-its-schema':
            tool['outputSchema'] = ANSWER
    return listed


def call(number: Any, name: str) -> None:
    """Answer a call."""
    fine = {'content': [{'type': 'text', 'text': 'fine'}]}
    if name in WRONG:
        say({'jsonrpc': '2.0', 'id': number, 'result': WRONG[name]})
    elif name == 'noise':
        for noise in ('{"jsonrpc": "2.0", "id":', '\x00\xff', '[]', 'null', '{"method": 3}', '{"jsonrpc": "1.0"}'):
            say(noise)
        say({'jsonrpc': '2.0', 'method': 'notifications/unknown', 'params': {'a': 1}})
        say({'jsonrpc': '2.0', 'id': number, 'result': fine})
    elif name == 'other-id':
        say({'jsonrpc': '2.0', 'id': 'nobody', 'result': fine})
    elif name == 'error':
        say({'jsonrpc': '2.0', 'id': number, 'error': {'code': -32603, 'message': 'the disk is full'}})
    elif name == 'bad-error':
        say({'jsonrpc': '2.0', 'id': number, 'error': 'oops'})
    else:
        say({'jsonrpc': '2.0', 'id': number, 'result': fine})


for line in sys.stdin:
    asked = json.loads(line)
    method, identity = asked.get('method'), asked.get('id')
    if method == 'initialize':
        server = {'name': 'raw', 'version': '1'}
        given = {'protocolVersion': '2025-06-18', 'capabilities': {'tools': {}}, 'serverInfo': server}
        say({'jsonrpc': '2.0', 'id': identity, 'result': given})
    elif method == 'tools/list':
        say({'jsonrpc': '2.0', 'id': identity, 'result': {'tools': tools()}})
    elif method == 'tools/call':
        call(identity, asked['params']['name'])
    elif identity is not None:
        say({'jsonrpc': '2.0', 'id': identity, 'error': {'code': -32601, 'message': 'no such method'}})
