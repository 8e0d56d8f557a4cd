# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Mistral as a fake server, for contract tests. Source: https://docs.mistral.ai/api (November 2026)."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from genkit.plugin import read_json
from genkit.testing import (
    Asked,
    Awkward,
    AwkwardKind,
    CannedAnswer,
    OpenAIChatWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    RecordedRequest,
    Said,
)


Body = dict[str, Any]

_MEMBERS: Final = frozenset(
    (
        *('model', 'messages', 'prompt', 'suffix', 'stream', 'tools', 'tool_choice', 'response_format', 'metadata'),
        *('temperature', 'top_p', 'top_k', 'max_tokens', 'min_tokens', 'stop', 'random_seed', 'n', 'prediction'),
        *('presence_penalty', 'frequency_penalty', 'repetition_penalty', 'parallel_tool_calls', 'reasoning_effort'),
        *('logprobs', 'top_logprobs', 'prompt_logprobs', 'top_prompt_logprobs', 'prompt_mode', 'guardrails'),
        *('prompt_cache_key', 'service_tier', 'safe_prompt'),
    )
)
_ID: Final = re.compile(r'[A-Za-z0-9]{9}')
_AFTER: Final = {
    None: {'system', 'user'},
    'system': {'system', 'user', 'assistant'},
    'user': {'system', 'user', 'assistant'},
    'assistant': {'user', 'tool'},
    'tool': {'tool', 'assistant'},
}


class MistralWire(OpenAIChatWire):
    """The wire format of Mistral's chat, which is OpenAI's with lists of pieces and rules of its own."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        plain = super().answer(replace(said, thoughts=()))
        body: Body = read_json(cast('bytes', plain.body))
        message = body['choices'][0]['message']
        message.pop('refusal')
        if said.thoughts:
            message['content'] = [_thinking(said.thought), *([_text(said.text)] if said.texts else [])]
        _count(body)
        return CannedAnswer.of_json(body)

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces; usage comes with the reason, and the first text with the end of the thoughts."""
        plain = super().stream(replace(said, thoughts=()))
        if said.cut or isinstance(plain.body, bytes):
            return plain
        events = [read_json(frame.removeprefix(b'data: ')) for frame in plain.body if not frame.endswith(b'[DONE]\n\n')]
        last = events.pop()
        if events[-1]['choices'][0]['finish_reason'] is None:
            events.append(last)
        events[-1]['usage'] = last['usage']
        _count(events[-1])
        if said.thoughts:
            events[1:1] = [_with(events[0], [_thinking(thought)]) for thought in said.thoughts]
            place = 1 + len(said.thoughts)
            text = events[place]['choices'][0]['delta'].get('content') if events[place]['choices'] else None
            if text:
                events[place] = _with(events[0], [_thinking(''), _text(text)])
        return CannedAnswer.of_events(events)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        if status == 422:  # noqa: PLR2004  (the framework's own form)
            problem = {'type': 'value_error', 'loc': ['body', 'messages'], 'msg': message}
            return CannedAnswer.of_json({'object': 'error', 'message': {'detail': [problem]}}, status, headers)
        error = {'object': 'error', 'message': message, 'type': 'invalid_request_error', 'param': None, 'code': '1500'}
        return CannedAnswer.of_json(error, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return [*super().awkward(), *_rows()]

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: Body = request.json
        messages: list[Body] = body.get('messages') or [{'role': 'user', 'content': body.get('prompt')}]
        plain = {**body, 'messages': [_plain(message) for message in messages]}
        asked = super().asked(replace(request, body=json.dumps(plain).encode()))
        return replace(asked, body=body, refused=_refused(body, messages) or asked.refused)


class MistralSpeechWire(OpenAISpeechWire):
    """The wire format of Mistral's speech, for contract tests."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:  # noqa: ARG002  (of the protocol)
        """Return a response with audio."""
        return CannedAnswer.of_json({'audio_data': b64encode(sound).decode()})


class MistralTranscriptWire(OpenAITranscriptWire):
    """The wire format of Mistral's transcripts, for contract tests."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        usage = {'prompt_tokens': 3, 'completion_tokens': 4, 'total_tokens': 7, 'prompt_audio_seconds': 2}
        return CannedAnswer.of_json({'model': 'served', 'text': text, 'language': None, 'segments': [], 'usage': usage})


def _thinking(text: str) -> Body:
    return {'type': 'thinking', 'thinking': [{'type': 'text', 'text': text}] if text else []}


def _text(text: str) -> Body:
    return {'type': 'text', 'text': text}


def _with(event: Body, content: list[Body]) -> Body:
    return {**event, 'choices': [{'index': 0, 'delta': {'content': content}, 'finish_reason': None}]}


def _count(body: Body) -> None:
    """Leave out what Mistral does not count."""
    if body.get('usage'):
        body['usage'].pop('completion_tokens_details', None)


def _plain(message: Body) -> Body:
    """Return a message in OpenAI's form."""
    content = message.get('content')
    if not isinstance(content, list):
        return message
    pieces = [_plain_piece(piece) for piece in cast('list[Body]', content) if piece['type'] != 'thinking']
    return {**message, 'content': pieces}


def _plain_piece(piece: Body) -> Body:
    if piece['type'] == 'image_url' and isinstance(piece['image_url'], str):
        return {**piece, 'image_url': {'url': piece['image_url']}}
    if piece['type'] == 'input_audio':
        return {**piece, 'input_audio': {'format': 'wav'}}
    return piece


def _refused(body: Body, messages: Sequence[Body]) -> str | None:
    return next(iter([*_unknown(body), *_out_of_order(messages), *_unanswered(messages)]), None)


def _unknown(body: Body) -> Iterator[str]:
    for name in body:
        if name not in _MEMBERS:
            yield f'body.{name}: Extra inputs are not permitted'


def _out_of_order(messages: Sequence[Body]) -> Iterator[str]:
    before: str | None = None
    for message in messages:
        role = message['role']
        if role not in _AFTER[before]:
            yield f'Unexpected role {role!r} after role {before!r}'
        if role == 'assistant' and not message.get('content') and not message.get('tool_calls'):
            yield 'Assistant message must have either content or tool_calls, but not none.'
        before = role
    if before == 'assistant' and not messages[-1].get('prefix'):
        yield 'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant'


def _unanswered(messages: Sequence[Body]) -> Iterator[str]:
    called: dict[str, str] = {}
    for message in messages:
        for call in message.get('tool_calls') or ():
            called[call['id']] = call['function']['name']
            if not _ID.fullmatch(call['id']):
                yield f'Tool call id was {call["id"]} but must be a-z, A-Z, 0-9, with a length of 9.'
        if message['role'] == 'tool' and called.get(message['tool_call_id']) != message.get('name'):
            yield 'Tool message has no name, or answers no call'


def _rows() -> Iterator[Awkward]:
    kind = AwkwardKind.DEVIATING
    thought = {'type': 'thinking', 'thinking': [{'type': 'tool_reference', 'tool': 'web', 'title': 't'}, 'hm']}
    pieces = [thought, {'type': 'reference', 'reference_ids': [1]}, _text('Hel'), {'type': 'strange'}, 'lo']
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': pieces}, 'finish_reason': 'model_length'}
    body = json.dumps({'id': '1', 'choices': [choice]}).encode()
    yield Awkward(
        name='whole: pieces of all kinds',
        kind=kind,
        body=body,
        streamed=False,
        content_type='application/json',
        text='Hello',
        finish='length',
    )
    delta = {'index': 0, 'delta': {'content': pieces}, 'finish_reason': 'model_length'}
    event = b'data: ' + json.dumps({'id': '1', 'choices': [delta]}).encode() + b'\n\n'
    yield Awkward(name='pieces of all kinds', kind=kind, body=event, text='Hello', finish='length')
    failed = json.dumps({'object': 'error', 'message': 'it broke', 'type': 'internal_server_error'}).encode()
    yield Awkward(
        name='in mid-stream: an object that is an error',
        kind=AwkwardKind.FAILED,
        body=event.replace(b'model_length', b'stop').replace(b'"stop"', b'null') + b'data: ' + failed + b'\n\n',
        status='INTERNAL',
        says='it broke',
    )
