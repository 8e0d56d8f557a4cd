# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One of several words."""

from typing import Any

from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig, require
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    suits = schema is None or schema.get('type') in ('string', 'enum') or 'enum' in schema
    require(suits, 'enum', "type 'string' or 'enum'", schema)
    values = [str(value) for value in (schema or {}).get('enum', [])]
    instructions = (
        'Output should be ONLY one of the following enum values. '
        'Do not output any additional information or add quotes.\n\n' + '\n'.join(values)
        if values
        else None
    )

    def is_whole(message: Message) -> bool:
        """Return whether a word is one of the values, and not the beginning of another one."""
        word = _word(message.text)
        return not values or [value for value in values if value.startswith(word)] == [word]

    return Formatter(
        parse_message=_parse_message,
        parse_chunk=_parse_chunk,
        instructions=instructions,
        is_whole=is_whole,
        is_data=True,
    )


def _parse_message(message: Message) -> str:
    return _word(message.text)


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> str:
    return _word(chunk.accumulated_text)


def _word(text: str) -> str:
    return text.replace("'", '').replace('"', '').strip()


ENUM_FORMAT = FormatDef('enum', FormatterConfig(content_type='text/enum', constrained=True), _handle)
