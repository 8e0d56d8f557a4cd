# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Divides a prompt's text into frontmatter and template."""

import logging
import re
from typing import Any, Final, NamedTuple, cast

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.handlebars.syntax import Place


_LOGGER: Final = logging.getLogger('genkit.prompt')

# Comment lines, such as a licence, may stand before the first delimiter.
_DOCUMENT: Final = re.compile(
    r'\A\ufeff?(?:[ \t]*(?:\#[^\n]*)?\r?\n)*'
    r'---[ \t]*\r?\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\r?\n|\Z)(?P<template>(?s:.*))\Z'
)


class Document(NamedTuple):
    """A prompt's text, divided.

    Attributes:
        frontmatter: What stands between the delimiters, with plain keys and values.
        template: What follows them, without white space around it; the whole text if there is no frontmatter.
        origin: Where the template begins, for messages.
    """

    frontmatter: dict[str, Any]
    template: str
    origin: Place


def parse_document(source: str, *, file: str = '') -> Document:
    """Return the frontmatter and the template of a prompt.

    Args:
        source: The prompt's text.
        file: Its file name, for messages.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place of what is wrong with the frontmatter.
    """
    found = _DOCUMENT.match(source)
    if found is None:
        if source.startswith('---\n'):
            _LOGGER.warning(
                '%s begins with --- and has no second line of ---: all of it is template.', file or 'A prompt'
            )
        return Document({}, source, Place(file, 1, 1))
    from genkit._base.readers.yaml_text import read_yaml  # noqa: PLC0415  (YAML is slow to import, and seldom needed)

    first_line = _line_of(source, found.start('yaml'))
    frontmatter = read_yaml(found['yaml'], file, first_line)
    if frontmatter is not None and not isinstance(frontmatter, dict):
        raise GenkitError(
            f'Frontmatter, {Place(file, first_line, 1)}: expected names with values, got {frontmatter!r}. '
            'If no frontmatter is meant, do not begin the text with a line of ---.',
            status='INVALID_ARGUMENT',
        )
    template = found['template']
    begin = found.start('template') + len(template) - len(template.lstrip())
    origin = Place(file, _line_of(source, begin), begin - source.rfind('\n', 0, begin))
    return Document(cast('dict[str, Any]', frontmatter or {}), template.strip(), origin)


def _line_of(source: str, offset: int) -> int:
    return source.count('\n', 0, offset) + 1
