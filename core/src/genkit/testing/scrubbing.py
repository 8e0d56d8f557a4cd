# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Replaces the credentials of recorded traffic, alike when it is written and when it is looked up."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from genkit._base.secrets import (
    REDACTED,
    is_secret,
    is_secret_parameter,
    redact,
    redact_json,
    redact_query,
    redact_text,
    redact_values,
)
from genkit.testing.server import RecordedRequest


# Shorter values are often ordinary words: a user named `test`.
_SHORTEST: Final = 8
_DATA: Final = re.compile(r'((?:data:)?\s*)(.*?)(\s*)', re.DOTALL)
_FORM: Final = re.compile(r'[\w.~%+\[\]-]{1,80}=[^\s&]*(?:&[\w.~%+\[\]-]{1,80}=[^\s&]*)*')
_FIELD: Final = re.compile(r'(name="([^"]{1,80})"(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n)(.*?)(?=\r\n--)', re.DOTALL)
_KEY: Final = re.compile(
    r'(?<=/)(?:bot\d+:)?(?:sk|pk|gsk|xai|hf|AIza|pcsk|ghp|xox[a-z])[-_:A-Za-z0-9]{12,}|(?<=/bot)\d+:[-\w]{20,}'
)


class Scrubber:
    """Knows the credentials that went by, to replace them wherever they are repeated."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, request: RecordedRequest, answer: Iterable[bytes]) -> None:
        """Remember the credentials of a request and its answer."""
        named = list(request.headers.items())
        named += parse_qsl(urlsplit(request.path).query)
        for body in (request.body, b''.join(answer)):
            named += _members(body.decode(errors='replace'))
        self._known.update(_KEY.findall(request.path))
        for name, value in named:
            if is_secret_parameter(name):
                self._known.update(word for word in (value, value.split(' ')[-1]) if len(word) >= _SHORTEST)

    def without_known(self, value: Any) -> Any:
        """Return JSON-compatible data without the credentials that are known."""
        if isinstance(value, str):
            return redact_values(value, sorted(self._known, key=len, reverse=True))
        if isinstance(value, dict):
            return {name: self.without_known(item) for name, item in cast('dict[str, Any]', value).items()}
        return [self.without_known(item) for item in cast('list[Any]', value)] if isinstance(value, list) else value


def scrubbed_path(path: str) -> str:
    """Return a request's path with the credentials of its query, and keys that are steps of it, replaced."""
    parts = urlsplit(path)
    query = [(name, REDACTED if is_secret_parameter(name) else value) for name, value in parse_qsl(parts.query)]
    steps = _KEY.sub(REDACTED, parts.path.replace('%3Credacted%3E', REDACTED))
    return f'{steps}?{urlencode(query)}' if query else steps


def scrubbed_body(body: Any) -> Any:
    """Return a body, JSON or text, without credentials."""
    if not isinstance(body, str):
        return redact(body)
    if _FORM.fullmatch(body):
        return redact_query(body)
    fields = _FIELD.sub(lambda found: f'{found[1]}{REDACTED}' if is_secret_parameter(found[2]) else found[0], body)
    return redact_text(fields)


def scrubbed_answer(pieces: Sequence[bytes], content_type: str) -> list[bytes]:
    """Return an answer without credentials; one that has none stays in the pieces in which it came."""
    whole = b''.join(pieces)
    try:
        text = whole.decode()
    except UnicodeDecodeError:
        return list(pieces)
    if 'form' in content_type:
        cleaned = str(scrubbed_body(text))
    elif _is_json(text):
        cleaned = redact_json(text)
    else:
        cleaned = ''.join(map(_scrubbed_line, text.splitlines(keepends=True)))
    if cleaned == text:
        return list(pieces)
    ends = cleaned.split('\n\n')
    return [f'{piece}\n\n'.encode() for piece in ends[:-1]] + ([ends[-1].encode()] if ends[-1] else [])


def _scrubbed_line(line: str) -> str:
    """Return a line of a stream, an event's or one of JSON, without credentials."""
    found = _DATA.fullmatch(line)
    if found is None or not _is_json(found[2]):
        return redact_text(line)
    return f'{found[1]}{redact_json(found[2])}{found[3]}'


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _members(text: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a body by name: of JSON at any depth, of the lines of a stream, of a form."""
    if _FORM.fullmatch(text):
        yield from parse_qsl(text)
        return
    yield from ((found[2], found[3]) for found in _FIELD.finditer(text))
    for line in [text] if _is_json(text) else text.splitlines():
        content = line.removeprefix('data:')
        if _is_json(content):
            yield from _texts('', json.loads(content))


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if name and is_secret(name):
            yield name, value
    elif isinstance(value, dict):
        for inner, member in cast('dict[str, Any]', value).items():
            yield from _texts(inner, member)
    elif isinstance(value, list):
        for item in cast('list[Any]', value):
            yield from _texts(name, item)
