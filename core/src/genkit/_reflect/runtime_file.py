# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The file by which the developer tools find a runtime: ``<project root>/.genkit/runtimes/<id>-<time>.json``."""

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import read_json
from genkit._base.version import GENKIT_VERSION
from genkit._reflect.dispatcher import SPEC_VERSION


_ROOT_MARKS: Final = (
    *('package.json', 'go.mod', 'pyproject.toml', 'requirements.txt', 'pom.xml'),
    *('build.gradle', 'build.gradle.kts', 'pubspec.yaml'),
)


def project_root(start: Path) -> Path:
    """Return the folder that the tools take for the project's: the nearest with a manifest, else ``start``."""
    folders = (start, *start.parents)
    return next((folder for folder in folders if any((folder / mark).is_file() for mark in _ROOT_MARKS)), start)


class RuntimeFile:
    """Announces a runtime while it exists.

    Args:
        runtime_id: Of this runtime.
        url: Of its server.
        name: Shown by the tools.
    """

    def __init__(self, runtime_id: str, url: str, name: str | None) -> None:
        now = datetime.now(UTC)
        self._pid = os.getpid()
        self._folder = project_root(Path.cwd()) / '.genkit' / 'runtimes'
        self.path = self._folder / f'{runtime_id}-{int(now.timestamp() * 1000)}.json'
        self._content = {
            'id': runtime_id,
            'pid': self._pid,
            **({'name': name} if name else {}),
            'genkitVersion': f'py/{GENKIT_VERSION}',
            'reflectionServerUrl': url,
            'timestamp': now.isoformat().replace('+00:00', 'Z').replace(':', '_'),
            'reflectionApiSpecVersion': SPEC_VERSION,
        }

    def write(self) -> None:
        """Write the file whole, and remove those of processes that have gone.

        Raises:
            OSError: The folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._remove_stale()
        draft = self._folder.parent / f'{self.path.name}.tmp'  # the tools read whatever appears in the folder itself
        try:
            draft.write_text(json.dumps(self._content), encoding='utf-8')
            draft.replace(self.path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Remove the file; a forked child leaves its parent's alone."""
        if os.getpid() == self._pid:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _remove_stale(self) -> None:
        for path in self._folder.glob('*.json'):
            pid = _read_pid(path)
            if pid is not None and not _is_alive(pid):
                with contextlib.suppress(OSError):
                    path.unlink()


def _read_pid(path: Path) -> int | None:
    try:
        pid = read_json(path.read_text(encoding='utf-8'))['pid']
    except (OSError, GenkitError, KeyError, TypeError, UnicodeDecodeError):
        return None
    return pid if isinstance(pid, int) and pid > 0 else None


def _is_alive(pid: int) -> bool:
    if os.name == 'nt':
        return True  # asking would end the process there; the tools find out by themselves
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
