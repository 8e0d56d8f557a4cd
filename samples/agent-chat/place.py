# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where the conversation stands, in a file that is replaced as a whole: what is kept outlives the program."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from genkit import GenkitError


@dataclass
class Place:
    """Where the conversation stands.

    Attributes:
        path: The file.
        branch: The branch that is spoken on.
        ends: The last snapshot of each branch; None before its first answer.
        asked: What was asked and has no answer yet.
    """

    path: Path
    branch: str = 'main'
    ends: dict[str, str | None] = field(default_factory=lambda: {'main': None})
    asked: str | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what the file says; a new beginning if there is none.

        Raises:
            GenkitError: ``DATA_LOSS`` if it is damaged.
        """
        if not path.exists():
            return cls(path)
        try:
            place = cls(path, **json.loads(path.read_text(encoding='utf-8')))
            place.ends[place.branch]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GenkitError(
                f'{path} does not say where the conversation stands: {error!r}. Remove it to begin anew.',
                status='DATA_LOSS',
            ) from error
        return place

    @property
    def end(self) -> str | None:
        """The last snapshot of the present branch."""
        return self.ends[self.branch]

    def keep(self, *, end: str | None = None, asked: str | None = None) -> None:
        """Note the end of the branch, if there is a new one, and what waits for an answer."""
        if end is not None:
            self.ends[self.branch] = end
        self.asked = asked
        self.write()

    def write(self) -> None:
        """Put this into the file."""
        members = {name: value for name, value in dataclasses.asdict(self).items() if name != 'path'}
        draft = self.path.with_suffix('.new')
        with draft.open('w', encoding='utf-8') as file:
            json.dump(members, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
