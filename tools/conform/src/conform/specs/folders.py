# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The folders of packages: their specs, and how they want to be tested."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from conform.model.errors import UsageError
from conform.specs.document import Document
from conform.specs.read import check_shape


class Settings(BaseModel):
    """`conform.toml` of a folder, or `[tool.conform]` of its `pyproject.toml`.

    Attributes:
        spec: The spec file, in the folder.
        plugin: Its name in the entry-point group `genkit.plugins`. Default: the folder's name.
        entry: Instead of a plugin: `module:ai`, or a Python file of the folder.
        config: Arguments of the plugin's class.
        env: Environment variables that have to be set; of an inner list, one.
    """

    model_config = ConfigDict(extra='forbid')

    spec: str = 'conformance.yaml'
    plugin: str | None = None
    entry: str | None = None
    config: dict[str, Any] = Field(default_factory=dict[str, Any])
    env: list[str | list[str]] = Field(default_factory=list[str | list[str]])

    def missing_env(self) -> list[str]:
        """Return the variables that are not set, alternatives joined by `or`."""
        wanted = [[item] if isinstance(item, str) else item for item in self.env]
        return [' or '.join(names) for names in wanted if not any(os.environ.get(name) for name in names)]


@dataclass(frozen=True)
class Folder:
    """A package that may bring a spec."""

    path: Path
    settings: Settings

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def spec(self) -> Path | None:
        """Its spec file, if it has one."""
        path = self.path / self.settings.spec
        return path if path.is_file() else None


def read_folder(path: Path) -> Folder:
    """Return a folder with its settings, the defaults if it has none.

    Raises:
        UsageError: The settings cannot be read.
    """
    own, manifest = path / 'conform.toml', path / 'pyproject.toml'
    source = own if own.is_file() else manifest
    try:
        table: Any = tomllib.loads(source.read_text(encoding='utf-8')) if source.is_file() else {}
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f'{source}: cannot be read: {error}.') from error
    settings = table if source is own else table.get('tool', {}).get('conform', {})
    return Folder(path, check_shape(Settings, Document(source, settings), Settings.model_fields))


def find_folders(path: Path) -> list[Folder]:
    """Return a folder itself if it is a package or has a spec, else the packages in it.

    Raises:
        UsageError: There is neither, or settings cannot be read.
    """
    if _is_package(path):
        return [read_folder(path)]
    inner = [read_folder(child) for child in sorted(path.iterdir()) if _is_package(child)]
    if not inner:
        raise UsageError(f'{path} holds neither {Settings().spec} nor packages with one; name a spec file.')
    return inner


def _is_package(path: Path) -> bool:
    return any((path / name).is_file() for name in ('pyproject.toml', 'conform.toml', Settings().spec))
