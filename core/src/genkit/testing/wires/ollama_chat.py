# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Ollama's protocol, chat and generate, as its reference describes it: https://docs.ollama.com/api."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.awkward_ollama import ollama_rows
from genkit.testing.wires.said import Asked, AskedMessage, Awkward, Said, SaidCall, Wanted
from genkit.testing.wires.schema_rules import TOOL_RULES, SchemaRules, first_refused


_ROLES: Final = {'assistant': 'model'}
_OPTIONS: Final = {'temperature': 'temperature', 'max_tokens': 'num_predict', 'stop': 'stop'}
_TYPES: Final = {b'\x89PNG': 'image/png', b'\xff\xd8\xff': 'image/jpeg', b'GIF8': 'image/gif', b'RIFF': 'image/webp'}
_LINES: Final = {'content-type': 'application/x-ndjson'}


class OllamaWire:
    """The wire format of Ollama's chat and generate API, for contract tests.

    Args:
        ids: Whether tool calls have ids, as they do on servers since the end of 2025.
        generate: Whether to answer as ``/api/generate``, which knows no messages and no tools.
    """

    def __init__(self, *, ids: bool = True, generate: bool = False) -> None:
        self._ids = ids
        self._generate = generate

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        return CannedAnswer.of_json(self._line(said.text, said.thought, self._calls(said), **_end(said)))

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer as lines of JSON; tool calls come whole, as Ollama sends them."""
        lines = [f'{json.dumps(line)}\n'.encode() for line in self._lines(said)]
        if said.cut:
            body = b''.join(lines)
            return CannedAnswer(body, 200, _LINES, cut_at=len(body) // 2)
        return CannedAnswer(lines, 200, _LINES)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return CannedAnswer.of_json({'error': message}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return ollama_rows(generate=self._generate)

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: dict[str, Any] = request.json
        options: dict[str, Any] = body.get('options', {})
        held = body.get('format') if isinstance(body.get('format'), dict) else None
        tools = {tool['function']['name']: tool['function']['parameters'] for tool in body.get('tools', [])}
        return Asked(
            model=body['model'],
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            messages=[_message(message) for message in body['messages']] if 'messages' in body else _of_prompt(body),
            tools=tools,
            schema=held,
            stream=body.get('stream', True),
            options={name: options[wire] for name, wire in _OPTIONS.items() if wire in options},
            body=body,
            refused=first_refused(held, tools, SchemaRules(), TOOL_RULES),
        )

    def _lines(self, said: Said) -> Iterator[dict[str, Any]]:
        for thought in said.thoughts:
            yield self._line('', thought)
        for text in said.texts:
            yield self._line(text)
        for call in self._calls(said):
            yield self._line('', calls=[call])
        yield self._line('', **_end(said))

    def _line(self, text: str, thought: str = '', calls: Any = (), **members: Any) -> dict[str, Any]:
        head = {'model': 'served', 'created_at': '2026-11-22T12:00:00.000000Z', 'done': False}
        thinking = {'thinking': thought} if thought else {}
        if self._generate:
            return {**head, 'response': text, **thinking, **members}
        message = {'role': 'assistant', 'content': text, **thinking, **({'tool_calls': list(calls)} if calls else {})}
        return {**head, 'message': message, **members}

    def _calls(self, said: Said) -> list[dict[str, Any]]:
        return [
            {**({'id': call.ref} if self._ids else {}), 'function': {'index': number, **_function(call)}}
            for number, call in enumerate(said.calls)
        ]


def _end(said: Said) -> dict[str, Any]:
    reason = {} if said.finish is None else {'done_reason': said.finish}
    counts = {'prompt_eval_count': said.input_tokens, 'eval_count': said.output_tokens}
    return {'done': True, **reason, 'total_duration': 5_043_500_667, 'load_duration': 5_025_959, **counts}


def _function(call: SaidCall) -> dict[str, Any]:
    try:
        return {'name': call.name, 'arguments': json.loads(call.arguments or '{}')}
    except ValueError:  # the protocol has objects alone; text stands for what a proxy in between may make of it
        return {'name': call.name, 'arguments': call.arguments}


def _message(message: dict[str, Any]) -> AskedMessage:
    return AskedMessage(
        role=_ROLES.get(str(message['role']), str(message['role'])),
        text=message.get('content', ''),
        calls=[
            SaidCall(call['function']['name'], json.dumps(call['function']['arguments']), call['id'])
            for call in message.get('tool_calls') or ()
        ],
        ref=message.get('tool_call_id'),
        media=[_type_of(image) for image in message.get('images') or ()],
    )


def _of_prompt(body: dict[str, Any]) -> list[AskedMessage]:
    system = [AskedMessage(role='system', text=body['system'])] if body.get('system') else []
    media = [_type_of(image) for image in body.get('images') or ()]
    return [*system, AskedMessage(role='user', text=body['prompt'], media=media)]


def _type_of(image: str) -> str:
    data = base64.b64decode(image, validate=True)
    return next((kind for start, kind in _TYPES.items() if data.startswith(start)), 'application/octet-stream')


class OllamaEmbedWire:
    """The wire format of Ollama's embed API: https://docs.ollama.com/api/embed."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors."""
        return CannedAnswer.of_json({'model': 'served', 'embeddings': [list(vector) for vector in vectors]})

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return CannedAnswer.of_json({'error': message}, status, headers)

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body: dict[str, Any] = request.json
        key = request.headers.get('authorization', '').removeprefix('Bearer ') or None
        return Wanted(model=body['model'], key=key, texts=body['input'], options=body, body=body)
