# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON objects, one a line."""

from typing import Any

from pydantic_core import from_json

from genkit._base.extract import read_final_json, unfinished_json
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
        is_whole=lambda _: False,  # after any line there may be another one
        is_repaired=_is_repaired,
        instructions=schema_instructions(
            'Output should be JSONL: one JSON object a line, the lines separated by `\\n`, '
            'each conforming to the following schema:',
            items,
        ),
    )


def _parse_message(message: Message) -> list[Any]:
    """Return the objects; a line that begins one and does not close it is an error."""
    objects: list[Any] = []
    for line in message.text.split('\n'):
        found = read_final_json(line) if line.lstrip().startswith('{') else None
        if found is not None and found.unfinished:
            raise unfinished_json(line)
        if found is not None and found.value:
            objects.append(found.value)
    return objects


def _is_repaired(message: Message) -> bool:
    found = (read_final_json(line) for line in message.text.split('\n') if line.lstrip().startswith('{'))
    return any(line is not None and line.repaired for line in found)


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> list[Any]:
    """Return the objects that this chunk completed: those on lines that end in it, and one that ends with it."""
    if chunk.history is None:
        return _objects(chunk.text.split('\n'))
    if '\n' not in chunk.text and not _may_be_whole(chunk.text):
        return []
    before = _open_line(chunk.history.texts[: chunk.position])
    *ended, last = (before + chunk.text).split('\n')
    if _is_whole(last):
        ended.append(last)
    return _objects(ended[1:] if _is_whole(before) else ended)


def _open_line(texts: list[str]) -> str:
    """Return what there is of a line that no text has ended yet."""
    begun = next((place for place in range(len(texts) - 1, -1, -1) if '\n' in texts[place]), -1)
    return (texts[begun].rpartition('\n')[2] if begun >= 0 else '') + ''.join(texts[begun + 1 :])


def _is_whole(line: str) -> bool:
    """Return whether a line is an object that nothing can be missing from."""
    try:
        return _may_be_whole(line) and isinstance(from_json(line), dict)
    except ValueError:
        return False


def _may_be_whole(text: str) -> bool:
    return text.rstrip().endswith('}')


def _objects(lines: list[str]) -> list[Any]:
    """Return the objects of lines that are closed."""
    found = (read_final_json(line) for line in lines if line.lstrip().startswith('{'))
    return [line.value for line in found if line is not None and line.value]


JSONL_FORMAT = FormatDef('jsonl', FormatterConfig(content_type='application/jsonl'), _handle)
