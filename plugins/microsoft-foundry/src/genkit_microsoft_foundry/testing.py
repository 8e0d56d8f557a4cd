# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft Foundry as a fake server, for contract tests.

Sources: https://learn.microsoft.com/azure/foundry/openai/latest and
https://learn.microsoft.com/azure/foundry/openai/concepts/content-streaming (November 2026).
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from genkit.plugin import read_json
from genkit.testing import (
    AnthropicWire,
    CannedAnswer,
    OpenAIChatWire,
    OpenAIEmbedWire,
    OpenAIImageWire,
    OpenAIResponsesWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    RecordedRequest,
    Said,
    Wanted,
)
from pydantic_core import to_json


Body = dict[str, Any]

SAFE: Final = {name: {'filtered': False, 'severity': 'safe'} for name in ('hate', 'self_harm', 'sexual', 'violence')}
"""What the content filter says of a prompt or an answer that it lets pass."""

_OF_PROMPT: Final = [{'prompt_index': 0, 'content_filter_results': SAFE}]
_CODES: Final = {401: 'Unauthorized', 404: '404', 429: 'RateLimitReached', 500: 'InternalServerError'}


def _key(request: RecordedRequest) -> str | None:
    bearer = request.headers.get('authorization', '').removeprefix('Bearer ')
    return request.headers.get('api-key') or bearer or None


def _frame(event: Body) -> bytes:
    return b'data: ' + to_json(event) + b'\n\n'


def _error(status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
    error = {'code': _CODES.get(status, 'BadRequest'), 'message': message}
    return CannedAnswer.of_json({'error': error}, status, headers)


class _FoundryWire:
    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return _error(status, message, headers)

    def asked(self, request: RecordedRequest) -> Any:
        """Return what a request asks for; a key has a header of its own."""
        asked: Any = cast('Any', super()).asked(request)
        return replace(asked, key=_key(request))


class FoundryChatWire(_FoundryWire, OpenAIChatWire):
    """The wire format of chat: OpenAI's, with what the content filter says."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        body: Body = read_json(cast('bytes', super().answer(said).body))
        for choice in body['choices']:
            choice['content_filter_results'] = SAFE
        return CannedAnswer.of_json({**body, 'prompt_filter_results': _OF_PROMPT})

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces; the first one is about the prompt, the one before the last about the answer."""
        answered = super().stream(said)
        if said.cut or isinstance(answered.body, bytes):
            return answered
        first, *others, last = answered.body
        empty = {'id': '', 'object': '', 'created': 0, 'model': '', 'usage': None}
        about_prompt = {**empty, 'choices': [], 'prompt_filter_results': _OF_PROMPT}
        about_answer = {**empty, 'choices': [{'index': 0, 'finish_reason': None, 'content_filter_results': SAFE}]}
        frames = [_frame(about_prompt) + first, *others, _frame(about_answer), last]
        return replace(answered, body=frames)


class FoundryResponsesWire(_FoundryWire, OpenAIResponsesWire):
    """The wire format of Responses, which is OpenAI's."""


class FoundryClaudeWire(AnthropicWire):
    """The wire format of Claude: Anthropic's, with a key in another header."""

    def asked(self, request: RecordedRequest) -> Any:
        """Return what a request asks for."""
        return replace(super().asked(request), key=_key(request))


class FoundryEmbedWire(_FoundryWire, OpenAIEmbedWire):
    """The wire format of embeddings, which is OpenAI's."""


class FoundryImageWire(_FoundryWire, OpenAIImageWire):
    """The wire format of images: OpenAI's, which answers of other vendors' models have, too."""


class FoundrySpeechWire(_FoundryWire, OpenAISpeechWire):
    """The wire format of speech, which is OpenAI's."""


class FoundryTranscriptWire(_FoundryWire, OpenAITranscriptWire):
    """The wire format of transcripts, which is OpenAI's."""


class FoundryRerankWire:
    """The wire format of rerankers, which is Cohere's."""

    def ranked(self, scores: Mapping[int, float]) -> CannedAnswer:
        """Return a response with scores by the places of the documents."""
        results = [{'index': place, 'relevance_score': score} for place, score in scores.items()]
        return CannedAnswer.of_json({'id': 'r', 'results': results, 'meta': {'api_version': {'version': '2'}}})

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return _error(status, message, headers)


class FoundryVideoWire:
    """The wire format of videos, which are asked for until they are there, and then fetched."""

    def __init__(self, film: bytes = b'film') -> None:
        self._film = film

    def running(self) -> CannedAnswer:
        """Return a video in progress; also the response to the request that started it."""
        return CannedAnswer.of_json(self._video('in_progress', 40))

    def done(self, url: str) -> Any:  # noqa: ARG002  (of the interface; the video comes from the service itself)
        """Return a finished video, and what it is made of."""

        def answer(request: RecordedRequest) -> CannedAnswer:
            if request.path.endswith('/content'):
                return CannedAnswer(self._film, 200, {'content-type': 'video/mp4'})
            return CannedAnswer.of_json(self._video('completed', 100))

        return answer

    def failed(self, message: str) -> CannedAnswer:
        """Return a video that will not be made."""
        error = {'code': 'moderation_blocked', 'message': message}
        return CannedAnswer.of_json({**self._video('failed', 0), 'error': error})

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return _error(status, message, headers)

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body, media = request.read()
        return Wanted(
            model=body.get('model') or '',
            key=_key(request),
            texts=[body['prompt']] if 'prompt' in body else [],
            media=media,
            options=body,
            body=body,
        )

    def _video(self, status: str, progress: int) -> Body:
        video = {'id': 'video_1', 'object': 'video', 'created_at': 1_760_627_077, 'model': 'sora-2', 'seconds': '4'}
        return {**video, 'size': '720x1280', 'status': status, 'progress': progress, 'error': None}


def filtered_prompt(category: str, severity: str = 'medium', *, in_responses: bool = False) -> CannedAnswer:
    """Return what comes in the place of an answer if the prompt is filtered."""
    results: Body = {**SAFE, category: {'filtered': True, 'severity': severity}}
    message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    error: Body = {'message': message, 'type': 'invalid_request_error', 'param': 'prompt', 'code': 'content_filter'}
    if in_responses:
        filters = [{'blocked': True, 'source_type': 'prompt', 'content_filter_results': results}]
        return CannedAnswer.of_json({'error': {**error, 'content_filters': filters}}, 400)
    inner = {'code': 'ResponsibleAIPolicyViolation', 'content_filter_result': results}
    return CannedAnswer.of_json({'error': {**error, 'status': 400, 'innererror': inner}}, 400)


def image_answer(images: Sequence[bytes]) -> CannedAnswer:
    """Return images as every image model answers."""
    return CannedAnswer.of_json({'data': [{'b64_json': base64.b64encode(image).decode()} for image in images]})
