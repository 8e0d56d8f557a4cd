# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON objects, one a line."""

from typing import Any

from genkit._base.extract import extract_json
from genkit._generate.formats.format import (
    FormatDef,
    Formatter,
    FormatterConfig,
    require,
    resolve_reference,
    schema_instructions,
)
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    items = resolve_reference(schema.get('items', {}), schema) if schema else None
    suits = items is None or (schema is not None and schema.get('type') == 'array' and items.get('type') == 'object')
    require(suits, 'jsonl', "type 'array' with items of type 'object'", schema)
    if items is not None and schema is not None and '$defs' in schema:
        items = {**items, '$defs': schema['$defs']}
    return Formatter(
        parse_message=_parse_message,
        parse_chunk=_parse_chunk,
        instructions=schema_instructions(
            'Output should be JSONL: one JSON object a line, the lines separated by `\\n`, '
            'each conforming to the following schema:',
            items,
        ),
    )


def _parse_message(message: Message) -> list[Any]:
    return _objects(message.text.split('\n'))


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> list[Any]:
    """Return the objects on the lines that this chunk completed."""
    if chunk.history is None:
        return _objects(chunk.text.split('\n'))
    if '\n' not in chunk.text:
        return []
    texts = chunk.history.texts[: chunk.position + 1]
    begun = next((place for place in range(len(texts) - 2, -1, -1) if '\n' in texts[place]), -1)
    open_line = texts[begun].rpartition('\n')[2] if begun >= 0 else ''
    text = open_line + ''.join(texts[begun + 1 :])
    return _objects(text.split('\n')[:-1])


def _objects(lines: list[str]) -> list[Any]:
    parsed = (extract_json(line, throw_on_bad_json=False) for line in lines if line.lstrip().startswith('{'))
    return [value for value in parsed if value]


JSONL_FORMAT = FormatDef('jsonl', FormatterConfig(content_type='application/jsonl'), _handle)
