# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's chat protocol, as its reference describes it: https://platform.openai.com/docs/api-reference/chat."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.awkward_openai_chat import chat_rows
from genkit.testing.wires.said import Asked, AskedMessage, Awkward, Said, SaidCall
from genkit.testing.wires.schema_rules import OPENAI_RULES, OPENAI_STRICT_RULES, first_refused


_FINISH: Final = {'stop': 'stop', 'length': 'length', 'blocked': 'content_filter', None: None}
_ROLES: Final = {'developer': 'system', 'assistant': 'model'}


class OpenAIChatWire:
    """The wire format of OpenAI's Chat Completions API, for contract tests.

    Args:
        reasoning: The field that holds the reasoning; None for a provider that returns none.
    """

    def __init__(self, reasoning: str | None = 'reasoning_content') -> None:
        self._reasoning = reasoning

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        calls = [_call(call) for call in said.calls]
        message: dict[str, Any] = {'role': 'assistant', 'content': said.text or None, 'refusal': None}
        if calls:
            message['tool_calls'] = calls
        if said.thoughts and self._reasoning:
            message[self._reasoning] = said.thought
        choice = {'index': 0, 'message': message, 'finish_reason': self._finish(said), 'logprobs': None}
        return CannedAnswer.of_json({**_head('chat.completion'), 'choices': [choice], 'usage': _usage(said)})

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        events = [json.dumps({**_head('chat.completion.chunk'), **event}) for event in self._events(said)]
        if said.cut:
            return _cut_off(events)
        frames = [f'data: {event}\n\n'.encode() for event in [*events, '[DONE]']]
        return CannedAnswer(frames, 200, {'content-type': 'text/event-stream'})

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        error = {'message': message, 'type': 'invalid_request_error', 'param': None, 'code': None}
        return CannedAnswer.of_json({'error': error}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return chat_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: dict[str, Any] = request.json
        choice = body.get('tool_choice')
        held: Any = body.get('response_format')
        schema: dict[str, Any] = held['json_schema'] if held and 'json_schema' in held else {}
        rules = OPENAI_STRICT_RULES if schema.get('strict') else OPENAI_RULES
        tools = {tool['function']['name']: tool['function']['parameters'] for tool in body.get('tools', [])}
        limit = body.get('max_completion_tokens', body.get('max_tokens'))
        options = {'temperature': body.get('temperature'), 'max_tokens': limit, 'stop': body.get('stop')}
        return Asked(
            model=body['model'],
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            messages=[_message(message) for message in body['messages']],
            tools=tools,
            tool_choice=choice if isinstance(choice, str) else None,
            schema=schema.get('schema'),
            stream=bool(body.get('stream')),
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=first_refused(schema.get('schema'), tools, rules, OPENAI_RULES),
        )

    def _events(self, said: Said) -> Iterator[dict[str, Any]]:
        yield _delta({'role': 'assistant', 'content': ''})
        if self._reasoning:
            for thought in said.thoughts:
                yield _delta({self._reasoning: thought})
        for text in said.texts:
            yield _delta({'content': text})
        for number, call in enumerate(said.calls):
            function = {'name': call.name, 'arguments': ''}
            yield _delta({'tool_calls': [{'index': number, 'id': call.ref, 'type': 'function', 'function': function}]})
            half = len(call.arguments) // 2
            for piece in (call.arguments[:half], call.arguments[half:]):
                yield _delta({'tool_calls': [{'index': number, 'function': {'arguments': piece}}]})
        if said.finish is not None:
            yield _delta({}, self._finish(said))
        yield {'choices': [], 'usage': _usage(said)}

    def _finish(self, said: Said) -> str | None:
        return 'tool_calls' if said.calls and said.finish == 'stop' else _FINISH[said.finish]


def _head(kind: str) -> dict[str, Any]:
    return {'id': 'chatcmpl-1', 'object': kind, 'created': 1_700_000_000, 'model': 'served'}


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {'choices': [{'index': 0, 'delta': delta, 'finish_reason': finish}]}


def _call(call: SaidCall) -> dict[str, Any]:
    return {'id': call.ref, 'type': 'function', 'function': {'name': call.name, 'arguments': call.arguments}}


def _usage(said: Said) -> dict[str, Any]:
    usage: dict[str, Any] = {
        'prompt_tokens': said.input_tokens,
        'completion_tokens': said.output_tokens,
        'total_tokens': said.input_tokens + said.output_tokens,
    }
    if said.cached_tokens is not None:
        usage['prompt_tokens_details'] = {'cached_tokens': said.cached_tokens}
    if said.thoughts_tokens is not None:
        usage['completion_tokens_details'] = {'reasoning_tokens': said.thoughts_tokens}
    return usage


def _cut_off(events: list[str]) -> CannedAnswer:
    """Return a body that is shorter than it says: the connection is closed in its middle."""
    body = ''.join(f'data: {event}\n\n' for event in events).encode()
    return CannedAnswer(body, 200, {'content-type': 'text/event-stream'}, cut_at=len(body) // 2)


def _message(message: dict[str, Any]) -> AskedMessage:
    content = message.get('content')
    pieces = cast('list[dict[str, Any]]', content) if isinstance(content, list) else [_text(content)]
    return AskedMessage(
        role=_ROLES.get(str(message['role']), str(message['role'])),
        text=''.join(piece['text'] for piece in pieces if piece['type'] == 'text'),
        calls=[
            SaidCall(call['function']['name'], call['function']['arguments'], call['id'])
            for call in message.get('tool_calls') or ()
        ],
        ref=message.get('tool_call_id'),
        media=[_type_of(piece) for piece in pieces if piece['type'] != 'text'],
    )


def _text(text: str | None) -> dict[str, Any]:
    return {'type': 'text', 'text': text or ''}


def _type_of(piece: dict[str, Any]) -> str:
    if piece['type'] == 'image_url':
        url: str = piece['image_url']['url']
        return url[5:].partition(';')[0] if url.startswith('data:') else 'image/*'
    if piece['type'] == 'input_audio':
        return f'audio/{piece["input_audio"]["format"]}'
    return 'application/pdf'
