# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Dotprompt: prompts as text, with frontmatter, a template and marks for roles and parts."""

from genkit._prompt.dotprompt.document import Document, parse_document
from genkit._prompt.dotprompt.dotprompt import CompiledPrompt, Dotprompt, RenderedPrompt
from genkit._prompt.dotprompt.handlebars.function import HelperFunction, HelperOptions
from genkit._prompt.dotprompt.metadata import PromptInput, PromptMetadata, PromptOutput
from genkit._prompt.dotprompt.picoschema import picoschema_to_json_schema


__all__ = [
    'CompiledPrompt',
    'Document',
    'Dotprompt',
    'HelperFunction',
    'HelperOptions',
    'PromptInput',
    'PromptMetadata',
    'PromptOutput',
    'RenderedPrompt',
    'parse_document',
    'picoschema_to_json_schema',
]
