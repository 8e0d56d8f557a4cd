# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google's protocol for embeddings and media, as https://ai.google.dev/api describes it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.gemini import GeminiWire, model_of
from genkit.testing.wires.said import Wanted


_OPERATION: Final = 'models/veo/operations/1'

Body = dict[str, Any]


class GeminiMediaWire:
    """The wire format of Google's embedding, image, speech and video APIs, for contract tests."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors."""
        return CannedAnswer.of_json({'embeddings': [{'values': list(vector)} for vector in vectors]})

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:
        """Return images, as parts of an answer."""
        return _parts(images, content_type)

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return sound, as a part of an answer."""
        return _parts([sound], content_type)

    def running(self) -> CannedAnswer:
        """Return a video that is being made."""
        return CannedAnswer.of_json({'name': _OPERATION})

    def done(self, url: str) -> CannedAnswer:
        """Return a video that is made."""
        made = {'generatedSamples': [{'video': {'uri': url}}]}
        return CannedAnswer.of_json({'name': _OPERATION, 'done': True, 'response': {'generateVideoResponse': made}})

    def failed(self, message: str) -> CannedAnswer:
        """Return a video that will not be made."""
        return CannedAnswer.of_json({'name': _OPERATION, 'done': True, 'error': {'code': 3, 'message': message}})

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return GeminiWire().error(status, message, headers)

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body: Body = request.json if request.body else {}
        requests: list[Body] = body.get('requests') or [body]
        contents = [content for each in requests for content in _contents(each)]
        texts = [''.join(part.get('text', '') for part in content['parts']) for content in contents]
        texts += [instance['prompt'] for instance in body.get('instances') or ()]
        return Wanted(
            model=model_of(request.path.partition('?')[0]),
            key=request.headers.get('x-goog-api-key'),
            texts=texts,
            options=requests[0],
            body=body,
        )


def _contents(body: Body) -> list[Body]:
    content = body.get('content')
    return [content] if content else body.get('contents') or []


def _parts(made: Sequence[bytes], content_type: str) -> CannedAnswer:
    parts = [{'inlineData': {'mimeType': content_type, 'data': b64encode(each).decode()}} for each in made]
    candidate = {'content': {'role': 'model', 'parts': parts}, 'finishReason': 'STOP'}
    return CannedAnswer.of_json({'candidates': [candidate]})
