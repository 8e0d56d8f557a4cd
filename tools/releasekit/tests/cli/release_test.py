# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands that plan and write a release: output, documents, exit codes, and a tree that stays as it is."""

import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
from releasekit.cli.arguments import build_parser
from releasekit.cli.completions import SHELLS, completions
from releasekit.model.codes import codes

from tools.releasekit.tests.index.fault_index import FaultIndex


CORE, PLUGIN = 'core/src/genkit/x.py', 'plugins/open-ai/src/genkit_open_ai/x.py'


PLAN = """\
tier 0
  genkit 1.0.0 -> 2.0.0 (major)
    feat!: new core ({core})
  kit 1.0.0 -> 1.1.0 (minor)
    feat: new kit ({kit}) and 1 more
tier 1
  genkit-plugin-open-ai 1.0.0 -> 1.0.1 (patch)
    'genkit>=1.0.0,<2' (tag genkit-plugin-open-ai-v1.0.0) leaves out genkit 2.0.0
      because feat!: new core ({core})
    'genkit' is built as 'genkit>=2.0.0,<3'
3 of 3 packages
"""


def test_plan_prints_versions_reasons_chains_and_rewrites(run, news):
    code, out, err = run('plan')
    core, kit = news.git('log', '-2', '--format=%h', '--abbrev=7').splitlines()[::-1]
    assert (code, err) == (0, '')
    assert out == PLAN.format(core=core, kit=kit)


def test_plan_prints_what_stays_what_is_gone_and_what_is_in_the_way(run, news):
    shutil.rmtree(news.root / 'tools/kit')
    news.tag('genkit-v2.0.0')
    news.git('checkout', '--quiet', '-b', 'other', 'HEAD~1')
    news.git('tag', '--force', 'genkit-v2.0.0', 'main')
    news.git('rm', '--quiet', '-r', 'tools/kit', '.changes')
    news.append('core/README.md', 'x')
    news.git('commit', '--quiet', '--message=chore: no kit')
    code, out, _ = run('plan', '--only', 'genkit')
    assert code == 1
    assert 'unchanged: genkit-plugin-open-ai 1.0.0' in out
    assert 'removed: kit, last 1.0.0' in out
    assert 'not committed: core/README.md' in out
    assert 'problem[RK-PLAN-TAKEN]: genkit: 2.0.0 exists already' in out


def test_a_plan_file_holds_the_same_bytes_as_the_document(run, news, tmp_path):
    code, out, _ = run('plan', '--json')
    assert (code, json.loads(out)['schema']) == (0, 'releasekit.plan/1')
    _, again, err = run('plan', '--json', '--out', tmp_path / 'plan.json')
    assert again == out == (tmp_path / 'plan.json').read_text()
    digest = hashlib.sha256(again.encode()).hexdigest()
    assert err == f'wrote {tmp_path / "plan.json"}, plan {digest[:12]}\n'


def test_the_difference_of_two_plans_is_told_in_markdown_and_as_a_document(run, news, tmp_path):
    old, new = tmp_path / 'old.json', tmp_path / 'new.json'
    run('plan', '--out', old)
    assert run('plan', '--diff', old) == (0, 'No difference.\n', '')
    news.commit('feat: open', PLUGIN)
    news.git('revert', '--no-edit', 'HEAD~1')
    run('plan', '--out', new)
    open_sha, kit_sha = (news.git('log', '-1', '--format=%h', '--abbrev=7', it) for it in ('HEAD~1', 'HEAD~2'))
    code, out, _ = run('plan', '--diff', old, new)
    assert (code, out.splitlines()) == (
        1,
        [
            '- **genkit-plugin-open-ai**: 1.0.1 -> 1.1.0',
            f'  - + feat: open ({open_sha})',
            '- **kit**: 1.1.0 -> 1.0.1',
            f'  - - feat: new kit ({kit_sha})',
        ],
    )
    document = json.loads(run('plan', '--diff', old, '--json')[1])
    assert (document['schema'], len(document['differences'])) == ('releasekit.plan.diff/1', 2)
    assert run('plan', '--diff', old, new, old)[0] == 2


def test_changelogs_are_printed_written_and_written_again_without_a_change(run, news):
    code, out, _ = run('changelog', '--only', 'kit')
    assert code == 0
    assert out.startswith('# kit\n\n## 1.1.0 (2026-05-28)\n\n### Features\n\n- new kit (#5, ')
    assert '### Fixes\n\n- It is quicker.\n' in out
    assert run('changelog', '--write', '--only', 'kit')[1] == 'wrote tools/kit/CHANGELOG.md\n'
    written = news.read('tools/kit/CHANGELOG.md')
    assert written.startswith('# Changelog\n\n## Unreleased\n\n## 1.1.0 (2026-05-28)\n')
    run('changelog', '--write', '--only', 'kit')
    assert news.read('tools/kit/CHANGELOG.md') == written


def test_a_package_without_a_changelog_gets_one(run, news):
    (news.root / 'core/CHANGELOG.md').unlink()
    run('changelog', '--write')
    assert news.read('core/CHANGELOG.md').startswith('# Changelog\n\nNotable changes of `genkit`.\n\n## 2.0.0')


def test_version_lists_versions_and_files(run, news):
    code, out, _ = run('version', '--only', 'kit')
    assert (code, out) == (0, 'kit 1.1.0\nwrote tools/kit/pyproject.toml\ndeleted .changes/kit.md\n')
    assert run('version', '--only', 'kit')[1] == 'kit 1.1.0\nnothing to write\n'


def test_the_doctor_finds_a_healthy_clone_healthy(run, news, uv):
    subprocess.run([uv, 'lock', '--quiet'], cwd=news.root, check=True)
    news.commit('chore: lock')
    code, out, _ = run('doctor')
    assert code == 0
    lines = {line.split()[1]: line for line in out.splitlines()}
    assert {name for name, line in lines.items() if line.startswith('ok')} >= {
        'workspace:',
        'git:',
        'uv:',
        'lock:',
        'tree:',
    }
    assert lines['tags:'] == 'ok       tags: 3 of 3 packages have a release that HEAD reaches'


def test_the_doctor_names_each_illness_and_a_cure(run, news, tmp_path, monkeypatch):
    news.tag('genkit-v3.0.0', 'gone-v1.0.0')
    news.append('core/README.md', 'x')
    news.git('checkout', '--quiet', '--detach')
    code, out, _ = run('doctor')
    assert code == 1
    assert 'error    lock: the lock is not current' in out
    assert 'warning  branch: HEAD is detached\n         = check out a branch' in out
    assert 'warning  tree: not committed: core/README.md\n' in out
    assert 'warning  versions: below their newest release: genkit 1.0.0 (released: 3.0.0)\n' in out
    assert 'warning  removed: tagged, and published no more: gone 1.0.0\n' in out
    news.git('clone', '--quiet', '--depth=1', f'file://{news.root}', str(tmp_path / 'shallow'))
    assert 'error    history: a shallow clone\n' in run('doctor', '--root', tmp_path / 'shallow')[1]
    monkeypatch.setenv('PATH', '')
    assert 'error    git: not installed\n' in run('doctor')[1]


def test_a_configuration_is_proposed_from_names_and_tags(run, news):
    news.replace('tools/kit/pyproject.toml', '"1.0.0"', '"5.0"')
    news.commit('chore: releases')
    news.tag('kit@2.0', 'kit@3.0', 'kit@4.0', 'kit@5.0')
    code, out, _ = run('init')
    assert code == 0
    assert out.splitlines() == [
        'core = "genkit"',
        'plugin-prefix = "genkit-plugin-"',
        'sample-prefix = "genkit-sample-"',
        '# The form of 4 of 7 tags: {name}@{version}',
        'tag = "{name}@{version}"',
        'tags-read = ["{name}-v{version}"]',
        'versioning = "independent"',
    ]
    assert run('init', '--write', '--released')[1] == f'wrote {news.root / "releasekit.toml"}\n'
    assert f'bootstrap = "{news.git("rev-parse", "HEAD")}"' in news.read('releasekit.toml')
    assert run('plan')[0] == 0
    assert run('init')[0] == 3


@pytest.mark.parametrize(
    ('tags', 'lines'),
    [
        ((), ['tag = "{name}-v{version}"']),
        (
            ('1.0.0', '1.1.0', '1.2.0rc1', 'v0.9'),
            [
                '# The form of 3 of 4 tags: {version}',
                'tag = "{version}"',
                'tags-read = ["v{version}"]',
                'versioning = "lockstep"',
            ],
        ),
        (
            ('python-1.0.0', 'python-1.1.0b260730', 'nightly', 'js@1'),
            [
                '# The form of 2 of 4 tags: python-{version}',
                'tag = "python-{version}"',
                'tags-read = ["{name}@{version}"]',
                'versioning = "lockstep"',
            ],
        ),
        (
            ('acme_h2-1.0.0', 'py/acme-core/v2.0', 'py/acme-h2/v2.0'),
            [
                '# The form of 2 of 3 tags: py/{name}/v{version}',
                'tag = "py/{name}/v{version}"',
                'tags-read = ["{name}-{version}"]',
                'versioning = "independent"',
            ],
        ),
    ],
)
def test_a_proposal_fits_a_workspace_of_somebody_else(run, clone, tags, lines):
    shutil.rmtree(clone.root / 'core')
    for folder in ('plugins', 'samples', 'tools'):
        shutil.rmtree(clone.root / folder)
    clone.write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["packages/*", "plugins/*"]\n')
    for folder, name in (('packages/core', 'acme-core'), ('plugins/h2', 'acme-h2'), ('plugins/web', 'weblike')):
        clone.project(folder, name)
    clone.git('tag', '--delete', 'genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    clone.commit('feat: packages')
    clone.tag(*tags)
    assert run('init', '--root', clone.root, '--write')[0] == 0
    assert clone.read('releasekit.toml').splitlines() == lines
    assert run('plan', '--root', clone.root)[0] == 0


def of_somebody_else(clone, *projects):
    """Leave nothing but some packages, each a name, its version and what it requires."""
    for folder in ('core', 'plugins', 'samples', 'tools'):
        shutil.rmtree(clone.root / folder)
    clone.write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    for name, version, *requirements in projects:
        system = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        written = f'version = "{version}"' if version else 'dynamic = ["version"]'
        dynamic = '' if version else '[tool.hatch.version]\nsource = "vcs"\n'
        members = {re.split(r'[=<>~]', text)[0] for text in requirements}
        sources = ''.join(f'{member} = {{ workspace = true }}\n' for member in sorted(members))
        clone.write(
            f'packages/{name}/pyproject.toml',
            f'{system}[project]\nname = "{name}"\n{written}\nrequires-python = ">=3.11"\n'
            f'dependencies = {json.dumps(requirements)}\n[tool.uv.sources]\n{sources}{dynamic}',
        )
    clone.git('tag', '--delete', 'genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    clone.commit('feat: packages')


@pytest.mark.parametrize(
    ('versions', 'tags', 'lines'),
    [
        (('1.2', '1.2.0'), ('v1.1', 'v1.2'), ['tag = "v{version}"', 'versioning = "lockstep"']),
        (('1.2', None), ('v1.1', 'v1.2'), ['tag = "v{version}"', 'versioning = "lockstep"']),
        (
            ('1.2', '0.3'),
            ('v1.1', 'v1.2', 'a@0.9', 'js-1.0', '0.1'),
            [
                'tag = "{name}-v{version}"',
                'tags-read = ["v{version}", "{name}@{version}", "{version}"]',
                'versioning = "independent"',
            ],
        ),
        (
            ('1.2', '0.3'),
            ('py-1.1', 'py-1.2'),
            ['tag = "{name}-v{version}"', 'tags-read = ["py-{version}"]', 'versioning = "independent"'],
        ),
        (
            ('1.2', '0.3'),
            ('lights-a@1.1', 'lights-a@1.2', 'lights-a==1.0', 'v0.1', 'gone-v1.0'),
            [
                'tag = "{name}@{version}"',
                'tags-read = ["{name}=={version}", "{name}-v{version}", "v{version}"]',
                'versioning = "independent"',
            ],
        ),
        (
            ('1.2', '1.2'),
            (*(f'lights-a@1.{number}' for number in range(20)), 'lights-b@0.1', 'v0.1'),
            [
                'tag = "lights-a@{version}"',
                'tags-read = ["{name}@{version}", "v{version}"]',
                'versioning = "lockstep"',
            ],
        ),
    ],
)
def test_versions_are_proposed_to_go_together_only_where_they_do(run, clone, versions, tags, lines):
    of_somebody_else(clone, *zip(('lights-a', 'lights-b'), versions, strict=True))
    clone.tag(*tags)
    assert run('init', '--root', clone.root, '--write')[0] == 0
    found = [line for line in clone.read('releasekit.toml').splitlines() if not line.startswith('#')]
    assert found == lines
    assert run('plan', '--root', clone.root)[0] in {0, 1}  # findings there may be, but the configuration is read


@pytest.mark.parametrize(
    ('requirements', 'pin'),
    [
        ((), None),
        (('lights-a',), None),
        (('lights-a==1.0',), '=='),
        (('lights-a==1.*',), 'keep'),
        (('lights-a==1.0', 'lights-b>=1'), 'keep'),
    ],
)
def test_a_pin_is_proposed_that_keeps_what_the_manifests_ask(run, clone, requirements, pin):
    of_somebody_else(clone, ('lights-a', '1.0'), ('lights-b', '1.0'), ('lights-c', '1.0', *requirements))
    assert run('init', '--root', clone.root, '--write')[0] == 0
    comment = '# Without this line built metadata asks for >=NEW,<NEXT BREAK of other members.'
    added = [comment, f'pin = "{pin}"'] if pin else []
    assert clone.read('releasekit.toml').splitlines() == ['tag = "{name}-v{version}"', *added]
    assert run('plan', '--root', clone.root)[0] == 0


def test_the_doctor_lists_the_publishers_that_an_index_has_to_know(run, news, monkeypatch):
    news.append('pyproject.toml', '\n[tool.releasekit]\npublish-to = "house"\n')
    with FaultIndex() as index:
        news.append(
            'pyproject.toml',
            f'[[tool.uv.index]]\nname = "house"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/legacy/"\n',
        )
        news.git('remote', 'add', 'origin', 'git@forge.test:lights/house.git')
        out = run('doctor')[1]
        assert 'index: house has 0 of 3 names\n' in out
        wanted = 'repository lights/house, workflow release.yml, environment release\n'
        for name in ('genkit', 'kit', 'genkit-plugin-open-ai'):
            assert f'pending publisher: {name}: {wanted}' in out
    monkeypatch.setattr('releasekit.commands.setup.doctor._SECONDS', 0.5)
    assert 'warning  index: house was not asked which names it has' in run('doctor')[1]


def test_codes_and_rules_are_explained(run):
    code, out, _ = run('explain', 'rk-plan-stale')
    assert code == 0
    assert out.startswith('RK-PLAN-STALE: the plan is not of this state\n')
    assert 'Exit code 4: refused' in out
    assert 'cannot be published in any order' in run('explain', 'cycles')[1]
    assert all(name in run('explain')[1] for name in codes())
    assert run('explain', 'RK-PLAN-STAL')[2].startswith(
        "error[RK-CODE-UNKNOWN]: no code or rule is called 'RK-PLAN-STAL'. Did you mean 'RK-PLAN-STALE'?"
    )


@pytest.mark.skipif(not shutil.which('bash'), reason='bash is not installed')
def test_bash_completes_commands_and_options(tmp_path):
    (tmp_path / 'script').write_text(completions(build_parser(), 'bash'))
    program = 'source ./script; COMP_WORDS=({words}); COMP_CWORD={at}; _releasekit; echo "${{COMPREPLY[@]}}"'

    def complete(words, at):
        asked = ['bash', '-c', program.format(words=words, at=at)]
        return subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()

    assert complete('releasekit ch', 1) == ['check', 'changelog']
    assert complete('releasekit plan --o', 2) == ['--only', '--offline', '--out']
    assert complete('releasekit completions ""', 2) == ['--help', '--json', *SHELLS]


def test_other_shells_get_every_command_and_option():
    fish, zsh = (completions(build_parser(), shell) for shell in ('fish', 'zsh'))
    assert 'complete -c releasekit -n "__fish_seen_subcommand_from plan" -l diff' in fish
    assert zsh.startswith('autoload -U +X bashcompinit')


DOCUMENTS = {
    ('discover',): 'releasekit.discover/1',
    ('graph',): 'releasekit.graph/1',
    ('graph', '--deps', 'kit'): 'releasekit.graph.neighbours/1',
    ('check', '--rule', 'cycles'): 'releasekit.check/1',
    ('check', '--list'): 'releasekit.rules/1',
    ('plan',): 'releasekit.plan/1',
    ('version', '--dry-run'): 'releasekit.version/1',
    ('changelog',): 'releasekit.changelog/1',
    ('doctor',): 'releasekit.doctor/1',
    ('explain',): 'releasekit.codes/1',
    ('explain', 'RK-FILE'): 'releasekit.explain/1',
    ('explain', 'cycles'): 'releasekit.explain/1',
    ('init',): 'releasekit.init/1',
    ('completions', 'bash'): 'releasekit.completions/1',
    ('plan', '--only', 'nobody'): 'releasekit.error/1',
    ('explain', 'nothing'): 'releasekit.error/1',
}


@pytest.mark.parametrize('arguments', DOCUMENTS)
def test_every_command_prints_a_document_with_its_schema(run, news, arguments):
    document = json.loads(run(*arguments, '--json')[1])
    assert next(iter(document)) == 'schema'
    assert document['schema'] == DOCUMENTS[arguments]


def test_an_error_is_a_document_too(run, news):
    code, out, err = run('plan', '--only', 'kid', '--json')
    document = json.loads(out)
    assert (code, document['code'], document['exit_code']) == (2, 'RK-MEMBER-UNKNOWN', 2)
    assert document['message'] in err
    assert document['way_out']


READING = [
    ('discover',), ('graph',), ('check',), ('plan',), ('plan', '--json'), ('plan', '--out', '{tmp}/p.json'),
    ('plan', '--kind', 'rc'), ('version', '--dry-run'), ('changelog',), ('changelog', '--combined'), ('doctor',),
    ('explain',), ('init',), ('completions', 'zsh'),
]  # fmt: skip


@pytest.mark.parametrize('arguments', READING)
def test_what_only_reads_leaves_every_byte_of_the_clone_as_it_is(run, news, tmp_path, arguments):
    news.append('core/README.md', 'not committed')
    os.utime(news.root / 'core/LICENSE', (1, 1))

    def state():
        files = [path for path in news.root.rglob('*') if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    before = state()
    code, *_ = run(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert code in {0, 1}
    assert state() == before


WITHOUT_WORKSPACE = {'explain', 'completions'}
FLAGS = {
    'discover': {'--json': [], '--root': ['{other}'], '--format': ['json']},
    'graph': {
        '--json': [], '--root': ['{other}'], '--format': ['dot'], '--why': ['genkit-plugin-open-ai', 'genkit'],
        '--deps': ['kit'], '--rdeps': ['kit'],
    },
    'check': {
        '--json': [], '--root': ['{other}'], '--format': ['json'], '--rule': ['cycles'], '--skip': ['lock-current'],
        '--list': [], '--fix': [], '--baseline': ['{known}'], '--write-baseline': ['{tmp}/known-too.json'],
    },
    'plan': {
        '--json': [], '--root': ['{other}'], '--kind': ['rc'], '--only': ['kit'], '--out': ['{tmp}/out.json'],
        '--diff': ['{plan}'], '--to': ['nowhere'], '--offline': [],
    },
    'version': {
        '--json': [], '--root': ['{other}'], '--kind': ['beta'], '--only': ['kit'], '--plan': ['{candidate}'],
        '--dry-run': [],
    },
    'changelog': {
        '--json': [], '--root': ['{other}'], '--kind': ['alpha'], '--only': ['kit'], '--plan': ['{candidate}'],
        '--combined': [], '--write': [],
    },
    'doctor': {'--json': [], '--root': ['{other}']},
    'explain': {'--json': []},
    'init': {'--json': [], '--root': ['{other}'], '--released': [], '--write': []},
    'rename': {'--json': [], '--root': ['{other}'], '--prefix': ['acme-'], '--write': []},
    'completions': {'--json': []},
}  # fmt: skip
POSITIONAL = {'completions': ['bash'], 'explain': ['RK-FILE'], 'rename': ['--prefix', 'x-']}


def parsers():
    return next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))


def test_the_table_of_flags_is_that_of_the_parser():
    known = {
        name: {option for action in parser._actions for option in action.option_strings if option[:2] == '--'}
        - {'--help'}
        for name, parser in parsers().items()
        if name not in ('build', 'publish', 'verify', 'tag', 'status', 'rollback', 'prepare')  # see their own tests
    }
    assert known == {name: set(flags) for name, flags in FLAGS.items()}


@pytest.mark.parametrize(('command', 'flag'), [(command, flag) for command in FLAGS for flag in FLAGS[command]])
def test_every_flag_changes_what_comes_out(run, news, tmp_path, monkeypatch, command, flag):
    news.replace('tools/kit/pyproject.toml', 'readme = "README.md"\n', '')
    news.commit('fix: no page', 'tools/kit/y')
    other = tmp_path / 'other'
    shutil.copytree(news.root, other)
    (other / 'plugins/open-ai/pyproject.toml').write_text(news.read('plugins/open-ai/pyproject.toml') + '\n# other\n')
    (other / 'core/CHANGELOG.md').write_text('# Other\n')
    shutil.rmtree(other / 'tools/kit')
    subprocess.run(['git', 'tag', '--delete', 'kit-v1.0.0'], cwd=other, check=True, capture_output=True)
    for name, kind in (('plan', 'final'), ('candidate', 'rc')):
        run('plan', '--kind', kind, '--out', tmp_path / f'{name}.json')
    run('check', '--write-baseline', tmp_path / 'known.json')
    values = {
        'known': tmp_path / 'known.json', 'tmp': tmp_path, 'other': other, 'plan': tmp_path / 'plan.json',
        'candidate': tmp_path / 'candidate.json',
    }  # fmt: skip

    def outcome(*arguments):
        result = run(command, *POSITIONAL.get(command, ()), *arguments)
        files = {
            path: path.read_bytes() for path in (*news.root.rglob('*'), *tmp_path.glob('*.json')) if path.is_file()
        }
        news.git('stash', '--quiet', '--include-untracked')
        return result, {path: text for path, text in files.items() if '.git' not in path.parts}

    if flag == '--offline':
        monkeypatch.delenv('UV_OFFLINE')
        news.append('pyproject.toml', '\n[tool.releasekit]\npublish-to = "nowhere"\n')
        news.commit('chore: an index that does not exist')
        news.git('tag', '--delete', 'kit-v1.0.0')
    plain = outcome()
    assert outcome(flag, *(value.format(**values) for value in FLAGS[command][flag])) != plain


def test_a_plan_file_excludes_another_choice(run, news, tmp_path):
    run('plan', '--out', tmp_path / 'plan.json')
    for more in (['--only', 'kit'], ['--kind', 'rc']):
        code, _, err = run('version', '--plan', tmp_path / 'plan.json', *more)
        assert (code, 'leave them out' in err) == (2, True)


REFUSED = [
    (('plan', '--kind', 'post'), 2, 'RK-USAGE'),
    (('plan', '--only', 'genkit-sample-web-hello'), 2, 'RK-USAGE'),
    (('plan', '--diff', 'nowhere.json'), 3, 'RK-FILE'),
    (('changelog', '--plan', 'pyproject.toml'), 3, 'RK-PLAN-UNREADABLE'),
    (('plan', '--out', 'nowhere/plan.json'), 3, 'RK-FILE'),
]


@pytest.mark.parametrize(('arguments', 'code', 'name'), REFUSED)
def test_what_cannot_be_is_refused_in_one_line_with_a_code(run, news, arguments, code, name):
    found, out, err = run(*arguments)
    assert (found, out, len(err.splitlines())) == (code, '', 1)
    assert err.startswith(f'error[{name}]: ')


def test_outside_a_repository_planning_is_refused(run, good, plain_git, monkeypatch):
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(good.root.parent))
    code, _, err = run('plan', '--root', good.root)
    assert code == 4
    assert err.startswith('error[RK-GIT-REPOSITORY]: ')
