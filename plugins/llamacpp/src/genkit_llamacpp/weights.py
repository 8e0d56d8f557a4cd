# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds files of weights, and says what is wrong with those that cannot be used."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from genkit import GenkitError

from genkit_llamacpp.models import SMOLLM2


_MAGIC: Final = b'GGUF'


def find_installed() -> dict[str, Path]:
    """Return the models whose weights are installed as a package, by name.

    The package is looked up and never imported: its module needs its own engine.
    """
    spec = find_spec(SMOLLM2.package)
    folders = (spec and spec.submodule_search_locations) or ()
    files = sorted(file for folder in folders for file in Path(folder).glob('*.gguf'))
    return {SMOLLM2.name: files[0]} if files else {}


def not_installed() -> GenkitError:
    """Return the error for the installable model while its weights are not there."""
    return GenkitError(
        f'The weights of {SMOLLM2.name!r} are not installed. Run `{SMOLLM2.install}`, '
        "or give a file of your own: LlamaCpp(models={'name': 'model.gguf'}).",
        status='NOT_FOUND',
    )


def check_file(path: Path) -> None:
    """Raise unless there is a GGUF file.

    Raises:
        GenkitError: ``NOT_FOUND`` without a file, ``INVALID_ARGUMENT`` if it is something else.
    """
    if not path.is_file():
        raise GenkitError(
            f'There is no file of weights at {str(path)!r}. Correct the path given to LlamaCpp(models=…), '
            f'or leave it out and run `{SMOLLM2.install}`.',
            status='NOT_FOUND',
        )
    with path.open('rb') as file:
        begin = file.read(len(_MAGIC))
    if begin != _MAGIC:
        raise GenkitError(
            f'{str(path)!r} is no GGUF file: it begins with {begin!r}, not with {_MAGIC!r}. '
            'Give a model in GGUF format; a download that was cut short or saved as a web page looks like this.',
            status='INVALID_ARGUMENT',
        )


def unloadable(path: Path, cause: Exception) -> GenkitError:
    """Return the error for a GGUF file that llama.cpp will not load."""
    return GenkitError(
        f'llama.cpp could not load {str(path)!r}. The file is damaged or cut short (get it again), its kind of model '
        'is newer than the installed engine (`pip install -U xllamacpp`), or the memory does not suffice '
        '(give a smaller context_size).',
        status='FAILED_PRECONDITION',
        cause=cause,
    )
