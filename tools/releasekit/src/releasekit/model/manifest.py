# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One `pyproject.toml` as data: typed look-ups that name the file and line of what has the wrong shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from releasekit.model.errors import WorkspaceError
from releasekit.model.toml_lines import TomlPath, toml_lines


@dataclass(frozen=True)
class Manifest:
    """The parsed text of a manifest and where it stands.

    `path` is absolute, `relative` is what messages show: relative to the workspace root, with forward slashes.
    """

    path: Path
    relative: str
    text: str
    data: Mapping[str, Any]

    @cached_property
    def _lines(self) -> dict[TomlPath, int]:
        return toml_lines(self.text)

    def line(self, *keys: str | int) -> int:
        """Return the line of a key, or of the nearest table around it that is written in the file; at least 1."""
        for length in range(len(keys), 0, -1):
            if (line := self._lines.get(keys[:length])) is not None:
                return line
        return 1

    def place(self, *keys: str | int) -> str:
        """Return "file:line" of a key, for messages."""
        return f'{self.relative}:{self.line(*keys)}'

    def value(self, *keys: str) -> object:
        """Return what stands under a path of keys, or None when nothing does.

        Raises:
            WorkspaceError: What stands on the way is not a table; the look-ups below raise it for a wrong shape too.
        """
        here: object = self.data
        for depth, key in enumerate(keys):
            if here is None:
                return None
            if not isinstance(here, Mapping):
                raise self._wrong(keys[:depth], 'a table', here)
            here = cast('Mapping[str, object]', here).get(key)
        return here

    def table(self, *keys: str) -> Mapping[str, object]:
        """Return a table, empty when it is absent."""
        value = self.value(*keys)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(keys, 'a table', value)
        return cast('Mapping[str, object]', value)

    def string(self, *keys: str) -> str | None:
        """Return a string, None when it is absent."""
        value = self.value(*keys)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(keys, 'a string', value)

    def strings(self, *keys: str) -> tuple[str, ...]:
        """Return a list of strings, empty when it is absent."""
        value = self.value(*keys)
        if value is None:
            return ()
        if isinstance(value, list):
            items = cast('list[object]', value)
            texts = tuple(item for item in items if isinstance(item, str))
            if len(texts) == len(items):
                return texts
        raise self._wrong(keys, 'a list of strings', cast('object', value))

    def number(self, *keys: str) -> int | None:
        """Return a whole number that is not negative, None when it is absent."""
        value = self.value(*keys)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise self._wrong(keys, 'a number', value)

    def flag(self, *keys: str, default: bool) -> bool:
        """Return a boolean, the default when it is absent."""
        value = self.value(*keys)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self._wrong(keys, 'true or false', value)

    def _wrong(self, keys: tuple[str, ...], expected: str, value: object) -> WorkspaceError:
        return WorkspaceError(
            'RK-MANIFEST-SHAPE', f'{self.place(*keys)}: `{".".join(keys)}` must be {expected}, not {value!r}'
        )
