# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spec files become cases; broken ones are refused with file, line, path and way out."""

from textwrap import dedent

import pytest
from conform.model.errors import UsageError
from conform.specs.read import default_capabilities, read_cases


INPUT = '{messages: [{role: user, content: [{text: Hi}]}]}'


def told(cases):
    return [(case.key, case.name, [question.text for question in case.questions], case.stream) for case in cases]


def test_a_suite_becomes_its_capabilities_and_then_its_tests(write):
    spec = f"""
        - model: zoo/parrot
          supports: [multiturn, streaming-multiturn]
          tests:
            - {{name: own, input: {INPUT}, validators: [reasoning, "text-includes:a:b"], stream: true}}
            - {{input: {INPUT}}}
        - model: /background-model/zoo/film
          supports: [reasoning]
    """
    cases = read_cases(write('a.yaml', dedent(spec)))
    assert told(cases) == [
        ('/model/zoo/parrot', 'multiturn', ['text-includes:Genkit'], False),
        ('/model/zoo/parrot', 'streaming-multiturn', ['stream-text-includes:Genkit'], True),
        ('/model/zoo/parrot', 'own', ['reasoning', 'text-includes:a:b'], True),
        ('/model/zoo/parrot', 'test 2', [], False),
        ('/background-model/zoo/film', 'reasoning', ['reasoning'], False),
    ]
    assert cases[2].request == {'messages': [{'role': 'user', 'content': [{'text': 'Hi'}]}]}


def test_a_suite_without_supports_and_tests_claims_the_defaults(write):
    assert [case.name for case in read_cases(write('a.yaml', 'model: m'))] == default_capabilities()


def test_a_suite_with_tests_claims_nothing_more(write):
    spec = f'{{model: m, tests: [{{name: own, input: {INPUT}}}]}}'
    assert [case.name for case in read_cases(write('a.yaml', spec))] == ['own']


def test_the_request_is_sent_as_it_was_written(write):
    spec = '{"model": "m", "tests": [{"input": {"messages": [], "config": {"topK": null, "zz": 1}, "zz": 2}}]}'
    (case,) = read_cases(write('a.json', spec))
    assert case.request == {'messages': [], 'config': {'topK': None, 'zz': 1}, 'zz': 2}


NO_ROLE = """
model: m
tests:
  - input:
      messages:
        - role: assistant
          content: []
"""
NO_PART = """
model: m
tests:
  - input:
      messages:
        - role: user
          content:
            - text: a
              medai: {}
"""
NO_VALIDATORS = f"""
model: m
tests:
  - input: {INPUT}
    validators:
      - valid-jsn
      - text-includes
"""
ROLES = "Input should be 'system', 'user', 'model' or 'tool'; an assistant speaks as 'model'"
WRITTEN = 'is not how this validator is written'
LIST = 'List them with `conform specs`.'


@pytest.mark.parametrize(
    ('spec', 'problems'),
    [
        ('', ['a.yaml: Input should be a mapping (got None)']),
        ('- supports: [multiturn]', ["a.yaml:1: [0]: 'model' is missing; add it."]),
        (
            'model: m\ntest: []\nstreams: 1',
            [
                "a.yaml:2: test: 'test' is not known here. Did you mean 'tests'? Remove it.",
                "a.yaml:3: streams: 'streams' is not known here. Did you mean 'stream'? Remove it.",
            ],
        ),
        (
            'model: m\nsupports:\n  - multiturn\n  - multitrun\n',
            [f"a.yaml:4: supports[1]: 'multitrun' is no capability. Did you mean 'multiturn'? {LIST}"],
        ),
        (
            NO_VALIDATORS,
            [
                f"a.yaml:6: tests[0].validators[0]: 'valid-jsn' is no validator. Did you mean 'valid-json'? {LIST}",
                f"a.yaml:7: tests[0].validators[1]: 'text-includes' {WRITTEN}: 'text-includes:text'.",
            ],
        ),
        (
            f'model: m\ntests:\n  - input: {INPUT}\n    stream: "no"\n',
            ["a.yaml:4: tests[0].stream: Input should be a valid boolean (got 'no')"],
        ),
        ('model: m\ntests:\n  - name: x\n', ["a.yaml:3: tests[0]: 'input' is missing; add it."]),
        (
            NO_ROLE,
            [f"a.yaml:6: tests[0].input.messages[0].role: {ROLES} (got 'assistant')"],
        ),
        (
            NO_PART,
            ["a.yaml:9: tests[0].input.messages[0].content[0].medai: 'medai' is not known here. Remove it."],
        ),
        ('model: ""', ["a.yaml:1: model: String should have at least 1 character (got '')"]),
        (
            'model: m\ntests: []',
            ['a.yaml: there is no test; name some under `supports` or write some under `tests`.'],
        ),
    ],
)
def test_a_broken_spec_is_refused_with_every_problem(write, spec, problems):
    path = write('a.yaml', spec)
    with pytest.raises(UsageError) as caught:
        read_cases(path)
    assert caught.value.message.replace(str(path), 'a.yaml').splitlines() == problems


def test_a_refused_value_tells_no_secret(write):
    path = write('a.yaml', 'model: m\ntests:\n  - input: [{config: {apiKey: k-123}}]\n')
    with pytest.raises(UsageError) as caught:
        read_cases(path)
    assert 'k-123' not in caught.value.message
