# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The filters of all stores as expressions of Milvus, and the fields that they look at. No IO.

Milvus compares the members of a JSON field, but not all of them as filters want it: a list is no single value, truth
values equal numbers in Milvus Lite, and what is missing is neither met nor not met. Therefore a row has, beside the
metadata, what can be said of them in its own words:

- ``filter_terms``, a text of hashes: one for each member that is there, one for each value it has, and one for each
  kind of value it has that has an order;
- ``filter_<kind>_<hash of the path>_most`` and ``…_least``, the largest and the smallest value of each such kind,
  numbers as they are, texts as hexadecimal digits, whose order is that of code points. They are dynamic fields.

No name and no text of a caller is part of an expression: there are hashes, digits and numbers in it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, cast

from genkit.plugin import Comparison, FilterTranslator

from genkit_milvus.config import PLUGIN_NAME


TERMS: Final = 'filter_terms'
_LONGEST_TEXT: Final = 256
_LARGEST: Final = 1.7976931348623157e308
_WIDEST: Final = 1 << 63
_ORDERS: Final = {'gt': ('most', '>'), 'gte': ('most', '>='), 'lt': ('least', '<'), 'lte': ('least', '<=')}
Path = tuple[str, ...]


class MilvusFilter(FilterTranslator[str]):
    """Translates filters into expressions of Milvus."""

    def __init__(self) -> None:
        super().__init__(PLUGIN_NAME, 'Compare with a shorter text, or use expr.')

    def compare(self, comparison: Comparison) -> str:
        """Return a comparison; it is true or false of every row, so that its opposite is its negation."""
        path, operator = comparison.path, comparison.operator
        if operator == 'exists':
            test = _has(_term('exists', path))
        elif operator in _ORDERS:
            test = self._ordered(comparison)
        else:
            test = _join('or', [_has(_term(_kind(value), path, value)) for value in comparison.values])
        return f'(not {test})' if comparison.negated else test

    def all_of(self, parts: list[str]) -> str:
        """Return what is met if all parts are."""
        return _join('and', parts)

    def any_of(self, parts: list[str]) -> str:
        """Return what is met if one part is."""
        return _join('or', parts)

    def _ordered(self, comparison: Comparison) -> str:
        (value,) = comparison.values
        side, sign = _ORDERS[comparison.operator]
        if isinstance(value, str) and len(value) >= _LONGEST_TEXT:
            raise self.refused(comparison, f'Milvus orders texts by their first {_LONGEST_TEXT - 1} characters')
        kind = _kind(value)
        known = _has(_term(f'ordered {kind}', comparison.path))
        field = f'$meta["{_field(kind, comparison.path, side)}"]'
        return f'({known} and {field} {sign} {_literal(value)})'


def to_fields(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that filters look at."""
    terms: dict[str, None] = {}
    fields: dict[str, Any] = {}
    for path, value in _members(metadata, ()):
        elements = cast('list[Any]', value) if isinstance(value, list) else [value]
        terms[_term('exists', path)] = None
        for element in elements:
            if (kind := _kind(element)) and element == element:  # noqa: PLR0124  (NaN equals nothing)
                terms[_term(kind, path, element)] = None
        for kind in ('number', 'text'):
            if ordered := [_in_order(each) for each in elements if _kind(each) == kind and each == each]:  # noqa: PLR0124
                terms[_term(f'ordered {kind}', path)] = None
                fields[_field(kind, path, 'most')] = max(ordered)
                fields[_field(kind, path, 'least')] = min(ordered)
    return {TERMS: ' '.join(terms), **fields}


def quoted(text: str) -> str:
    """Return a text as a literal of Milvus' language."""
    escaped = text.replace('\\', '\\\\').replace('"', '\\"')
    return '"' + escaped.replace('\n', '\\n').replace('\r', '\\r').replace('\t', '\\t') + '"'


def ids_in(ids: Sequence[str]) -> str:
    """Return the expression that some ids meet."""
    return f'id in [{", ".join(quoted(name) for name in ids)}]'


def _members(members: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    """Yield what a filter can reach: names with a dot in them mean something else there."""
    for name, value in members.items():
        if '.' in name or value is None or value == []:
            continue
        path = (*above, name)
        yield path, value
        if isinstance(value, Mapping):
            yield from _members(cast('Mapping[str, Any]', value), path)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return 'truth'
    if isinstance(value, int | float):
        return 'number'
    return 'text' if isinstance(value, str) else ''


def _term(kind: str, path: Path, value: Any = None) -> str:
    if isinstance(value, float):
        value = int(value) if value.is_integer() else repr(value)
    return _hash([kind, *path, '', value], 16)


def _field(kind: str, path: Path, side: str) -> str:
    return f'filter_{kind}_{_hash(path, 8)}_{side}'


def _hash(value: Any, size: int) -> str:
    return blake2b(json.dumps(value).encode(), digest_size=size).hexdigest()


def _in_order(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_TEXT].encode('utf-8', 'surrogatepass').hex()
    if isinstance(value, int) and -_WIDEST < value < _WIDEST:
        return value
    if abs(value) < _LARGEST:
        return float(value)
    return _LARGEST if value > 0 else -_LARGEST


def _literal(value: Any) -> str:
    ordered = _in_order(value)
    return f'"{ordered}"' if isinstance(ordered, str) else repr(ordered)


def _has(term: str) -> str:
    return f'({TERMS} like "%{term}%")'


def _join(word: str, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f'({f" {word} ".join(parts)})'
