# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands of `genkit-cli` with an application of ours: what they print, what they leave, how they end."""

import json
import os
import re
import signal
import subprocess

import pytest

from .conftest import soon


TRACE_ID = re.compile(r'Trace ID: ([0-9a-f]{32})\n')


def result_of(ended: 'subprocess.CompletedProcess[str]') -> str:
    """Return what a flow answered, as it was printed."""
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.partition('Result:\n')[2].partition('\nTrace ID: ')[0]


def trace_of(ended: 'subprocess.CompletedProcess[str]') -> str:
    found = TRACE_ID.search(ended.stdout)
    assert found, ended
    return found[1]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def spans_by_name(trace) -> dict[str, dict]:
    return {span['displayName']: span for span in trace['spans'].values()}


class TestFlowRun:
    def test_prints_the_result_and_leaves_a_trace_and_a_log(self, kitchen):
        ended = kitchen.with_app('flow:run', 'cook', '{"dish":"soup","count":2}')
        assert json.loads(result_of(ended)) == {'dishes': ['hot soup', 'hot soup']}
        trace_id = trace_of(ended)

        listed = kitchen('trace:list')
        assert listed.returncode == 0
        assert 'Found 1 trace:' in listed.stdout
        assert re.search(rf'ID: +{trace_id}\nType: +flow\nName: +cook\nStatus: +success\n', listed.stdout)
        assert 'Input:    {"dish":"soup","count":2}' in listed.stdout

        shown = kitchen('trace:get', trace_id)
        assert re.search(r'└─ cook \(flow\) \[.*\] ✔', shown.stdout)
        assert re.search(r'└─ heat \(flowStep\) \[.*\] ✔', shown.stdout)

        trace = json.loads(kitchen('trace:get', trace_id, '--format', 'json').stdout)
        assert (trace['traceId'], trace['displayName']) == (trace_id, 'cook')
        spans = spans_by_name(trace)
        assert set(spans) == {'cook', 'heat'}
        assert spans['heat']['parentSpanId'] == spans['cook']['spanId']
        assert spans['cook']['attributes']['genkit:state'] == 'success'
        assert spans['cook']['attributes']['genkit:output'] == {'dishes': ['hot soup', 'hot soup']}
        assert spans['heat']['attributes']['genkit:output'] == '"hot soup"'

        (record,) = kitchen('log:list', '--trace-id', trace_id, '--format', 'jsonl').stdout.splitlines()
        assert json.loads(record)['body'] == 'cooking soup'
        assert json.loads(record)['severityText'] == 'WARN'
        assert json.loads(record)['spanId'] == spans['cook']['spanId']

    def test_streams(self, kitchen):
        ended = kitchen.with_app('flow:run', 'count', '3', '--stream')
        chunks, _, _ = ended.stdout.partition('Result:')
        assert [json.loads(chunk) for chunk in re.findall(r'\{.*?\}', chunks, re.DOTALL)] == [
            {'number': number} for number in range(3)
        ]
        assert result_of(ended) == 'counted to 3'

    def test_tells_what_went_wrong(self, kitchen):
        ended = kitchen.with_app('flow:run', 'fail', '"no salt"')
        assert "Message: Error while running action fail: LookupError('no salt')" in ended.stdout
        assert 'Code: 13' in ended.stdout
        trace_id = trace_of(ended)
        (span,) = json.loads(kitchen('trace:get', trace_id, '--format', 'json').stdout)['spans'].values()
        assert span['status'] == {'code': 2, 'message': 'no salt'}
        (event,) = span['timeEvents']['timeEvent']
        assert event['annotation']['attributes']['exception.message'] == 'no salt'

    def test_hands_on_a_context(self, kitchen):
        ended = kitchen.with_app('flow:run', 'whoami', '"x"', '--context', '{"auth":{"uid":"Ada"}}')
        assert json.loads(result_of(ended)) == {'auth': {'uid': 'Ada'}}

    def test_runs_a_batch(self, kitchen):
        orders = [{'dish': 'tea'}, {'dish': 'cake', 'count': 2}]
        (kitchen.project / 'orders.json').write_text(json.dumps(orders))
        ended = kitchen.with_app('flow:batchRun', 'cook', 'orders.json', '--output', 'dishes.json', '--label', 'night')
        assert ended.returncode == 0
        assert json.loads((kitchen.project / 'dishes.json').read_text()) == [
            {'input': orders[0], 'output': {'dishes': ['hot tea']}},
            {'input': orders[1], 'output': {'dishes': ['hot cake', 'hot cake']}},
        ]
        trace = json.loads(kitchen('trace:get', trace_of(ended), '--format', 'json').stdout)
        assert spans_by_name(trace)['cook']['attributes']['batchRun'] == 'night'


class TestEvaluating:
    def outcome(self, kitchen, ended) -> dict[str, dict]:
        """Return the rows of the result by their id; a summary of them has to be stored as well."""
        assert ended.returncode == 0, ended.stderr
        stored = json.loads((kitchen.project / '.genkit' / 'evals' / 'index.json').read_text())
        assert len(stored) == 1
        return {row['testCaseId']: row for row in json.loads((kitchen.project / 'result.json').read_text())}

    def test_of_a_dataset(self, kitchen):
        dataset = [
            {'testCaseId': 'right', 'input': 'A fruit?', 'output': 'banana', 'reference': 'b(an)+a'},
            {'testCaseId': 'wrong', 'input': 'A fruit?', 'output': 'carrot', 'reference': 'b(an)+a'},
        ]
        (kitchen.project / 'dataset.json').write_text(json.dumps(dataset))
        ended = kitchen.with_app(
            *('eval:run', 'dataset.json', '--evaluators', 'genkitEval/regex,genkitEval/deep_equal'),
            *('--output', 'result.json'),
        )
        rows = self.outcome(kitchen, ended)
        judged = {
            name: {metric['evaluator']: (metric['score'], metric['status']) for metric in row['metrics']}
            for name, row in rows.items()
        }
        assert judged == {
            'right': {
                '/evaluator/genkitEval/regex': (True, 'PASS'),
                '/evaluator/genkitEval/deep_equal': (False, 'FAIL'),
            },
            'wrong': {
                '/evaluator/genkitEval/regex': (False, 'FAIL'),
                '/evaluator/genkitEval/deep_equal': (False, 'FAIL'),
            },
        }
        metric = rows['right']['metrics'][0]
        trace = json.loads(kitchen('trace:get', metric['traceId'], '--format', 'json').stdout)
        assert metric['spanId'] in trace['spans']

    def test_of_a_flow(self, kitchen):
        cases = [
            {'testCaseId': 'right', 'input': 'fish', 'reference': 'fish'},
            {'testCaseId': 'wrong', 'input': 'meat', 'reference': 'fish'},
        ]
        (kitchen.project / 'cases.json').write_text(json.dumps(cases))
        ended = kitchen.with_app(
            *(
                'eval:flow',
                'ask',
                '--input',
                'cases.json',
                '--evaluators',
                'genkitEval/regex',
                '--output',
                'result.json',
            )
        )
        rows = self.outcome(kitchen, ended)
        assert rows['right']['output'] == '[ECHO] user: fish'
        assert [rows[name]['metrics'][0]['status'] for name in ('right', 'wrong')] == ['PASS', 'FAIL']
        assert rows['right']['metrics'][0]['rationale'] == 'Found "fish" at character 13.'
        assert re.fullmatch('[0-9a-f]{32}', rows['right']['traceIds'][0])


class TestModelTests:
    SPEC = """
- model: echo
  tests:
    - name: repeats
      input: {messages: [{role: user, content: [{text: Say soup}]}]}
      validators: ["text-includes:soup", "text-starts-with:[ECHO]"]
    - name: streams
      stream: true
      input: {messages: [{role: user, content: [{text: Say soup}]}]}
      validators: ["stream-text-includes:%s"]
"""

    @pytest.mark.parametrize(('expected', 'status', 'passed'), [('321', 0, 2), ('bread', 1, 1)])
    def test_pass_or_fail_by_what_the_model_says(self, kitchen, expected, status, passed):
        (kitchen.project / 'spec.yaml').write_text(self.SPEC % expected)
        ended = kitchen.with_app('dev:test-model', '--from-file', 'spec.yaml')
        assert f'Tests Completed: {passed} Passed, {2 - passed} Failed' in ended.stdout
        assert ended.returncode == status
        assert [*(kitchen.project / '.genkit' / 'runtimes').glob('*')] == []


class TestStart:
    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_runs_the_application_until_it_is_stopped(self, kitchen, number):
        started = kitchen.start()
        announced = started.wait_for_runtime()
        pid = json.loads(announced.read_text())['pid']
        assert json.loads(announced.read_text())['name'] == 'kitchen'

        ended = kitchen('flow:run', 'cook', '{"dish":"soup"}')  # by another process, which finds the runtime
        assert json.loads(result_of(ended)) == {'dishes': ['hot soup']}
        trace = json.loads(kitchen('trace:get', trace_of(ended), '--format', 'json').stdout)
        assert set(spans_by_name(trace)) == {'cook', 'heat'}
        streamed = kitchen('flow:run', 'count', '2', '--stream')
        assert streamed.stdout.count('"number"') == 2
        assert result_of(streamed) == 'counted to 2'

        started.stop(number)
        assert [line for line in started.lines if 'the kitchen is open' in line]
        soon(lambda: not is_alive(pid))
        assert not announced.exists()
        assert not [line for line in started.lines if 'Traceback' in line or 'Error' in line]

    def test_leaves_no_application_behind(self, kitchen):
        started = kitchen.start()
        announced = started.wait_for_runtime()
        started.stop_tools()
        soon(lambda: not announced.exists())
