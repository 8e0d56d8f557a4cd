# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the references of a schema point to."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import unquote

from genkit._base.errors import GenkitError
from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.shapes import DEFINING, LISTED, NAMED, SINGLE, check_shapes, unusable


_NUMBER: Final = re.compile(r'[0-9]{1,9}')
_UNSAFE: Final = re.compile(r'[^\w.-]+')


class References:
    """The definitions of a schema, by their own names.

    Args:
        schema: Whole.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._anything: Schema = {}
        self._names: dict[str, str] = {}
        self._by_identity: dict[int, str] = {}
        self._targets: dict[str, Schema] = {}
        self._taken: Counter[str] = Counter()
        self._circles: dict[str, int] = {}
        self._recursive: set[str] = set()

    def name(self, pointer: str) -> str:
        """Return the name of what a reference points to.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if it points to nothing.
        """
        if pointer not in self._names:
            target = self._find(pointer)
            if known := self._by_identity.get(id(target)):  # another spelling of a pointer
                self._names[pointer] = known
                return known
            check_shapes(target, self._title)
            path = pointer.rpartition('/')[2] if pointer.startswith(('#/$defs/', '#/definitions/')) else ''
            name = _UNSAFE.sub('_', _plain(path or pointer.strip('#/'))) or 'root'
            name = self.add(name, {key: value for key, value in target.items() if key not in DEFINING})
            self._names[pointer] = self._by_identity[id(target)] = name
        return self._names[pointer]

    def add(self, name: str, target: Schema) -> str:
        """Keep a schema as a definition, and return its name: the one wished for, unless that is taken."""
        wished = name
        while name in self._targets:
            self._taken[wished] += 1
            name = f'{wished}_{self._taken[wished] + 1}'
        self._targets[name] = target
        return name

    def target(self, name: str) -> Schema:
        """Return the schema of a name."""
        return self._targets[name]

    def is_recursive(self, name: str) -> bool:
        """Return whether a schema refers to itself, perhaps by way of others."""
        self._explore(name)
        return name in self._recursive

    def are_one_circle(self, name: str, other: str) -> bool:
        """Return whether two schemas are one, or each refers to the other."""
        self._explore(name)
        self._explore(other)
        return name == other or self._circles[name] == self._circles[other]

    def in_order(self, schema: Schema) -> Iterator[str]:
        """Iterate over the names that a schema leads to, each after what it refers to, unless that refers back."""
        for pointer in _pointers(schema):
            self._explore(self.name(pointer))
        yield from [*self._circles]

    def _explore(self, start: str) -> None:
        """Find the circles of references from a name on: the strongly connected components, as Tarjan finds them."""
        if start in self._circles:
            return
        order: dict[str, int] = {}
        lowest: dict[str, int] = {}
        path: list[str] = []
        waiting: list[tuple[str, Iterator[str]]] = []

        def enter(name: str) -> None:
            order[name] = lowest[name] = len(order)
            path.append(name)
            waiting.append((name, iter({self.name(pointer): None for pointer in _pointers(self._targets[name])})))

        enter(start)
        while waiting:
            name, further = waiting[-1]
            for other in further:
                if other == name:
                    self._recursive.add(name)
                elif other not in order and other not in self._circles:
                    enter(other)
                    break
                elif other not in self._circles:
                    lowest[name] = min(lowest[name], order[other])
            else:
                waiting.pop()
                if waiting:
                    above = waiting[-1][0]
                    lowest[above] = min(lowest[above], lowest[name])
                if lowest[name] == order[name]:
                    self._close(path, name)

    def _close(self, path: list[str], first: str) -> None:
        circle = path[path.index(first) :] if path[-1] != first else [first]
        del path[-len(circle) :]
        number = len(self._circles)
        self._circles.update(dict.fromkeys(circle, number))
        if len(circle) > 1:
            self._recursive.update(circle)

    def _unusable(self, why: str) -> GenkitError:
        return unusable(
            self._title(),
            f"the reference {why}. References look like '#/$defs/Name', and '$defs' holds what they point to",
        )

    def _title(self) -> str:
        return str(self._schema.get('title') or 'without title')

    def _find(self, pointer: str) -> Schema:
        found: Any = self._schema
        place, _, steps = pointer.partition('/')
        if place not in ('', '#') or not pointer.startswith('#'):
            raise self._unusable(f'{pointer!r} does not point into the schema')
        for step in steps.split('/') if steps else ():
            key = _plain(step)
            if isinstance(found, list) and _NUMBER.fullmatch(key) and int(key) < len(cast('list[Any]', found)):
                found = cast('list[Any]', found)[int(key)]
            elif isinstance(found, dict) and key in found:
                found = cast('Schema', found)[key]
            else:
                raise self._unusable(f'{pointer!r} points to nothing')
        if isinstance(found, dict):
            return cast('Schema', found)
        if found is True:
            return self._anything
        raise self._unusable(f'{pointer!r} points to something that is no schema')


def _plain(step: str) -> str:
    """Return a step of a pointer without its escapes."""
    return unquote(step).replace('~1', '/').replace('~0', '~')


def _pointers(node: Any) -> Iterator[str]:
    """Iterate over the references in a schema and the schemas within it, without those that are data."""
    if not isinstance(node, dict):
        return
    members = cast('Schema', node)
    if isinstance(members.get('$ref'), str):
        yield members['$ref']
    for word, value in members.items():
        if word in SINGLE:
            yield from _pointers(value)
        elif word in NAMED and isinstance(value, dict):
            for inner in cast('Schema', value).values():
                yield from _pointers(inner)
        elif word in LISTED and isinstance(value, list):
            for inner in cast('list[Any]', value):
                yield from _pointers(inner)
