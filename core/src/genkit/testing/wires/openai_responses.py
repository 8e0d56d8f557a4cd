# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's Responses protocol, as https://platform.openai.com/docs/api-reference/responses describes it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.awkward_openai_responses import responses_rows
from genkit.testing.wires.said import Asked, AskedMessage, Awkward, Said, SaidCall
from genkit.testing.wires.schema_rules import OPENAI_RULES, OPENAI_STRICT_RULES, first_refused


_ROLES: Final = {'developer': 'system', 'assistant': 'model'}
_ENDS: Final = {'length': 'max_output_tokens', 'blocked': 'content_filter'}

Body = dict[str, Any]


class OpenAIResponsesWire:
    """The wire format of OpenAI's Responses API, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        return CannedAnswer.of_json(_response(said))

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        events = [{**event, 'sequence_number': number} for number, event in enumerate(self._events(said))]
        frames = [f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n'.encode() for event in events]
        frames = [b''.join(frames[:2]), *frames[2:]]  # the first item begins together with the answer
        headers = {'content-type': 'text/event-stream'}
        if not said.cut:
            return CannedAnswer(frames, 200, headers)
        body = b''.join(frames)  # shorter than it says: the connection is closed in its middle
        return CannedAnswer(body, 200, headers, cut_at=len(body) // 2)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        error = {'message': message, 'type': 'invalid_request_error', 'param': None, 'code': None}
        return CannedAnswer.of_json({'error': error}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return responses_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: Body = request.json
        text: Body = body.get('text') or {}
        held: Body = text.get('format') or {}
        rules = OPENAI_STRICT_RULES if held.get('strict') else OPENAI_RULES
        tools = {tool['name']: tool['parameters'] for tool in body.get('tools', []) if tool['type'] == 'function'}
        choice = body.get('tool_choice')
        options = {'temperature': body.get('temperature'), 'max_tokens': body.get('max_output_tokens')}
        return Asked(
            model=body['model'],
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            messages=_messages(body['input']),
            tools=tools,
            tool_choice=choice if isinstance(choice, str) else None,
            schema=held.get('schema'),
            stream=bool(body.get('stream')),
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=first_refused(held.get('schema'), tools, rules, OPENAI_RULES),
        )

    def _events(self, said: Said) -> Iterator[Body]:
        begun: Body = {
            **_response(said),
            'status': 'in_progress',
            'output': [],
            'usage': None,
            'incomplete_details': None,
        }
        yield {'type': 'response.created', 'response': begun}
        for index, item in enumerate(_items(said)):
            place = {'output_index': index, 'item_id': item['id']}
            yield {'type': 'response.output_item.added', 'output_index': index, 'item': _begun(item)}
            yield from ({**event, **place} for event in _deltas(item, said))
            yield {'type': 'response.output_item.done', 'output_index': index, 'item': item}
        if said.finish is not None:
            ended = 'completed' if said.finish == 'stop' else 'incomplete'
            yield {'type': f'response.{ended}', 'response': _response(said)}


def _deltas(item: Body, said: Said) -> Iterator[Body]:
    if item['type'] == 'reasoning':
        for thought in said.thoughts:
            yield {'type': 'response.reasoning_summary_text.delta', 'summary_index': 0, 'delta': thought}
    elif item['type'] == 'message':
        for text in said.texts:
            yield {'type': 'response.output_text.delta', 'content_index': 0, 'delta': text, 'logprobs': []}
    else:
        half = len(item['arguments']) // 2
        for piece in (item['arguments'][:half], item['arguments'][half:]):
            yield {'type': 'response.function_call_arguments.delta', 'delta': piece}


def _begun(item: Body) -> Body:
    empty: Body = {'reasoning': {'summary': []}, 'message': {'content': []}, 'function_call': {'arguments': ''}}
    return {**item, **empty[item['type']], 'status': 'in_progress'}


def _items(said: Said) -> list[Body]:
    items: list[Body] = []
    if said.thoughts:
        summary = [{'type': 'summary_text', 'text': said.thought}]
        items.append({'type': 'reasoning', 'id': 'rs_1', 'summary': summary, 'encrypted_content': 'ZW5jcnlwdGVk'})
    if said.texts:
        content: list[Body] = [{'type': 'output_text', 'text': said.text, 'annotations': [], 'logprobs': []}]
        items.append({'type': 'message', 'id': 'msg_1', 'role': 'assistant', 'status': 'completed', 'content': content})
    for number, call in enumerate(said.calls, 1):
        items.append(
            {
                'type': 'function_call',
                'id': f'fc_{number}',
                'call_id': call.ref,
                'name': call.name,
                'arguments': call.arguments,
                'status': 'completed',
            }
        )
    return items


def _response(said: Said) -> Body:
    reason = _ENDS.get(said.finish or '')
    return {
        'id': 'resp_1',
        'object': 'response',
        'created_at': 1_700_000_000,
        'model': 'served',
        'status': 'incomplete' if reason else 'completed' if said.finish else None,
        'incomplete_details': {'reason': reason} if reason else None,
        'error': None,
        'instructions': None,
        'metadata': {},
        'output': _items(said),
        'parallel_tool_calls': True,
        'tool_choice': 'auto',
        'tools': [],
        'temperature': 1.0,
        'top_p': 1.0,
        'usage': {
            'input_tokens': said.input_tokens,
            'input_tokens_details': {'cached_tokens': said.cached_tokens or 0},
            'output_tokens': said.output_tokens,
            'output_tokens_details': {'reasoning_tokens': said.thoughts_tokens or 0},
            'total_tokens': said.input_tokens + said.output_tokens,
        },
    }


def _messages(items: Sequence[Body]) -> list[AskedMessage]:
    """Return items as messages; what the model said and called stands in one message, as elsewhere."""
    messages: list[AskedMessage] = []
    for item in items:
        kind = item['type']
        if kind == 'function_call_output':
            messages.append(AskedMessage(role='tool', text=_text(item['output']), ref=item['call_id']))
        elif kind == 'message' and item['role'] != 'assistant':
            role = _ROLES.get(str(item['role']), str(item['role']))
            messages.append(AskedMessage(role=role, text=_text(item['content']), media=_media(item['content'])))
        elif kind in {'message', 'function_call'}:
            before = messages.pop() if messages and messages[-1].role == 'model' else AskedMessage(role='model')
            said = _text(item['content']) if kind == 'message' else ''
            calls = [SaidCall(item['name'], item['arguments'], item['call_id'])] if kind == 'function_call' else []
            messages.append(AskedMessage(role='model', text=before.text + said, calls=[*before.calls, *calls]))
    return messages


def _text(content: str | Sequence[Body]) -> str:
    if isinstance(content, str):
        return content
    return ''.join(piece['text'] for piece in content if piece['type'] in {'input_text', 'output_text'})


def _media(content: Sequence[Body]) -> list[str]:
    found: list[str] = []
    for piece in content:
        if piece['type'] == 'input_image':
            url: str = piece['image_url']
            found.append(url[5:].partition(';')[0] if url.startswith('data:') else 'image/*')
        elif piece['type'] == 'input_file':
            found.append('application/pdf')
    return found
