# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parsing a template walks over its text a fixed number of times, however many tags it has."""

from typing import Any

import pytest
from genkit._prompt.dotprompt.handlebars.lexer import Places
from genkit._prompt.dotprompt.handlebars.parser import parse_template
from genkit._prompt.dotprompt.handlebars.syntax import Place


class Watched(str):  # noqa: SLOT000  (it counts)
    """A text that counts the characters that searches in it walk over."""

    walked = 0

    def _walk(self, start: int, end: int | None) -> None:
        self.walked += (len(self) if end is None else min(end, len(self))) - start

    def count(self, sought: str, start: int = 0, end: int | None = None) -> int:
        self._walk(start, end)
        return super().count(sought, start, end)

    def rfind(self, sought: str, start: int = 0, end: int | None = None) -> int:
        self._walk(start, end)
        return super().rfind(sought, start, end)

    def find(self, sought: str, start: int = 0, end: int | None = None) -> int:
        found = super().find(sought, start, end)
        self._walk(start, end if found < 0 else found)
        return found


@pytest.mark.parametrize('piece', ['{{a}}', 'word {{a.b c=1}}\n', '{{#if a}}x{{/if}}', '{{> p}}\n', '{{!-- c --}}'])
def test_walking_is_linear_in_the_number_of_tags(piece: str) -> None:
    source = Watched(piece * 500)

    parse_template(source)

    assert source.walked <= 3 * len(source)


@pytest.mark.parametrize('source', ['', 'a', '\n', 'a\n\nb', 'a\r\nb\n'])
def test_each_offset_has_its_place(source: str) -> None:
    places = Places(source, Place('f', 3, 5))

    def expected(offset: int) -> Any:
        lines = source[:offset].split('\n')
        return Place('f', 2 + len(lines), len(lines[-1]) + (5 if len(lines) == 1 else 1))

    assert [places(offset) for offset in range(len(source) + 1)] == [
        expected(offset) for offset in range(len(source) + 1)
    ]
