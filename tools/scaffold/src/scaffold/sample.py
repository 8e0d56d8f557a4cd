# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A sample's folder from a name."""

from pathlib import Path

from scaffold.package import TEMPLATES, filled, new_folder, write_package


def write_sample(root: Path, name: str) -> Path:
    """Write ``samples/<name>`` and return it; all of it is written, or nothing.

    Args:
        root: Of the workspace.
        name: In lower case with hyphens, such as ``rag-chroma``.

    Raises:
        ScaffoldError: If the name cannot be one, or is taken.
    """
    folder = new_folder(root / 'samples', name, what='sample', example='rag-chroma')
    values = {'name': name, 'label': name.replace('-', ' ').capitalize()}
    write_package(folder, filled(TEMPLATES / 'sample', values), root / 'core' / 'LICENSE')
    return folder
