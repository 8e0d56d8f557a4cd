# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""xAI as a fake server, for contract tests. Source: https://docs.x.ai/developers/rest-api-reference (November 2026)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from genkit.plugin import read_json
from genkit.testing import CannedAnswer, OpenAIChatWire, RecordedRequest, Said, Wanted


Body = dict[str, Any]

_NOT_OF_THINKERS: Final = ('stop', 'frequency_penalty', 'presence_penalty')


class XAIWire(OpenAIChatWire):
    """The wire format of xAI's chat, which is OpenAI's with other words for errors, and counts reasoning apart."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        answered = super().answer(said)
        body: Body = read_json(cast('bytes', answered.body))
        _count_apart(body)
        return CannedAnswer.of_json(body)

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        answered = super().stream(said)
        if said.cut or isinstance(answered.body, bytes):
            return answered
        *frames, _ = answered.body
        events: list[Body] = [read_json(frame.removeprefix(b'data: ')) for frame in frames]
        for event in events:
            _count_apart(event)
        return CannedAnswer.of_events(events)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return _error(status, message, headers)

    def asked(self, request: RecordedRequest) -> Any:
        """Return what a request asks for."""
        asked = super().asked(request)
        refused = [name for name in _NOT_OF_THINKERS if name in asked.body and 'non-reasoning' not in asked.model]
        return replace(asked, refused=f'Argument not supported: {refused[0]}') if refused else asked


class _MediaWire:
    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return _error(status, message, headers)

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body, media = request.read()
        return Wanted(
            model=body.get('model') or '',
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            texts=[body[name] for name in ('prompt', 'text') if name in body],
            media=media,
            options=body,
            body=body,
        )


class XAISpeechWire(_MediaWire):
    """The wire format of xAI's speech, for contract tests: raw audio."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return a response with audio."""
        return CannedAnswer(sound, 200, {'content-type': content_type})


class XAITranscriptWire(_MediaWire):
    """The wire format of xAI's transcripts, for contract tests."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        return CannedAnswer.of_json({'text': text, 'language': '', 'duration': 1.5})


class XAIVideoWire(_MediaWire):
    """The wire format of xAI's videos, for contract tests."""

    def running(self) -> CannedAnswer:
        """Return a video in progress; also the response to the request that started it."""
        return CannedAnswer.of_json({'request_id': 'a/video', 'status': 'pending', 'progress': 40})

    def done(self, url: str) -> CannedAnswer:
        """Return a finished video."""
        video = {'url': url, 'duration': 8, 'respect_moderation': True}
        usage = {'cost_in_usd_ticks': 5_600_000_000}
        return CannedAnswer.of_json({'status': 'done', 'video': video, 'model': 'served', 'usage': usage})

    def failed(self, message: str) -> CannedAnswer:
        """Return a video that will not be made."""
        return CannedAnswer.of_json({'status': 'failed', 'error': {'code': 'invalid_argument', 'message': message}})


def _error(status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
    return CannedAnswer.of_json({'code': 'Client specified an invalid argument', 'error': message}, status, headers)


def _count_apart(body: Body) -> None:
    usage: Body = body.get('usage') or {}
    thoughts: int | None = usage.get('completion_tokens_details', {}).get('reasoning_tokens')
    if thoughts:
        usage['completion_tokens'] -= thoughts
