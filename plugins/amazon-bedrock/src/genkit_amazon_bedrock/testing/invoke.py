# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The protocols of models' own: embedders, image models and rerankers by InvokeModel, videos by StartAsyncInvoke."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

from genkit.plugin import read_json
from genkit.testing import CannedAnswer, RecordedRequest, Wanted

from genkit_amazon_bedrock.testing.converse import BedrockErrors
from genkit_amazon_bedrock.testing.requests import ReceivedCall, read_call


Body = dict[str, Any]

_ARN: Final = 'arn:aws:bedrock:us-west-2:123456789012:async-invoke/abcdefghijkl'
_MOMENT: Final = '2026-11-22T12:00:00Z'


class InvokeWire(BedrockErrors):
    """The wire format of Cohere's embedders on Bedrock, and the base of the others."""

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for.

        Raises:
            AssertionError: The service would refuse it.
        """
        call = read_call(request)
        assert call.refused is None, call.refused
        body: Body = read_json(call.parameters['body'])
        return self.wanted(call, body)

    def wanted(self, call: ReceivedCall, body: Body) -> Wanted:
        """Return what a body asks for."""
        return Wanted(
            model=call.parameters['modelId'],
            key=call.key,
            texts=body.get('texts', ()),
            media=[b64decode(image.partition(',')[2]) for image in body.get('images', ())],
            options=body,
            body=body,
        )

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors, by their type."""
        return CannedAnswer.of_json(
            {
                'id': 'x',
                'response_type': 'embeddings_by_type',
                'embeddings': {'float': [list(each) for each in vectors]},
            }
        )


class TitanEmbedWire(InvokeWire):
    """The wire format of Titan's and Nova's embedders, which take one text a call."""

    def wanted(self, call: ReceivedCall, body: Body) -> Wanted:
        """Return what a body asks for."""
        nova = body.get('singleEmbeddingParams', {})
        text = body.get('inputText', nova.get('text', {}).get('value'))
        media = [nova[name]['source']['bytes'] for name in ('image', 'audio', 'video') if name in nova]
        media += [body['inputImage']] if 'inputImage' in body else []
        return Wanted(
            model=call.parameters['modelId'],
            key=call.key,
            texts=[] if text is None else [text],
            media=[b64decode(each) for each in media],
            options=nova or body,
            body=body,
        )

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with a vector."""
        return CannedAnswer.of_json({'embedding': list(vectors[0]), 'inputTextTokenCount': 1})


class StabilityWire(InvokeWire):
    """The wire format of Stability's image models."""

    def wanted(self, call: ReceivedCall, body: Body) -> Wanted:
        """Return what a body asks for."""
        image = [b64decode(body['image'])] if 'image' in body else []
        return Wanted(
            model=call.parameters['modelId'], key=call.key, texts=[body['prompt']], media=image, options=body, body=body
        )

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:  # noqa: ARG002  (not in the answer)
        """Return a response with images; none for a filtered prompt."""
        if not images:
            return CannedAnswer.of_json({'finish_reasons': ['Filter reason: prompt']})
        texts = [b64encode(image).decode() for image in images]
        return CannedAnswer.of_json({'seeds': [7] * len(texts), 'finish_reasons': [None] * len(texts), 'images': texts})


class RerankWire(InvokeWire):
    """The wire format of rerankers."""

    def wanted(self, call: ReceivedCall, body: Body) -> Wanted:
        """Return what a body asks for: the query and the documents."""
        texts = [body['query'], *body['documents']]
        return Wanted(model=call.parameters['modelId'], key=call.key, texts=texts, options=body, body=body)

    def ranking(self, scores: Sequence[float], most: int | None = None) -> CannedAnswer:
        """Return a response that gives each document a score, the best first."""
        results = [{'index': place, 'relevance_score': score} for place, score in enumerate(scores)]
        results.sort(key=lambda result: -result['relevance_score'])
        return CannedAnswer.of_json({'results': results[:most]})


class AsyncInvokeWire(BedrockErrors):
    """The wire format of videos, which are made in the background."""

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for.

        Raises:
            AssertionError: The service would refuse it.
        """
        call = read_call(request)
        assert call.refused is None, call.refused
        body: Body = call.parameters.get('modelInput', {})
        return Wanted(
            model=call.parameters.get('modelId', ''),
            key=call.key,
            texts=[body['prompt']] if body else [],
            options=body,
            body=call.parameters,
        )

    def running(self) -> CannedAnswer:
        """Return a video that is being made."""
        return self._status('InProgress')

    def done(self, url: str) -> CannedAnswer:
        """Return a video that is made."""
        return self._status('Completed', url)

    def failed(self, message: str) -> CannedAnswer:
        """Return a video that will not be made."""
        return self._status('Failed', failureMessage=message)

    def _status(self, status: str, url: str = 's3://bucket/abcdefghijkl', **more: str) -> CannedAnswer:
        model = 'arn:aws:bedrock:us-west-2::foundation-model/luma.ray-v2:0'
        output = {'s3OutputDataConfig': {'s3Uri': url}}
        return CannedAnswer.of_json(
            {
                'invocationArn': _ARN,
                'modelArn': model,
                'status': status,
                'submitTime': _MOMENT,
                'outputDataConfig': output,
                **more,
            }
        )
