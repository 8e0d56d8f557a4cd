# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that releasekit raises for its user.

```
ReleasekitError            never raised itself
├── UsageError             the command line asks for something that cannot be
├── WorkspaceError         the workspace or its configuration cannot be read
└── RefusedError           everything was read, and going on would be wrong
```

Each carries a code of `releasekit.model.codes`, which also decides the exit code.
"""

from collections.abc import Sequence

from releasekit.model.codes import codes


class ReleasekitError(Exception):
    """What went wrong in one line: the place, the value, what was expected, and the way out.

    Attributes:
        headline: The line without its entries.
        entries: The single things that are wrong, where there are several; a terminal shows one a line.
    """

    def __init__(self, code: str, message: str, entries: Sequence[str] = ()) -> None:
        self.headline = message.replace('\n', '\\n')
        self.entries = tuple(entry.replace('\n', '\\n') for entry in entries)
        super().__init__(f'{self.headline}: {"; ".join(self.entries)}' if entries else self.headline)
        self.code = codes()[code]


class UsageError(ReleasekitError):
    """An argument names something that does not exist or does not go with another one."""


class WorkspaceError(ReleasekitError):
    """A manifest is broken, missing, or in contradiction with another one."""


class RefusedError(ReleasekitError):
    """The state of the repository, the plan or the lock forbids what was asked for."""
