# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is kept of a fault of releasekit itself, for a report about it."""

import platform
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def internal_error(error: Exception, argv: Sequence[str]) -> str:
    """Write a report about an exception into a file, and return one line that names both."""
    trace = traceback.TracebackException.from_exception(error)  # without the values of variables
    lines = [
        f'releasekit {version("releasekit")}',
        f'Python {sys.version.split()[0]} on {platform.platform()}',
        f'$ {shlex.join(["releasekit", *argv])}',
        '',
        *(part.rstrip('\n') for part in trace.format()),
    ]
    what = ' '.join(''.join(trace.format_exception_only()).split())
    place = _place(error)
    return f'{what}{place}. {_kept(lines)}'


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ''
    return f' ({Path(frames[-1].filename).name}:{frames[-1].lineno})'


def _kept(lines: Sequence[str]) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            'w', encoding='utf-8', errors='replace', prefix='releasekit-', suffix='.txt', delete=False
        ) as file:
            file.write('\n'.join(lines) + '\n')
    except OSError as error:
        return f'The traceback could not be written to a file: {error.strerror}. Report this line'
    return f'The traceback is in {file.name}: please report it'
