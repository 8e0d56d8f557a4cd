# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The formats an answer can be asked for in."""

from genkit._generate.formats.array import ARRAY_FORMAT
from genkit._generate.formats.enum import ENUM_FORMAT
from genkit._generate.formats.format import FormatDef, Formatter, FormatterConfig
from genkit._generate.formats.json import JSON_FORMAT
from genkit._generate.formats.jsonl import JSONL_FORMAT
from genkit._generate.formats.text import TEXT_FORMAT


BUILT_IN_FORMATS = (TEXT_FORMAT, JSON_FORMAT, ARRAY_FORMAT, JSONL_FORMAT, ENUM_FORMAT)

__all__ = ['BUILT_IN_FORMATS', 'FormatDef', 'Formatter', 'FormatterConfig']
