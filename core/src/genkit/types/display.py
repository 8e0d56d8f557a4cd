# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Notebook display of values: HTML in which every text is escaped, since models and documents write anything."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from operator import methodcaller
from typing import Any, Final


_TEXT: Final = '<div style="white-space: pre-wrap; text-align: left">{}</div>'
_NOTE: Final = '<div style="opacity: 0.7; font-size: smaller; text-align: left">{}</div>'
_LIMIT: Final = 10_000
_SHORT: Final = 200


def text_block(text: str) -> str:
    """Return a text with its line breaks."""
    return _TEXT.format(html.escape(_cut(text, _LIMIT)))


def note(facts: Iterable[str]) -> str:
    """Return a line of facts; nothing without any."""
    line = ' · '.join(facts)
    return _NOTE.format(html.escape(line)) if line else ''


def members(given: Mapping[str, Any] | None) -> list[str]:
    """Return the members of some metadata as facts."""
    return [f'{name}: {_cut(_plain(value), _SHORT)}' for name, value in (given or {}).items()]


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table; None is an empty cell."""
    top = ''.join(f'<th style="text-align: left">{html.escape(each)}</th>' for each in head)
    body = ''.join(f'<tr>{"".join(map(_cell, row))}</tr>' for row in rows)
    return f'<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def numbered(values: Iterable[Any]) -> str:
    """Return what a notebook shows of some values as a numbered list; nothing without any."""
    entries = ''.join(f'<li>{shown}</li>' for shown in map(methodcaller('_repr_html_'), values))
    return f'<ol style="text-align: left">{entries}</ol>' if entries else ''


def _cell(value: Any) -> str:
    text = '' if value is None else html.escape(_cut(_plain(value), _LIMIT))
    return f'<td style="text-align: left; white-space: pre-wrap">{text}</td>'


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f'{text[:limit]}…'
