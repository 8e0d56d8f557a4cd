# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads YAML and JSON into plain data that knows its lines.

Spec files are shared with programs that read YAML 1.2, so plain values follow its core schema
(https://yaml.org/spec/1.2.2/): `no`, `12:30` and `2026-01-01` are text.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from conform.model.errors import UsageError


Place = tuple[str | int, ...]

_NULL: Final = frozenset({'', '~', 'null', 'Null', 'NULL'})
_TRUTH: Final = {name: name.lower() == 'true' for name in ('true', 'True', 'TRUE', 'false', 'False', 'FALSE')}
_INTEGER: Final = re.compile(r'[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+')
_FLOAT: Final = re.compile(r'[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?')


@dataclass
class Document:
    """What a file says.

    Attributes:
        value: Plain data.
        lines: Of every value, by its place in the data; counted from 1. Empty for JSON.
    """

    path: Path
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict[Place, int])

    def where(self, place: Place) -> str:
        """Return file, line and path of a value as messages show them; a missing value's line is that around it."""
        around = next((place[:end] for end in range(len(place), -1, -1) if place[:end] in self.lines), None)
        line = '' if around is None else f':{self.lines[around]}'
        path = ''.join(f'[{step}]' if isinstance(step, int) else f'.{step}' for step in place).lstrip('.')
        return f'{self.path}{line}: {path}' if path else f'{self.path}{line}'


def read_document(path: Path) -> Document:
    """Return what a YAML or JSON file says; the extension decides which of the two it is.

    Raises:
        UsageError: It cannot be read, with the line.
    """
    try:
        text = path.read_text(encoding='utf-8')
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f'it is not UTF-8: {error}'
        raise UsageError(f'{path}: cannot be read: {reason}.') from error
    if path.suffix == '.json':
        return _read_json(path, text)
    document = Document(path)
    try:
        node = cast('Any', YAML(typ='safe', pure=True)).compose(text)
        document.value = None if node is None else _build(node, (), document, ())
    except MarkedYAMLError as error:
        told: Any = error
        mark = told.problem_mark or told.context_mark
        line = f':{mark.line + 1}:{mark.column + 1}' if mark else ''
        raise UsageError(f'{path}{line}: {told.problem or told.context}.') from error
    except (YAMLError, ValueError, RecursionError) as error:  # which know no line
        raise UsageError(f'{path}: {str(error).splitlines()[0]}.') from error
    return document


def _read_json(path: Path, text: str) -> Document:
    try:
        return Document(path, json.loads(text))
    except json.JSONDecodeError as error:
        raise UsageError(f'{path}:{error.lineno}:{error.colno}: {error.msg}.') from error


def _build(node: Any, place: Place, document: Document, around: tuple[Any, ...]) -> Any:
    """Return the data of a node, whose nodes `around` it may not be its own content."""
    if node in around:
        raise _problem('an alias stands inside what it stands for', node)
    document.lines[place] = node.start_mark.line + 1
    inside = (*around, node)
    if isinstance(node, SequenceNode):
        items = cast('list[Any]', cast('Any', node).value)
        return [_build(item, (*place, position), document, inside) for position, item in enumerate(items)]
    if isinstance(node, MappingNode):
        return _build_mapping(node, place, document, inside)
    return _read_plain(node.value) if node.style is None else node.value


def _read_plain(text: str) -> Any:
    """Return what a value without quotes stands for."""
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in {'0o', '0x'} else 10)
    return float(text) if _FLOAT.fullmatch(text) else text


def _build_mapping(node: Any, place: Place, document: Document, inside: tuple[Any, ...]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise _problem('a key is a list or a mapping, expected text', key)
        name = str(cast('Any', key).value)
        if name in members:
            raise _problem(f'the key {name!r} is given twice, remove one', key)
        members[name] = _build(value, (*place, name), document, inside)
        document.lines[(*place, name)] = cast('Any', key).start_mark.line + 1
    return members


def _problem(message: str, node: Any) -> MarkedYAMLError:
    return MarkedYAMLError(problem=message, problem_mark=node.start_mark)
