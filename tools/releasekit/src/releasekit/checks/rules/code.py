# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about source files."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import cast

from releasekit.checks.repair import create_file
from releasekit.checks.rule import Problem, RuleFacts, Scope, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.workspace.secrets import find_secrets


_TEXTS = (
    '.py',
    '.pyi',
    '.toml',
    '.md',
    '.json',
    '.yaml',
    '.yml',
    '.sh',
    '.txt',
    '.prompt',
    '.ini',
    '.cfg',
    '.env',
    '.ipynb',
)
_DATA = frozenset({'cassettes', 'fixtures', 'recordings', 'snapshots', '__snapshots__', 'testdata'})
_MOST_BYTES = 1 << 20
_EXPORTS = re.compile(r'^__all__\b', re.MULTILINE)
_COPYRIGHT = re.compile(r'# Copyright \S.*')


@member_rule(RuleFacts('utf8-source', 'source files are UTF-8', (Scope.MEMBER,), profile=Profile.HOUSE))
def utf8_source(site: MemberSite) -> Iterator[Problem]:
    """Python, editors and the index all read UTF-8; the other rules cannot look into anything else."""
    for file in site.tree.with_suffix('.py', '.md', '.toml'):
        if site.tree.text(file) is None:
            yield Problem(f'{file.name} cannot be read as UTF-8', 'save it as UTF-8', site.member.inside(str(file)))


@member_rule(
    RuleFacts('license-header', 'the two-line licence header', (Scope.MEMBER,), is_fixable=True, profile=Profile.HOUSE)
)
def license_header(site: MemberSite) -> Iterator[Problem]:
    """A source file says whose it is and under which licence wherever it is copied: a copyright line and an SPDX line.

    It follows a `#!` line; an empty file needs none.
    """
    identifier = site.manifest.value('project', 'license')
    spdx = f'# SPDX-License-Identifier: {identifier if isinstance(identifier, str) else ""}'.rstrip()
    for file in site.tree.with_suffix('.py'):
        text = site.tree.text(file)
        if text and not _has_header(text, spdx):
            yield Problem(
                f'{file.name} does not begin with the licence header',
                f'begin with a line `# Copyright ...` and a line `{spdx}`',
                site.member.inside(str(file)),
                1,
                create_file(site, str(file), _with_header(site, text, spdx)) if _is_headless(site, text) else None,
            )


def _has_header(text: str, spdx: str) -> bool:
    lines = text.split('\n', 3)
    start = 1 if lines[0].startswith('#!') else 0
    owner, licence = [*(line.rstrip() for line in lines[start : start + 2]), '', ''][:2]
    return _COPYRIGHT.match(owner) is not None and licence.startswith(spdx)


def _is_headless(site: MemberSite, text: str) -> bool:
    """Tell whether a header can be added without standing beside another one."""
    return isinstance(site.manifest.value('project', 'license'), str) and '# Copyright' not in text[:1000]


def _with_header(site: MemberSite, text: str, spdx: str) -> str:
    year = datetime.now(UTC).year
    first, rest = text.split('\n', 1) if text.startswith('#!') and '\n' in text else ('', text)
    shebang = f'{first}\n' if first else ''
    return f'{shebang}# Copyright {year} {_holder(site)}\n{spdx}\n{rest}'


def _holder(site: MemberSite) -> str:
    authors = site.manifest.value('project', 'authors')
    entries = cast('list[object]', authors) if isinstance(authors, list) else []
    tables = [cast('Mapping[str, object]', entry) for entry in entries if isinstance(entry, Mapping)]
    return (
        ', '.join(str(table['name']) for table in tables if 'name' in table)
        or f'The {site.member.declared_name} authors'
    )


@member_rule(RuleFacts('exports-declared', '`__all__` in the __init__ of the import package', profile=Profile.HOUSE))
def exports_declared(site: MemberSite) -> Iterator[Problem]:
    """`__all__` is the list of what a package promises; everything else may change without notice."""
    if site.import_folder:
        path = f'{site.import_folder}/__init__.py'
        if not _EXPORTS.search(site.tree.text(path) or ''):
            yield Problem('no `__all__`', 'list the public names, sorted', site.member.inside(path), 1)


@member_rule(RuleFacts('hard-coded-secrets', 'no keys or tokens in files', (Scope.MEMBER,)))
def hard_coded_secrets(site: MemberSite) -> Iterator[Problem]:
    """What is committed is public for ever: a key that was found here must be revoked, not only removed.

    Recorded traffic and other fixtures are data, and so is what is larger than a megabyte: neither is looked into.
    A value that only looks like a key is let through with the comment `releasekit: ignore[hard-coded-secrets]`.
    """
    for file in site.tree.with_suffix(*_TEXTS):
        if not _DATA.intersection(file.parts[:-1]):
            yield from _secrets(site, file, site.tree.content(file, _MOST_BYTES))


def _secrets(site: MemberSite, file: PurePosixPath, content: bytes) -> Iterator[Problem]:
    for name, match in find_secrets(content):
        line = content.count(b'\n', 0, match.start()) + 1
        shown = f'{match.group()[:6].decode(errors="replace")}...'
        way_out = 'revoke it, and read it from the environment'
        yield Problem(f'{shown!r} looks like a {name}', way_out, site.member.inside(str(file)), line)


RULES = (utf8_source, license_header, exports_declared, hard_coded_secrets)
