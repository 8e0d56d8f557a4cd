# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`main`: runs a command and turns whatever ends it into an exit code and one clear line."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence

from releasekit.cli.arguments import build_parser
from releasekit.cli.internal_error import internal_error
from releasekit.model.codes import INTERRUPTED, Code, codes
from releasekit.model.errors import ReleasekitError
from releasekit.ui.picture import recorded
from releasekit.ui.screen import Screen


def main(argv: Sequence[str] | None = None) -> int:
    """Run `releasekit` with the given arguments, those of the process by default, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='replace')
    argv = sys.argv[1:] if argv is None else argv
    arguments = build_parser().parse_args(argv)
    try:
        with recorded(arguments.picture, f'releasekit {_shown(argv)}'):
            return _run(arguments, argv)
    except OSError as error:
        return _failed(arguments, Screen(sys.stdout), Screen(sys.stderr), codes()['RK-FILE'], _problem(error))


def _run(arguments: argparse.Namespace, argv: Sequence[str]) -> int:
    screen, errors = Screen(sys.stdout), Screen(sys.stderr)
    gc.disable()  # a plan of a long history makes a million objects and drops none: a tenth of its time
    try:
        code: int = arguments.handler(arguments, screen, errors)
        sys.stdout.flush()
    except ReleasekitError as error:
        return _failed(arguments, screen, errors, error.code, error.headline, error.entries)
    except KeyboardInterrupt:
        errors.line('interrupted')
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        return _failed(arguments, screen, errors, codes()['RK-FILE'], _problem(error))
    except Exception as error:  # noqa: BLE001 - the last place where a fault can become a code; the traceback is kept
        return _failed(arguments, screen, errors, codes()['RK-INTERNAL'], internal_error(error, argv))
    finally:
        gc.enable()
    return code


def _shown(words: Sequence[str]) -> str:
    """Return a command line without the option, if it is there, that makes a picture of what it shows."""
    own = 2 if words[0] == '--picture' else 1 if words[0].startswith('--picture=') else 0
    return ' '.join(words[own:])


def _problem(error: OSError) -> str:
    return f'{error.filename or "input or output"}: {error.strerror or error}'


def _failed(
    arguments: argparse.Namespace,
    screen: Screen,
    errors: Screen,
    code: Code,
    message: str,
    entries: Sequence[str] = (),
) -> int:
    """Say what went wrong, to programs as a document besides."""
    errors.line(f'error[{code.id}]: {message}{":" if entries else ""}', 'red')
    for entry in entries:
        errors.line(f'  {entry}', 'red')
    if arguments.format == 'json':
        text = f'{message}: {"; ".join(entries)}' if entries else message
        document: dict[str, object] = {'code': code.id, 'message': text, 'way_out': code.way_out}
        screen.json('releasekit.error/1', {**document, 'exit_code': code.exit_code})
    return code.exit_code


def _reader_left() -> int:
    """End quietly when the reader of the output closes it; keep Python from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
