# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Events of a run, for its observers: a table, a log, a file with one JSON document per line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from releasekit.model.documents import to_document
from releasekit.publish.work import Stage


@dataclass(frozen=True)
class Event:
    """Something that happened.

    `kind` is `stage` (a package came to a stage), `file` (something became of a file), `retry`, `wait`, `control`, or
    `end`; `text` says it in words.
    """

    time: float
    kind: str
    package: str = ''
    stage: Stage | None = None
    file: str = ''
    text: str = ''


Listener = Callable[[Event], None]


class EventFile:
    """Writes events where another terminal can follow them; a full disk costs the events, never the run.

    Args:
        path: The file; it is overwritten.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('', encoding='utf-8')

    def __call__(self, event: Event) -> None:
        """Write an event."""
        document = {name: value for name, value in to_document(event).items() if value not in {'', None}}
        try:
            with self._path.open('a', encoding='utf-8') as file:
                file.write(json.dumps({'schema': 'releasekit.event/1', **document}, ensure_ascii=False) + '\n')
        except OSError:
            return
