# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from genkit._trace.attributes import display_path, path_step, recorded, recorded_context


@pytest.mark.parametrize(
    ('step', 'path'),
    [
        (('greet', 'action', 'flow'), '/{greet,t:action,s:flow}'),
        (('step', 'flowStep', None), '/{step,t:flowStep}'),
        (('a,b c{}', 'util', None), '/{a%2Cb%20c%7B%7D,t:util}'),
        (('groq/llama', 'action', 'model'), '/{groq/llama,t:action,s:model}'),
    ],
)
def test_a_step_of_a_path_says_name_type_and_subtype(step, path):
    assert path_step(*step) == path


def test_a_path_is_shown_as_its_names():
    path = (
        path_step('greet', 'action', 'flow') + path_step('groq/llama', 'action', 'model') + path_step('x', 'util', None)
    )
    assert display_path(path) == 'greet > groq/llama > x'
    assert display_path('') == ''


def test_recording_never_fails():
    assert json.loads(recorded('\ud800')) == '<str cannot be recorded: PydanticSerializationError>'


def test_credentials_are_not_recorded():
    assert recorded({'config': [{'apiKey': 'sk-1', 'n': 1}]}) == '{"config":[{"apiKey":"<redacted>","n":1}]}'


def test_the_context_is_recorded_without_who_is_asking():
    context = {'auth': {'email': 'a@b.c'}, 'secrets': ['x'], 'deep': {'token': 'x'}, 'tenant': 't'}
    assert json.loads(recorded_context(context)) == {
        'auth': '<redacted>',
        'secrets': '<redacted>',
        'deep': {'token': '<redacted>'},
        'tenant': 't',
    }
