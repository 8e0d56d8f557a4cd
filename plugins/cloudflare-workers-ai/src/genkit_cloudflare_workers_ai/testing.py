# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Workers AI as a server on this machine, for contract tests.

Source: https://developers.cloudflare.com/workers-ai (November 2026).
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from genkit.testing import CannedAnswer, OpenAIChatWire, OpenAIEmbedWire, RecordedRequest, Wanted


def _failure(status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
    failed: dict[str, Any] = {
        'success': False,
        'errors': [{'code': 5006, 'message': message}],
        'messages': [],
        'result': {},
    }
    return CannedAnswer.of_json(failed, status, headers)


def _result(result: Any) -> CannedAnswer:
    return CannedAnswer.of_json({'success': True, 'errors': [], 'messages': [], 'result': result})


class WorkersAIChatWire(OpenAIChatWire):
    """The wire format of chat: OpenAI's, with errors of its own."""

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format."""
        return _failure(status, message, headers)


class WorkersAIEmbedWire(OpenAIEmbedWire):
    """The wire format of embeddings: OpenAI's, with errors of its own."""

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format."""
        return _failure(status, message, headers)


class _RunWire:
    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        path, _, query = request.path.partition('?')
        is_sound = request.headers.get('content-type', '').startswith('audio/')
        body, media = ({}, [request.body]) if is_sound else request.read()
        body |= dict(parse_qsl(query))
        text = body.get('prompt', body.get('text', body.get('query', '')))
        if isinstance(body.get('audio'), str):
            media = [base64.b64decode(body['audio'])]
        return Wanted(
            model=unquote(path.partition('/run/')[2]),
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            texts=[str(text)],
            media=media,
            options=body,
            body=body,
        )

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format."""
        return _failure(status, message, headers)


class WorkersAIImageWire(_RunWire):
    """The wire format of images: one in base 64."""

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:  # noqa: ARG002  (of the interface)
        """Return a response with an image; none for a filtered prompt."""
        return _result({'image': base64.b64encode(images[0]).decode()} if images else {})


class WorkersAISpeechWire(_RunWire):
    """The wire format of speech: the bytes of a sound."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return a response with audio."""
        return CannedAnswer(sound, 200, {'content-type': content_type})


class WorkersAITranscriptWire(_RunWire):
    """The wire format of transcripts."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        return _result({'text': text, 'word_count': len(text.split()), 'segments': []})


class WorkersAIRerankWire(_RunWire):
    """The wire format of rerankers: the places of contexts with their scores."""

    def ranked(self, scores: Mapping[int, float]) -> CannedAnswer:
        """Return a response with scores by the places of the documents."""
        return _result({'response': [{'id': place, 'score': score} for place, score in scores.items()]})
