# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON objects, one a line."""

import json
import re
from typing import Any, Final, cast

from pydantic_core import from_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.extract import read_final_json, unfinished_json
from genkit._base.json_stream import without_lone_surrogates
from genkit._generate.formats.answer import missing, require_text
from genkit._generate.formats.format import (
    FormatDef,
    Formatter,
    FormatterConfig,
    require,
    resolve_reference,
    schema_instructions,
)
from genkit.types import GenerateResponseChunk, Message


_JSON_LINE: Final = re.compile(r'\s*(?:\{|\[\s*(?:[{\["\]]|[-\d.,\s]+\]\s*$))')
_DECODER: Final = json.JSONDecoder()
_MOST_A_LINE: Final = 10_000
_SHOWN: Final = 200


def _handle(schema: dict[str, Any] | None) -> Formatter:
    items = resolve_reference(schema.get('items', {}), schema) if schema else None
    suits = items is None or (schema is not None and schema.get('type') == 'array' and items.get('type') == 'object')
    require(suits, 'jsonl', "type 'array' with items of type 'object'", schema)
    if items is not None and schema is not None and '$defs' in schema:
        items = {**items, '$defs': schema['$defs']}
    return Formatter(
        parse_message=lambda message: _parse_message(message, schema),
        parse_chunk=_parse_chunk,
        is_whole=lambda _: False,  # after any line there may be another one
        is_repaired=_is_repaired,
        is_data=True,
        instructions=schema_instructions(
            'Output should be JSONL: one JSON object a line, the lines separated by `\\n`, '
            'each conforming to the following schema:',
            items,
        ),
    )


def _parse_message(message: Message, schema: dict[str, Any] | None) -> list[Any]:
    """Return the objects of all lines; prose between them is passed by, and what looks like JSON must be."""
    require_text(message, schema)
    objects: list[Any] = []
    said_none = False
    for number, line in enumerate(message.text.split('\n'), 1):
        found = _read_line(line, number)
        said_none = said_none or found is not None
        objects += [] if found is None else found[0]
    if not said_none and (error := missing(message, schema)):
        raise error
    return objects


def _read_line(line: str, number: int) -> tuple[list[Any], bool] | None:
    """Return the objects of a line, and whether they were repaired; None for prose."""
    if not _JSON_LINE.match(line):
        return None
    objects: list[Any] = []
    repaired, rest = False, line.strip()
    while _JSON_LINE.match(rest):
        value, rest, is_repaired = _read_value(rest, line, number)
        repaired = repaired or is_repaired or bool(rest) or isinstance(value, list)
        items = cast('list[Any]', value) if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in items) or len(objects) > _MOST_A_LINE:
            raise _malformed(line, number)
        objects += items
    return objects, repaired


def _read_value(text: str, line: str, number: int) -> tuple[Any, str, bool]:
    """Return the first value of a text, what follows it, and whether it was repaired."""
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        found = read_final_json(text)
        if found is None:
            raise _malformed(line, number) from None
        if found.unfinished:
            raise unfinished_json(line) from None
        return found.value, found.rest.lstrip(' \t,'), True
    return without_lone_surrogates(value) if '\\u' in text else value, text[end:].lstrip(' \t,'), False


def _malformed(line: str, number: int) -> GenkitError:
    return GenkitError(
        f'Line {number} of the answer is not one or more JSON objects: {line[:_SHOWN]!r}. Ask again, or read '
        '`response.text`.',
        status='INTERNAL',
        reason=ErrorReason.INVALID_OUTPUT,
    )


def _is_repaired(message: Message) -> bool:
    try:
        found = [_read_line(line, number) for number, line in enumerate(message.text.split('\n'), 1)]
    except GenkitError:
        return False
    return any(line is not None and line[1] for line in found)


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
    values = [line.value for line in found if line is not None]
    return [value for value in values if isinstance(value, dict)]


JSONL_FORMAT = FormatDef('jsonl', FormatterConfig(content_type='application/jsonl'), _handle)
