# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every rule: silent about a good workspace, loud about a broken one, and silent again after its fix."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from releasekit.checks.catalogue import RULES
from releasekit.commands.check import CheckOptions, check


CORE = 'core/pyproject.toml'
PLUGIN = 'plugins/open-ai/pyproject.toml'
SAMPLE = 'samples/web-hello/pyproject.toml'


@dataclass
class Case:
    """How to break a rule, and the one finding that must come of it."""

    rule: str
    break_it: Callable[[Any], object]
    place: str
    message: str

    def __str__(self):
        return f'{self.rule}: {self.message[:40]}'


def replaced(path, old, new):
    return lambda it: it.replace(path, old, new)


def removed(path):
    return lambda it: (it.root / path).unlink()


def written(path, text: str | bytes = ''):
    return lambda it: it.write(path, text)


def added_dependency(path, *texts):
    listed = ''.join(f'\n  "{text}",' for text in texts)

    def add(it):
        it.replace(path, 'dependencies = [', f'dependencies = [{listed}\n  ')

    return add


def together(*breaks):
    def run(it):
        for one in breaks:
            one(it)

    return run


AWS_KEY = 'AKIA' + '0123456789ABCDEF'
GITHUB_TOKEN = 'ghp_' + '0123456789' * 4
BODY = 'a1B2c3D4' * 9

CASES = [
    Case(
        'cycles',
        together(
            added_dependency(CORE, 'genkit-plugin-open-ai'),
            lambda it: it.append(CORE, '[tool.uv.sources]\ngenkit-plugin-open-ai = { workspace = true }\n'),
        ),
        'core/pyproject.toml:23',
        "genkit -> genkit-plugin-open-ai -> genkit is a cycle: 'genkit-plugin-open-ai' (core/pyproject.toml:23), "
        "'genkit' (plugins/open-ai/pyproject.toml:22)",
    ),
    Case(
        'duplicate-names',
        lambda it: it.project('tools/other', 'Genkit'),
        'tools/other/pyproject.toml:2',
        "'Genkit' in tools/other cannot be told from 'genkit' (core/pyproject.toml:6)",
    ),
    Case('lock-current', lambda it: None, 'uv.lock', 'the lock is not current: somebody said so'),
    Case(
        'requires-python-uniform',
        replaced(PLUGIN, '>=3.11', '>=3.12'),
        f'{PLUGIN}:13',
        "requires-python is '>=3.12', elsewhere in the workspace it is '>=3.11'",
    ),
    Case(
        'idle-member-patterns',
        replaced('pyproject.toml', '"core", ', '"core",\n  "pugins/*", '),
        'pyproject.toml:3',
        "member pattern 'pugins/*' matches no member",
    ),
    Case(
        'release-workflow',
        lambda it: it.configure('publish-to = "mine"\n'),
        '.github/workflows/release.yml',
        'there is no release workflow',
    ),
    Case('license-file', removed('core/LICENSE'), 'core/LICENSE', 'LICENSE is missing or empty'),
    Case(
        'license-file', removed('samples/web-hello/LICENSE'), 'samples/web-hello/LICENSE', 'LICENSE is missing or empty'
    ),
    Case('readme-file', removed('core/README.md'), 'core/README.md', 'README.md is missing'),
    Case('readme-file', written('core/README.md', ' \n'), 'core/README.md', 'README.md is empty'),
    Case(
        'readme-prose',
        written('samples/web-hello/README.md', '# Hello\n\n## Use\n\nTODO\n'),
        'samples/web-hello/README.md:1',
        'README.md holds 4 characters besides headings',
    ),
    Case('changelog-file', removed('core/CHANGELOG.md'), 'core/CHANGELOG.md', 'CHANGELOG.md is missing or empty'),
    Case(
        'typing-marker', removed('core/src/genkit/py.typed'), 'core/src/genkit/py.typed', 'src/genkit has no py.typed'
    ),
    Case('tests-present', removed('core/tests/genkit_test.py'), 'core/tests', 'tests/ holds no *_test.py'),
    Case('run-script', removed('samples/web-hello/run.sh'), 'samples/web-hello/run.sh', 'run.sh is missing'),
    Case(
        'run-script',
        lambda it: (it.root / 'samples/web-hello/run.sh').chmod(0o644),
        'samples/web-hello/run.sh',
        'run.sh cannot be executed',
    ),
    Case('sample-main', removed('samples/web-hello/main.py'), 'samples/web-hello/main.py', 'main.py is missing'),
    Case(
        'legacy-setup-files',
        written('core/setup.cfg'),
        'core/setup.cfg:1',
        'setup.cfg is a leftover of older packaging',
    ),
    Case('test-file-names', written('core/tests/test_x.py'), 'core/tests/test_x.py:1', 'test_x.py is never collected'),
    Case(
        'distribution-name',
        replaced(PLUGIN, '"genkit-plugin-open-ai"', '"genkit-openai"'),
        f'{PLUGIN}:6',
        "plugins/open-ai is the distribution 'genkit-openai', expected 'genkit-plugin-open-ai'",
    ),
    Case(
        'distribution-name',
        replaced(SAMPLE, 'genkit-sample-web-hello', 'web-hello'),
        f'{SAMPLE}:2',
        "samples/web-hello is the distribution 'web-hello', expected 'genkit-sample-web-hello'",
    ),
    Case(
        'distribution-name',
        replaced(CORE, 'name = "genkit"', 'name = "genkit-core"'),
        f'{CORE}:6',
        "core is the distribution 'genkit-core', expected 'genkit'",
    ),
    Case(
        'import-name',
        lambda it: (it.root / 'plugins/open-ai/src/genkit_open_ai').rename(it.root / 'plugins/open-ai/src/open_ai'),
        'plugins/open-ai/src/genkit_open_ai',
        'src/genkit_open_ai/__init__.py is missing, found src/open_ai',
    ),
    Case('metadata-complete', replaced(CORE, 'description', '#'), f'{CORE}:5', 'project.description is missing'),
    Case(
        'metadata-complete',
        replaced(CORE, 'keywords = ["test"]', 'keywords = []'),
        f'{CORE}:14',
        'project.keywords is missing',
    ),
    Case(
        'requires-python', replaced(SAMPLE, 'requires-python', '#'), f'{SAMPLE}:1', 'project.requires-python is missing'
    ),
    Case(
        'version-static',
        replaced(CORE, 'version = "1.0.0"', 'dynamic = ["version"]'),
        f'{CORE}:7',
        'project.version is dynamic',
    ),
    Case('version-static', replaced(CORE, 'version = "1.0.0"', ''), f'{CORE}:5', 'project.version is missing'),
    Case(
        'dependencies-static',
        replaced(CORE, 'dependencies = []', 'dynamic = ["dependencies"]'),
        f'{CORE}:22',
        'project.dependencies is dynamic',
    ),
    Case('version-pep440', replaced(SAMPLE, '"0.1.0"', '"0.1-x"'), f'{SAMPLE}:3', "'0.1-x' is not a PEP 440 version"),
    Case(
        'index-metadata',
        replaced(CORE, '"A package of a test"', f'"{"long " * 103}"'),
        f'{CORE}:8',
        'the summary has 515 characters, the index takes 512',
    ),
    Case(
        'index-metadata',
        replaced(CORE, '"A package of a test"', '"two\\nlines"'),
        f'{CORE}:8',
        'the summary has more than one line',
    ),
    Case(
        'index-metadata',
        replaced(CORE, 'version = "1.0.0"', 'version = "1.0.0+local.1"'),
        f'{CORE}:7',
        "version '1.0.0+local.1' has a local part",
    ),
    Case(
        'index-metadata',
        lambda it: it.append(CORE, f'"{"label " * 6}" = "https://forge.test"\n'),
        f'{CORE}:29',
        f"the label '{'label ' * 6}' of a url has 36 characters, the index takes 32",
    ),
    Case(
        'index-metadata',
        lambda it: it.append(CORE, 'Home = "forge.test"\n'),
        f'{CORE}:29',
        "the url 'forge.test' is no address on the web",
    ),
    Case(
        'index-metadata',
        replaced(CORE, '"The Genkit for Python authors"', '"The Genkit for Python authors", email = "authors"'),
        f'{CORE}:12',
        "'authors' is no email address",
    ),
    Case(
        'index-metadata',
        replaced(CORE, '"Typing :: Typed"', '"Topic :: Software Developments",\n  "Typing :: Typed"'),
        f'{CORE}:20',
        "the index knows no classifier 'Topic :: Software Developments'. Did you mean 'Topic :: Software Development'?",
    ),
    Case(
        'index-metadata',
        replaced(CORE, '"Typing :: Typed"', '"Natural Language :: Ukranian",\n  "Typing :: Typed"'),
        f'{CORE}:20',
        "the classifier 'Natural Language :: Ukranian' is deprecated",
    ),
    Case(
        'index-metadata',
        added_dependency(CORE, 'idna @ https://files.test/idna-3.10-py3-none-any.whl'),
        f'{CORE}:23',
        "'idna @ https://files.test/idna-3.10-py3-none-any.whl' is a direct reference",
    ),
    Case(
        'readme-links',
        lambda it: it.append('core/README.md', '\n\nSee [the\nguide](../docs/guide.md#use).\n'),
        'core/README.md:6',
        "'../docs/guide.md#use' is a path, which leads nowhere",
    ),
    Case(
        'project-urls',
        replaced(CORE, 'Source = ', 'Funding = '),
        f'{CORE}:24',
        'project.urls has no url of the source or the home page',
    ),
    Case(
        'well-known-urls',
        replaced(CORE, 'Changelog = ', 'News = '),
        f'{CORE}:24',
        'project.urls has no Changelog',
    ),
    Case(
        'build-system', replaced(CORE, 'build-backend', '#'), f'{CORE}:1', '[build-system] names no backend, or nothing'
    ),
    Case('readme-field', replaced(CORE, 'readme = ', '#'), f'{CORE}:5', 'project.readme is missing'),
    Case(
        'readme-content-type',
        replaced(CORE, 'readme = "README.md"', 'readme = { file = "README.md", content-type = "text/x-rst" }'),
        f'{CORE}:9',
        "content-type 'text/x-rst' contradicts the file 'README.md', which is text/markdown",
    ),
    Case(
        'readme-content-type',
        together(replaced(CORE, '"README.md"', '"README"'), written('core/README', 'text')),
        f'{CORE}:9',
        "'README' has no extension that is known",
    ),
    Case('license-files', replaced(CORE, 'license-files', '#'), f'{CORE}:10', 'project.license-files is missing'),
    Case(
        'placeholder-urls',
        lambda it: it.append(CORE, 'Home = "https://genkit.dev"\nDocs = "https://example.com/docs"\n'),
        f'{CORE}:30',
        "url 'Docs' is a placeholder: 'https://example.com/docs'",
    ),
    Case(
        'python-classifiers',
        replaced(CORE, '  "Programming Language :: Python :: 3.12",\n', ''),
        f'{CORE}:15',
        'classifiers lack "Programming Language :: Python :: 3.12"',
    ),
    Case(
        'typed-classifier',
        replaced(CORE, '  "Typing :: Typed",\n', ''),
        f'{CORE}:15',
        'classifiers lack "Typing :: Typed"',
    ),
    Case(
        'license-classifier',
        replaced(CORE, 'classifiers = [', 'classifiers = [\n  "License :: OSI Approved :: Apache Software License",'),
        f'{CORE}:16',
        '"License :: OSI Approved :: Apache Software License" stands beside the expression in project.license',
    ),
    Case(
        'private-classifier',
        replaced(SAMPLE, '"Private :: Do Not Upload"', ''),
        f'{SAMPLE}:5',
        'classifiers lack "Private :: Do Not Upload"',
    ),
    Case(
        'self-deps',
        added_dependency(CORE, 'Genkit>=1'),
        f'{CORE}:23',
        "'genkit' requires itself: 'Genkit>=1' (runtime)",
    ),
    Case(
        'orphan-deps',
        added_dependency(CORE, 'genkit-plugin-groc'),
        f'{CORE}:23',
        "'genkit-plugin-groc' (runtime) looks internal, but no member is called so",
    ),
    Case(
        'orphan-deps',
        together(
            added_dependency(CORE, 'kitt'),
            lambda it: it.append(CORE, '[tool.uv.sources]\nkitt = { workspace = true }\n'),
        ),
        f'{CORE}:23',
        "'kitt' (runtime) looks internal, but no member is called so",
    ),
    Case(
        'workspace-sources',
        replaced(PLUGIN, 'genkit = { workspace = true }\n', ''),
        f'{PLUGIN}:22',
        "'genkit' (runtime) is a member without a workspace source",
    ),
    Case(
        'known-extras',
        replaced(PLUGIN, '["genkit"]', '["genkit[web]"]'),
        f'{PLUGIN}:22',
        "'genkit[web]' (runtime): genkit has no extra 'web'",
    ),
    Case(
        'private-deps',
        together(
            added_dependency(CORE, 'genkit-sample-web-hello'),
            lambda it: it.append(CORE, '[tool.uv.sources]\ngenkit-sample-web-hello = { workspace = true }\n'),
        ),
        f'{CORE}:23',
        "'genkit-sample-web-hello' (runtime) is not published: samples/web-hello is private",
    ),
    Case(
        'duplicate-dependencies',
        added_dependency(CORE, 'httpx>=0.28', 'rich', 'httpx>=0.28'),
        f'{CORE}:25',
        "'httpx>=0.28' (runtime) repeats 'httpx>=0.28' of line 23",
    ),
    Case(
        'pinned-dependencies',
        added_dependency(CORE, 'rich==13.*', 'httpx==0.28'),
        f'{CORE}:24',
        "'httpx==0.28' (runtime) is an exact pin",
    ),
    Case(
        'utf8-source',
        written('core/src/genkit/x.py', b'# \xff\n'),
        'core/src/genkit/x.py',
        'x.py cannot be read as UTF-8',
    ),
    Case(
        'license-header',
        written('core/src/genkit/x.py', '#!/usr/bin/env python\nx = 1\n'),
        'core/src/genkit/x.py:1',
        'x.py does not begin with the licence header',
    ),
    Case(
        'exports-declared',
        replaced('core/src/genkit/__init__.py', '__all__ = []', 'x = 1'),
        'core/src/genkit/__init__.py:1',
        'no `__all__`',
    ),
    Case(
        'hard-coded-secrets',
        written('samples/web-hello/settings.toml', f'# keys\nkey = "{AWS_KEY}"\n'),
        'samples/web-hello/settings.toml:2',
        "'AKIA01...' looks like a AWS access key",
    ),
    Case('stale-artifacts', written('core/dist/x.whl'), 'core/dist', 'dist is a leftover'),
    Case(
        'stale-artifacts',
        written('core/src/x.egg-info/PKG-INFO'),
        'core/src/x.egg-info',
        'src/x.egg-info is a leftover',
    ),
    Case(
        'stale-artifacts',
        written('core/pyproject.toml.bak'),
        'core/pyproject.toml.bak',
        'pyproject.toml.bak is a leftover',
    ),
]


def looked_at(workshop, rule, lock, *, fix=False):
    return check(workshop.root, CheckOptions(only=(rule,), fix=fix), lock)


def test_a_good_workspace_has_no_findings(good, current_lock):
    report = check(good.root, CheckOptions(), current_lock)
    assert [(finding.place, finding.problem.message) for finding in report.findings] == []
    assert report.rules == RULES


@pytest.mark.parametrize('case', CASES, ids=str)
def test_a_rule_finds_what_was_broken(good, stale_lock, case):
    case.break_it(good)
    findings = looked_at(good, case.rule, stale_lock).findings
    assert [(finding.rule.id, finding.place) for finding in findings] == [(case.rule, case.place)]
    assert findings[0].problem.message.startswith(case.message)
    assert findings[0].problem.way_out


def test_every_rule_is_shown_to_fail():
    assert {case.rule for case in CASES} == {rule.id for rule in RULES}


FIXABLE = {rule.id for rule in RULES if rule.is_fixable}
# What a fix has no right to invent.
UNFIXED = {'run.sh is missing'}


@pytest.mark.parametrize(
    'case', [case for case in CASES if case.rule in FIXABLE and case.message not in UNFIXED], ids=str
)
def test_a_fix_ends_the_finding_and_changes_nothing_else(good, current_lock, case):
    case.break_it(good)
    report = looked_at(good, case.rule, current_lock, fix=True)
    assert len(report.fixed) == 1
    assert report.findings == ()
    others = check(good.root, CheckOptions(), current_lock).findings
    assert [finding.place for finding in others] == []


@pytest.mark.parametrize('case', [case for case in CASES if case.rule not in FIXABLE], ids=str)
def test_a_rule_without_a_fix_offers_none(good, stale_lock, case):
    case.break_it(good)
    assert all(finding.problem.fix is None for finding in looked_at(good, case.rule, stale_lock).findings)


def test_fixing_twice_changes_nothing_more(good, current_lock):
    for case in CASES:
        if case.rule in {'typed-classifier', 'license-files', 'workspace-sources', 'license-header'}:
            case.break_it(good)
    assert check(good.root, CheckOptions(fix=True), current_lock).fixed
    before = {path: path.read_bytes() for path in good.root.rglob('*') if path.is_file()}
    assert check(good.root, CheckOptions(fix=True), current_lock).fixed == ()
    assert {path: path.read_bytes() for path in good.root.rglob('*') if path.is_file()} == before


def test_a_header_goes_below_the_line_that_names_the_interpreter(good, current_lock):
    good.write('core/src/genkit/x.py', '#!/usr/bin/env python\nx = 1\n')
    looked_at(good, 'license-header', current_lock, fix=True)
    lines = good.read('core/src/genkit/x.py').splitlines()
    assert lines[0] == '#!/usr/bin/env python'
    assert lines[1].endswith(' The Genkit for Python authors')
    assert lines[2:] == ['# SPDX-License-Identifier: Apache-2.0', 'x = 1']


def test_somebody_else_s_header_is_reported_but_not_doubled(good, current_lock):
    good.write('core/src/genkit/x.py', '"""Doc."""\n# Copyright 2020 Somebody\n')
    report = looked_at(good, 'license-header', current_lock, fix=True)
    assert (len(report.findings), report.fixed) == (1, ())


def test_an_added_classifier_takes_its_place_in_the_order(good, current_lock):
    good.replace(CORE, '  "Programming Language :: Python :: 3.12",\n', '')
    before = good.read(CORE)
    looked_at(good, 'python-classifiers', current_lock, fix=True)
    added = '  "Programming Language :: Python :: 3.12",\n'
    assert good.read(CORE) == before.replace(
        '  "Programming Language :: Python :: 3.13"', added + '  "Programming Language :: Python :: 3.13"'
    )


def test_classifiers_follow_the_supported_range(good, current_lock):
    good.replace(CORE, '>=3.11', '>=3.13')
    good.replace(CORE, '  "Programming Language :: Python :: 3.11",\n', '')
    assert looked_at(good, 'python-classifiers', current_lock).findings == ()


def test_a_pattern_of_members_shares_no_source_through_the_root(good, current_lock):
    good.replace(PLUGIN, 'genkit = { workspace = true }\n', '')
    good.append('pyproject.toml', '[tool.uv.sources]\ngenkit = { workspace = true }\n')
    assert looked_at(good, 'workspace-sources', current_lock).findings == ()


def test_two_versions_of_one_requirement_are_not_merged_by_a_fix(good, current_lock):
    added_dependency(CORE, 'httpx>=0.28', 'HTTPX>=0.27')(good)
    report = looked_at(good, 'duplicate-dependencies', current_lock, fix=True)
    assert (len(report.findings), report.fixed) == (1, ())


def test_requirements_that_markers_keep_apart_are_no_duplicates(good, current_lock):
    added_dependency(CORE, "httpx>=1 ; python_version < '3.12'", "httpx>=2 ; python_version >= '3.12'")(good)
    assert looked_at(good, 'duplicate-dependencies', current_lock).findings == ()


def test_requirements_with_other_extras_are_no_duplicates(good, current_lock):
    added_dependency(CORE, 'psycopg2[instruments]', 'psycopg2[instruments-any]', 'psycopg2[Instruments_Any]>=2')(good)
    messages = [found.problem.message for found in looked_at(good, 'duplicate-dependencies', current_lock).findings]
    assert messages == [
        "'psycopg2[Instruments_Any]>=2' (runtime) repeats 'psycopg2[instruments-any]' of line 24",
    ]


def test_extras_may_collect_the_package_s_own_extras(good, current_lock):
    good.replace(CORE, 'dependencies = []', 'optional-dependencies = { all = ["genkit[web]"], web = [] }')
    assert check(good.root, CheckOptions(), current_lock).findings == ()


def test_private_tools_need_not_look_like_packages(good, current_lock):
    good.project('tools/inner', 'inner', more='classifiers = ["Private :: Do Not Upload"]\n')
    assert check(good.root, CheckOptions(), current_lock).findings == ()


@pytest.mark.parametrize(
    'secret',
    [
        AWS_KEY,
        GITHUB_TOKEN,
        'AIza' + BODY[:35],
        'sk-' + BODY[:48],
        'sk-' + 'proj-' + 'a1_-Z9' * 8,
        'gsk_' + BODY[:52],
        'hf_' + BODY[:34],
        'pypi-' + 'AgE' + BODY,
        'xoxb-' + '1234567890-' * 3,
        'github_pat_' + BODY,
        '-----BEGIN RSA ' + 'PRIVATE KEY-----\n' + BODY[:64],
    ],
)
def test_a_secret_is_found_and_never_printed(good, current_lock, secret):
    good.write('core/notes.md', f'key: {secret}\n')
    (finding,) = looked_at(good, 'hard-coded-secrets', current_lock).findings
    assert secret not in finding.problem.message
    assert finding.place == 'core/notes.md:1'


@pytest.mark.parametrize(
    'harmless',
    [
        'sk-...',
        'task-' + BODY,
        'hf_model',
        'AKIA',
        'AKIA' + 'IOSFODNN7' + 'EXAMPLE',
        'AKIA' + 'X' * 16,
        'sk-' + 'ant-api03-' + 'x' * 80,
        'ghp_' + '0' * 36,
        'hf_' + 'x' * 40,
        '-----BEGIN PRIVATE KEY-----',
    ],
)
def test_what_only_mentions_a_key_is_let_through(good, current_lock, harmless):
    good.write('core/notes.md', f'key: {harmless}\n')
    assert looked_at(good, 'hard-coded-secrets', current_lock).findings == ()


def test_a_comment_on_the_line_lets_one_rule_through(good, current_lock):
    good.write('core/notes.md', f'{AWS_KEY} releasekit: ignore[hard-coded-secrets]\n')
    assert looked_at(good, 'hard-coded-secrets', current_lock).findings == ()
    good.write('core/notes.md', f'{AWS_KEY} releasekit: ignore[license-header]\n')
    assert len(looked_at(good, 'hard-coded-secrets', current_lock).findings) == 1


def test_a_cycle_of_three_names_all_requirements(good, current_lock):
    good.project('tools/a', 'a', 'b')
    good.project('tools/b', 'b', 'c')
    good.project('tools/c', 'c', 'a')
    (finding,) = looked_at(good, 'cycles', current_lock).findings
    assert finding.problem.message.startswith('a -> b -> c -> a is a cycle: ')
    for name in 'abc':
        assert f'(tools/{name}/pyproject.toml:5)' in finding.problem.message


def test_findings_are_sorted_and_do_not_depend_on_the_order_of_folders(good, current_lock):
    for case in CASES:
        if case.rule in {'license-file', 'typing-marker', 'known-extras', 'version-pep440'}:
            case.break_it(good)
    places = [finding.place for finding in check(good.root, CheckOptions(), current_lock).findings]
    assert places == sorted(places)
    assert len(places) > 3


def test_a_file_that_cannot_be_read_is_a_finding_and_no_crash(good, current_lock):
    (good.root / 'core/src/genkit/x.py').symlink_to(good.root / 'nowhere')
    findings = check(good.root, CheckOptions(), current_lock).findings
    assert [(finding.rule.id, finding.place) for finding in findings] == [('utf8-source', 'core/src/genkit/x.py')]


@pytest.mark.parametrize('folder', ['tests/cassettes', 'tests/unit/fixtures/deep', 'testdata'])
def test_recorded_data_is_not_searched_for_keys(good, current_lock, folder):
    good.write(f'core/{folder}/answer.yaml', f'key: {GITHUB_TOKEN}\n')
    assert looked_at(good, 'hard-coded-secrets', current_lock).findings == ()
    good.write('core/fixtures.yaml', f'key: {GITHUB_TOKEN}\n')
    assert len(looked_at(good, 'hard-coded-secrets', current_lock).findings) == 1


def test_large_files_are_not_read_for_keys(good, current_lock):
    good.write('core/large.json', f'{" " * (1 << 20)}{GITHUB_TOKEN}\n')
    assert looked_at(good, 'hard-coded-secrets', current_lock).findings == ()


NOT_WRONG = {
    'requires-python-uniform': lambda it: it.replace(PLUGIN, '">=3.11"', '">=3.11.0"'),
    'readme-file': together(
        removed('core/README.md'),
        written('core/README.rst', 'Core\n====\n'),
        replaced(CORE, 'README.md', 'README.rst'),
    ),
    'readme-field': replaced(CORE, 'readme = "README.md"', 'dynamic = ["readme"]'),
    'license-file': together(removed('core/LICENSE'), written('core/LICENCE.txt', 'Apache License\n')),
    'known-extras': together(
        replaced(CORE, 'dependencies = []', 'dynamic = ["optional-dependencies"]'),
        replaced(PLUGIN, '["genkit"]', '["genkit[fast]"]'),
    ),
    'build-system': replaced(CORE, '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n', ''),
    'placeholder-urls': lambda it: it.append(CORE, 'Guide = "https://genkit.dev/user/guide/start"\n'),
    'project-urls': lambda it: (
        it.replace(CORE, 'Source = ', '"Our pages" = '),
        it.replace(CORE, 'Issues = ', '# Issues = '),
        it.replace(CORE, 'Changelog = ', '# Changelog = '),
    ),
    'well-known-urls': lambda it: (
        it.replace(CORE, 'Source = ', '"Source Code" = '),
        it.replace(CORE, 'Issues = ', '"Bug Tracker" = '),
        it.replace(CORE, 'Changelog = ', '"Release notes" = '),
        it.replace(CORE, 'Documentation = ', 'docs = '),
    ),
    'readme-links': lambda it: it.append(
        'core/README.md',
        '\n[a](https://a.test/b.md) [b](#use) <img src="https://a.test/p.png"> `[c](d.md)` [e](mailto:a@b.test)\n'
        '\n```md\n[f](g.md)\n```\n',
    ),
    'index-metadata': replaced(CORE, '"Typing :: Typed"', '"Private :: Lights",\n  "Typing :: Typed"'),
}


@pytest.mark.parametrize(('rule', 'change'), NOT_WRONG.items(), ids=NOT_WRONG)
def test_what_is_not_wrong_is_no_finding(good, current_lock, rule, change):
    change(good)
    assert looked_at(good, rule, current_lock).findings == ()


def test_a_licence_that_is_missing_is_not_named_by_a_fix(good, current_lock):
    (good.root / 'core/LICENSE').unlink()
    good.replace(CORE, 'license-files = ["LICENSE"]\n', '')
    report = looked_at(good, 'license-files', current_lock, fix=True)
    assert (len(report.findings), report.fixed) == (1, ())
    good.write('core/COPYING', 'Apache License\n')
    assert len(looked_at(good, 'license-files', current_lock, fix=True).fixed) == 1
    assert 'license-files = ["COPYING"]' in good.read(CORE)


def test_rules_of_the_house_hold_only_in_the_house(empty, current_lock):
    empty.project('packages/a', 'acme-a', more='\n[build-system]\nrequires = ["x"]\nbuild-backend = "x"\n')
    empty.project('samples/b', 'acme-b')
    empty.project('core', 'acme', 'acme-a')
    empty.project('plugins/c', 'c', 'acme', more='description = "A plugin"\n')
    empty.replace('pyproject.toml', '"samples/*"', '"samples/*", "packages/*"')
    empty.write('packages/a/acme/a/test_x.py', '')
    report = check(empty.root, CheckOptions(), current_lock)
    assert not {finding.rule.id for finding in report.findings if finding.rule.profile == 'house'}
    assert {rule.profile for rule in report.rules} == {'pypi'}
    assert not [finding for finding in report.findings if finding.member == 'acme-b']
    empty.configure('profile = "house"\n')
    found = {finding.rule.id for finding in check(empty.root, CheckOptions(), current_lock).findings}
    assert {'run-script', 'import-name', 'tests-present', 'changelog-file'} <= found
    (finding,) = check(empty.root, CheckOptions(only=('sample-main',)), current_lock).findings
    assert finding.member == 'acme-b'
