# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A JSON array, whose elements can be read one by one."""

from typing import Any, cast

from genkit._base.errors import GenkitError
from genkit._base.extract import read_final_json, unfinished_json
from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig, require, schema_instructions
from genkit._generate.formats.reading import read_up_to
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    require(schema is None or schema.get('type') == 'array', 'array', "type 'array'", schema)
    return Formatter(
        parse_message=_parse_message,
        parse_chunk=_parse_chunk,
        is_repaired=_is_repaired,
        instructions=schema_instructions('Output should be a JSON array conforming to the following schema:', schema),
    )


def _parse_message(message: Message) -> list[Any] | None:
    return _read(message.text)[0]


def _is_repaired(message: Message) -> bool:
    try:
        return _read(message.text)[1]
    except GenkitError:
        return False


def _read(text: str) -> tuple[list[Any] | None, bool]:
    """Return the array in a text, and whether it had to be repaired."""
    before, bracket, after = text.partition('[')
    found = read_final_json(bracket + after) if bracket else None
    if found is None:
        return None, False
    if found.unfinished:
        raise unfinished_json(text)
    value: Any = found.value
    if not isinstance(value, list):
        return None, False
    return cast('list[Any]', value), found.repaired or bool(before.strip())


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> list[Any]:
    """Return the elements that this chunk completed."""
    reader = read_up_to(chunk)
    counts = reader.item_counts
    before = counts[-2] if len(counts) > 1 else 0
    return [reader.stream.item(index) for index in range(before, counts[-1])]


ARRAY_FORMAT = FormatDef('array', FormatterConfig(content_type='application/json', constrained=True), _handle)
