# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Members of metadata as properties of Weaviate that compare exactly. No IO.

Weaviate types each property, trims texts that it indexes, and does not tell empty lists from missing ones, while a
member may hold anything. So each document has one list of facts, ``docFacts``: for every path and each value there, a
digest of path, type and value, and for each path with a value one of the path alone. Equality is looked up in it.
Orders need the values: numbers of a path are kept in ``num_<path>``, texts in ``str_<path>``, as the hexadecimal digits
of their UTF-8 bytes, which have the order of code points, and nothing to trim.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, cast


FACTS: Final = 'docFacts'
KEY: Final = 'docKey'
METADATA: Final = 'docMetadata'
PARTS: Final = 'docParts'
DATA_TYPE: Final = 'dataType'
OWN_PROPERTIES: Final = frozenset({FACTS, KEY, METADATA, PARTS, DATA_TYPE})
NUMBERS: Final = 'num_'
TEXTS: Final = 'str_'
PREFIXES: Final = (NUMBERS, TEXTS)

_PLAIN: Final = frozenset('abcdefghijklmnopqrstuvwxyz0123456789')
_LONGEST: Final = 200
_LARGEST: Final = 1.7976931348623157e308

Kind = Literal['truth', 'number', 'text', 'other']


def properties_of(metadata: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the properties by which metadata can be compared, all lists; ``docFacts`` is always there."""
    facts: dict[str, None] = {}
    found: dict[str, dict[Any, None]] = {}
    for path, value in _members(metadata, ()):
        elements = cast('list[Any]', value) if isinstance(value, list) else [value]
        if value is None or not elements:
            continue
        facts[presence(path)] = None
        for element in elements:
            kind = kind_of(element)
            if kind == 'other':
                continue
            facts[fact(path, element)] = None
            if kind == 'number':
                found.setdefault(property_name(NUMBERS, path), {})[_as_number(element)] = None
            elif kind == 'text':
                found.setdefault(property_name(TEXTS, path), {})[ordered(element)] = None
    return {FACTS: list(facts), **{name: list(values) for name, values in found.items()}}


def kind_of(value: Any) -> Kind:
    """Return what a value can be compared with."""
    if isinstance(value, bool):
        return 'truth'
    if isinstance(value, int) or (isinstance(value, float) and not math.isnan(value)):
        return 'number'
    return 'text' if isinstance(value, str) else 'other'


def presence(path: tuple[str, ...]) -> str:
    """Return the fact that a path has a value."""
    return _digest([*path])


def fact(path: tuple[str, ...], value: Any) -> str:
    """Return the fact that a path has a certain value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _digest([*path], kind_of(value), value if isinstance(value, str) else repr(value))


def ordered(text: str) -> str:
    """Return a text as what has the same order and nothing that Weaviate changes."""
    return 'x' + text.encode('utf-8', 'surrogatepass').hex()


def property_name(prefix: str, path: tuple[str, ...]) -> str:
    """Return the name of the property that holds the numbers or the texts of a path.

    Weaviate takes letters, digits and underscores, and no two names that differ in upper and lower case alone: any
    other character is written as its code between underscores.
    """
    written = '.'.join(path)
    name = ''.join(
        each if each in _PLAIN else '__' if each == '_' else f'_{ord(each):x}_' for each in written[: _LONGEST + 1]
    )
    return prefix + (name if len(name) <= _LONGEST else f'_z{_digest([*path])}')


def _members(metadata: Mapping[str, Any], before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the paths with their values; no filter can name a member whose name has a dot or is empty."""
    for name, value in metadata.items():
        if not name or '.' in name:
            continue
        path = (*before, name)
        yield path, value
        if isinstance(value, Mapping):
            yield from _members(cast('Mapping[str, Any]', value), path)


def _as_number(value: float) -> float:
    try:
        return min(max(float(value), -_LARGEST), _LARGEST)
    except OverflowError:
        return _LARGEST if value > 0 else -_LARGEST


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
