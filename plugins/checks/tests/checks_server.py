# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google Checks on the loopback interface: requests are held against Google's own description of its API."""

import functools
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest


_REQUEST = 'GoogleChecksAisafetyV1alphaClassifyContentRequest'


class ChecksServer(LoopbackServer):
    """The server; a ``with`` block runs it.

    Attributes:
        bad: Policies by a word that violates them.
        asked: The texts it was asked about.
        answer: Given instead, if set.
    """

    def __init__(self, bad: Mapping[str, str] | None = None) -> None:
        super().__init__(self._respond)
        self.bad = {'idiot': 'HARASSMENT', **(bad or {})}
        self.asked: list[str] = []
        self.answer: CannedAnswer | None = None

    def _respond(self, request: RecordedRequest) -> CannedAnswer:
        assert (request.method, request.path) == ('POST', '/v1alpha/aisafety:classifyContent')
        assert request.headers['authorization'] == 'Bearer token'
        assert request.headers['x-goog-user-project'] == 'shop'
        body = request.json
        _check(_REQUEST, body, 'body')
        text = body['input']['textInput']['content']
        assert text.strip()
        self.asked.append(text)
        return self.answer or CannedAnswer.of_json(
            {'policyResults': [self._judge(each, text) for each in body['policies']]}
        )

    def _judge(self, policy: Mapping[str, Any], text: str) -> dict[str, Any]:
        violated = {name for word, name in self.bad.items() if word in text}
        score = 0.9 if policy['policyType'] in violated else 0.1
        verdict = 'VIOLATIVE' if score >= policy.get('threshold', 0.5) else 'NON_VIOLATIVE'
        return {'policyType': policy['policyType'], 'score': score, 'violationResult': verdict}


@functools.cache
def _schemas() -> dict[str, Any]:
    text = files('googleapiclient').joinpath('discovery_cache/documents/checks.v1alpha.json').read_text('utf-8')
    return json.loads(text)['schemas']


def _check(schema: str, body: Any, place: str) -> None:
    known = _schemas()[schema]['properties']
    assert isinstance(body, dict)
    assert not body.keys() - known.keys(), f'{place} has {sorted(body.keys() - known.keys())}'
    for name, value in body.items():
        member = known[name]
        values = value if member.get('type') == 'array' else [value]
        kind = member.get('items', member)
        for each in values:
            if '$ref' in kind:
                _check(kind['$ref'], each, f'{place}.{name}')
            else:
                assert isinstance(each, str if kind['type'] == 'string' else int | float), f'{place}.{name}'
                assert 'enum' not in kind or each in kind['enum'], f'{place}.{name} is {each!r}'
