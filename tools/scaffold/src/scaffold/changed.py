# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which tests a change concerns: those of the packages that it touches, and of all packages that need one of them."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final


_NAME: Final = re.compile(r'[A-Za-z0-9._-]+')
# Text outside of packages, whose examples have tests of their own.
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
    packages = _packages(root)
    found: set[str] = set()
    for file in files:
        package = next((folder for folder in packages if file.startswith(f'{folder}/')), None)
        parts = file.split('/')
        if Path(file).suffix in _TEXTS:
            found |= {'tests/docs', 'tests/house', *([package] if package else ())}
        elif package is not None:
            found |= {package, *_dependants(package, packages), 'tests/house'}
            found |= {'tests/samples'} if parts[0] == 'samples' else set()
        elif parts[0] in {'tests', 'benchmarks'} and len(parts) > 1:
            found.add('/'.join(parts[:2]) if parts[0] == 'tests' and len(parts) > 2 else parts[0])  # noqa: PLR2004
        else:
            return ['.']
    return ['.'] if 'core' in found else sorted(found)


def _packages(root: Path) -> dict[str, set[str]]:
    """Return the folder of each package of the workspace, with the folders of those that it needs itself."""
    patterns = _manifest(root)['tool']['uv']['workspace']['members']
    folders = [folder for pattern in patterns for folder in root.glob(pattern) if (folder / 'pyproject.toml').exists()]
    manifests = {folder.relative_to(root).as_posix(): _manifest(folder) for folder in folders}
    by_name = {manifest['project']['name']: folder for folder, manifest in manifests.items()}
    return {
        folder: {by_name[name] for name in _required(manifest) if name in by_name}
        for folder, manifest in manifests.items()
    }


def _required(manifest: Mapping[str, Any]) -> set[str]:
    project = manifest['project']
    lists = [
        project.get('dependencies', []),
        *project.get('optional-dependencies', {}).values(),
        *manifest.get('dependency-groups', {}).values(),
    ]
    texts = [text for each in lists for text in each if isinstance(text, str)]
    return {found[0] for text in texts if (found := _NAME.match(text))}


def _dependants(package: str, packages: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = {package}
    while waiting:
        waiting = {folder for folder, needed in packages.items() if needed & waiting} - found
        found |= waiting
    return found


def _manifest(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / 'pyproject.toml').read_text('utf-8'))


def _git(root: Path, *arguments: str) -> str:
    command = [shutil.which('git') or 'git', *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - no shell
    return done.stdout
