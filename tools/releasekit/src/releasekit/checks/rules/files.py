# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about the files that a package or a sample must have."""

import re
from collections.abc import Iterator

from releasekit.checks.repair import create_file, make_executable
from releasekit.checks.rule import Problem, Profile, Scope, member_rule
from releasekit.checks.site import MemberSite
from releasekit.workspace.regular import read_text
from releasekit.workspace.root import MANIFEST


_PROSE_LENGTH = 80
_NEW_CHANGELOG = '# Changelog\n\nNotable changes of `{name}`.\n\n## Unreleased\n'


@member_rule(Profile('license-file', 'a LICENSE file', (Scope.PACKAGE, Scope.SAMPLE), is_fixable=True))
def license_file(site: MemberSite) -> Iterator[Problem]:
    """A distribution carries its licence in itself: a wheel is read far from the repository it was built in."""
    if not (site.tree.text('LICENSE') or '').strip():
        text = _root_license(site)
        yield Problem(
            'LICENSE is missing or empty',
            'copy the LICENSE of the workspace root',
            site.member.inside('LICENSE'),
            fix=create_file(site, 'LICENSE', text) if text else None,
        )


def _root_license(site: MemberSite) -> str:
    path = site.workspace.root / 'LICENSE'
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError):
        return ''


@member_rule(Profile('readme-file', 'a README.md that says something', (Scope.PACKAGE, Scope.SAMPLE)))
def readme_file(site: MemberSite) -> Iterator[Problem]:
    """The README is the package's page on the index; a heading alone tells a visitor nothing."""
    text = site.tree.text('README.md')
    way_out = 'say what it is for, how to install it and how to use it'
    if text is None:
        yield Problem('README.md is missing', way_out, site.member.inside('README.md'))
    elif len(_prose(text)) < _PROSE_LENGTH:
        yield Problem(
            f'README.md holds {len(_prose(text))} characters besides headings',
            way_out,
            site.member.inside('README.md'),
            1,
        )


def _prose(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return ' '.join(line for line in lines if line and not line.startswith('#'))


@member_rule(Profile('changelog-file', 'a CHANGELOG.md', is_fixable=True))
def changelog_file(site: MemberSite) -> Iterator[Problem]:
    """A release adds its notes to this file; users read it before they upgrade."""
    if not (site.tree.text('CHANGELOG.md') or '').strip():
        yield Problem(
            'CHANGELOG.md is missing or empty',
            'create it with a section `## Unreleased`',
            site.member.inside('CHANGELOG.md'),
            fix=create_file(site, 'CHANGELOG.md', _NEW_CHANGELOG.format(name=site.member.declared_name)),
        )


@member_rule(Profile('typing-marker', '`py.typed` in the import package', is_fixable=True))
def typing_marker(site: MemberSite) -> Iterator[Problem]:
    """Type checkers ignore the annotations of an installed package that has no `py.typed` (PEP 561)."""
    folder = site.import_folder
    if folder and not site.tree.has_file(f'{folder}/py.typed'):
        path = f'{folder}/py.typed'
        yield Problem(
            f'{folder} has no py.typed', 'add the empty file', site.member.inside(path), fix=create_file(site, path, '')
        )


@member_rule(Profile('tests-present', '`tests/` with a `*_test.py`'))
def tests_present(site: MemberSite) -> Iterator[Problem]:
    """What is published is tested in its own folder, so that a change to one package runs that package's tests."""
    if not any(file.parts[0] == 'tests' for file in site.tree.with_suffix('_test.py')):
        yield Problem('tests/ holds no *_test.py', 'add one that imports the package', site.member.inside('tests'))


@member_rule(Profile('run-script', 'an executable run.sh', (Scope.SAMPLE,), is_fixable=True))
def run_script(site: MemberSite) -> Iterator[Problem]:
    """Every sample starts the same way, for people and for the smoke tests: `./run.sh`."""
    path = site.member.inside('run.sh')
    if not site.tree.has_file('run.sh'):
        yield Problem('run.sh is missing', 'add a script that starts main.py', path)
    elif not site.tree.is_executable('run.sh'):
        yield Problem('run.sh cannot be executed', f'chmod +x {path}', path, fix=make_executable(site, 'run.sh'))


@member_rule(Profile('sample-main', 'a main.py', (Scope.SAMPLE,)))
def sample_main(site: MemberSite) -> Iterator[Problem]:
    """A reader opens main.py first, and the smoke tests import it."""
    if not site.tree.has_file('main.py'):
        yield Problem('main.py is missing', 'put the program there', site.member.inside('main.py'))


@member_rule(Profile('legacy-setup-files', f'no setup.py or setup.cfg beside {MANIFEST}', (Scope.MEMBER,)))
def legacy_setup_files(site: MemberSite) -> Iterator[Problem]:
    """Metadata in two places disagrees sooner or later, and which one wins depends on the build backend."""
    for name in ('setup.py', 'setup.cfg'):
        if site.tree.has_file(name):
            way_out = f'move what it says to {MANIFEST} and delete it'
            yield Problem(f'{name} is a leftover of older packaging', way_out, site.member.inside(name), 1)


@member_rule(Profile('test-file-names', 'test files are called *_test.py', (Scope.MEMBER,)))
def test_file_names(site: MemberSite) -> Iterator[Problem]:
    """Pytest is configured to collect `*_test.py` only: a file called test_*.py would never run."""
    for file in site.tree.with_suffix('.py'):
        if re.match(r'test_', file.name) and 'tests' in file.parts:
            better = f'{file.stem.removeprefix("test_")}_test.py'
            yield Problem(f'{file.name} is never collected', f'rename it to {better}', site.member.inside(str(file)), 1)


RULES = (
    license_file,
    readme_file,
    changelog_file,
    typing_marker,
    tests_present,
    run_script,
    sample_main,
    legacy_setup_files,
    test_file_names,
)
