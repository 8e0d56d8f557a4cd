# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Intent files: a change, announced by its author, for the next release.

```
---
genkit: minor
genkit-plugin-groq: patch
---
Streams can be cancelled.
```

The fence may be `+++` and the sign `=` as well. The file's name does not matter; a README.md is none.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from releasekit.model.errors import WorkspaceError
from releasekit.model.history import printable
from releasekit.model.names import normalize_name, suggestion
from releasekit.model.plan import LEVELS, Level
from releasekit.model.requirement import read_version
from releasekit.model.workspace import Workspace
from releasekit.workspace.regular import read_file


_REPLACES = 'Replaces: '
_SHAPE = re.compile(
    r'\s*(?P<fence>---|\+\+\+) *\n(?P<levels>.*?)^(?P=fence) *\n?(?P<text>.*)', re.DOTALL | re.MULTILINE
)
_LEVEL = re.compile(r'["\']?(?P<name>[A-Za-z0-9._-]+)["\']?\s*[:=]\s*["\']?(?P<level>\w+)["\']?')


@dataclass(frozen=True)
class Intent:
    """What one file announces: the level for each member, and the words for the changelog.

    `replaced` are versions by name and text that are never to be planned; lines such as `Replaces: NAME 1.2.3` say so.
    """

    path: Path
    levels: dict[str, Level]
    text: str
    replaced: tuple[tuple[str, str], ...] = ()

    @property
    def replaces(self) -> tuple[tuple[str, Version], ...]:
        """The versions that are replaced."""
        return tuple((name, Version(text)) for name, text in self.replaced)


def read_intents(workspace: Workspace) -> tuple[Intent, ...]:
    """Return the intent files of a workspace, by name.

    Raises:
        WorkspaceError: A file is no intent, or names no member, or no level.
    """
    folder = workspace.root / workspace.configuration.intents_folder
    files = sorted(path for path in folder.glob('*.md') if path.name != 'README.md')
    return tuple(_read(workspace, path) for path in files)


def _read(workspace: Workspace, path: Path) -> Intent:
    place = path.relative_to(workspace.root).as_posix()
    found = _SHAPE.fullmatch(printable(_content(path, place).decode(errors='replace')))
    if not found or not found['text'].strip():
        raise WorkspaceError(
            'RK-INTENT-UNREADABLE', f'{place}: expected `---`, lines such as `NAME: minor`, `---`, and a sentence'
        )
    levels: dict[str, Level] = {}
    for number, line in enumerate(found['levels'].splitlines(), 2):
        if not line.strip():
            continue
        pair = _LEVEL.fullmatch(line.strip())
        name = normalize_name(pair['name']) if pair else ''
        if not pair or name not in workspace.by_name or pair['level'] not in LEVELS:
            near = suggestion(name, workspace.by_name) if name not in workspace.by_name else ''
            raise WorkspaceError(
                'RK-INTENT-UNREADABLE',
                f'{place}:{number}: {line.strip()!r} is no member with one of {", ".join(LEVELS)}.{near}',
            )
        levels[name] = LEVELS[pair['level']]
    lines = found['text'].splitlines()
    replaced = tuple(_replaced(workspace, place, line) for line in lines if line.startswith(_REPLACES))
    text = '\n'.join(line for line in lines if not line.startswith(_REPLACES))
    return Intent(path, levels, text.strip(), replaced)


def _replaced(workspace: Workspace, place: str, line: str) -> tuple[str, str]:
    name, _, version = line.removeprefix(_REPLACES).strip().partition(' ')
    with suppress(InvalidVersion):
        if normalize_name(name) in workspace.by_name:
            return normalize_name(name), str(read_version(version.strip()))
    raise WorkspaceError('RK-INTENT-UNREADABLE', f'{place}: {line!r} names no member with a version, `NAME 1.2.3`')


def _content(path: Path, place: str) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise WorkspaceError('RK-INTENT-UNREADABLE', f'{place}: cannot be read: {error.strerror}') from error
