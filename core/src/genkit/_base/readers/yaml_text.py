# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the YAML of frontmatter: YAML 1.2's plain values, and nothing that makes a file mean more than it shows.

How long, how deep and how large its values may be is bounded before they are built.

PyYAML reads YAML 1.1, where ``no`` is false, ``12:30`` a number and ``2026-01-01`` a date. Prompt files are shared with
programs in other languages, so the rules here are those of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/).
"""

import re
from typing import Any, Final, NoReturn, cast

import yaml

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import MAX_JSON_DEPTH


# PyYAML reads some hundred thousand characters a second.
MAX_YAML: Final = 64 * 2**10
MAX_YAML_DIGITS: Final = 1000

_TAG: Final = 'tag:yaml.org,2002:'
_PLAIN: Final = (
    ('bool', r'true|True|TRUE|false|False|FALSE', 'tTfF'),
    ('int', r'[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+', '-+0123456789'),
    (
        'float',
        r'[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)',
        '-+.0123456789',
    ),
    ('null', r'~|null|Null|NULL|', ['~', 'n', 'N', '']),
)


def read_yaml(text: str, file: str, first_line: int) -> Any:
    """Return what a YAML text says.

    Args:
        text: The YAML.
        file: The file's name for messages; may be empty.
        first_line: The line of the file on which the text begins.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place, for malformed YAML and for anchors, aliases, explicit tags,
            keys that are not text or are given twice, a text of more than 64 KiB, more than 128 levels, and integers
            of more than 1000 digits.
    """
    if len(text) > MAX_YAML:
        problem = f'it has {len(text)} characters, and at most {MAX_YAML} are read; move some of it into the text'
        _refuse(file, first_line, None, problem, None)
    try:
        return cast('Any', _Loader(text)).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = ' '.join(part for part in (error.context, error.problem) if part)
        _refuse(file, first_line, mark, problem, error)
    except yaml.YAMLError as error:  # a sign that YAML does not allow, which has no line
        _refuse(file, first_line, None, str(error).replace('\n', ' '), error)
    except (RecursionError, ValueError) as error:
        _refuse(file, first_line, None, str(error), error)


def _refuse(file: str, first_line: int, mark: Any, problem: str, error: Exception | None) -> NoReturn:
    line = first_line + (mark.line if mark else 0)
    column = mark.column + 1 if mark else 1
    place = f'{file}:{line}:{column}' if file else f'line {line}, column {column}'
    raise GenkitError(
        f'Frontmatter, {place}: {problem}. If no frontmatter is meant, do not begin the text with a line of ---.',
        status='INVALID_ARGUMENT',
        details={'file': file or None, 'line': line, 'column': column},
    ) from error


class _Loader(yaml.SafeLoader):
    """The safe loader with YAML 1.2's values, refusing what is not plain data."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  (PyYAML's own attribute)

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = cast('Any', self).peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, 'anchor', None) is not None:
            raise _problem(f'the anchor {event.anchor!r} is not allowed; write the value out at each place', event)
        if getattr(event, 'tag', None) is not None:
            raise _problem(f'the tag {event.tag!r} is not allowed; write plain data', event)
        if self.depth > MAX_JSON_DEPTH:
            raise _problem(f'it is nested more than {MAX_JSON_DEPTH} levels deep; make it flatter', event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  (PyYAML's signature)
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != f'{_TAG}str':
                raise _problem(f'the key {getattr(key, "value", "?")!r} is not text; put it in quotes', key)
            if key.value in seen:
                raise _problem(f'the key {key.value!r} is given twice; remove one', key)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_integer(self, node: Any) -> int:
        text: str = node.value
        if len(text) > MAX_YAML_DIGITS:
            raise _problem(f'a number has more than {MAX_YAML_DIGITS} digits; put it in quotes', node)
        return int(text, 0) if text[:2] in {'0o', '0x'} else int(text)


def _problem(message: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=where.start_mark)


_loader: Any = _Loader
for _name, _pattern, _first in _PLAIN:
    _loader.add_implicit_resolver(f'{_TAG}{_name}', re.compile(rf'^(?:{_pattern})\Z'), list(_first))
_Loader.add_constructor(f'{_TAG}int', _Loader.construct_integer)
