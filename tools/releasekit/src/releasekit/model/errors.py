# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that releasekit raises for its user, each with the exit code it ends the program with.

```
ReleasekitError            never raised itself
├── UsageError       (2)   the command line asks for something that cannot be
└── WorkspaceError   (3)   the workspace or its configuration cannot be read
```
"""

from typing import ClassVar


class ReleasekitError(Exception):
    """What went wrong in one line: the value, what was expected, and the way out."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str) -> None:
        super().__init__(message.replace('\n', '\\n'))


class UsageError(ReleasekitError):
    """An argument names something that does not exist or does not go with another one."""

    exit_code: ClassVar[int] = 2


class WorkspaceError(ReleasekitError):
    """A manifest is broken, missing, or in contradiction with another one."""

    exit_code: ClassVar[int] = 3
