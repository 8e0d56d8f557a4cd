# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about the files that a package or a sample must have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import cast

from releasekit.checks.repair import create_file, make_executable
from releasekit.checks.rule import Problem, RuleFacts, Scope, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.workspace.regular import read_text
from releasekit.workspace.root import MANIFEST


_PROSE_LENGTH = 80
_SAY = 'say what it is for, how to install it and how to use it'
_LICENCE = re.compile(r'(?:LICEN[CS]E|COPYING|UNLICENSE)[^/]*$', re.IGNORECASE)
_NEW_CHANGELOG = '# Changelog\n\nNotable changes of `{name}`.\n\n## Unreleased\n'


@member_rule(
    RuleFacts(
        'license-file',
        'a licence text',
        (Scope.PACKAGE, Scope.SAMPLE),
        is_fixable=True,
        profile=Profile.HOUSE,
    )
)
def license_file(site: MemberSite) -> Iterator[Problem]:
    """A distribution carries its licence in itself: a wheel is read far from the repository it was built in."""
    if not any((site.tree.text(name) or '').strip() for name in licence_files(site)):
        text = _root_license(site)
        yield Problem(
            'LICENSE is missing or empty',
            'copy the LICENSE of the workspace root',
            site.member.inside('LICENSE'),
            fix=create_file(site, 'LICENSE', text) if text else None,
        )


def licence_files(site: MemberSite) -> Sequence[str]:
    """Return the files that hold a licence: those of `license-files`, else those that build backends look for."""
    patterns = site.manifest.value('project', 'license-files')
    named = cast('list[object]', patterns) if isinstance(patterns, list) else []
    files = [str(file) for file in site.tree.files]
    declared = [file for pattern in named for file in files if fnmatchcase(file, str(pattern))]
    return declared or [file for file in files if _LICENCE.match(file)]


def _root_license(site: MemberSite) -> str:
    path = site.workspace.root / 'LICENSE'
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError):
        return ''


@member_rule(RuleFacts('readme-file', 'a README that is not empty', (Scope.PACKAGE, Scope.SAMPLE)))
def readme_file(site: MemberSite) -> Iterator[Problem]:
    """The README is the package's page on the index; the metadata of a package without one has no description."""
    if 'readme' in site.manifest.strings('project', 'dynamic') or _says_in_place(site):
        return
    name = readme_name(site)
    if name is None:
        yield Problem('README.md is missing', _SAY, site.member.inside('README.md'))
    elif not (site.tree.text(name) or '').strip():
        yield Problem(f'{name} is empty', _SAY, site.member.inside(name))


@member_rule(
    RuleFacts('readme-prose', 'a README that says something', (Scope.PACKAGE, Scope.SAMPLE), profile=Profile.HOUSE)
)
def readme_prose(site: MemberSite) -> Iterator[Problem]:
    """A heading alone tells a visitor nothing."""
    name = readme_name(site)
    length = len(_prose(site.tree.text(name) or '')) if name else 0
    if name and length < _PROSE_LENGTH:
        yield Problem(f'{name} holds {length} characters besides headings', _SAY, site.member.inside(name), 1)


def readme_name(site: MemberSite) -> str | None:
    """Return the README of a member: the file that `readme` names, else one that is called so; None without one."""
    value = site.manifest.value('project', 'readme')
    named = cast('Mapping[str, object]', value).get('file') if isinstance(value, Mapping) else value
    usual = ('README.md', 'README.rst', 'README.txt', 'README')
    names = (named, *usual) if isinstance(named, str) else usual
    return next((name for name in names if site.tree.text(name) is not None), None)


def _says_in_place(site: MemberSite) -> bool:
    value = site.manifest.value('project', 'readme')
    return isinstance(value, Mapping) and bool(cast('Mapping[str, object]', value).get('text'))


def _prose(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return ' '.join(line for line in lines if line and not line.startswith('#'))


@member_rule(RuleFacts('changelog-file', 'a CHANGELOG.md', is_fixable=True, profile=Profile.HOUSE))
def changelog_file(site: MemberSite) -> Iterator[Problem]:
    """A release adds its notes to this file; users read it before they upgrade."""
    if not (site.tree.text('CHANGELOG.md') or '').strip():
        yield Problem(
            'CHANGELOG.md is missing or empty',
            'create it with a section `## Unreleased`',
            site.member.inside('CHANGELOG.md'),
            fix=create_file(site, 'CHANGELOG.md', _NEW_CHANGELOG.format(name=site.member.declared_name)),
        )


@member_rule(RuleFacts('typing-marker', '`py.typed` in the import package', is_fixable=True, profile=Profile.HOUSE))
def typing_marker(site: MemberSite) -> Iterator[Problem]:
    """Type checkers ignore the annotations of an installed package that has no `py.typed` (PEP 561)."""
    folder = site.import_folder
    if folder and not site.tree.has_file(f'{folder}/py.typed'):
        path = f'{folder}/py.typed'
        yield Problem(
            f'{folder} has no py.typed', 'add the empty file', site.member.inside(path), fix=create_file(site, path, '')
        )


@member_rule(RuleFacts('tests-present', '`tests/` with a `*_test.py`', profile=Profile.HOUSE))
def tests_present(site: MemberSite) -> Iterator[Problem]:
    """What is published is tested in its own folder, so that a change to one package runs that package's tests."""
    if not any(file.parts[0] == 'tests' for file in site.tree.with_suffix('_test.py')):
        yield Problem('tests/ holds no *_test.py', 'add one that imports the package', site.member.inside('tests'))


@member_rule(RuleFacts('run-script', 'an executable run.sh', (Scope.SAMPLE,), is_fixable=True, profile=Profile.HOUSE))
def run_script(site: MemberSite) -> Iterator[Problem]:
    """Every sample starts the same way, for people and for the smoke tests: `./run.sh`."""
    path = site.member.inside('run.sh')
    if not site.tree.has_file('run.sh'):
        yield Problem('run.sh is missing', 'add a script that starts main.py', path)
    elif not site.tree.is_executable('run.sh'):
        yield Problem('run.sh cannot be executed', f'chmod +x {path}', path, fix=make_executable(site, 'run.sh'))


@member_rule(RuleFacts('sample-main', 'a main.py', (Scope.SAMPLE,), profile=Profile.HOUSE))
def sample_main(site: MemberSite) -> Iterator[Problem]:
    """A reader opens main.py first, and the smoke tests import it."""
    if not site.tree.has_file('main.py'):
        yield Problem('main.py is missing', 'put the program there', site.member.inside('main.py'))


@member_rule(
    RuleFacts(
        'legacy-setup-files', f'no setup.py or setup.cfg beside {MANIFEST}', (Scope.MEMBER,), profile=Profile.HOUSE
    )
)
def legacy_setup_files(site: MemberSite) -> Iterator[Problem]:
    """Metadata in two places disagrees sooner or later, and which one wins depends on the build backend."""
    for name in ('setup.py', 'setup.cfg'):
        if site.tree.has_file(name):
            way_out = f'move what it says to {MANIFEST} and delete it'
            yield Problem(f'{name} is a leftover of older packaging', way_out, site.member.inside(name), 1)


@member_rule(RuleFacts('test-file-names', 'test files are called *_test.py', (Scope.MEMBER,), profile=Profile.HOUSE))
def test_file_names(site: MemberSite) -> Iterator[Problem]:
    """Pytest is configured to collect `*_test.py` only: a file called test_*.py would never run."""
    for file in site.tree.with_suffix('.py'):
        if re.match(r'test_', file.name) and 'tests' in file.parts:
            better = f'{file.stem.removeprefix("test_")}_test.py'
            yield Problem(f'{file.name} is never collected', f'rename it to {better}', site.member.inside(str(file)), 1)


RULES = (
    license_file,
    readme_file,
    readme_prose,
    changelog_file,
    typing_marker,
    tests_present,
    run_script,
    sample_main,
    legacy_setup_files,
    test_file_names,
)
