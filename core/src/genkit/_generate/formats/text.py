# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plain text."""

from typing import Any

from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig


def _handle(_schema: dict[str, Any] | None) -> Formatter:
    return Formatter(parse_message=lambda message: message.text, parse_chunk=lambda chunk: chunk.text)


TEXT_FORMAT = FormatDef('text', FormatterConfig(content_type='text/plain'), _handle)
