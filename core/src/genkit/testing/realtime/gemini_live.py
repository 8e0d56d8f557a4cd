# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google's Live protocol, from the provider's side: https://ai.google.dev/api/live (November 2026)."""

import base64
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


_RATE: Final = 24_000
_TURN_ENDS_MS: Final = 500
_USAGE: Final = {
    'promptTokenCount': 10,
    'responseTokenCount': 5,
    'totalTokenCount': 15,
    'cachedContentTokenCount': 2,
}


class GeminiLivePeer(RealtimePeer):
    """Holds a conversation as Gemini does: JSON in binary frames, closing frames as errors, handles to resume it.

    Args:
        server: As of `RealtimePeer`.
        number: As of `RealtimePeer`.
        path: As of `RealtimePeer`.
    """

    binary = True

    def __init__(self, server: RealtimeServer, number: int, path: str) -> None:
        super().__init__(server, number, path)
        self._setup: Body | None = None
        self._turns: list[Body] = []
        self._buffer = b''
        self._rate = 16_000
        self._is_speech = False
        self._is_active = False
        self._calls: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self._cancelled: set[str] = set()
        self._handlers: dict[str, Callable[[Body], Iterator[Frame]]] = {
            'clientContent': self._content,
            'realtimeInput': self._input,
            'toolResponse': self._responses,
        }

    def take(self, message: Body) -> list[Frame]:
        """Return what is answered to a message, which has one member."""
        if len(message) != 1:
            return [CutMove(1007, f'Request must have one field, not {sorted(message)}.')]
        ((kind, value),) = message.items()
        if self._setup is None:
            if kind != 'setup':
                return [CutMove(1007, 'The first message must be a setup.')]
            return list(self._begin(value))
        handler = self._handlers.get(kind)
        if handler is None:
            return [CutMove(1007, f'Invalid JSON payload received. Unknown name "{kind}".')]
        return list(handler(value))

    def _begin(self, setup: Body) -> Iterator[Frame]:
        self._setup = setup
        handle = setup.get('sessionResumption', {}).get('handle')
        if handle is not None:
            if handle not in self.server.memory:
                yield CutMove(1008, 'BidiGenerateContent session not found')
                return
            self._turns = list(self.server.memory[handle])
        yield {'setupComplete': {'sessionId': f'session_{self.number}'}}

    def _content(self, content: Body) -> Iterator[Frame]:
        if self._is_active:
            yield from self._interrupted()
        self._turns += content.get('turns', [])
        if content.get('turnComplete'):
            yield from self._respond()

    def _input(self, given: Body) -> Iterator[Frame]:
        detects = not self._hearing().get('disabled')
        ((kind, value),) = given.items()
        if kind in ('activityStart', 'activityEnd') and detects:
            yield CutMove(
                1007, 'Explicit activity control is not supported when automatic activity detection is enabled.'
            )
        elif kind == 'audio':
            yield from self._hear(value, detects=detects)
        elif kind == 'text':
            self._turns.append({'role': 'user', 'parts': [{'text': value}]})
        elif kind == 'activityEnd' or (kind == 'audioStreamEnd' and self._buffer.strip(b'\0')):
            yield from self._heard()
        elif kind == 'audioStreamEnd':
            self._buffer = b''

    def _hearing(self) -> Body:
        return (self._setup or {}).get('realtimeInputConfig', {}).get('automaticActivityDetection', {})

    def _hear(self, blob: Body, *, detects: bool) -> Iterator[Frame]:
        kind, _, rate = blob['mimeType'].partition(';rate=')
        if kind != 'audio/pcm' or not rate.isdigit():
            yield CutMove(1007, f'Unsupported audio type {blob["mimeType"]!r}.')
            return
        self._rate = int(rate)
        self._buffer += base64.b64decode(blob['data'], validate=True)
        if not detects:
            return
        if not self._is_speech and self._buffer.strip(b'\0'):
            self._is_speech = True
            if self._is_active:
                yield from self._interrupted()
        if self._is_speech and silence_at_end(self._buffer) >= _TURN_ENDS_MS * self._rate * 2 / 1000:
            yield from self._heard()

    def _heard(self) -> Iterator[Frame]:
        text = sound_as_text(self._buffer)
        self._buffer, self._is_speech = b'', False
        if 'inputAudioTranscription' in (self._setup or {}):
            half = len(text) // 2
            for piece in (text[:half], text[half:]):
                yield {'serverContent': {'inputTranscription': {'text': piece}}}
        self._turns.append({'role': 'user', 'parts': [{'text': text}]})
        yield from self._respond()

    def _responses(self, given: Body) -> Iterator[Frame]:
        for response in given['functionResponses']:
            if response['id'] in self._cancelled:
                continue
            if response['id'] not in self._calls or response['name'] != self._calls[response['id']]:
                yield CutMove(1007, f'No call {response["id"]!r} of {response["name"]!r} waits for a response.')
                return
            del self._calls[response['id']]
            said = response['response'].get('content', response['response'])
            self._answers[response['id']] = str(said)
            self._turns.append({'role': 'user', 'parts': [{'functionResponse': response}]})
        if self._answers and not self._calls:
            yield from self._respond()

    def _interrupted(self) -> Iterator[Frame]:
        self._is_active = False
        yield {'serverContent': {'interrupted': True}}
        if self._calls:
            refs, self._calls = list(self._calls), {}
            self._cancelled.update(refs)
            yield {'toolCallCancellation': {'ids': refs}}
        yield {'serverContent': {'turnComplete': True}, 'usageMetadata': _USAGE}

    def _respond(self) -> Iterator[Frame]:
        self._is_active = True
        last = next((n for n in reversed(range(len(self._turns))) if self._turns[n].get('role') == 'model'), -1)
        news = self._turns[last + 1 :]
        said = ' '.join(filter(None, map(_text, news)))
        responses = [
            piece['functionResponse'] for turn in news for piece in turn['parts'] if 'functionResponse' in piece
        ]
        answers = {each['id']: str(each['response'].get('content')) for each in responses}
        self._answers = {}
        shown = [f'{turn.get("role")}: {_text(turn)}' for turn in self._turns]
        for move in self.think(said, answers, shown, self._setup or {}):
            if isinstance(move, PauseMove):
                return
            if isinstance(move, CutMove):
                yield move
                return
            if isinstance(move, UserSpeaksMove):
                self._is_speech = True
                self._buffer += text_as_sound('(something)')
                yield from self._interrupted()
                return
            yield from self._move(move)
        if self._calls:
            return  # the turn goes on when the tools have answered
        yield {'serverContent': {'generationComplete': True}}
        self._is_active = False
        yield {'serverContent': {'turnComplete': True}, 'usageMetadata': _USAGE}
        if 'sessionResumption' in (self._setup or {}):
            handle = f'handle_{self.number}_{len(self._turns)}'
            self.server.memory[handle] = list(self._turns)
            yield {'sessionResumptionUpdate': {'newHandle': handle, 'resumable': True}}

    def _move(self, move: RealtimeMove) -> Iterator[Frame]:
        if isinstance(move, SpeakMove):
            yield from self._speak(move)
        elif isinstance(move, CallMove):
            self._calls[move.ref] = move.tool
            yield {'toolCall': {'functionCalls': [{'id': move.ref, 'name': move.tool, 'args': move.given}]}}
        elif isinstance(move, CancelCallsMove):
            for ref in move.refs:
                self._calls.pop(ref, None)
                self._cancelled.add(ref)
            yield {'toolCallCancellation': {'ids': list(move.refs)}}
        elif isinstance(move, GoAwayMove):
            yield {'goAway': {'timeLeft': f'{move.seconds:g}s'}}
        elif isinstance(move, FailMove):
            yield {'error': {'code': 500, 'status': move.code, 'message': move.message}}
        else:
            assert isinstance(move, RawMove), move
            yield move

    def _speak(self, move: SpeakMove) -> Iterator[Frame]:
        setup = self._setup or {}
        half = len(move.text) // 2
        pieces = (move.text[:half], move.text[half:])
        if setup.get('generationConfig', {}).get('responseModalities') == ['TEXT']:
            for text in pieces:
                yield {'serverContent': {'modelTurn': {'parts': [{'text': text}]}}}
        else:
            sound = text_as_sound(move.text, move.seconds)
            middle = len(sound) // 4 * 2
            for text, piece in zip(pieces, (sound[:middle], sound[middle:]), strict=True):
                blob = {'mimeType': f'audio/pcm;rate={_RATE}', 'data': base64.b64encode(piece).decode()}
                content: dict[str, Any] = {'modelTurn': {'parts': [{'inlineData': blob}]}}
                if 'outputAudioTranscription' in setup:
                    content['outputTranscription'] = {'text': text}
                yield {'serverContent': content}
        self._turns.append({'role': 'model', 'parts': [{'text': move.text}]})


def _text(turn: Body) -> str:
    return ''.join(piece.get('text', '') for piece in turn.get('parts', ()))
