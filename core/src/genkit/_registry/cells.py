# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Detects code in a notebook cell or a REPL, which may be run again."""

import inspect
from pathlib import Path


def is_in_cell() -> bool:
    """Return whether the module-level code that is being run is a cell's.

    It belongs to ``__main__``, as a script does, but was compiled from another text than the file of that module.
    """
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != '<module>':
        frame = frame.f_back
    if frame is None or frame.f_globals.get('__name__') != '__main__':
        return False
    script = frame.f_globals.get('__file__')
    return not script or Path(script).resolve() != Path(frame.f_code.co_filename).resolve()
