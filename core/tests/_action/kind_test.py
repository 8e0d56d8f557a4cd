# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import ActionKind, GenkitError
from genkit._action.kind import create_action_key, is_action_kind, parse_action_key


def test_the_kinds_are_those_of_every_sdk():
    assert sorted(ActionKind) == [
        'agent',
        'agent-abort',
        'agent-snapshot',
        'background-model',
        'cancel-operation',
        'check-operation',
        'custom',
        'dynamic-action-provider',
        'embedder',
        'evaluator',
        'executable-prompt',
        'flow',
        'indexer',
        'model',
        'prompt',
        'reranker',
        'resource',
        'retriever',
        'tool',
        'tool.v2',
        'util',
    ]


@pytest.mark.parametrize(
    ('key', 'parsed'),
    [
        ('/flow/greet', (ActionKind.FLOW, 'greet')),
        ('/tool.v2/pay', (ActionKind.TOOL_V2, 'pay')),
        ('/model/googleai/gemini-2.0', (ActionKind.MODEL, 'googleai/gemini-2.0')),
        ('/prompt/a//b', (ActionKind.PROMPT, 'a//b')),
        ('/flow/ name with spaces ', (ActionKind.FLOW, ' name with spaces ')),
    ],
)
def test_a_key_is_a_kind_and_a_name_that_may_hold_slashes(key, parsed):
    assert parse_action_key(key) == parsed
    assert create_action_key(*parsed) == key


@pytest.mark.parametrize('key', ['', '/', 'flow/greet', '/flow', '/flow/', '//greet', 'x/flow/greet'])
def test_what_is_not_of_the_form_is_refused(key):
    with pytest.raises(GenkitError, match='not of the form /<kind>/<name>') as caught:
        parse_action_key(key)
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_an_unknown_kind_is_refused():
    with pytest.raises(GenkitError, match=r"unknown kind 'flwo'\.") as caught:
        parse_action_key('/flwo/greet')
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_an_unknown_kind_is_told_the_nearest_one():
    with pytest.raises(GenkitError, match="Did you mean 'flow'"):
        parse_action_key('/flwo/greet')


@pytest.mark.parametrize(('name', 'known'), [('flow', True), ('tool.v2', True), ('FLOW', False), ('', False)])
def test_kinds_are_known_by_their_names(name, known):
    assert is_action_kind(name) is known
