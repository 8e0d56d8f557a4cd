# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a test may ask of an answer: the validators that specs name, with the developer tools' semantics."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from conform.model.answer import Answer


# What JavaScript's trim() takes away; Python's strip() also takes control characters, and leaves the last one.
_BLANK: Final = '\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff' + ''.join(map(chr, range(0x2000, 0x200B)))

Check = Callable[[Answer, str], str | None]


@dataclass(frozen=True)
class Validator:
    """A question to an answer.

    Attributes:
        name: As specs write it, before the colon.
        argument: What follows the colon, for a person; empty if nothing does, in brackets if it may be left out.
        summary: What passes.
        check: Returns why an answer of the right shape does not pass, or None.
    """

    name: str
    argument: str
    summary: str
    check: Check

    @property
    def usage(self) -> str:
        """How specs write it."""
        if self.argument.startswith('['):
            return f'{self.name}[:{self.argument[1:-1]}]'
        return f'{self.name}:{self.argument}' if self.argument else self.name


def _has_tool_request(answer: Answer, name: str) -> str | None:
    requests = [part['toolRequest'] for part in answer.parts if part.get('toolRequest')]
    if not requests:
        return 'no part is a tool request'
    if name and requests[0]['name'] != name:
        return f'the first tool request is for {requests[0]["name"]!r}, expected {name!r}'
    return None


def _valid_json(answer: Answer, _: str) -> str | None:
    text = next((part['text'] for part in answer.parts if part.get('text')), None)
    return 'no part holds text' if text is None else _json_problem(text)


def _text_includes(answer: Answer, wanted: str) -> str | None:
    is_there = wanted.lower() in _first_text(answer).lower()
    return None if is_there else _about_text(answer, f'does not include {wanted!r}')


def _text_starts_with(answer: Answer, wanted: str) -> str | None:
    is_there = _first_text(answer).strip(_BLANK).startswith(wanted)
    return None if is_there else _about_text(answer, f'does not start with {wanted!r}')


def _text_not_empty(answer: Answer, _: str) -> str | None:
    return None if _first_text(answer).strip(_BLANK) else _about_text(answer, 'is blank')


def _stream_text_includes(answer: Answer, wanted: str) -> str | None:
    if not answer.chunks:
        return NOT_STREAMED
    return None if wanted in answer.streamed_text else f'the streamed text {answer.streamed_text!r} lacks {wanted!r}'


def _stream_has_tool_request(answer: Answer, name: str) -> str | None:
    if not answer.chunks:
        return NOT_STREAMED
    if not any(part.get('toolRequest') for chunk in answer.chunks for part in chunk['content']):
        return 'no chunk holds a tool request'
    return _has_tool_request(answer, name)


def _stream_valid_json(answer: Answer, _: str) -> str | None:
    if not answer.chunks:
        return NOT_STREAMED
    return _json_problem(answer.streamed_text) if answer.streamed_text else 'the chunks hold no text'


def _valid_media(answer: Answer, kind: str) -> str | None:
    media = next((part['media'] for part in answer.parts if part.get('media')), None)
    if media is None:
        return 'no part is media'
    content_type = media.get('contentType')
    if kind and content_type and not content_type.startswith(f'{kind}/'):
        return f'the media is {content_type!r}, expected {kind}/…'
    return _image_problem(media['url']) if kind == 'image' else None


def _reasoning(answer: Answer, _: str) -> str | None:
    return None if any(part.get('reasoning') for part in answer.parts) else 'no part holds reasoning'


def _first_text(answer: Answer) -> str:
    return answer.parts[0].get('text', '') if answer.parts else ''


def _about_text(answer: Answer, problem: str) -> str:
    """Return a problem with the first part's text, or that there is none."""
    if not answer.parts:
        return 'there is no content'
    members = ', '.join(answer.parts[0]) or 'nothing'
    return f'the text {problem}' if 'text' in answer.parts[0] else f'the first part holds {members}, expected text'


def _image_problem(url: str) -> str | None:
    if url.startswith('data:'):
        return None if url.startswith('data:image/') else f'the data URL {url[:40]!r} holds no image'
    try:
        is_address = url.startswith(('http://', 'https://')) and bool(urlsplit(url).hostname)
    except ValueError:
        is_address = False
    return None if is_address else f'the URL {url[:80]!r} is neither data:image/… nor http(s)'


def _json_problem(text: str) -> str | None:
    try:
        json.loads(text, parse_constant=_refuse, parse_int=float)
    except (ValueError, RecursionError) as error:
        return f'{text[:120]!r} is not JSON: {error}'
    return None


def _refuse(constant: str) -> Any:
    raise ValueError(f'{constant} is no JSON')


NOT_STREAMED: Final = 'no chunk came; the test has to say `stream: true`, and the model has to stream'

VALIDATORS: Final = {
    validator.name: validator
    for validator in (
        Validator('has-tool-request', '[name]', 'the first tool request is for the tool `name`', _has_tool_request),
        Validator('valid-json', '', 'the first text is JSON and nothing else', _valid_json),
        Validator('text-includes', 'text', 'the first part holds the text, in whatever case', _text_includes),
        Validator('text-starts-with', 'text', 'the first part begins with the text', _text_starts_with),
        Validator('text-not-empty', '', 'the first part holds more than blanks', _text_not_empty),
        Validator('stream-text-includes', 'text', 'the streamed text holds the text', _stream_text_includes),
        Validator(
            'stream-has-tool-request',
            '[name]',
            'a chunk holds a tool request, and the answer one for `name`',
            _stream_has_tool_request,
        ),
        Validator('stream-valid-json', '', 'the streamed text is JSON and nothing else', _stream_valid_json),
        Validator('valid-media', '[type]', 'the first media is of the type: image, audio, video', _valid_media),
        Validator('reasoning', '', 'a part holds reasoning', _reasoning),
    )
}
