# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The quickstart's assistant in the hands of the developer tools, its models running on this machine."""

import json
import re
import signal

import pytest


QUESTION = '"Who built the lighthouse of Skarholm?"'
MODEL = 'llamacpp/smollm2-135m-instruct'
SPEC = f"""
- model: {MODEL}
  tests:
    - name: answers
      input: {{messages: [{{role: user, content: [{{text: Say hello.}}]}}], config: {{maxOutputTokens: 8}}}}
      validators: [text-not-empty]
    - name: streams
      stream: true
      input: {{messages: [{{role: user, content: [{{text: Say hello.}}]}}], config: {{maxOutputTokens: 8}}}}
      validators: [text-not-empty]
"""


@pytest.fixture(scope='module')
def running(quickstart):
    """The sample, started once: the models take a while to load, and the documents to be indexed."""
    started = quickstart.start()
    started.wait_for_runtime()
    assert quickstart('flow:run', 'ask', QUESTION).returncode == 0
    yield started
    started.stop(signal.SIGTERM)


def test_a_flow_answers_and_its_trace_shows_how(quickstart, running):
    asked = quickstart('flow:run', 'ask', QUESTION)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout.partition('Result:\n')[2].partition('\nTrace ID: ')[0])
    assert 'Ada Norling' in answer['answer']
    assert answer['sources'][0] == {'file': 'lighthouse.md', 'heading': 'The builder'}
    found = re.search(r'Trace ID: ([0-9a-f]{32})', asked.stdout)
    assert found
    assert found[1] in quickstart('trace:list').stdout
    shown = quickstart('trace:get', found[1])
    for kind in ('flow', 'retriever', 'embedder', 'model'):
        assert f'({kind}) [' in shown.stdout


def test_a_flow_streams(quickstart, running):
    ended = quickstart('flow:run', 'ask', QUESTION, '--stream')
    chunks = re.findall(r'^"(.*)"$', ended.stdout.partition('Result:')[0], re.MULTILINE)
    assert len(chunks) > 3
    assert 'Ada Norling' in ''.join(chunks)


def test_a_flow_is_evaluated(quickstart, running):
    cases = [
        {'testCaseId': 'builder', 'input': json.loads(QUESTION), 'reference': 'Ada Norling'},
        {'testCaseId': 'dog', 'input': 'What is the name of the dog?', 'reference': 'Rex'},
    ]
    (quickstart.project / 'cases.json').write_text(json.dumps(cases))
    ended = quickstart('eval:flow', 'ask', '--input', 'cases.json', '--output', 'judged.json')
    assert ended.returncode == 0, ended.stderr
    builder, dog = json.loads((quickstart.project / 'judged.json').read_text())
    assert [builder['metrics'][0]['status'], dog['metrics'][0]['status']] == ['PASS', 'FAIL']
    assert builder['context'][0].startswith('The lighthouse of Skarholm was built in 1911 by Ada Norling.')


def test_answers_that_are_there_already_are_evaluated(quickstart, running):
    dataset = [{'testCaseId': 'one', 'input': 'Who?', 'output': 'It was Ada Norling.', 'reference': 'Ada Norling'}]
    (quickstart.project / 'dataset.json').write_text(json.dumps(dataset))
    ended = quickstart('eval:run', 'dataset.json', '--output', 'scored.json')
    assert ended.returncode == 0, ended.stderr
    ((row,),) = [json.loads((quickstart.project / 'scored.json').read_text())]
    assert row['metrics'][0] | {'traceId': '', 'spanId': ''} == {
        'evaluator': '/evaluator/names',
        'score': True,
        'status': 'PASS',
        'rationale': 'Ada Norling is named',
        'traceId': '',
        'spanId': '',
    }


def test_a_model_is_tested(quickstart):
    (quickstart.project / 'spec.yaml').write_text(SPEC)
    ended = quickstart.with_app('dev:test-model', '--from-file', 'spec.yaml')
    assert 'Tests Completed: 2 Passed, 0 Failed' in ended.stdout
    assert ended.returncode == 0
