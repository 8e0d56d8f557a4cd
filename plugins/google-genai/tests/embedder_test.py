# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embedders of Vertex AI that are asked for predictions."""

from collections.abc import Iterator
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from genkit_google_genai import VertexAI
from google.oauth2.credentials import Credentials


EMBEDDER = 'vertexai/multimodalembedding@001'
PICTURE = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
FILM = MediaPart(media=Media(url='gs://films/one.mp4', content_type='video/mp4'))


@pytest.fixture
def predictions() -> list[Any]:
    return [
        {
            'textEmbedding': [1.0],
            'imageEmbedding': [2.0],
            'videoEmbeddings': [{'startOffsetSec': 0, 'endOffsetSec': 4, 'embedding': [3.0]}],
        }
    ]


@pytest.fixture
def server(predictions: list[Any]) -> Iterator[LoopbackServer]:
    def answer(_: RecordedRequest) -> CannedAnswer:
        return CannedAnswer.of_json({'predictions': predictions})

    with LoopbackServer(answer) as server:
        yield server


def vertex(server: LoopbackServer, **options: Any) -> Genkit:
    return Genkit(plugins=[VertexAI('p', 'us-central1', base_url=server.url, **options)])


async def test_a_document_of_text_a_picture_and_a_film_has_a_vector_for_each(server: LoopbackServer) -> None:
    ai = vertex(server, credentials=Credentials('the-token'))
    document = Document(
        content=[TextPart(text='a dog'), PICTURE, FILM], metadata={'videoSegmentConfig': {'endOffsetSec': 4}}
    )
    found = await ai.embed(EMBEDDER, document, options={'output_dimensionality': 128})
    await ai.aclose()
    assert [embedding.embedding for embedding in found] == [[1.0], [2.0], [3.0]]
    assert [embedding.metadata for embedding in found] == [
        {'embedType': 'textEmbedding'},
        {'embedType': 'imageEmbedding'},
        {'embedType': 'videoEmbedding', 'startOffsetSec': 0, 'endOffsetSec': 4},
    ]
    [request] = server.requests
    model = '/v1beta1/projects/p/locations/us-central1/publishers/google/models/multimodalembedding@001'
    assert request.path == f'{model}:predict'
    assert request.headers['authorization'] == 'Bearer the-token'
    video = {'gcsUri': 'gs://films/one.mp4', 'videoSegmentConfig': {'endOffsetSec': 4}}
    image = {'bytesBase64Encoded': 'AAAA', 'mimeType': 'image/png'}
    assert request.json == {
        'instances': [{'text': 'a dog', 'image': image, 'video': video}],
        'parameters': {'dimension': 128},
    }


async def test_documents_are_embedded_one_a_call_with_a_key(server: LoopbackServer, predictions: list[Any]) -> None:
    predictions[:] = [{'textEmbedding': [0.5]}]
    ai = vertex(server, api_key='the-key')
    found = await ai.embed_many(embedder=EMBEDDER, content=['one', 'two'])
    await ai.aclose()
    assert [embedding.embedding for embedding in found] == [[0.5], [0.5]]
    assert [request.json['instances'] for request in server.requests] == [[{'text': 'one'}], [{'text': 'two'}]]
    assert {request.headers['x-goog-api-key'] for request in server.requests} == {'the-key'}
    assert server.requests[0].path == '/v1beta1/publishers/google/models/multimodalembedding@001:predict'


@pytest.mark.parametrize('parts', [[PICTURE, PICTURE], [MediaPart(media=Media(url='data:audio/wav;base64,AAAA'))]])
async def test_what_it_cannot_take_is_refused(server: LoopbackServer, parts: list[Any]) -> None:
    ai = vertex(server, api_key='the-key')
    with pytest.raises(GenkitError) as raised:
        await ai.embed(EMBEDDER, Document(content=parts))
    await ai.aclose()
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert server.requests == []


@pytest.mark.parametrize('wrong', [[{'textEmbedding': 'x'}], ['x'], [{'videoEmbeddings': [{'embedding': None}]}]])
async def test_answers_of_wrong_shapes_are_errors(server: LoopbackServer, predictions: list[Any], wrong: Any) -> None:
    predictions[:] = wrong
    ai = vertex(server, api_key='the-key')
    with pytest.raises(GenkitError, match='base_url'):
        await ai.embed(EMBEDDER, 'one')
    await ai.aclose()
