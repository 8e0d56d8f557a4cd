# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The whole program: arguments in, output and exit code out."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest


def test_discover_prints_a_line_for_every_member(run, good):
    code, out, err = run('discover', '--root', good.root)
    assert (code, err) == (0, '')
    assert out.splitlines() == [
        'name                     version  kind    published  folder',
        'genkit                   1.0.0    core    yes        core',
        'genkit-plugin-open-ai    1.0.0    plugin  yes        plugins/open-ai',
        'genkit-sample-web-hello  0.1.0    sample  no         samples/web-hello',
        'kit                      1.0.0    tool    yes        tools/kit',
    ]


def test_discover_names_a_pattern_that_matches_nothing(run, empty):
    empty.project('core', 'genkit')
    code, _, err = run('discover', '--root', empty.root)
    assert code == 0
    assert err.splitlines()[0] == "note: member pattern 'plugins/*' matches nothing"


def test_discover_speaks_json(run, good):
    _, out, _ = run('discover', '--root', good.root, '--format', 'json')
    document = json.loads(out)
    assert document['schema'] == 'releasekit.discover/1'
    assert document['root'] == str(good.root.resolve())
    assert document['members'][1] == {
        'name': 'genkit-plugin-open-ai',
        'declared_name': 'genkit-plugin-open-ai',
        'version': '1.0.0',
        'kind': 'plugin',
        'published': True,
        'folder': 'plugins/open-ai',
    }


def test_the_workspace_of_the_current_folder_is_the_default(run, good, monkeypatch):
    monkeypatch.chdir(good.root / 'plugins/open-ai/src')
    code, out, _ = run('graph')
    assert code == 0
    assert out.splitlines() == [
        'level 0',
        '  genkit 1.0.0',
        '  kit 1.0.0',
        'level 1',
        '  genkit-plugin-open-ai 1.0.0',
        'level 2',
        '  genkit-sample-web-hello 0.1.0',
    ]


def test_graph_json_lists_every_member_with_its_level_and_every_edge(run, good):
    _, out, _ = run('graph', '--root', good.root, '--format', 'json')
    document = json.loads(out)
    assert document['schema'] == 'releasekit.graph/1'
    assert {member['name']: member['level'] for member in document['members']} == {
        'genkit': 0,
        'kit': 0,
        'genkit-plugin-open-ai': 1,
        'genkit-sample-web-hello': 2,
    }
    assert document['edges'][0] == {
        'from': 'genkit-plugin-open-ai',
        'to': 'genkit',
        'kind': 'runtime',
        'section': None,
        'requirement': 'genkit',
        'marker': None,
        'sources': [{'kind': 'workspace', 'detail': None, 'marker': None}],
        'file': 'plugins/open-ai/pyproject.toml',
        'line': 22,
    }
    assert document['cycles'] == []


def test_why_prints_the_chain_with_requirements_and_places(run, good):
    good.replace('samples/web-hello/pyproject.toml', '"genkit", ', '')
    code, out, _ = run('graph', '--root', good.root, '--why', 'Genkit_Sample.web-hello', 'genkit')
    assert code == 0
    assert out.splitlines() == [
        'genkit-sample-web-hello -> genkit-plugin-open-ai -> genkit',
        "  samples/web-hello/pyproject.toml:6: 'genkit-plugin-open-ai' (runtime, from workspace)",
        "  plugins/open-ai/pyproject.toml:22: 'genkit' (runtime, from workspace)",
    ]


def test_why_without_a_chain_is_a_finding(run, good):
    assert run('graph', '--root', good.root, '--why', 'genkit', 'kit') == (1, 'genkit does not need kit\n', '')


def test_deps_and_rdeps_say_how_members_are_related(run, good):
    good.replace('samples/web-hello/pyproject.toml', '"genkit", ', '')
    _, out, _ = run('graph', '--root', good.root, '--deps', 'genkit-sample-web-hello')
    assert out.splitlines() == [
        'genkit-sample-web-hello needs',
        'level  name                   how',
        '0      genkit                 through others',
        '1      genkit-plugin-open-ai  genkit-plugin-open-ai (runtime)',
    ]
    _, out, _ = run('graph', '--root', good.root, '--rdeps', 'genkit', '--format', 'json')
    document = json.loads(out)
    assert (document['schema'], document['direction']) == ('releasekit.graph.neighbours/1', 'dependants')
    assert [member['name'] for member in document['members']] == ['genkit-plugin-open-ai', 'genkit-sample-web-hello']
    assert run('graph', '--root', good.root, '--deps', 'kit')[1] == 'kit needs no other member\n'


@pytest.fixture
def cyclic(empty):
    empty.project('core', 'genkit', 'genkit-plugin-x', more='[dependency-groups]\ntest = ["genkit-plugin-y"]\n')
    empty.project('plugins/x', 'genkit-plugin-x', 'genkit')
    empty.project('plugins/y', 'genkit-plugin-y', 'genkit')
    return empty


@pytest.mark.parametrize('form', ['levels', 'tree', 'json', 'mermaid', 'dot', 'table'])
def test_a_cycle_is_drawn_and_reported_line_by_line(run, cyclic, form):
    code, out, err = run('graph', '--root', cyclic.root, '--format', form)
    assert code == 1
    assert all(name in out for name in ('genkit', 'genkit-plugin-x', 'genkit-plugin-y'))
    assert err.splitlines() == [
        'error: no release order: genkit -> genkit-plugin-x -> genkit',
        "  core/pyproject.toml:5: 'genkit-plugin-x' (runtime, from workspace)",
        "  plugins/x/pyproject.toml:5: 'genkit' (runtime, from workspace)",
        'note: an extra or a group closes a cycle, which is allowed: genkit -> genkit-plugin-y -> genkit',
        "  core/pyproject.toml:7: 'genkit-plugin-y' (group test, from registry)",
        "  plugins/y/pyproject.toml:5: 'genkit' (runtime, from workspace)",
    ]


def test_many_allowed_cycles_are_one_example_and_a_number(run, empty):
    names = [f'genkit-plugin-{letter}' for letter in 'abcdef']
    extras = ''.join(f'{name} = ["{name}"]\n' for name in names)
    empty.project('core', 'genkit', more=f'[project.optional-dependencies]\n{extras}')
    for name in names:
        empty.project(f'plugins/{name[-1]}', name, 'genkit')
    code, _, err = run('graph', '--root', empty.root)
    assert code == 0
    assert err.splitlines() == [
        'note: an extra or a group closes a cycle, which is allowed: genkit -> genkit-plugin-a -> genkit',
        "  core/pyproject.toml:7: 'genkit-plugin-a' (extra genkit-plugin-a, from registry)",
        "  plugins/a/pyproject.toml:5: 'genkit' (runtime, from workspace)",
        'note: 5 more such cycles among 7 members; `--json` lists them',
    ]


def test_cycles_are_in_the_json_too(run, cyclic):
    document = json.loads(run('graph', '--root', cyclic.root, '--format', 'json')[1])
    assert [(cycle['hard'], cycle['members']) for cycle in document['cycles']] == [
        (True, ['genkit', 'genkit-plugin-x']),
        (False, ['genkit', 'genkit-plugin-y']),
    ]
    assert len(document['members']) == 3


def test_check_prints_findings_as_compilers_do(run, good):
    (good.root / 'core/src/genkit/py.typed').unlink()
    good.replace('plugins/open-ai/pyproject.toml', '["genkit"]', '["genkit==1.0.0"]')
    code, out, err = run('check', '--root', good.root, '--skip', 'lock-current')
    assert (code, err) == (1, '')
    assert out.splitlines() == [
        'core/src/genkit/py.typed: error[typing-marker]: src/genkit has no py.typed',
        '  = add the empty file (or --fix)',
        "plugins/open-ai/pyproject.toml:22: warning[pinned-dependencies]: 'genkit==1.0.0' (runtime) is an exact pin",
        '  = write a lower bound (>=) or a compatible range (~=)',
        '1 error, 1 warning (4 members, 47 rules)',
    ]


def test_check_fixes_what_it_can_and_says_so(run, good):
    (good.root / 'core/src/genkit/py.typed').unlink()
    code, out, _ = run('check', '--root', good.root, '--skip', 'lock-current', '--fix')
    assert (code, out.splitlines()[0]) == (0, 'fixed: write core/src/genkit/py.typed')
    assert (good.root / 'core/src/genkit/py.typed').exists()


def test_warnings_alone_do_not_fail_the_check(run, good):
    good.write('core/dist/x', '')
    code, out, _ = run('check', '--root', good.root, '--rule', 'stale-artifacts')
    assert (code, out.splitlines()[-1]) == (0, '0 errors, 1 warning (4 members, 1 rule)')


def test_check_speaks_json(run, good):
    (good.root / 'core/LICENSE').unlink()
    document = json.loads(run('check', '--root', good.root, '--skip', 'lock-current', '--format', 'json')[1])
    assert (document['schema'], document['errors'], document['warnings']) == ('releasekit.check/1', 1, 0)
    assert document['findings'] == [
        {
            'rule': 'license-file',
            'severity': 'error',
            'member': 'genkit',
            'file': 'core/LICENSE',
            'line': None,
            'message': 'LICENSE is missing or empty',
            'way_out': 'copy the LICENSE of the workspace root',
            'fix': 'write core/LICENSE',
        }
    ]


def test_check_speaks_sarif(run, good, tmp_path):
    (good.root / 'core/LICENSE').unlink()
    code, out, _ = run('check', '--root', good.root, '--skip', 'lock-current', '--format', 'sarif')
    (sarif,) = json.loads(out)['runs']
    (result,) = sarif['results']
    assert (code, result['ruleId'], result['level']) == (1, 'license-file', 'error')
    assert result['locations'][0]['physicalLocation']['artifactLocation']['uri'] == 'core/LICENSE'
    assert result['ruleId'] in {rule['id'] for rule in sarif['tool']['driver']['rules']}


def test_what_a_baseline_knows_is_let_through_and_no_more(run, good, tmp_path):
    def call(*more):
        return run('check', '--root', good.root, '--skip', 'lock-current', *more)

    (good.root / 'core/LICENSE').unlink()
    known = tmp_path / 'known.json'
    assert call()[0] == 1
    assert call('--write-baseline', known)[0] == 0
    code, out, _ = call('--baseline', known)
    assert (code, '1 finding of the baseline' in out) == (0, True)
    (good.root / 'plugins/open-ai/LICENSE').unlink()
    code, out, _ = call('--baseline', known)
    assert (code, 'plugins/open-ai/LICENSE' in out, 'core/LICENSE' in out) == (1, True, False)
    known.write_text('{}')
    code, _, err = call('--baseline', known)
    assert (code, 'RK-BASELINE' in err) == (3, True)


def test_check_asks_the_real_uv_for_the_lock(run, good, uv):
    code, out, _ = run('check', '--root', good.root, '--rule', 'lock-current')
    assert code == 1
    assert out.startswith('uv.lock: error[lock-current]: the lock is not current: ')
    subprocess.run([uv, 'lock', '--quiet'], cwd=good.root, check=True)
    assert run('check', '--root', good.root, '--rule', 'lock-current')[0] == 0


def test_rules_are_listed_and_explained(run):
    code, out, _ = run('check', '--list')
    assert code == 0
    assert len(out.splitlines()) > 25
    _, out, _ = run('check', '--list', '--rule', 'cycles')
    assert 'cannot be published in any order' in out
    document = json.loads(run('check', '--list', '--format', 'json')[1])
    assert document['schema'] == 'releasekit.rules/1'
    assert document['rules'][0]['id'] == 'cycles'


BAD = [
    (('discover', '--root', '{root}/nope'), 3, 'nope'),
    (('graph', '--why', 'genkit', 'genkit-plugin-openai'), 2, "Did you mean 'genkit-plugin-open-ai'?"),
    (('graph', '--why', 'genkit', 'Genkit'), 2, "--why needs two members, got 'genkit' twice"),
    (('graph', '--deps', 'zebra'), 2, "no member is called 'zebra'. List them with"),
    (('graph', '--deps', 'kit', '--format', 'dot'), 2, '--format dot draws the whole graph'),
    (('check', '--rule', 'license'), 2, "no rule is called 'license'. Did you mean 'license-file"),
    (('check', '--skip', 'x'), 2, "no rule is called 'x'"),
]


@pytest.mark.parametrize(('arguments', 'code', 'message'), BAD)
def test_a_bad_argument_is_one_clear_line(run, good, monkeypatch, arguments, code, message):
    monkeypatch.chdir(good.root)
    found, out, err = run(*(argument.format(root=good.root) for argument in arguments))
    assert (found, out) == (code, '')
    assert err.startswith('error[RK-')
    assert len(err.splitlines()) == 1
    assert message in err


@pytest.mark.parametrize(
    'arguments', [(), ('grph',), ('graph', '--format', 'x'), ('graph', '--deps', 'a', '--rdeps', 'b')]
)
def test_what_is_no_command_line_ends_with_two(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert 'usage: releasekit' in err


@pytest.mark.parametrize('command', ['discover', 'graph', 'check', 'plan', 'version', 'changelog', 'doctor', 'init'])
@pytest.mark.parametrize(
    'text', [b'[project', b'\xff', b'[project]\nname = "a b"', b'[project]\nname = "x"\ndependencies = ["="]']
)
def test_a_broken_manifest_is_one_clear_line_in_every_command(run, good, command, text):
    good.write('core/pyproject.toml', text)
    code, out, err = run(command, '--root', good.root)
    assert (code, out, len(err.splitlines())) == (3, '', 1)
    assert re.match(r'error\[RK-MANIFEST-[A-Z]+\]: core/pyproject\.toml', err)


def test_an_interrupt_ends_with_130(run, good, monkeypatch):
    def interrupt(start):
        raise KeyboardInterrupt

    monkeypatch.setattr('releasekit.commands.discover.discover', interrupt)
    assert run('discover', '--root', good.root) == (130, '', 'interrupted\n')


def test_an_error_of_the_system_is_one_clear_line(run, good, monkeypatch):
    def fail(start):
        raise PermissionError(13, 'Permission denied', '/w/core')

    monkeypatch.setattr('releasekit.commands.discover.discover', fail)
    assert run('discover', '--root', good.root) == (3, '', 'error[RK-FILE]: /w/core: Permission denied\n')


def program(*arguments, **options):
    return subprocess.run(
        [sys.executable, '-m', 'releasekit', *arguments], capture_output=True, check=False, timeout=15, **options
    )


def test_the_module_is_the_program(good):
    done = program('check', '--skip', 'lock-current', cwd=good.root)
    assert (done.returncode, done.stderr) == (0, b'')


def test_an_output_that_knows_no_tree_signs_gets_others(good):
    done = program('graph', '--format', 'tree', cwd=good.root, env={'PYTHONIOENCODING': 'ascii', 'PYTHONUTF8': '0'})
    assert (done.returncode, done.stderr) == (0, b'')
    assert b'??? genkit' in done.stdout


def test_a_reader_that_leaves_early_is_no_error(good):
    program = f'{shlex.quote(sys.executable)} -m releasekit graph --format json'
    command = f'{program} | head -c 1 > /dev/null; exit ${{PIPESTATUS[0]}}'
    for number in range(60):
        good.project(f'tools/t{number}', f't{number}', 'genkit')
    done = subprocess.run(['bash', '-c', command], cwd=good.root, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b'')


def test_light_commands_import_no_heavy_library(good):
    code = (
        'import sys; from releasekit.cli import main; '
        'assert main(["graph"]) == 0; assert main(["check", "--skip", "lock-current"]) == 0; '
        'print(sorted({"rich", "networkx", "tomlkit", "httpx", "git"} & set(sys.modules)), file=sys.stderr)'
    )
    done = subprocess.run([sys.executable, '-c', code], cwd=good.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, '[]')


def test_the_workspace_that_holds_releasekit_has_an_order(run):
    here = Path(__file__)
    code, out, _ = run('graph', '--root', here.parent, '--format', 'json')
    assert code == 0
    assert 'releasekit' in {member['name'] for member in json.loads(out)['members']}


@pytest.mark.parametrize('error', [KeyError('a\x1b[2Jb'), RecursionError('too deep'), AssertionError()])
def test_a_fault_of_the_program_has_its_own_code_and_leaves_a_report(run, good, monkeypatch, tmp_path, error):
    def fail(start):
        raise error

    monkeypatch.setattr('releasekit.commands.discover.discover', fail)
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
    code, out, err = run('discover', '--json', '--root', good.root)
    assert code == 70
    assert err.startswith(f'error[RK-INTERNAL]: {type(error).__name__}')
    assert err.count('\n') == 1
    assert '\x1b' not in err
    assert json.loads(out)['exit_code'] == 70
    report = Path(err.partition('The traceback is in ')[2].partition(': please report it')[0]).read_text(
        encoding='utf-8'
    )
    assert report.startswith('releasekit ')
    assert f'$ releasekit discover --json --root {good.root}\n' in report
    assert 'Traceback (most recent call last)' in report


def test_a_fault_is_said_even_where_no_file_can_be_written(run, good, monkeypatch):
    monkeypatch.setattr('releasekit.commands.discover.discover', lambda start: 1 / 0)
    monkeypatch.setattr('tempfile.tempdir', '/nowhere/at/all')
    code, _, err = run('discover', '--root', good.root)
    assert code == 70
    assert 'ZeroDivisionError: division by zero (program_test.py:' in err
    assert 'could not be written' in err
