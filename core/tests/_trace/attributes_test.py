# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit._trace.attributes import display_path, opening, path_step


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


def test_a_span_opens_with_what_is_known_of_it():
    step = '/{greet,t:action,s:flow}'
    path, attributes = opening('', 'greet', 'action', 'flow')
    assert path == step
    assert attributes == {
        'genkit:name': 'greet',
        'genkit:type': 'action',
        'genkit:path': step,
        'genkit:qualifiedPath': step,
        'genkit:metadata:subtype': 'flow',
        'genkit:metadata:flow:name': 'greet',
        'genkit:key': '/flow/greet',
        'genkit:isRoot': True,
    }
    assert opening(step, 'x', 'util', None) == (
        f'{step}/{{x,t:util}}',
        {
            'genkit:name': 'x',
            'genkit:type': 'util',
            'genkit:path': f'{step}/{{x,t:util}}',
            'genkit:qualifiedPath': f'{step}/{{x,t:util}}',
        },
    )


def test_a_path_is_shown_as_its_names():
    path = (
        path_step('greet', 'action', 'flow') + path_step('groq/llama', 'action', 'model') + path_step('x', 'util', None)
    )
    assert display_path(path) == 'greet > groq/llama > x'
    assert display_path('') == ''
