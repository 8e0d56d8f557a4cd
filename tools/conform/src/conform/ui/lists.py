# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`conform specs` and `conform matrix`: what there is."""

from pathlib import Path

from conform.model.capabilities import capabilities
from conform.model.errors import UsageError
from conform.model.validators import VALIDATORS
from conform.specs.folders import find_folders
from conform.specs.read import read_cases
from conform.ui.screen import Screen


def show_specs(screen: Screen) -> None:
    """Print the capabilities that a spec may claim, and the validators that its tests may name."""
    rows = [
        (name, 'yes' if found.is_default else '', found.summary, ' '.join(item.text for item in found.test.questions))
        for name, found in capabilities().items()
    ]
    screen.table(('capability', 'default', 'the model', 'asked of the answer'), rows)
    screen.line()
    screen.table(('validator', 'passes if'), [(found.usage, found.summary) for found in VALIDATORS.values()])


def show_matrix(screen: Screen, path: Path) -> None:
    """Print which packages of a folder have a spec, and what each needs.

    Raises:
        UsageError: It is not a folder, or a spec in it is broken.
    """
    if not path.is_dir():
        raise UsageError(f'{path} is no folder.')
    rows: list[tuple[str, str, str, str]] = []
    for folder in find_folders(path):
        cases = read_cases(folder.spec) if folder.spec else []
        models = str(len({case.model for case in cases})) if folder.spec else ''
        missing = f'missing: {", ".join(folder.settings.missing_env())}' if folder.settings.missing_env() else ''
        rows.append((folder.name, models, str(len(cases)) if folder.spec else 'no spec', missing))
    screen.table(('package', 'models', 'tests', 'environment'), rows)
