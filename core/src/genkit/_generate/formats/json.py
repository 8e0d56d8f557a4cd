# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One JSON value."""

from typing import Any

from genkit._base.extract import no_json
from genkit._generate.formats.answer import find_answer, is_alone, is_repaired, require_text
from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig, schema_instructions
from genkit._generate.formats.reading import read_up_to
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    def parse_message(message: Message) -> Any:
        require_text(message, schema)
        if not message.text.strip():
            return None
        found = find_answer(message.text, schema)
        if found is None:
            raise no_json(message.text)
        return found.value

    return Formatter(
        parse_message=parse_message,
        parse_chunk=_parse_chunk,
        is_whole=_is_whole,
        is_repaired=lambda message: is_repaired(message.text, schema),
        is_data=True,
        instructions=lambda: schema_instructions(
            'Output should be in JSON format and conform to the following schema:', schema
        ),
    )


def _is_whole(message: Message) -> bool:
    """Return whether a text is whole by itself; a number is not, because more digits may have been to come."""
    if message.text.strip()[-1:].isdigit():
        return False
    return is_alone(message.text)


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> Any:
    return read_up_to(chunk).stream.snapshot()


JSON_FORMAT = FormatDef(
    'json',
    FormatterConfig(format='json', content_type='application/json', constrained=True, default_instructions=False),
    _handle,
)
