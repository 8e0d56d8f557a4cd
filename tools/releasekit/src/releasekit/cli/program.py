# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`main`: runs a command and turns whatever ends it into an exit code and one clear line."""

import io
import os
import sys
from collections.abc import Sequence

from releasekit.cli.arguments import build_parser
from releasekit.model.errors import ReleasekitError
from releasekit.ui.screen import Screen


_INTERRUPTED = 130
_WORKSPACE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run `releasekit` with the given arguments, those of the process by default, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='replace')
    arguments = build_parser().parse_args(argv)
    errors = Screen(sys.stderr)
    try:
        code: int = arguments.handler(arguments, Screen(sys.stdout), errors)
        sys.stdout.flush()
    except ReleasekitError as error:
        errors.line(f'error: {error}', 'red')
        return error.exit_code
    except KeyboardInterrupt:
        errors.line('interrupted')
        return _INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        errors.line(f'error: {error.filename or "input or output"}: {error.strerror or error}', 'red')
        return _WORKSPACE
    return code


def _reader_left() -> int:
    """End quietly when whoever read the output has seen enough; keep Python from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
