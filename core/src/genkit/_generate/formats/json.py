# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One JSON value."""

from typing import Any

from genkit._base.extract import extract_final_json, is_repaired_json, read_final_json
from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig, schema_instructions
from genkit._generate.formats.reading import read_up_to
from genkit.types import GenerateResponseChunk, Message


def _handle(schema: dict[str, Any] | None) -> Formatter:
    return Formatter(
        parse_message=_parse_message,
        parse_chunk=_parse_chunk,
        is_whole=_is_whole,
        is_repaired=lambda message: is_repaired_json(message.text),
        instructions=lambda: schema_instructions(
            'Output should be in JSON format and conform to the following schema:', schema
        ),
    )


def _parse_message(message: Message) -> Any:
    return extract_final_json(message.text)


def _is_whole(message: Message) -> bool:
    """Return whether a text holds one complete value, and nothing that could be the beginning of another one."""
    found = read_final_json(message.text)
    return found is not None and not found.unfinished and found.alone


def _parse_chunk(chunk: GenerateResponseChunk[Any]) -> Any:
    return read_up_to(chunk).stream.snapshot()


JSON_FORMAT = FormatDef(
    'json',
    FormatterConfig(format='json', content_type='application/json', constrained=True, default_instructions=False),
    _handle,
)
