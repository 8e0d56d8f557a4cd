# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's protocol for embeddings and media, as https://platform.openai.com/docs/api-reference describes it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import cast

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.said import Wanted


class _OpenAIWire:
    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        error = {'message': message, 'type': 'invalid_request_error', 'param': None, 'code': None}
        return CannedAnswer.of_json({'error': error}, status, headers)

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body, media = request.read()
        text = body.get('input', body.get('prompt', ''))
        return Wanted(
            model=body['model'],
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            texts=cast('list[str]', text) if isinstance(text, list) else [str(text)],
            media=media,
            options=body,
            body=body,
        )


class OpenAIEmbedWire(_OpenAIWire):
    """The wire format of OpenAI's embeddings API; vectors come in arbitrary order, each with its index."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors."""
        data = [{'object': 'embedding', 'index': n, 'embedding': list(vector)} for n, vector in enumerate(vectors)]
        usage = {'prompt_tokens': 1, 'total_tokens': 1}
        return CannedAnswer.of_json({'object': 'list', 'model': 'served', 'data': data[::-1], 'usage': usage})


class OpenAIImageWire(_OpenAIWire):
    """The wire format of OpenAI's image API, for contract tests."""

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:
        """Return a response with images."""
        data = [{'b64_json': b64encode(image).decode()} for image in images]
        kind = content_type.rpartition('/')[2]
        return CannedAnswer.of_json({'created': 1_700_000_000, 'data': data, 'output_format': kind})


class OpenAISpeechWire(_OpenAIWire):
    """The wire format of OpenAI's speech API, for contract tests: raw audio."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return a response with audio."""
        return CannedAnswer(sound, 200, {'content-type': content_type})


class OpenAITranscriptWire(_OpenAIWire):
    """The wire format of OpenAI's transcription API, for contract tests."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        return CannedAnswer.of_json({'text': text})
