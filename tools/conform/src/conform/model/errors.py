# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that conform raises for its user, and how each ends the program.

::

    GenkitError
    ├── UsageError    the command line, a spec or a setting is wrong            exit code 2
    ├── StartError    what is to be tested could not be loaded or reached       exit code 3
    └── RunError      the model raised instead of answering                     a failed case
"""

from typing import Final

from genkit import GenkitError


PASSED: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_STARTED: Final = 3
NOTHING_RUN: Final = 4
INTERRUPTED: Final = 130


class UsageError(GenkitError):
    """An argument, a spec or a setting asks for something that cannot be."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status='INVALID_ARGUMENT')


class StartError(GenkitError):
    """A plugin or an application could not be loaded, started or reached."""

    def __init__(self, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message, status='UNAVAILABLE', cause=cause)


class RunError(GenkitError):
    """A model's action ended with an error."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status='ABORTED')
