# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Anthropic's protocol, as its reference describes it: https://platform.claude.com/docs/en/api/messages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.awkward_anthropic import anthropic_rows
from genkit.testing.wires.said import Asked, AskedMessage, Awkward, Said, SaidCall
from genkit.testing.wires.schema_rules import ANTHROPIC_RULES, TOOL_RULES, first_refused


_FINISH: Final = {'stop': 'end_turn', 'length': 'max_tokens', 'blocked': 'refusal', None: None}
_CHOICES: Final = {'auto': 'auto', 'any': 'required', 'none': 'none'}
_ERRORS: Final = {
    401: 'authentication_error',
    402: 'billing_error',
    403: 'permission_error',
    404: 'not_found_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    500: 'api_error',
    504: 'timeout_error',
    529: 'overloaded_error',
}
_EVENTS: Final = {'content-type': 'text/event-stream; charset=utf-8'}

Event = dict[str, Any]


class AnthropicWire:
    """The wire format of Anthropic's Messages API, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        blocks: list[Event] = []
        if said.thoughts:
            blocks.append({'type': 'thinking', 'thinking': said.thought, 'signature': 'c2lnbmVk'})
        if said.texts:
            blocks.append({'type': 'text', 'text': said.text, 'citations': None})
        blocks += [{**_call(call), 'input': _input(call.arguments)} for call in said.calls]
        message = {**_head(_usage(said)), 'content': blocks, 'stop_reason': _finish(said)}
        return CannedAnswer.of_json(message, headers={'request-id': 'req_1'})

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        frames = [b''.join(_frame(event) for event in piece) for piece in self._pieces(said)]
        if not said.cut:
            return CannedAnswer(frames, 200, _EVENTS)
        body = b''.join(frames)  # shorter than it says: the connection is closed in its middle
        return CannedAnswer(body, 200, _EVENTS, cut_at=len(body) // 2)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        error = {'type': _ERRORS.get(status, 'invalid_request_error'), 'message': message}
        return CannedAnswer.of_json({'type': 'error', 'error': error, 'request_id': 'req_1'}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return anthropic_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: dict[str, Any] = request.json
        bearer = request.headers.get('authorization', '').removeprefix('Bearer ')
        held: dict[str, Any] = body.get('output_config', {}).get('format') or {}
        options = {name: body.get(name) for name in ('temperature', 'max_tokens')}
        options['stop'] = body.get('stop_sequences')
        tools = {tool['name']: tool['input_schema'] for tool in body.get('tools', []) if 'input_schema' in tool}
        messages = [asked for message in body['messages'] for asked in _messages(message)]
        system = body.get('system')
        if system is not None:
            messages.insert(0, AskedMessage(role='system', text=_text(system)))
        return Asked(
            model=body['model'],
            key=bearer or request.headers.get('x-api-key') or None,
            messages=messages,
            tools=tools,
            tool_choice=_CHOICES.get(body.get('tool_choice', {}).get('type')),
            schema=held.get('schema'),
            stream=bool(body.get('stream')),
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=first_refused(held.get('schema'), tools, ANTHROPIC_RULES, TOOL_RULES),
        )

    def _pieces(self, said: Said) -> Iterator[Sequence[Event]]:
        """Yield the events in the groups in which they are sent; a block begins together with what it says first."""
        usage = _usage(said)
        start: Event = {**_head({**usage, 'output_tokens': 1}), 'content': [], 'stop_reason': None}
        yield [{'type': 'message_start', 'message': start}]
        index = 0
        if said.thoughts:
            begun = _begin(index, {'type': 'thinking', 'thinking': '', 'signature': ''})
            signed = {'type': 'signature_delta', 'signature': 'c2lnbmVk'}
            deltas = [{'type': 'thinking_delta', 'thinking': thought} for thought in said.thoughts]
            yield from _block(begun, [*deltas, signed])
            index += 1
        if said.texts:
            begun = _begin(index, {'type': 'text', 'text': ''})
            yield from _block(begun, [{'type': 'text_delta', 'text': text} for text in said.texts])
            index += 1
        for call in said.calls:
            half = len(call.arguments) // 2
            pieces = (call.arguments[:half], call.arguments[half:])
            deltas = [{'type': 'input_json_delta', 'partial_json': piece} for piece in pieces]
            yield from _block(_begin(index, {**_call(call), 'input': {}}), deltas)
            index += 1
        delta = {'stop_reason': _finish(said), 'stop_sequence': None}
        yield [{'type': 'message_delta', 'delta': delta, 'usage': usage}]
        yield [{'type': 'message_stop'}]


def _frame(event: Event) -> bytes:
    return f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n'.encode()


def _begin(index: int, block: Event) -> Event:
    return {'type': 'content_block_start', 'index': index, 'content_block': block}


def _block(begun: Event, deltas: Sequence[Event]) -> Iterator[Sequence[Event]]:
    index = begun['index']
    events = [{'type': 'content_block_delta', 'index': index, 'delta': delta} for delta in deltas]
    yield [begun, {'type': 'ping'}, *events[:1]]
    yield from ([event] for event in events[1:])
    yield [{'type': 'content_block_stop', 'index': index}]


def _head(usage: Event) -> Event:
    return {
        'id': 'msg_1',
        'type': 'message',
        'role': 'assistant',
        'model': 'served',
        'stop_sequence': None,
        'usage': usage,
    }


def _call(call: SaidCall) -> Event:
    return {'type': 'tool_use', 'id': call.ref, 'name': call.name}


def _input(arguments: str) -> Any:
    """Return arguments as they are in a whole answer; what is not JSON stays text, as no provider would send it."""
    try:
        return json.loads(arguments or '{}')
    except ValueError:
        return arguments


def _finish(said: Said) -> str | None:
    return 'tool_use' if said.calls and said.finish == 'stop' else _FINISH[said.finish]


def _usage(said: Said) -> Event:
    usage: Event = {'input_tokens': said.input_tokens, 'output_tokens': said.output_tokens}
    if said.cached_tokens is not None:
        usage['input_tokens'] -= said.cached_tokens
        usage |= {'cache_read_input_tokens': said.cached_tokens, 'cache_creation_input_tokens': 0}
    if said.thoughts_tokens is not None:
        usage['output_tokens_details'] = {'thinking_tokens': said.thoughts_tokens}
    return usage


def _messages(message: dict[str, Any]) -> Iterator[AskedMessage]:
    """Yield what a message holds; each answer of a tool is its own message, as elsewhere."""
    blocks = _blocks(message['content'])
    for block in blocks:
        if block['type'] == 'tool_result':
            yield AskedMessage(
                role='tool',
                text=_text(block.get('content', '')),
                ref=block['tool_use_id'],
                media=_media(_blocks(block.get('content', ''))),
            )
    rest = [block for block in blocks if block['type'] != 'tool_result']
    if rest or not blocks:
        yield AskedMessage(
            role='model' if message['role'] == 'assistant' else str(message['role']),
            text=_text(rest),
            calls=[
                SaidCall(block['name'], json.dumps(block['input']), block['id'])
                for block in rest
                if block['type'] == 'tool_use'
            ],
            media=_media(rest),
        )


def _blocks(content: Any) -> list[dict[str, Any]]:
    return cast('list[dict[str, Any]]', content) if isinstance(content, list) else [{'type': 'text', 'text': content}]


def _text(content: Any) -> str:
    return ''.join(block['text'] for block in _blocks(content) if block['type'] == 'text')


def _media(blocks: Sequence[dict[str, Any]]) -> list[str]:
    found = [block for block in blocks if block['type'] in ('image', 'document')]
    fallback = {'image': 'image/*', 'document': 'application/pdf'}
    return [block['source'].get('media_type', fallback[block['type']]) for block in found]
