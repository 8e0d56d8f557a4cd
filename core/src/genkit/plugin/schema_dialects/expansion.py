# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How large a schema becomes when references are replaced by what they point to."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic_core import to_json

from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.references import References
from genkit.plugin.schema_dialects.shapes import LISTED, NAMED, SINGLE


def expanded_size(schema: Schema, references: References, *, inlined: bool) -> int:
    """Return about how many characters a schema has with its references replaced, in time that grows with the schema.

    Args:
        schema: Without its definitions.
        references: What its references point to.
        inlined: Whether all are replaced, but for those to schemas that refer to themselves; otherwise only those that
            have other words beside them.
    """
    sizes: dict[str, int] = {}
    total = 0
    for name in references.in_order(schema):
        sizes[name] = _size(references.target(name), references, sizes, inlined=inlined)
        if references.is_recursive(name):
            total += sizes.pop(name)
        elif not inlined:
            total += sizes[name]
    return total + _size(schema, references, sizes, inlined=inlined)


def _size(given: Any, references: References, sizes: Mapping[str, int], *, inlined: bool) -> int:
    size = 0
    waiting: list[tuple[Any, bool]] = [(given, inlined)]
    while waiting:
        found, replaces = waiting.pop()
        size += 2
        if not isinstance(found, dict):
            continue
        node = cast('Schema', found)
        for word, value in node.items():
            size += len(word)
            if word == '$ref' and isinstance(value, str):
                size += sizes.get(references.name(value), 0) if replaces or len(node) > 1 else len(value)
            elif word in NAMED and isinstance(value, dict):
                size += sum(map(len, cast('Schema', value)))
                waiting += ((inner, inlined) for inner in cast('Schema', value).values())
            elif word in LISTED and isinstance(value, list):
                # A reference that is all of an `allOf` has beside it what the node has.
                waiting += ((inner, inlined or word == 'allOf') for inner in cast('list[Any]', value))
            elif word in SINGLE:
                waiting.append((value, inlined))
            else:
                size += len(to_json(value))
    return size
