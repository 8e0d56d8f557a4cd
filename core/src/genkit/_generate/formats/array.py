# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A JSON array, whose elements can be read one by one."""

from typing import Any

from genkit._base.errors import GenkitError
from genkit._base.extract import FinalJson
from genkit._generate.formats.answer import find_answer, is_alone, missing, require_text
from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig, require, schema_instructions
from genkit._generate.formats.reading import read_up_to
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    require(schema is None or schema.get('type') == 'array', 'array', "type 'array'", schema)

    def parse_message(message: Message) -> list[Any] | None:
        require_text(message, schema)
        found = _find(message.text, schema)
        if found is None and (error := missing(message, schema)):
            raise error
        return None if found is None else found.value

    return Formatter(
        parse_message=parse_message,
        parse_chunk=_parse_chunk,
        is_whole=lambda message: is_alone(message.text),
        is_repaired=lambda message: _is_repaired(message.text, schema),
        is_data=True,
        instructions=schema_instructions('Output should be a JSON array conforming to the following schema:', schema),
    )


def _find(text: str, schema: dict[str, Any] | None) -> FinalJson | None:
    """Return the array in a text: one that stands by itself, else one within an object that is complete."""
    found = find_answer(text, schema, _is_list)
    if found is None and '[' in text:
        found = find_answer(text[text.index('[') :], schema, _is_list)
        return None if found is None else found._replace(repaired=True)
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_repaired(text: str, schema: dict[str, Any] | None) -> bool:
    try:
        found = _find(text, schema)
    except GenkitError:
        return False
    return found is not None and found.repaired


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> list[Any]:
    """Return the elements that this chunk completed."""
    reader = read_up_to(chunk)
    counts = reader.item_counts
    before = counts[-2] if len(counts) > 1 else 0
    return [reader.stream.item(index) for index in range(before, counts[-1])]


ARRAY_FORMAT = FormatDef('array', FormatterConfig(content_type='application/json', constrained=True), _handle)
