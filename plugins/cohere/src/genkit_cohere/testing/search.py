# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cohere's embeddings, ranking and transcripts, as its reference describes them."""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit.testing import CannedAnswer, RecordedRequest, Wanted


Body = dict[str, Any]

_MOST: Final = 96
_TYPES: Final = frozenset({'search_document', 'search_query', 'classification', 'clustering', 'image'})


class _CohereWire:
    """What the calls have in common."""

    path = ''

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        return CannedAnswer.of_json({'id': 'e1', 'message': message}, status, headers)

    def key(self, request: RecordedRequest) -> str | None:
        """Return the key of a request, which is one for this call."""
        assert request.path == self.path, request.path
        return request.headers.get('authorization', '').removeprefix('Bearer ') or None


class CohereEmbedWire(_CohereWire):
    """The wire format of Cohere's embedding API: https://docs.cohere.com/reference/embed."""

    path = '/v2/embed'

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors, in the order of the request."""
        found = {'float': [list(vector) for vector in vectors]}
        return CannedAnswer.of_json({'id': 'c1', 'response_type': 'embeddings_by_type', 'embeddings': found})

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body: Body = request.json
        given = [name for name in ('texts', 'images', 'inputs') if name in body]
        assert len(given) == 1, f'{given} are given together'
        assert 0 < len(body[given[0]]) <= _MOST, 'too many inputs, or none'
        assert body['input_type'] in _TYPES
        assert body['embedding_types']
        contents: list[list[Body]] = [item['content'] for item in body.get('inputs', ())]
        pieces = [piece for content in contents for piece in content]
        joined = [''.join(piece.get('text', '') for piece in content) for content in contents]
        urls = [*body.get('images', ()), *(piece['image_url']['url'] for piece in pieces if 'image_url' in piece)]
        return Wanted(
            model=body['model'],
            key=self.key(request),
            texts=body.get('texts') or joined,
            media=[base64.b64decode(url.partition(';base64,')[2], validate=True) for url in urls],
            options={name: value for name, value in body.items() if name not in ('model', *given)},
            body=body,
        )


class CohereRerankWire(_CohereWire):
    """The wire format of Cohere's ranking API: https://docs.cohere.com/reference/rerank."""

    path = '/v2/rerank'

    def ranked(self, request: RecordedRequest) -> CannedAnswer:
        """Return the documents of a request in the order of the words that they share with the query."""
        wanted = self.asked(request)
        query = set(re.findall(r'\w+', wanted.options['query'].lower()))
        scores = [len(query & set(re.findall(r'\w+', text.lower()))) / (len(query) or 1) for text in wanted.texts]
        places = sorted(range(len(scores)), key=lambda place: -scores[place])[: wanted.options.get('top_n')]
        results = [{'index': place, 'relevance_score': scores[place]} for place in places]
        return CannedAnswer.of_json({'id': 'c1', 'results': results, 'meta': {'billed_units': {'search_units': 1}}})

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body: Body = request.json
        texts = cast('list[str]', body['documents'])
        assert texts, 'no documents'
        assert all(isinstance(text, str) for text in cast('list[Any]', body['documents']))
        options = {name: value for name, value in body.items() if name not in ('model', 'documents')}
        return Wanted(model=body['model'], key=self.key(request), texts=texts, options=options, body=body)


class CohereTranscriptWire(_CohereWire):
    """The wire format of Cohere's transcripts: https://docs.cohere.com/reference/create-audio-transcription."""

    path = '/v2/audio/transcriptions'

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        return CannedAnswer.of_json({'text': text})

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        fields, media = request.read()
        assert media, 'no form with a file'
        assert fields['language'], 'no language'
        return Wanted(model=fields['model'], key=self.key(request), media=media, options=fields, body=fields)
