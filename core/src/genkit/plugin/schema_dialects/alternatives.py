# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Alternatives of which exactly one is to fit, as those of which at least one does."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

from pydantic_core import to_json

from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.enums import kind_of
from genkit.plugin.schema_dialects.notes import noted


_ONE: Final = {'oneOf': 'exactly one of these fits'}


def with_any_of(node: Schema, resolve: Callable[[Any], Any]) -> Schema:
    """Return a node whose alternatives are ``anyOf``.

    Args:
        node: A schema; with ``anyOf`` or without alternatives it is returned as it is.
        resolve: Returns the schema that a reference means, and any other schema as it is.
    """
    if 'oneOf' not in node or 'anyOf' in node:
        return node
    loosened = {'anyOf' if key == 'oneOf' else key: value for key, value in node.items()}
    given: Any = node['oneOf']
    options = [resolve(option) for option in cast('list[Any]', given)] if isinstance(given, list) else []
    return loosened if 'discriminator' in node or _exclude_each_other(options) else noted(loosened, _ONE)


def _exclude_each_other(options: Sequence[Any]) -> bool:
    """Return whether it is plain that no value fits two of some schemas."""
    if len(options) < 2:  # noqa: PLR2004  (two)
        return True
    by_kind: defaultdict[str, list[Schema]] = defaultdict(list)
    for option in options:
        if not isinstance(option, dict) or not (kinds := _kinds(cast('Schema', option))):
            return False
        for kind in kinds:
            by_kind[kind].append(cast('Schema', option))
    return all(len(group) == 1 or _differ(group) or _are_tagged(group) for group in by_kind.values())


def _kinds(option: Schema) -> set[str]:
    """Return the types that a schema admits, integers as numbers; none if it says nothing of them."""
    given: Any = option.get('type') or [kind_of(value) for value in _values(option)]
    kinds = {given} if isinstance(given, str) else set(cast('list[str]', given))
    return {'number' if kind == 'integer' else kind for kind in kinds}


def _values(node: Schema) -> Iterator[Any]:
    if 'const' in node:
        yield node['const']
    elif isinstance(node.get('enum'), list):
        yield from cast('list[Any]', node['enum'])


def _differ(nodes: Sequence[Any]) -> bool:
    """Return whether each of some schemas names its values, and none names one of another."""
    seen: set[bytes] = set()
    for node in nodes:
        found = {_key(value) for value in _values(cast('Schema', node))} if isinstance(node, dict) else set[bytes]()
        if not found or found & seen:
            return False
        seen |= found
    return True


def _key(value: Any) -> bytes:
    return to_json(int(value) if isinstance(value, float) and value.is_integer() else value)


def _are_tagged(nodes: Sequence[Schema]) -> bool:
    """Return whether some objects have a member that tells them apart; that of one value becomes required."""
    names = [
        {name for name, inner in cast('Schema', node.get('properties') or {}).items() if _is_tag(node, name, inner)}
        for node in nodes
    ]
    return any(_differ([node['properties'][name] for node in nodes]) for name in set[str].intersection(*names))


def _is_tag(node: Schema, name: str, inner: Any) -> bool:
    return isinstance(inner, dict) and ('const' in inner or ('enum' in inner and name in (node.get('required') or ())))
