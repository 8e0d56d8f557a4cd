# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A plugin's folder from a name and a kind."""

import re
import shutil
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from string import Template
from typing import Final


TEMPLATES: Final = Path(__file__).with_name('templates')
_NAME: Final = re.compile(r'[a-z][a-z0-9]*(-[a-z0-9]+)*')


class Kind(StrEnum):
    """What a plugin is for."""

    MODEL = 'model'
    STORE = 'store'
    EVALUATOR = 'evaluator'
    WEB = 'web'


class ScaffoldError(ValueError):
    """A plugin that cannot be written; the message says why and what to do."""


def write_plugin(root: Path, name: str, kind: Kind, url: str | None = None) -> Path:
    """Write ``plugins/<name>`` and return it; all of it is written, or nothing.

    Args:
        root: Of the workspace.
        name: In lower case with hyphens, such as ``cloud-sql-pg``.
        kind: What it is for.
        url: Where the provider or the store is; an example unless stated.

    Raises:
        ScaffoldError: If the name cannot be one, or is taken.
    """
    if not _NAME.fullmatch(name):
        remedy = 'take lower-case letters, digits and single hyphens, such as "cloud-sql-pg"'
        raise ScaffoldError(f'{name!r} cannot be the name of a plugin: {remedy}.')
    folder = root / 'plugins' / name
    if folder.exists():
        raise ScaffoldError(f'{folder} exists already: take another name, or remove it first.')
    unfinished = folder.with_name(f'.{name}.new')
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        for place, text in _files(name, kind, url):
            path = unfinished / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        shutil.copy(root / 'core' / 'LICENSE', unfinished / 'LICENSE')
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _files(name: str, kind: Kind, url: str | None) -> Iterator[tuple[str, str]]:
    words = name.split('-')
    names = {'MODULE': '_'.join(['genkit', *words]), 'NAME': '_'.join(words)}
    given = {
        'name': name,
        'kind': str(kind),
        'module': names['MODULE'],
        'label': ' '.join(word.capitalize() for word in words),
        'type': ''.join(word.capitalize() for word in words),
        'variable': '_'.join(words).upper(),
        'url': url or f'https://api.{name}.example/v1',
    }
    for folder in (TEMPLATES / 'common', TEMPLATES / kind):
        for template in sorted(folder.rglob('*.txt')):
            place = template.relative_to(folder).with_suffix('').as_posix()
            for word in ('MODULE', 'NAME'):
                place = place.replace(word, names[word])
            yield place, Template(template.read_text('utf-8')).substitute(given)
