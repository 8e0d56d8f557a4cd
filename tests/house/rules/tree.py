# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a project as version control would see them, chosen by pattern."""

import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any


MEMBERS = ('core', 'plugins/*', 'samples/*', 'tools/*')
READ_DOT_FOLDERS = ('.ci', '.github')


def files(root: Path, *patterns: str) -> list[Path]:
    """Lists the files below `root` that are not ignored and match one of the patterns (all of them without any)."""
    wanted = [_as_regex(pattern) for pattern in patterns or ('**',)]
    return [path for name, path in _listing(root) if any(regex.fullmatch(name) for regex in wanted)]


def members(root: Path, *patterns: str) -> list[Path]:
    """Lists the folders of the workspace's packages, those without any file left out."""
    wanted = patterns or MEMBERS
    folders = {name.rpartition('/')[0] for name, _ in _listing(root)}
    tops = {'/'.join(name.split('/')[: pattern.count('/') + 1]) for name in folders for pattern in wanted}
    return [root / name for name in sorted(tops) if any(matches(pattern, name) for pattern in wanted)]


def place(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def project_table(folder: Path) -> dict[str, Any]:
    """Reads `[project]` of a package; a package without one has an empty table."""
    return load_toml(folder / 'pyproject.toml').get('project', {})


def load_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text('utf-8')) if path.is_file() else {}


def matches(pattern: str, candidate: str) -> bool:
    return _as_regex(pattern).fullmatch(candidate) is not None


@cache
def _as_regex(pattern: str) -> re.Pattern[str]:
    """Translates a glob: `**` crosses folders, `*` does not, `{a,b}` is a choice."""
    tokens = {'**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|'}
    pieces = re.split(r'(\*\*/|\*\*|[*?{},])', pattern)
    return re.compile(''.join(tokens.get(piece) or re.escape(piece) for piece in pieces))


@cache
def _listing(root: Path) -> tuple[tuple[str, Path], ...]:
    """Walks a project once; its files do not come and go while the rules are applied."""
    return tuple((place(root, path), path) for path in _walk(root))


def _walk(root: Path) -> Iterator[Path]:
    ignored = _ignore_patterns(root)
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if (not name.startswith('.') or name in READ_DOT_FOLDERS)
            and not _is_ignored(f'{place(root, here / name)}/', ignored)
        )
        yield from (here / name for name in sorted(names) if not _is_ignored(place(root, here / name), ignored))


def _ignore_patterns(root: Path) -> list[str]:
    listed = root / '.gitignore'
    lines = listed.read_text('utf-8').splitlines() if listed.is_file() else []
    return ['.git', '__pycache__/', *(line.strip() for line in lines if line.strip() and not line.startswith('#'))]


def _is_ignored(candidate: str, patterns: list[str]) -> bool:
    """Decides as git does: the last pattern that matches wins; folders are written with a slash at the end."""
    ignored = False
    bare = candidate.rstrip('/')
    for pattern in patterns:
        wanted = pattern.removeprefix('!').rstrip('/')
        if pattern.endswith('/') and not candidate.endswith('/'):
            continue
        subject = bare if '/' in wanted else bare.rpartition('/')[2]
        if fnmatchcase(subject, wanted.lstrip('/')):
            ignored = not pattern.startswith('!')
    return ignored
