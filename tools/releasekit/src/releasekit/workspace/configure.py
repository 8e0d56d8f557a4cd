# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the configuration: the table `[tool.releasekit]` of the root manifest, or the file `releasekit.toml`."""

import os
import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from releasekit.model.configuration import COMMIT_TYPE, Configuration
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.names import suggestion
from releasekit.model.plan import LEVELS, Level
from releasekit.workspace.root import read_manifest


CONFIGURATION_FILE = 'releasekit.toml'
_TABLE = ('tool', 'releasekit')
_PATHS = frozenset({'intents_folder', 'moved_from', 'version_files'})
# The rules of git-check-ref-format(1), and that `git tag` takes a leading dash for an option.
_NO_TAG = re.compile(r'^[-/]|[/.]$|//|\.\.|@\{|(?:^|/)\.|\.lock(?:/|$)|[\x00- \x7f~^:?*\[\\]')

_Section = TypeVar('_Section')


def configuration_source(root: Path, manifest: Manifest) -> tuple[Manifest, tuple[str, ...]]:
    """Return the file that holds the configuration, and the keys that lead to it there.

    Raises:
        WorkspaceError: Both places hold one, or the file cannot be read.
    """
    path = root / CONFIGURATION_FILE
    if not os.path.lexists(path):
        return manifest, _TABLE
    if manifest.value(*_TABLE) is not None:
        raise WorkspaceError(
            'RK-CONFIG-TWICE', f'{manifest.place(*_TABLE)}: {CONFIGURATION_FILE} exists too; move everything to one'
        )
    return read_manifest(path, CONFIGURATION_FILE), ()


def read_configuration(source: Manifest, keys: tuple[str, ...] = _TABLE) -> Configuration:
    """Return the configuration that stands under some keys of a file.

    Raises:
        WorkspaceError: A key is unknown, or its value has the wrong shape or is none of those allowed.
    """
    return _section(Configuration, source, keys)


def refuse_strangers(configuration: Configuration, source: Manifest, keys: tuple[str, ...], names: list[str]) -> None:
    """Refuse tables that speak of no member: what they say would be ignored in silence.

    Raises:
        WorkspaceError: A key of `packages`, an end of an edge or an owner of paths matches none of the names.
    """
    for name in configuration.packages:
        _refuse_stranger(source, (*keys, 'packages', name), name, names)
    for edge in configuration.edges:
        for end in edge.split('->') if '->' in edge else (edge, ''):
            _refuse_stranger(source, (*keys, 'edges', edge), end.strip(), names)
    for pattern, owners in configuration.paths.items():
        for owner in owners:
            _refuse_stranger(source, (*keys, 'paths', pattern), owner, names)


def _refuse_stranger(source: Manifest, keys: tuple[str, ...], pattern: str, names: list[str]) -> None:
    if not any(fnmatchcase(name, pattern) for name in names):
        place = f'{source.place(*keys)}: `{".".join(keys)}`'
        raise WorkspaceError(
            'RK-CONFIG-VALUE', f'{place}: no member is called {pattern!r}.{suggestion(pattern, names)}'
        )


def _section(shape: type[_Section], source: Manifest, keys: tuple[str, ...]) -> _Section:
    known = {name.replace('_', '-'): (name, hint) for name, hint in get_type_hints(shape).items()}
    values: dict[str, Any] = {}
    for key in source.table(*keys):
        if key not in known:
            table = f'[{".".join(keys)}]' if keys else CONFIGURATION_FILE
            raise WorkspaceError(
                'RK-CONFIG-KEY',
                f'{source.place(*keys, key)}: unknown key {key!r} in {table}.{suggestion(key, known)} '
                f'Known: {", ".join(known)}',
            )
        name, hint = known[key]
        values[name] = _value(hint, source, (*keys, key))
        if name == 'types':
            _refuse_types(source, (*keys, key))
        if name in {'tag', 'tags_read'}:
            _refuse_grammars(source, (*keys, key), values[name])
        if name in _PATHS:
            _refuse_outside(source, (*keys, key), values[name])
    return shape(**values)


def _refuse_types(source: Manifest, keys: tuple[str, ...]) -> None:
    for kind in source.table(*keys):
        if not re.fullmatch(COMMIT_TYPE, kind):
            text = (
                f'{source.place(*keys, kind)}: no commit has the type {kind!r}; letters, digits, `-` and `_` make one'
            )
            raise WorkspaceError('RK-CONFIG-VALUE', text)


def _refuse_grammars(source: Manifest, keys: tuple[str, ...], grammars: str | tuple[str, ...]) -> None:
    for grammar in (grammars,) if isinstance(grammars, str) else grammars:
        rest = grammar.replace('{name}', '', 1).replace('{version}', '', 1)
        if '{version}' not in grammar or '{' in rest or '}' in rest:
            text = f'{source.place(*keys)}: {grammar!r} needs {{version}}, and may have {{name}}, each once'
            raise WorkspaceError('RK-CONFIG-VALUE', text)
        if _NO_TAG.search(grammar.format(name='a', version='1')):
            text = f'{source.place(*keys)}: {grammar!r} makes names that git takes for no tag (`git check-ref-format`)'
            raise WorkspaceError('RK-CONFIG-VALUE', text)


def _refuse_outside(source: Manifest, keys: tuple[str, ...], paths: str | tuple[str, ...]) -> None:
    for each in (paths,) if isinstance(paths, str) else paths:
        path = PureWindowsPath(each)  # with a slash of either kind
        if path.anchor or '..' in path.parts or '\0' in each:
            text = f'{source.place(*keys)}: {each!r} leaves the workspace; a relative path without `..` stays in it'
            raise WorkspaceError('RK-CONFIG-VALUE', text)


def _value(hint: Any, source: Manifest, keys: tuple[str, ...]) -> object:
    if hint == tuple[str, ...]:
        return source.strings(*keys)
    if get_origin(hint) is Mapping:
        inner = get_args(hint)[1]
        return {key: _value(inner, source, (*keys, key)) for key in source.table(*keys)}
    kind = next(choice for choice in (*get_args(hint), hint) if choice is not type(None))
    if is_dataclass(kind):
        return _section(cast('type[object]', kind), source, keys)
    if kind is bool:
        return source.flag(*keys, default=False)
    if kind is int:
        return source.number(*keys)
    if issubclass(kind, StrEnum):
        return _choice(source, keys, {str(member): member for member in kind})
    return _choice(source, keys, LEVELS) if kind is Level else source.string(*keys)


def _choice(source: Manifest, keys: tuple[str, ...], choices: Mapping[str, object]) -> object:
    value = source.string(*keys) or ''
    if value not in choices:
        allowed = ', '.join(repr(choice) for choice in choices)
        raise WorkspaceError(
            'RK-CONFIG-VALUE',
            f'{source.place(*keys)}: `{".".join(keys)}` is {value!r}.{suggestion(value, choices)} '
            f'It may be one of {allowed}',
        )
    return choices[value]
