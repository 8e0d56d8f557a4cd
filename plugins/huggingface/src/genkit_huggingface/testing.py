# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The protocol of tasks and inputs as a server speaks it, for contract tests.

Source: https://huggingface.co/docs/inference-providers/tasks (November 2026).
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from genkit.testing import CannedAnswer, RecordedRequest, Wanted


class _PipelineWire:
    def __init__(self, model: str = '') -> None:
        self._model = model

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for; the model of a server that has only one is the wire's."""
        body: dict[str, Any] = request.json
        inputs = body['inputs']
        model = unquote(request.path.rpartition('/models/')[2]).removesuffix('/pipeline/feature-extraction')
        return Wanted(
            model=model if '/models/' in request.path else self._model,
            key=request.headers.get('authorization', '').removeprefix('Bearer ') or None,
            texts=[inputs] if isinstance(inputs, str) else inputs,
            media=self._media(inputs),
            options={**body, **body.get('parameters', {})},
            body=body,
        )

    def _media(self, _inputs: Any) -> list[bytes]:
        return []

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format, which is a text."""
        return CannedAnswer.of_json({'error': message}, status, headers)


class FeatureExtractionWire(_PipelineWire):
    """The wire format of embeddings."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors, in the order of the request."""
        return CannedAnswer.of_json([list(vector) for vector in vectors])


class TextToImageWire(_PipelineWire):
    """The wire format of images: the bytes of one."""

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:
        """Return a response with an image; none is an empty body."""
        return CannedAnswer(b''.join(images[:1]), 200, {'content-type': content_type})


class SpeechRecognitionWire(_PipelineWire):
    """The wire format of transcripts; the sound comes in base 64."""

    def _media(self, inputs: Any) -> list[bytes]:
        return [base64.b64decode(inputs)]

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        return CannedAnswer.of_json({'text': text})
