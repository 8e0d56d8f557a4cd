# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A package's folder from templates: all of it is written, or nothing."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Final


TEMPLATES: Final = Path(__file__).with_name('templates')
_NAME: Final = re.compile(r'[a-z][a-z0-9]*(-[a-z0-9]+)*')


class ScaffoldError(ValueError):
    """A package that cannot be written; the message says why and what to do."""


def new_folder(parent: Path, name: str, *, what: str, example: str) -> Path:
    """Return ``parent/name``, which does not exist yet.

    Raises:
        ScaffoldError: If the name cannot be one, or is taken.
    """
    if not _NAME.fullmatch(name):
        remedy = f'take lower-case letters, digits and single hyphens, such as "{example}"'
        raise ScaffoldError(f'{name!r} cannot be the name of a {what}: {remedy}.')
    if not parent.is_dir():
        raise ScaffoldError(f'{parent} is not a folder: run this at the root of the workspace, or name it with --root.')
    folder = parent / name
    if folder.exists():
        raise ScaffoldError(f'{folder} exists already: take another name, or remove it first.')
    return folder


def filled(folder: Path, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the place and the text of each template in a folder."""
    for template in sorted(folder.rglob('*.txt')):
        place = template.relative_to(folder).with_suffix('').as_posix()
        yield place, Template(template.read_text('utf-8')).substitute(values)


def write_package(folder: Path, files: Iterable[tuple[str, str]], licence: Path) -> None:
    """Write the files and the licence into a folder that does not exist; shell scripts may be executed."""
    unfinished = folder.with_name(f'.{folder.name}.new')
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        for place, text in files:
            path = unfinished / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8', newline='\n')
            if path.suffix == '.sh':
                path.chmod(0o755)
        shutil.copy(licence, unfinished / 'LICENSE')
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
