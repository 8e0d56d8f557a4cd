# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers a question about a folder of documents with models that run in this process; needs no key and no network."""

import signal


if __name__ == '__main__':
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the program without a traceback while it imports, too

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import FrameType

from screen import Screen, Terminal


DOCS = Path(__file__).parent / 'docs'
QUESTION = 'Who built the lighthouse of Skarholm?'
INTERRUPTED = 130


def main() -> int:
    given = _arguments()
    temporary = tempfile.tempdir = tempfile.mkdtemp(prefix='quickstart-')  # for the libraries' files as well
    _leave_at_once_on_interrupt(temporary)
    try:
        return _run(given, given.store or temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _run(given: argparse.Namespace, store: str) -> int:
    screen = _screen(given)
    # The libraries are imported here, so that Ctrl-C ends the program meanwhile and a line says what it does.
    from documents import NoDocumentsError, read_documents  # noqa: PLC0415
    from genkit import GenkitError  # noqa: PLC0415

    try:
        documents = read_documents(given.docs or DOCS)
        screen.line('importing the libraries of a language model and an embedder …')
        from steps import run  # noqa: PLC0415

        report = asyncio.run(run(given.ask, documents, store, screen, is_ours=given.docs is None))
    except NoDocumentsError as error:
        return _failed(str(error))
    except GenkitError as error:
        if isinstance(error.__cause__, BrokenPipeError):  # the reader of the output has seen enough
            sys.stdout = None
            return 1
        cause = error.__cause__
        return _failed(error.message if cause is None or cause is error.cause else f'{error.message}: {cause}')
    if given.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    if isinstance(screen, Terminal) and given.picture:
        screen.save(given.picture)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='bin/quickstart', description=__doc__)
    parser.add_argument('--ask', default=QUESTION, metavar='QUESTION', help='the question to answer')
    parser.add_argument('--docs', type=Path, metavar='DIR', help='a folder of Markdown files; default: a lighthouse')
    parser.add_argument('--store', metavar='DIR', help='where to keep the index; default: a temporary folder')
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument('--json', action='store_true', help='print one JSON document')
    shown.add_argument('--picture', type=Path, metavar='FILE.svg', help='draw what the terminal shows')
    return parser.parse_args()


def _leave_at_once_on_interrupt(temporary: str) -> None:
    """End the process on Ctrl-C, also while a thread loads a model, which cannot be cancelled."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        shutil.rmtree(temporary, ignore_errors=True)
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, leave)


def _screen(given: argparse.Namespace) -> Screen:
    if given.json:
        return Screen(sys.stderr)
    return Terminal() if sys.stdout.isatty() or given.picture else Screen(sys.stdout)


def _failed(message: str) -> int:
    print(f'quickstart: {message}', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main())
