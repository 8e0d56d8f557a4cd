# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A plugin's folder from a name and a kind."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from scaffold.package import TEMPLATES, filled, new_folder, write_package


class Kind(StrEnum):
    """What a plugin is for."""

    MODEL = 'model'
    STORE = 'store'
    EVALUATOR = 'evaluator'
    WEB = 'web'


def write_plugin(root: Path, name: str, kind: Kind, url: str | None = None) -> Path:
    """Write ``plugins/<name>`` and return it; all of it is written, or nothing.

    Args:
        root: Of the workspace.
        name: In lower case with hyphens, such as ``cloud-sql-pg``.
        kind: What it is for.
        url: The URL of the provider or the store. Default: an example.

    Raises:
        ScaffoldError: If the name cannot be one, or is taken.
    """
    folder = new_folder(root / 'plugins', name, what='plugin', example='cloud-sql-pg')
    write_package(folder, _files(name, kind, url), root / 'core' / 'LICENSE')
    return folder


def _files(name: str, kind: Kind, url: str | None) -> Iterator[tuple[str, str]]:
    words = name.split('-')
    values = {
        'name': name,
        'kind': str(kind),
        'module': '_'.join(['genkit', *words]),
        'label': ' '.join(word.capitalize() for word in words),
        'type': ''.join(word.capitalize() for word in words),
        'variable': '_'.join(words).upper(),
        'url': url or f'https://api.{name}.example/v1',
    }
    for folder in (TEMPLATES / 'common', TEMPLATES / kind):
        for place, text in filled(folder, values):
            yield place.replace('MODULE', values['module']).replace('NAME', '_'.join(words)), text
