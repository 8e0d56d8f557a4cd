# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The whole program: arguments in; output, files and exit code out."""

import json
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from genkit.testing import CannedAnswer, LoopbackServer


ANSWER = '{message: {role: model, content: [{text: Hello}]}, finishReason: stop}'
BROKEN = '{message: {role: model, content: [{text: "\\x01"}]}, finishReason: stop}'
SPEC = f"""
- model: replay/model
  tests:
    - name: greets
      input: {{messages: [{{role: user, content: [{{text: Hi}}]}}], config: {{response: {ANSWER}}}}}
      validators: ["text-includes:hello"]
    - name: bids farewell
      input: {{messages: [{{role: user, content: [{{text: Hi}}]}}], config: {{response: {BROKEN}}}}}
      validators: ["text-includes:bye"]
- model: replay/echo
  supports: [multiturn]
"""


@pytest.fixture
def spec(write):
    return write('spec.yaml', SPEC)


def without_numbers(text):
    """Returns the lines with seconds and traces, which differ each time, as signs."""
    return re.sub(r'[0-9a-f]{32}', 'TRACE', re.sub(r'\d+\.\d+ s', 'N s', text)).splitlines()


def test_a_run_prints_what_comes_a_table_the_failures_and_the_sums(run, spec, app):
    code, out, err = run('run', spec, '--entry', app, '--jobs', '1')
    assert (code, err) == (1, '')
    assert without_numbers(out) == [
        'pass  replay/model greets (N s)',
        'FAIL  replay/model bids farewell (N s)',
        'pass  replay/echo multiturn (N s)',
        '',
        'spec           replay/model  replay/echo',
        'greets         pass',
        'bids farewell  FAIL',
        'multiturn                    pass',
        '',
        'FAIL replay/model bids farewell',
        "  text-includes:bye — the text does not include 'bye'",
        '  got    {"role": "model", "content": [{"text": "\\u0001"}]}',
        '  trace  TRACE',
        '',
        '2 passed, 1 failed in N s (native)',
    ]


def test_all_passed_is_exit_code_0_and_both_modes_say_the_same(run, spec, app):
    for mode in ('native', 'reflection'):
        code, out, _ = run('run', spec, '--entry', app, '--mode', mode, '--model', 'replay/echo')
        assert code == 0
        assert without_numbers(out)[-1] == f'1 passed in N s ({mode})'


def test_list_runs_nothing(run, spec, app, zoo):
    code, out, err = run('run', spec, '--entry', app, '--list')
    assert (code, err) == (0, '')
    assert out.splitlines() == [
        'spec  replay/model  greets',
        'spec  replay/model  bids farewell',
        'spec  replay/echo  multiturn',
    ]
    assert run('run', '--model', 'zoo/parrot', '--supports', 'multiturn', '--list')[1] == 'zoo  zoo/parrot  multiturn\n'


def test_what_cannot_be_started_is_exit_code_3_and_stops_nothing_else(run, zoo, write, tmp_path):
    write('plugins/bad/conformance.yaml', '{model: x/y, supports: [multiturn, system-role]}')
    write('plugins/zoo/conformance.yaml', '{model: zoo/parrot, supports: [multiturn]}')
    write('plugins/kiosk/pyproject.toml', '')
    write('plugins/shop/pyproject.toml', '[tool.conform]\nspec = "own.yaml"\nenv = ["SHOP_KEY"]')
    write('plugins/shop/own.yaml', 'model: m')
    report = tmp_path / 'report.json'
    code, out, _ = run('run', tmp_path / 'plugins', '--json', report)
    assert code == 3
    assert without_numbers(out) == [
        'pass  zoo/parrot multiturn (N s)',
        '',
        "bad could not be started: The plugin 'bad' gives <class 'tested_zoo.NoPlugin'>, expected a class of plugins.",
        '',
        'zoo        zoo/parrot',
        'multiturn  pass',
        'skipped, no conformance.yaml: kiosk',
        'skipped, needs SHOP_KEY in the environment: shop',
        '',
        '1 passed, 2 error in N s (native)',
    ]
    document = json.loads(report.read_text())
    assert [case['outcome'] for case in document['cases']] == ['error', 'error', 'passed']
    assert document['skippedTargets'] == {
        'kiosk': 'no conformance.yaml',
        'shop': 'needs SHOP_KEY in the environment',
    }


def test_the_settings_of_a_plugin_come_from_the_command_line_too(run, zoo):
    arguments = ('run', '--model', 'zoo/parrot', '--supports', 'multiturn')
    assert run(*arguments)[0] == 0
    assert run(*arguments, '--config', 'word=Hello')[0] == 1
    assert run(*arguments, '--config', 'word="Genkit!"', '--mode', 'reflection')[0] == 0
    assert run(*arguments, '--config', 'word=5')[0] == 1
    assert 'expected name=value' in run(*arguments, '--config', 'word')[2]


def test_a_runtime_that_is_there_already_is_used(run):
    answer = CannedAnswer.of_json({'result': {'message': {'role': 'model', 'content': [{'text': 'Genkit'}]}}})
    listing = CannedAnswer.of_json({'/model/a/b': {}})
    with LoopbackServer(lambda request: listing if request.method == 'GET' else answer) as server:
        code, out, _ = run('run', '--model', 'a/b', '--supports', 'multiturn', '--runtime', server.url)
    assert (code, without_numbers(out)[-1]) == (0, '1 passed in N s (reflection)')


def test_an_error_without_a_message_is_a_failure_too(run):
    answers = {
        'GET': CannedAnswer.of_json({'/model/a/b': {}}),
        'POST': CannedAnswer.of_json({'error': {'message': ''}}),
    }
    with LoopbackServer(lambda request: answers[request.method]) as server:
        code, out, _ = run('run', '--model', 'a/b', '--supports', 'multiturn', '--runtime', server.url)
    assert code == 1
    assert '  the action failed and did not say why' in out.splitlines()


def test_a_case_that_takes_too_long_fails_and_is_cancelled(run, app, tmp_path, monkeypatch):
    notes = tmp_path / 'notes'
    monkeypatch.setenv('REPLAY_NOTES', str(notes))
    arguments = ('run', '--model', 'replay/slow', '--supports', 'multiturn', '--timeout', '0.3', '--entry', app)
    code, out, _ = run(*arguments)
    assert code == 1
    assert '  no answer within 0.3 s' in out.splitlines()
    assert re.search(r'^  trace  [0-9a-f]{32}$', out, re.MULTILINE)
    assert notes.read_text().splitlines()[1:] == ['cancelled']


def test_a_failure_is_tried_again_as_often_as_was_said(run, app, write, tmp_path):
    wanted = '[{name: t, input: {messages: []}, validators: ["text-includes:attempt 3"]}]'
    spec = write('spec.yaml', f'{{model: replay/flaky, tests: {wanted}}}')
    assert run('run', spec, '--entry', app)[0] == 1
    report = tmp_path / 'report.json'
    code, out, _ = run('run', spec, '--entry', app, '--retries', '5', '--json', report)
    assert code == 0
    assert 'attempt 3)' in out
    assert json.loads(report.read_text())['cases'][0]['attempts'] == 3


def test_no_more_cases_run_at_the_same_time_than_were_allowed(run, write):
    text = """
import asyncio
from genkit import Genkit, GenerateResponse, Message
ai = Genkit()
running = most = 0
async def count(request):
    global running, most
    running += 1
    most = max(most, running)
    for _ in range(20):
        await asyncio.sleep(0)
    running -= 1
    return GenerateResponse(message=Message(role='model', content=f'{most} at most'))
ai.define_model('m', count)
"""
    app = write('main.py', text)
    tests = [{'input': {'messages': []}, 'validators': ['text-includes:at most']} for _ in range(9)]
    tests.append({'input': {'messages': []}, 'validators': ['text-includes:4 at most']})
    spec = write('spec.json', json.dumps({'model': 'm', 'tests': tests}))
    assert run('run', spec, '--entry', app, '--jobs', '4')[0] == 0


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['run'], 'error: There is nothing to run: name a spec, a folder with one, or a --model.'),
        (['run', 'absent.yaml'], 'error: absent.yaml: cannot be read: No such file or directory.'),
        (['run', '--model', 'a/b', '--supports', 'zz'], "error: 'zz' is no capability. List them with"),
        (['run', '--model', 'a/b', '--runtime', 'x'], "error: The runtime 'x' is no address, such as"),
        (['matrix', 'absent'], 'error: absent is no folder.'),
        (['run', '--model', 'a/b', '--entry', 'x.py', '--config', 'a=1'], 'error: --config is for the class of a'),
        (['run', '--jobs', '0'], 'usage: conform run'),
        (['run', '--retries', '-1'], 'usage: conform run'),
        (['run', '--timeout', '0'], 'usage: conform run'),
        (['run', '--plugin', 'a', '--entry', 'b'], 'usage: conform run'),
        ([], 'usage: conform'),
    ],
)
def test_what_cannot_be_meant_is_exit_code_2(run, arguments, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, '')
    assert err.startswith(message)


def test_a_report_that_cannot_be_written_is_exit_code_2(run, spec, app, tmp_path):
    code, out, err = run('run', spec, '--entry', app, '--junit', tmp_path / 'absent/report.xml')
    assert code == 2
    assert 'passed' in out
    assert 'report.xml cannot be written: No such file or directory.' in err


def test_matrix_lists_packages_with_and_without_specs(run, write, tmp_path):
    write('zoo/conformance.yaml', SPEC)
    write('zoo/conform.toml', 'env = ["ZOO_KEY"]')
    write('shop/pyproject.toml', '')
    assert run('matrix', tmp_path)[1].splitlines() == [
        'package  models  tests    environment',
        'shop             no spec',
        'zoo      2       3        missing: ZOO_KEY',
    ]


def test_specs_lists_capabilities_and_validators(run):
    lines = run('specs')[1].splitlines()
    assert lines[1].split() == ['tool-request', 'yes', 'asks', 'for', 'a', 'tool', 'has-tool-request:weather']
    assert any(line.startswith('stream-has-tool-request[:name]  ') for line in lines)


def test_the_command_runs_as_a_module():
    shown = subprocess.run([sys.executable, '-m', 'conform', '--version'], capture_output=True, text=True, check=True)
    assert re.fullmatch(r'conform \d+\.\d+\.\d+\n', shown.stdout)


def test_the_json_report_says_what_was_asked_and_got(run, spec, app, tmp_path):
    path = tmp_path / 'report.json'
    run('run', spec, '--entry', app, '--json', path)
    document = json.loads(path.read_text(encoding='utf-8'))
    assert {name: document[name] for name in ('schema', 'mode', 'summary', 'skippedTargets')} == {
        'schema': 'conform.report/1',
        'mode': 'native',
        'summary': {'passed': 2, 'failed': 1, 'skipped': 0, 'error': 0},
        'skippedTargets': {},
    }
    failed = document['cases'][1]
    assert len(failed.pop('traceId')) == 32
    assert isinstance(failed.pop('seconds'), float)
    assert failed['response'].pop('latencyMs') >= 0
    assert failed == {
        'target': 'spec',
        'model': 'replay/model',
        'test': 'bids farewell',
        'stream': False,
        'validators': ['text-includes:bye'],
        'outcome': 'failed',
        'reason': "text-includes:bye — the text does not include 'bye'",
        'attempts': 1,
        'response': {'message': {'role': 'model', 'content': [{'text': '\x01'}]}, 'finishReason': 'stop'},
        'chunks': [],
    }


def test_the_junit_report_is_what_junit_s_readers_expect(run, spec, app, tmp_path):
    path = tmp_path / 'report.xml'
    run('run', spec, '--entry', app, '--junit', path)
    root = ET.parse(path).getroot()
    assert (root.tag, root.get('tests'), root.get('failures'), root.get('skipped')) == ('testsuites', '3', '1', '0')
    assert [suite.get('name') for suite in root] == ['spec: replay/model', 'spec: replay/echo']
    case = root.findall('.//testcase')[1]
    assert (case.get('classname'), case.get('name')) == ('spec.replay/model', 'bids farewell')
    (failure,) = case.findall('failure')
    assert failure.get('message') == "text-includes:bye — the text does not include 'bye'"


def test_the_junit_report_is_read_by_another_s_reader(run, spec, app, tmp_path):
    junitparser = pytest.importorskip('junitparser', reason='junitparser is not installed')
    path = tmp_path / 'report.xml'
    run('run', spec, '--entry', app, '--junit', path)
    read = junitparser.JUnitXml.fromfile(str(path))
    assert (read.tests, read.failures, read.errors, read.skipped) == (3, 1, 0, 0)
    cases = [case for suite in read for case in suite]
    kinds = [[type(result).__name__ for result in case.result] for case in cases]
    assert kinds == [[], ['Failure'], []]
    assert cases[1].system_out.startswith('trace ')
