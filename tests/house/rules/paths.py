# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every path that a configuration or a command names leads somewhere, in a fresh clone as much as here."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .finding import Finding
from .tree import files, load_toml, matches, members, place


# Where a path of ours begins; a folder that was renamed must not drop out of sight with its name.
TOP_FOLDERS = ('.ci', '.github', 'benchmarks', 'bin', 'core', 'docs', 'plugins', 'samples', 'tests', 'tools')
PROGRAMS = ('bin/*', '.ci/*', '.github/workflows/*', 'noxfile.py')

# Settings of the root pyproject.toml that hold paths or patterns.
ROOT_SETTINGS = (
    'tool.coverage.run.source',
    'tool.pyright.exclude',
    'tool.pyright.include',
    'tool.pyright.strict',
    'tool.pytest.ini_options.pythonpath',
    'tool.pytest.ini_options.testpaths',
    'tool.ruff.exclude',
    'tool.ruff.extend-exclude',
    'tool.ruff.lint.per-file-ignores',
    'tool.uv.workspace.exclude',
    'tool.uv.workspace.members',
)
# Settings of a package's pyproject.toml, relative to the package.
PACKAGE_SETTINGS = (
    'project.license-files',
    'project.readme',
    'tool.hatch.build.targets.sdist.include',
    'tool.hatch.build.targets.wheel.packages',
    'tool.pytest.ini_options.testpaths',
)

_SEGMENT = r'[\w.*{},-]+'
_CLAIM = re.compile(rf'(?<![\w./$}}-])(?:{"|".join(map(re.escape, TOP_FOLDERS))})(?:/{_SEGMENT})+')


def check(root: Path) -> list[Finding]:
    existing = _existing(root)
    findings = _stale('pyproject.toml', _settings(root / 'pyproject.toml', ROOT_SETTINGS), existing)
    for folder in members(root):
        named = _settings(folder / 'pyproject.toml', PACKAGE_SETTINGS)
        findings += _stale(f'{place(root, folder)}/pyproject.toml', named, _existing(folder))
    for path in files(root, *PROGRAMS):
        findings += _stale(place(root, path), claims(path.read_text('utf-8')), existing)
    return findings


def claims(text: str) -> Iterator[tuple[str, str]]:
    """Finds the paths that a program names; where a variable begins, what stands before it counts."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in _CLAIM.finditer(line):
            yield f'line {number}', found.group().rstrip('.,')


def _settings(path: Path, settings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    table = load_toml(path)
    for setting in settings:
        yield from (
            (setting, pattern) for pattern in _patterns(_look_up(table, setting)) if not _is_precaution(pattern)
        )


def _look_up(table: dict[str, Any], setting: str) -> object:
    value: Any = table
    for key in setting.split('.'):
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value


def _patterns(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list | dict) else []


def _is_precaution(pattern: str) -> bool:
    """Patterns for caches and foreign folders, which need not be there."""
    return pattern.startswith(('.', '**/.', '**/node_modules', '**/__pycache__'))


def _existing(root: Path) -> set[str]:
    """Names files and the folders that hold them; an empty folder is in no clone."""
    paths = files(root)
    return {
        place(root, path) for path in (*paths, *(up for path in paths for up in path.parents if root in up.parents))
    }


def _stale(where: str, named: Iterator[tuple[str, str]], existing: set[str]) -> list[Finding]:
    return [
        Finding(f'{where} ({spot})', f'names `{pattern}`, which is nowhere', 'correct it, or take it out')
        for spot, pattern in named
        if not any(matches(pattern.rstrip('/'), candidate) for candidate in existing)
    ]
