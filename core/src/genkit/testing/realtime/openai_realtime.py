# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's Realtime protocol, from the provider's side.

Source: https://developers.openai.com/api/reference/resources/realtime/server-events (November 2026).
"""

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from genkit.testing.realtime.moves import (
    CallMove,
    CancelCallsMove,
    CutMove,
    FailMove,
    GoAwayMove,
    PauseMove,
    RawMove,
    RealtimeMove,
    SpeakMove,
    UserSpeaksMove,
    silence_at_end,
    sound_as_text,
    text_as_sound,
)
from genkit.testing.realtime.server import Body, Frame, RealtimePeer, RealtimeServer


RATE: Final = 24_000
_BYTES_A_MS: Final = RATE * 2 / 1000
_TURN_ENDS_MS: Final = 500
_USAGE: Final = {
    'total_tokens': 15,
    'input_tokens': 10,
    'output_tokens': 5,
    'input_token_details': {'text_tokens': 4, 'audio_tokens': 6, 'cached_tokens': 2},
    'output_token_details': {'text_tokens': 2, 'audio_tokens': 3},
}


class OpenAIRealtimePeer(RealtimePeer):
    """Holds a conversation as OpenAI does: strict in what it takes, with errors as events.

    Args:
        server: As of `RealtimePeer`.
        number: As of `RealtimePeer`.
        path: As of `RealtimePeer`.
    """

    def __init__(self, server: RealtimeServer, number: int, path: str) -> None:
        super().__init__(server, number, path)
        self._ids = itertools.count(1)
        self._session: Body = {}
        self._items: list[Body] = []
        self._durations: dict[str, float] = {}
        self._buffer = b''
        self._is_speech = False
        self._active: Body | None = None
        self._handlers: dict[str, Callable[[Body], Iterator[Frame]]] = {
            'session.update': self._update,
            'input_audio_buffer.append': self._append,
            'input_audio_buffer.commit': self._commit,
            'input_audio_buffer.clear': self._clear,
            'conversation.item.create': self._create_item,
            'conversation.item.truncate': self._truncate,
            'response.create': self._create_response,
            'response.cancel': self._cancel,
        }

    def greet(self) -> list[Frame]:
        """Say that a session has begun, with the provider's defaults."""
        return [self._event('session.created', session={'id': f'sess_{self.number}', 'type': 'realtime'})]

    def take(self, message: Body) -> list[Frame]:
        """Return what is answered to an event."""
        handler = self._handlers.get(message.get('type', ''))
        if handler is None:
            return [self._refusal(message, 'invalid_value', f'Invalid value: {message.get("type")!r}.')]
        return list(handler(message))

    def _event(self, kind: str, **members: Any) -> Body:
        return {'type': kind, 'event_id': f'event_{next(self._ids)}', **members}

    def _refusal(self, message: Body, code: str, text: str) -> Body:
        about = message.get('event_id')
        error = {'type': 'invalid_request_error', 'code': code, 'message': text, 'param': None, 'event_id': about}
        return self._event('error', error=error)

    def _update(self, message: Body) -> Iterator[Frame]:
        session = message['session']
        if session.get('type') != 'realtime':
            yield self._refusal(message, 'missing_required_parameter', "Missing required parameter: 'session.type'.")
            return
        self._session = {**self._session, **session}
        yield self._event('session.updated', session={**self._session, 'id': f'sess_{self.number}'})

    def _hears_turns(self) -> bool:
        return self._session.get('audio', {}).get('input', {}).get('turn_detection', {}) is not None

    def _append(self, message: Body) -> Iterator[Frame]:
        sound = base64.b64decode(message['audio'], validate=True)
        self._buffer += sound
        if not self._hears_turns():
            return
        if not self._is_speech and sound.strip(b'\0'):
            self._is_speech = True
            at = {'audio_start_ms': 0, 'item_id': f'item_{next(self._ids)}'}
            yield self._event('input_audio_buffer.speech_started', **at)
            if self._active is not None:
                yield from self._ended('cancelled', {'type': 'cancelled', 'reason': 'turn_detected'})
        if self._is_speech and silence_at_end(self._buffer) >= _TURN_ENDS_MS * _BYTES_A_MS:
            at = {'audio_end_ms': int(len(self._buffer) / _BYTES_A_MS), 'item_id': f'item_{next(self._ids)}'}
            yield self._event('input_audio_buffer.speech_stopped', **at)
            yield from self._committed()
            yield from self._respond()

    def _commit(self, message: Body) -> Iterator[Frame]:
        if not self._buffer:
            yield self._refusal(message, 'input_audio_buffer_commit_empty', 'Error committing: the buffer is empty.')
            return
        yield from self._committed()

    def _committed(self) -> Iterator[Frame]:
        sound, self._buffer, self._is_speech = self._buffer, b'', False
        text = sound_as_text(sound)
        item = {'id': f'item_{next(self._ids)}', 'type': 'message', 'role': 'user', 'status': 'completed'}
        yield self._event('input_audio_buffer.committed', item_id=item['id'], previous_item_id=None)
        self._items.append({**item, 'content': [{'type': 'input_audio', 'transcript': text}]})
        yield self._event('conversation.item.added', item={**item, 'content': [{'type': 'input_audio'}]})
        if self._session.get('audio', {}).get('input', {}).get('transcription'):
            told = {'item_id': item['id'], 'content_index': 0}
            half = len(text) // 2
            for piece in (text[:half], text[half:]):
                yield self._event('conversation.item.input_audio_transcription.delta', **told, delta=piece)
            usage = {'type': 'duration', 'seconds': 1}
            done = 'conversation.item.input_audio_transcription.completed'
            yield self._event(done, **told, transcript=text, usage=usage)

    def _clear(self, _message: Body) -> Iterator[Frame]:
        self._buffer, self._is_speech = b'', False
        yield self._event('input_audio_buffer.cleared')

    def _create_item(self, message: Body) -> Iterator[Frame]:
        item = {**message['item'], 'id': message['item'].get('id') or f'item_{next(self._ids)}'}
        if item['type'] == 'function_call_output':
            asked = {each.get('call_id') for each in self._items if each['type'] == 'function_call'}
            if item['call_id'] not in asked:
                text = f"Tool call ID '{item['call_id']}' not found in conversation."
                yield self._refusal(message, 'invalid_tool_call_id', text)
                return
        for piece in item.get('content', ()):
            if piece['type'] == 'input_audio':
                piece['transcript'] = sound_as_text(base64.b64decode(piece.pop('audio'), validate=True))
        self._items.append(item)
        yield self._event('conversation.item.added', item=item, previous_item_id=None)
        yield self._event('conversation.item.done', item=item, previous_item_id=None)

    def _truncate(self, message: Body) -> Iterator[Frame]:
        name, end = message['item_id'], message['audio_end_ms']
        if name not in self._durations or end > self._durations[name]:
            yield self._refusal(message, 'invalid_value', f'Audio content of {end}ms is not there.')
            return
        for item in self._items:
            if item['id'] == name:
                item['content'] = [{'type': 'output_audio', 'transcript': f'(heard {end}ms)'}]
        yield self._event('conversation.item.truncated', item_id=name, audio_end_ms=end, content_index=0)

    def _create_response(self, message: Body) -> Iterator[Frame]:
        if self._active is not None:
            text = f'Conversation already has an active response in progress: {self._active["id"]}.'
            yield self._refusal(message, 'conversation_already_has_active_response', text)
            return
        yield from self._respond()

    def _cancel(self, message: Body) -> Iterator[Frame]:
        if self._active is None:
            text = 'Cancellation failed: no active response found'
            yield self._refusal(message, 'response_cancel_not_active', text)
            return
        yield from self._ended('cancelled', {'type': 'cancelled', 'reason': 'client_cancelled'})

    def _respond(self) -> Iterator[Frame]:
        news = self._news()
        said = ' '.join(_text(item) for item in news if item.get('role') == 'user')
        answers = {item['call_id']: item['output'] for item in news if item['type'] == 'function_call_output'}
        self._active = {'id': f'resp_{next(self._ids)}', 'object': 'realtime.response', 'output': []}
        yield self._event('response.created', response={**self._active, 'status': 'in_progress'})
        moves = self.think(said, answers, [_shown(item) for item in self._items], self._session)
        for move in moves:
            if isinstance(move, PauseMove):
                return
            if isinstance(move, CutMove):
                yield move
                return
            if isinstance(move, UserSpeaksMove):
                at = {'audio_start_ms': 0, 'item_id': f'item_{next(self._ids)}'}
                self._is_speech = True
                self._buffer += text_as_sound('(something)')
                yield self._event('input_audio_buffer.speech_started', **at)
                yield from self._ended('cancelled', {'type': 'cancelled', 'reason': 'turn_detected'})
                return
            yield from self._move(move)
        yield from self._ended('completed', {'type': 'completed'})

    def _news(self) -> list[Body]:
        """Return the items since the model said something."""
        mine = [number for number, item in enumerate(self._items) if _is_of_model(item)]
        return self._items[mine[-1] + 1 if mine else 0 :]

    def _move(self, move: RealtimeMove) -> Iterator[Frame]:
        if isinstance(move, SpeakMove):
            yield from self._speak(move)
        elif isinstance(move, CallMove):
            yield from self._call(move)
        elif isinstance(move, FailMove):
            error = {'type': 'server_error', 'code': move.code, 'message': move.message, 'param': None}
            yield self._event('error', error=error)
        elif isinstance(move, RawMove):
            yield move
        elif isinstance(move, GoAwayMove):
            error = {'code': 'session_expired', 'type': 'invalid_request_error', 'message': 'Your session expired.'}
            yield self._event('error', error=error)
            yield CutMove(1001, '')
        else:
            assert isinstance(move, CancelCallsMove), move  # the protocol has no word for it

    def _speak(self, move: SpeakMove) -> Iterator[Frame]:
        assert self._active is not None
        item = {'id': f'item_{next(self._ids)}', 'type': 'message', 'role': 'assistant', 'status': 'completed'}
        place = {'response_id': self._active['id'], 'item_id': item['id'], 'output_index': 0, 'content_index': 0}
        yield self._event('conversation.item.added', item={**item, 'status': 'in_progress', 'content': []})
        half = len(move.text) // 2
        if self._session.get('output_modalities') == ['text']:
            for piece in (move.text[:half], move.text[half:]):
                yield self._event('response.output_text.delta', **place, delta=piece)
            content = {'type': 'output_text', 'text': move.text}
        else:
            sound = text_as_sound(move.text, move.seconds)
            self._durations[item['id']] = len(sound) / _BYTES_A_MS
            middle = len(sound) // 4 * 2
            for text, piece in ((move.text[:half], sound[:middle]), (move.text[half:], sound[middle:])):
                yield self._event('response.output_audio_transcript.delta', **place, delta=text)
                data = base64.b64encode(piece).decode()
                yield self._event('response.output_audio.delta', **place, delta=data)
            content = {'type': 'output_audio', 'transcript': move.text}
        self._items.append({**item, 'content': [content]})
        yield self._event('response.output_item.done', response_id=place['response_id'], output_index=0, item=item)

    def _call(self, move: CallMove) -> Iterator[Frame]:
        assert self._active is not None
        given = move.given if isinstance(move.given, str) else json.dumps(move.given)
        named = {'type': 'function_call', 'name': move.tool, 'call_id': move.ref}
        item = {'id': f'item_{next(self._ids)}', **named, 'arguments': given, 'status': 'completed'}
        place = {'response_id': self._active['id'], 'item_id': item['id'], 'output_index': 0, 'call_id': move.ref}
        yield self._event('conversation.item.added', item={**item, 'arguments': '', 'status': 'in_progress'})
        yield self._event('response.function_call_arguments.delta', **place, delta=given)
        yield self._event('response.function_call_arguments.done', **place, arguments=given, name=move.tool)
        self._items.append(item)
        yield self._event('response.output_item.done', response_id=place['response_id'], output_index=0, item=item)

    def _ended(self, status: str, details: Body) -> Iterator[Frame]:
        response = {**(self._active or {}), 'status': status, 'status_details': details, 'usage': _USAGE}
        self._active = None
        yield self._event('response.done', response=response)
        yield self._event('rate_limits.updated', rate_limits=[])


def _is_of_model(item: Body) -> bool:
    return item.get('role') == 'assistant' or item['type'] == 'function_call'


def _text(item: Body) -> str:
    return ''.join(piece.get('text') or piece.get('transcript') or '' for piece in item.get('content', ()))


def _shown(item: Body) -> str:
    if item['type'] == 'message':
        return f'{item["role"]}: {_text(item)}'
    return f'{item["type"]}: {item.get("output", item.get("name"))}'
