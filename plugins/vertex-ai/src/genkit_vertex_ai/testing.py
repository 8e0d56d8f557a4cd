# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Vertex AI as a fake server, for tests: protocols of vendors at its addresses, ranking, evaluation, Vector Search."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from genkit.testing import AnthropicWire, Asked, CannedAnswer, OpenAIChatWire, RecordedRequest
from genkit_mistral.testing import MistralWire


Body = dict[str, Any]

_PLACE: Final = r'/v1/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)'
_RAW: Final = re.compile(
    _PLACE + r'/publishers/(?P<publisher>[^/]+)/models/(?P<model>[^/]+):(?P<method>rawPredict|streamRawPredict)'
)
_OPEN: Final = re.compile(_PLACE + r'/endpoints/openapi/chat/completions')
_VERSION: Final = 'vertex-2023-10-16'


def at_vertex(request: RecordedRequest, publisher: str) -> tuple[str, Body]:
    """Return the model in the address of a request, and its body; both say in the same way whether it streams."""
    found = _RAW.fullmatch(request.path)
    assert found is not None, request.path
    assert found['publisher'] == publisher
    body: Body = request.json
    assert bool(body.get('stream')) == (found['method'] == 'streamRawPredict'), request.path
    return unquote(found['model']), body


class ClaudeOnVertexWire(AnthropicWire):
    """Anthropic's protocol as Vertex AI has it: the model is in the address, the version in the body."""

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        model, body = at_vertex(request, 'anthropic')
        assert 'model' not in body
        assert body['anthropic_version'] == _VERSION
        plain = {name: value for name, value in body.items() if name != 'anthropic_version'}
        return replace(super().asked(_with(request, {**plain, 'model': model})), body=body)


class MistralOnVertexWire(MistralWire):
    """Mistral's protocol as Vertex AI has it: the model is in the address and in the body."""

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        model, body = at_vertex(request, 'mistralai')
        assert body['model'] == model
        return super().asked(request)


class OpenOnVertexWire(OpenAIChatWire):
    """OpenAI's protocol at ``endpoints/openapi``."""

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        assert _OPEN.fullmatch(request.path), request.path
        return super().asked(request)


class FakeGoogle:
    """Ranking, evaluation, Vector Search, Firestore, BigQuery and the Resource Manager, with what they keep in memory.

    Attributes:
        scores: What the evaluation service says of a prediction; 1 for one that it does not know.
        points: The points of the index by id.
        documents: The documents of Firestore by name.
        rows: The rows of BigQuery.
    """

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}
        self.points: dict[str, Body] = {}
        self.documents: dict[str, Body] = {}
        self.rows: list[Body] = []

    def __call__(self, request: RecordedRequest) -> CannedAnswer:
        """Return the answer to a request."""
        path = request.path.partition('?')[0]
        for ending, answer in self._answers().items():
            if path.endswith(ending):
                try:
                    return CannedAnswer.of_json(answer(request.json))
                except ValueError as error:
                    told = {'code': 400, 'message': str(error), 'status': 'INVALID_ARGUMENT'}
                    return CannedAnswer.of_json({'error': told}, 400)
        assert re.fullmatch(r'/v3/projects/[^/]+', path), path
        return CannedAnswer.of_json({'name': 'projects/4711', 'projectId': path.rpartition('/')[2]})

    def _answers(self) -> Mapping[str, Any]:
        return {
            ':rank': self._rank,
            ':evaluateInstances': self._evaluate,
            ':upsertDatapoints': self._upsert,
            ':removeDatapoints': self._remove,
            ':findNeighbors': self._find,
            'documents:commit': self._commit,
            'documents:batchGet': self._batch_get,
            '/insertAll': self._insert,
            '/queries': self._query,
        }

    def _rank(self, body: Body) -> Body:
        words = set(re.findall(r'\w+', body['query'].lower()))
        scored = [
            {'id': record['id'], 'score': len(words & set(re.findall(r'\w+', record['content'].lower()))) / len(words)}
            for record in body['records']
        ]
        best = sorted(scored, key=lambda record: -record['score'])[: body.get('topN')]
        return {'records': [record if record['score'] else {'id': record['id']} for record in best]}

    def _evaluate(self, body: Body) -> Body:
        ((member, given),) = body.items()
        name = member.removesuffix('Input')
        if 'instances' in given:
            values = [{'score': self.scores.get(each['prediction'], 1.0)} for each in given['instances']]
            return {f'{name}Results': {f'{name}MetricValues': values}}
        score = self.scores.get(given['instance']['prediction'], 1.0)
        return {f'{name}Result': {'score': score, 'explanation': 'because', 'confidence': 0.5}}

    def _upsert(self, body: Body) -> Body:
        lengths = {len(point['featureVector']) for point in (*self.points.values(), *body['datapoints'])}
        if len(lengths) > 1:
            message = f'Vectors of {sorted(lengths)} dimensions are not of one index.'
            raise ValueError(message)
        self.points.update({point['datapointId']: point for point in body['datapoints']})
        return {}

    def _remove(self, body: Body) -> Body:
        for name in body['datapointIds']:
            self.points.pop(name, None)
        return {}

    def _find(self, body: Body) -> Body:
        (query,) = body['queries']
        asked = query['datapoint']
        allowed = [point for point in self.points.values() if _is_allowed(point, asked)]
        products = [
            (sum(a * b for a, b in zip(point['featureVector'], asked['featureVector'], strict=True)), point)
            for point in allowed
        ]
        nearest = sorted(products, key=lambda pair: -pair[0])[: query['neighborCount']]
        neighbors = [
            {'datapoint': {'datapointId': point['datapointId']}, 'distance': product} for product, point in nearest
        ]
        return {'nearestNeighbors': [{'id': '0', 'neighbors': neighbors}]} if neighbors else {}

    def _commit(self, body: Body) -> Body:
        for write in body['writes']:
            if 'delete' in write:
                self.documents.pop(write['delete'], None)
            else:
                self.documents[write['update']['name']] = write['update']
        return {'commitTime': '2026-11-22T12:00:00Z'}

    def _batch_get(self, body: Body) -> list[Body]:
        has_fields = 'mask' not in body
        found: list[Body] = []
        for name in body['documents']:
            document = self.documents.get(name)
            told = document if document is None or has_fields else {'name': name}
            found.append({'missing': name} if told is None else {'found': told})
        return found

    def _insert(self, body: Body) -> Body:
        self.rows += [row['json'] for row in body['rows']]
        return {'kind': 'bigquery#tableDataInsertAllResponse'}

    def _query(self, body: Body) -> Body:
        (parameter,) = body['queryParameters']
        ids = {each['value'] for each in parameter['parameterValue']['arrayValues']}
        found = [row for row in self.rows if row['id'] in ids]
        if body['query'].startswith('DELETE'):
            self.rows = [row for row in self.rows if row['id'] not in ids]
            return {'jobComplete': True, 'numDmlAffectedRows': str(len(found))}
        columns = re.findall(r'\w+', body['query'].partition(' FROM ')[0])[1:]
        return {'jobComplete': True, 'rows': [{'f': [{'v': row[name]} for name in columns]} for row in found]}


def _with(request: RecordedRequest, body: Body) -> RecordedRequest:
    return replace(request, body=json.dumps(body).encode())


def _is_allowed(point: Body, asked: Body) -> bool:
    for restrict in asked.get('restricts', ()):
        tokens = {
            token
            for own in point.get('restricts', ())
            if own['namespace'] == restrict['namespace']
            for token in own.get('allowList', ())
        }
        wanted, unwanted = set(restrict.get('allowList', ())), set(restrict.get('denyList', ()))
        if (wanted and not wanted & tokens) or unwanted & tokens:
            return False
    return all(_compares(point, restrict) for restrict in asked.get('numericRestricts', ()))


def _compares(point: Body, restrict: Body) -> bool:
    numbers = [own for own in point.get('numericRestricts', ()) if own['namespace'] == restrict['namespace']]
    return bool(numbers) and float(numbers[0]['valueInt']) == float(restrict['valueInt'])
