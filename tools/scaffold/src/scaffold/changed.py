# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which tests a change concerns: those of the packages that it touches, and of all packages that need one of them."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from releasekit.commands.graph import graph


# Text, whose examples have tests of their own.
_TEXTS: Final = {'.md', '.png', '.svg', '.gif'}


def changed_files(root: Path, since: str) -> list[str]:
    """Return the files that differ from where a branch and this checkout part, those that are not committed too.

    Args:
        root: The repository.
        since: The branch, a tag or a commit.

    Raises:
        subprocess.CalledProcessError: There is no such commit.
    """
    base = _git(root, 'merge-base', since, 'HEAD').strip()
    listed = _git(root, 'diff', '--name-only', '-z', base) + _git(root, 'ls-files', '-o', '--exclude-standard', '-z')
    return sorted({name for name in listed.split('\0') if name})


def folders_to_test(root: Path, files: Iterable[str]) -> list[str]:
    """Return the folders whose tests some files concern; ``.`` for all tests, as everything is made on core.

    Args:
        root: The workspace.
        files: Relative to it, with slashes.
    """
    report = graph(root)
    folders = {member.name: member.folder.as_posix() for member in report.workspace.members}
    found: set[str] = set()
    for file in files:
        package = next((name for name, folder in folders.items() if file.startswith(f'{folder}/')), None)
        parts = file.split('/')
        if Path(file).suffix in _TEXTS:
            found |= {'tests/docs', 'tests/house', *([folders[package]] if package else ())}
        elif package is not None:
            found |= {folders[name] for name in (package, *report.graph.dependants(package))} | {'tests/house'}
            found |= {'tests/samples'} if parts[0] == 'samples' else set()
        elif parts[0] in {'tests', 'benchmarks'}:
            found.add('/'.join(parts[:-1][:2]))
        else:
            return ['.']
    return ['.'] if 'core' in found else sorted(found)


def _git(root: Path, *arguments: str) -> str:
    command = [shutil.which('git') or 'git', *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - no shell
    return done.stdout
