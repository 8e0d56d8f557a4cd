# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cohere's chat, as its reference describes it: https://docs.cohere.com/reference/chat."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit.testing import Asked, AskedMessage, Awkward, CannedAnswer, RecordedRequest, Said, SaidCall
from genkit.testing.wires import TOOL_RULES, SchemaRules, first_refused

from genkit_cohere.testing.awkward import cohere_rows


Event = dict[str, Any]

_FINISH: Final = {'stop': 'COMPLETE', 'length': 'MAX_TOKENS', 'blocked': 'ERROR', None: None}
_CHOICES: Final = {'REQUIRED': 'required', 'NONE': 'none', None: 'auto'}
_ROLES: Final = {'assistant': 'model'}
_EVENTS: Final = {'content-type': 'text/event-stream'}
# https://docs.cohere.com/docs/structured-outputs#unsupported-schema-features (November 2026)
_ANSWER_RULES: Final = SchemaRules(
    object_root=True,
    refused=frozenset(
        {'allOf', 'oneOf', 'not', 'minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength'}
        | {'uniqueItems', 'prefixItems', 'patternProperties', 'pattern'}
    ),
    formats=frozenset(['date-time', 'uuid', 'date', 'time']),
)


class CohereWire:
    """The wire format of Cohere's chat API, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        end = _end(said)
        message = {'role': 'assistant', 'content': _content(said), **_planned(said), **_called(said)}
        return CannedAnswer.of_json({'id': 'c1', 'message': {k: v for k, v in message.items() if v}, **end})

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        frames = [b''.join(frame(event) for event in group) for group in _groups(_events(said))]
        if not said.cut:
            return CannedAnswer(frames, 200, _EVENTS)
        body = b''.join(frames)
        return CannedAnswer(body, 200, _EVENTS, cut_at=len(body) // 2)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return CannedAnswer.of_json({'id': 'e1', 'message': message}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return cohere_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: Event = request.json
        assert request.path == '/v2/chat', request.path
        held: Event = body.get('response_format') or {}
        tools = {tool['function']['name']: tool['function']['parameters'] for tool in body.get('tools', [])}
        options = {name: body.get(name) for name in ('temperature', 'max_tokens')}
        options['stop'] = body.get('stop_sequences')
        schema = held.get('json_schema')
        return Asked(
            model=body['model'],
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            messages=[_message(message) for message in body['messages']],
            tools=tools,
            tool_choice=_CHOICES[body.get('tool_choice')],
            schema=schema,
            stream=body['stream'],
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=first_refused(schema, tools, _ANSWER_RULES, TOOL_RULES) or _refused(body),
        )


def frame(event: Event) -> bytes:
    """Return an event as the provider sends it."""
    return f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n'.encode()


def _refused(body: Event) -> str | None:
    """Return why the provider refuses a request for what does not go together."""
    if body.get('response_format') and (body.get('tools') or body.get('documents')):
        return 'response_format is not supported with tools or documents'
    if body.get('tool_choice') and not body.get('tools'):
        return 'tool_choice is not supported without tools'
    empty = any(message['role'] == 'user' and not message['content'] for message in body['messages'])
    return 'a message of the user is empty' if empty else None


def _events(said: Said) -> Iterator[Event]:
    empty: Event = {'role': 'assistant', 'content': [], 'tool_plan': '', 'tool_calls': [], 'citations': []}
    yield {'type': 'message-start', 'id': 'c1', 'delta': {'message': empty}}
    index = 0
    planned = said.thoughts if said.calls else ()
    for kind, pieces in (('thinking', () if said.calls else said.thoughts), ('text', said.texts)):
        if pieces:
            yield _event('content-start', index, {'content': {'type': kind, kind: ''}})
            yield from (_event('content-delta', index, {'content': {kind: piece}}) for piece in pieces)
            yield {'type': 'content-end', 'index': index}
            index += 1
    yield from ({'type': 'tool-plan-delta', 'delta': {'message': {'tool_plan': piece}}} for piece in planned)
    for number, call in enumerate(said.calls):
        half = len(call.arguments) // 2
        begun = {'id': call.ref, 'type': 'function', 'function': {'name': call.name, 'arguments': ''}}
        yield _event('tool-call-start', number, {'tool_calls': begun})
        for piece in (call.arguments[:half], call.arguments[half:]):
            yield _event('tool-call-delta', number, {'tool_calls': {'function': {'arguments': piece}}})
        yield {'type': 'tool-call-end', 'index': number}
    yield {'type': 'message-end', 'id': 'c1', 'delta': _end(said)}


def _groups(events: Iterator[Event]) -> Iterator[Sequence[Event]]:
    """Yield events in the groups in which they are sent; what begins comes together with what follows."""
    waiting: list[Event] = []
    for event in events:
        waiting.append(event)
        if not event['type'].endswith('-start') or event['type'] == 'message-start':
            yield waiting
            waiting = []


def _event(kind: str, index: int, message: Event) -> Event:
    return {'type': kind, 'index': index, 'delta': {'message': message}}


def _content(said: Said) -> list[Event]:
    thoughts = '' if said.calls else said.thought
    parts = [{'type': 'thinking', 'thinking': thoughts}] if thoughts else []
    return [*parts, {'type': 'text', 'text': said.text}] if said.texts else parts


def _planned(said: Said) -> Event:
    return {'tool_plan': said.thought} if said.calls and said.thought else {}


def _called(said: Said) -> Event:
    calls = [
        {'id': call.ref, 'type': 'function', 'function': {'name': call.name, 'arguments': call.arguments}}
        for call in said.calls
    ]
    return {'tool_calls': calls} if calls else {}


def _end(said: Said) -> Event:
    tokens = {'input_tokens': said.input_tokens, 'output_tokens': said.output_tokens}
    cached = {} if said.cached_tokens is None else {'cached_tokens': said.cached_tokens}
    usage = {'billed_units': {'input_tokens': 3, 'output_tokens': 2}, 'tokens': tokens, **cached}
    reason = 'TOOL_CALL' if said.calls and said.finish == 'stop' else _FINISH[said.finish]
    return {'finish_reason': reason, 'usage': usage}


def _message(message: Event) -> AskedMessage:
    content: Any = message.get('content') or ''
    blocks: list[Event] = cast('list[Event]', content) if isinstance(content, list) else []
    return AskedMessage(
        role=_ROLES.get(str(message['role']), str(message['role'])),
        text=content if isinstance(content, str) else ''.join(_text(block) for block in blocks),
        calls=[
            SaidCall(call['function']['name'], call['function']['arguments'], call['id'])
            for call in message.get('tool_calls') or ()
        ],
        ref=message.get('tool_call_id'),
        media=[_type_of(block['image_url']['url']) for block in blocks if block['type'] == 'image_url'],
    )


def _text(block: Event) -> str:
    if block['type'] != 'document':
        return str(block.get('text', ''))
    data: Event = block['document']['data']
    return str(data['output']) if list(data) == ['output'] else json.dumps(data)


def _type_of(url: str) -> str:
    return url.partition(';')[0].removeprefix('data:') if url.startswith('data:') else 'image/*'
