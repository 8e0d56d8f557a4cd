# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins are run against providers on this machine, which notice what a plugin loses."""

import json

import pytest
from conform.loopback.examples import example
from conform.loopback.losses import losses
from conform.loopback.player import play
from conform.loopback.wires import wire_for
from conform.model.capabilities import capabilities
from conform.model.errors import StartError
from conform.model.suite import Case
from genkit.testing import OpenAIChatWire, RecordedRequest


WIRE = OpenAIChatWire()


def sent(**body):
    return RecordedRequest('POST', '/', {}, json.dumps({'model': 'm', 'messages': [], **body}).encode())


def asked(name, **body):
    return list(losses(capabilities()[name].case('p/m'), WIRE.asked(sent(**body))))


@pytest.mark.parametrize(
    ('schema', 'value'),
    [
        ({'type': 'object', 'properties': {'a': {'type': 'integer', 'minimum': 7}}, 'required': ['a']}, {'a': 7}),
        ({'$ref': '#/$defs/A', '$defs': {'A': {'enum': ['x', 'y']}}}, 'x'),
        ({'anyOf': [{'type': 'array', 'items': {'const': 3}, 'minItems': 2}, {'type': 'null'}]}, [3, 3]),
        ({'type': ['string', 'null'], 'minLength': 6}, 'text..'),
        (None, {}),
    ],
)
def test_an_example_fits_its_schema(schema, value):
    assert example(schema) == value


def test_a_text_that_was_lost_is_named_with_its_role():
    system = {
        'role': 'system',
        'content': 'A program reads your answers. Begin every answer with RESPONSE: and go on as usual.',
    }
    assert asked('system-role', messages=[system, {'role': 'user', 'content': 'Hello!'}]) == []
    assert asked('system-role', messages=[system]) == ["no text 'Hello!' of the user"]


def test_a_model_message_that_came_as_the_users_is_lost():
    texts = [
        part['text']
        for message in capabilities()['multiturn'].case('p/m').request['messages']
        for part in message['content']
    ]
    messages = [{'role': 'user', 'content': text} for text in texts]
    assert asked('multiturn', messages=messages) == ["no text 'Nice to meet you, Genkit.' of the model"]


def test_media_tools_and_schemas_that_were_lost_are_named():
    text = [{'role': 'user', 'content': 'Which word is in this picture?'}]
    assert asked('input-image-base64', messages=text) == ['fewer than 1 media']
    text = [{'role': 'user', 'content': 'How is the weather in New York? Ask the tool "weather".'}]
    assert asked('tool-request', messages=text) == ["no tool 'weather'"]
    tool = {'type': 'function', 'function': {'name': 'weather', 'parameters': {'type': 'object'}}}
    assert asked('tool-request', messages=text, tools=[tool]) == ["not all members of the input of tool 'weather'"]
    text = [{'role': 'user', 'content': 'Write a profile of John Doe.'}]
    assert asked('structured-output', messages=text) == ['no schema of the answer']


def test_the_provider_refuses_a_request_that_lost_something():
    answer = play(capabilities()['system-role'].case('p/m'), WIRE, sent())
    assert answer.status == 400
    assert b'Begin every answer' in answer.body


def test_a_wire_is_that_of_the_first_pattern_and_may_take_arguments():
    wires = {
        'p/a*': {'wire': 'genkit.testing:OpenAIChatWire', 'reasoning': 'thought'},
        '*': 'genkit.testing:OllamaWire',
    }
    assert type(wire_for('p/abc', wires)).__name__ == 'OpenAIChatWire'
    assert type(wire_for('p/b', wires)).__name__ == 'OllamaWire'


@pytest.mark.parametrize(
    'place', ['genkit.testing:NoWire', 'no.such.module:Wire', 'genkit.testing', {'reasoning': 'x'}]
)
def test_a_wire_that_cannot_be_made_is_refused(place):
    with pytest.raises(StartError, match=r'expected module:Class'):
        wire_for('p/m', {'*': place})
    with pytest.raises(StartError, match="No wire format is set for 'p/m'"):
        wire_for('p/m', {'q/*': place})


def test_a_request_that_no_wire_can_read_fails_its_case_with_the_reason(run, write, zoo):
    write(
        'zoo/pyproject.toml',
        '[tool.conform.loopback]\nwires = { "*" = "genkit.testing:OpenAIChatWire" }\nconfig = {}\n',
    )
    spec = write('zoo/tests/conformance.yaml', 'model: zoo/parrot\nsupports: [multiturn]\n')
    code, _, err = run('run', spec.parent.parent, '--loopback')
    assert code == 3, err


def test_a_test_that_needs_more_than_the_provider_is_skipped_with_its_reason(run, write, zoo):
    wires = 'wires = { "*" = "genkit.testing:OpenAIChatWire" }'
    write('zoo/pyproject.toml', f'[tool.conform.loopback]\n{wires}\nskip = {{ multiturn = "it is far" }}\n')
    spec = write('zoo/tests/conformance.yaml', 'model: zoo/parrot\nsupports: [multiturn]\n')
    code, out, _ = run('run', spec.parent.parent, '--loopback', '--list')
    assert (code, out) == (0, 'zoo  zoo/parrot  multiturn  (skipped: it is far)\n')


def test_a_case_is_asked_of_the_played_provider_in_both_modes(run, monkeypatch):
    monkeypatch.delenv('GROQ_API_KEY', raising=False)
    for mode in ('native', 'reflection'):
        code, out, _ = run('run', 'plugins/groq', '--loopback', '--mode', mode, '--test-filter', 'streaming-tool')
        assert (code, out.splitlines()[0][:4]) == (0, 'pass')
        assert '(loopback)' in out


def test_a_case_may_hold_nothing():
    assert play(Case('p/m', 'empty', {'messages': []}), WIRE, sent()).status == 200
