# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The folders of packages: their specs, and how they want to be tested."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from conform.model.errors import UsageError
from conform.model.loopback import Loopback
from conform.specs.document import Document
from conform.specs.read import check_shape


SPECS: Final = ('conformance.yaml', 'tests/conformance.yaml')


class Settings(BaseModel):
    """`conform.toml` of a folder, or `[tool.conform]` of its `pyproject.toml`.

    Attributes:
        spec: The spec file, in the folder. Default: `conformance.yaml` there or in its folder `tests`.
        plugin: Its name in the entry-point group `genkit.plugins`. Default: the folder's name.
        entry: Instead of a plugin: `module:ai`, or a Python file of the folder.
        config: Arguments of the plugin's class.
        env: Environment variables that have to be set; of an inner list, one.
        counterpart: The package that is the same for JavaScript, for the table of plugins.
        loopback: How the plugin is pointed at a provider on this machine.
    """

    model_config = ConfigDict(extra='forbid')

    spec: str | None = None
    plugin: str | None = None
    entry: str | None = None
    config: dict[str, Any] = Field(default_factory=dict[str, Any])
    env: list[str | list[str]] = Field(default_factory=list[str | list[str]])
    counterpart: str = ''
    loopback: Loopback = Field(default_factory=Loopback)

    def missing_env(self) -> list[str]:
        """Return the variables that are not set, alternatives joined by `or`."""
        wanted = [[item] if isinstance(item, str) else item for item in self.env]
        return [' or '.join(names) for names in wanted if not any(os.environ.get(name) for name in names)]


@dataclass(frozen=True)
class Folder:
    """A package that may bring a spec; `distribution` is its name in an index, if it has one."""

    path: Path
    settings: Settings
    distribution: str = ''

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def spec(self) -> Path | None:
        """Its spec file, if it has one."""
        names = (self.settings.spec,) if self.settings.spec else SPECS
        return next((self.path / name for name in names if (self.path / name).is_file()), None)


def read_folder(path: Path) -> Folder:
    """Return a folder with its settings, the defaults if it has none.

    Raises:
        UsageError: The settings cannot be read.
    """
    own, manifest = path / 'conform.toml', path / 'pyproject.toml'
    source = own if own.is_file() else manifest
    table = _read_toml(source)
    settings = table if source is own else table.get('tool', {}).get('conform', {})
    distribution = _read_toml(manifest).get('project', {}).get('name', '')
    return Folder(path, check_shape(Settings, Document(source, settings), Settings.model_fields), distribution)


def find_folders(path: Path) -> list[Folder]:
    """Return a folder itself if it is a package or has a spec, else the packages in it.

    Raises:
        UsageError: There is neither, or settings cannot be read.
    """
    if _is_package(path):
        return [read_folder(path)]
    inner = [read_folder(child) for child in sorted(path.iterdir()) if _is_package(child)]
    if not inner:
        raise UsageError(f'{path} holds neither {SPECS[0]} nor packages with one; name a spec file.')
    return inner


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f'{path}: cannot be read: {error}.') from error


def _is_package(path: Path) -> bool:
    return any((path / name).is_file() for name in ('pyproject.toml', 'conform.toml', SPECS[0]))
