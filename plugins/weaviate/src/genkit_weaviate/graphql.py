# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Queries in GraphQL as Weaviate has them. No IO."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError


_NAME: Final = re.compile(r'[_A-Za-z][_0-9A-Za-z]*')


class Word(str):
    """A name that is written without quotes, such as an operator."""

    __slots__ = ()


def literal(value: Any) -> str:
    """Return a value as GraphQL writes it; no text in it can end its own quotes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what GraphQL cannot write.
    """
    if isinstance(value, Word):
        return value
    if isinstance(value, Mapping):
        members = cast('Mapping[str, Any]', value)
        return '{' + ', '.join(f'{_name(name)}: {_member(name, each)}' for name, each in members.items()) + '}'
    if isinstance(value, list | tuple):
        return '[' + ', '.join(literal(each) for each in cast('Sequence[Any]', value)) + ']'
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise GenkitError(
            f'{value!r} cannot be sent to Weaviate: {error}.', status='INVALID_ARGUMENT', source='weaviate'
        ) from error


def get(name: str, arguments: Mapping[str, Any], properties: Sequence[str], additional: Sequence[str]) -> str:
    """Return a query for objects of a collection."""
    chosen = ' '.join((*properties, '_additional {', *additional, '}'))
    return f'{{ Get {{ {name}{_arguments(arguments)} {{ {chosen} }} }} }}'


def count(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a query for the number of objects of a collection."""
    return f'{{ Aggregate {{ {name}{_arguments(arguments)} {{ meta {{ count }} }} }} }}'


def _arguments(arguments: Mapping[str, Any]) -> str:
    said = [f'{name}: {literal(value)}' for name, value in arguments.items() if value is not None]
    return f'({", ".join(said)})' if said else ''


def _member(name: str, value: Any) -> str:
    return literal(Word(value) if name == 'operator' else value)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise GenkitError(f'{name!r} is no name in GraphQL.', status='INVALID_ARGUMENT', source='weaviate')
    return name
