# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parses error bodies in their common shapes: message and status.

::

    {"error": {"message": …, "code": …, "type": …, "status": …}}     most providers
    {"error": "…"}   {"message": "…"}   {"errors": [{…}]}   [{"error": {…}}]
    {"detail": "…"}   {"detail": [{"loc": […], "msg": "…"}]}         servers made with FastAPI
    plain text, or a page of HTML                                    proxies
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from pydantic_core import from_json

from genkit._base.secrets import REDACTED, redact_values
from genkit._base.status import StatusName, from_http_code
from genkit.plugin.wire_values import whole_characters


# Where providers answer with codes that the general table does not know, or knows otherwise.
_CODES: Final = {
    402: StatusName.RESOURCE_EXHAUSTED,
    412: StatusName.FAILED_PRECONDITION,
    413: StatusName.INVALID_ARGUMENT,
    422: StatusName.INVALID_ARGUMENT,
    498: StatusName.UNAVAILABLE,
    502: StatusName.UNAVAILABLE,
    529: StatusName.UNAVAILABLE,
}
_KINDS: Final = {
    'api_error': StatusName.INTERNAL,
    'authentication_error': StatusName.UNAUTHENTICATED,
    'bad_gateway': StatusName.UNAVAILABLE,
    'billing_error': StatusName.RESOURCE_EXHAUSTED,
    'context_length_exceeded': StatusName.INVALID_ARGUMENT,
    'insufficient_quota': StatusName.RESOURCE_EXHAUSTED,
    'internal_error': StatusName.INTERNAL,
    'internal_server_error': StatusName.INTERNAL,
    'invalid_api_key': StatusName.UNAUTHENTICATED,
    'invalid_prompt': StatusName.INVALID_ARGUMENT,
    'invalid_request_error': StatusName.INVALID_ARGUMENT,
    'model_not_found': StatusName.NOT_FOUND,
    'not_found_error': StatusName.NOT_FOUND,
    'overloaded': StatusName.UNAVAILABLE,
    'overloaded_error': StatusName.UNAVAILABLE,
    'permission_error': StatusName.PERMISSION_DENIED,
    'rate_limit_error': StatusName.RESOURCE_EXHAUSTED,
    'rate_limit_exceeded': StatusName.RESOURCE_EXHAUSTED,
    'request_too_large': StatusName.INVALID_ARGUMENT,
    'requests': StatusName.RESOURCE_EXHAUSTED,
    'server_error': StatusName.INTERNAL,
    'service_unavailable': StatusName.UNAVAILABLE,
    'service_unavailable_error': StatusName.UNAVAILABLE,
    'timeout': StatusName.DEADLINE_EXCEEDED,
    'timeout_error': StatusName.DEADLINE_EXCEEDED,
    'tokens': StatusName.RESOURCE_EXHAUSTED,
    'too_many_requests': StatusName.RESOURCE_EXHAUSTED,
    'unavailable': StatusName.UNAVAILABLE,
}
_STATUS_MEMBERS: Final = ('status', 'code', 'type', 'error_type', 'status_code', 'statusCode')
_HTTP_ERRORS: Final = range(400, 600)
_KEYS: Final = re.compile(r'\b(?:sk|pk|gsk|xai|hf|AIza|pcsk)[-_A-Za-z0-9]{12,}|(?i:bearer)\s+\S{8,}')
_MARKUP: Final = re.compile(r'\s*<(?:!doctype|html|head|body|\?xml|center|h1|p\b|error)', re.IGNORECASE)
_TITLE: Final = re.compile(r'<title[^>]*>([^<]*)</title', re.IGNORECASE)
_INVISIBLE: Final = re.compile(r'<(script|style)\b.*?</\1[^>]*>', re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r'<[^<>]*>')
_LONGEST_TEXT: Final = 1_000
_LONGEST_BODY: Final = 8_000
_MOST_NESTED: Final = 4


def status_of_code(code: int) -> StatusName:
    """Return the status that a provider's HTTP code stands for."""
    return _CODES.get(code) or from_http_code(code)


def status_in_body(body: Any, kinds: Mapping[str, StatusName] | None = None) -> StatusName | None:
    """Return the status that a body names, as a code, a number in text, or a word; None if it names none.

    Args:
        body: Of the error.
        kinds: The statuses of this provider's own words, which are in lower case.
    """
    for members in _errors_in(plain_body(body)):
        for name in _STATUS_MEMBERS:
            status = _status_of(members.get(name), kinds or {})
            if status is not None:
                return status
    return None


def error_text(body: Any) -> str | None:
    """Return what a body says of an error; None if it is not about one."""
    return _text(plain_body(body), _MOST_NESTED)


def plain_body(body: Any) -> Any:
    """Return a body that came as text or bytes as the JSON that it holds, if it holds an object or a list."""
    text = body.decode(errors='replace') if isinstance(body, bytes | bytearray) else body
    if isinstance(text, str) and text.lstrip()[:1] in {'{', '['}:
        try:
            return from_json(text)
        except ValueError:
            return text
    return text


def without_markup(text: str) -> str:
    """Return a page's title, or else its text; other text without the space around it."""
    text = text[:_LONGEST_BODY].strip()
    if not _MARKUP.match(text):
        return text
    title = _TITLE.search(text)
    said = title.group(1) if title and title.group(1).strip() else _TAG.sub(' ', _INVISIBLE.sub(' ', text))
    return ' '.join(html.unescape(said).split())


def without_secrets(text: str, secrets: Iterable[str | None] = ()) -> str:
    """Return a provider's text without keys: those that are given, and what looks like one. It can be encoded.

    A key that is as short as a word, as those of local servers are, is only looked for where it stands alone.
    """
    return _KEYS.sub(REDACTED, redact_values(whole_characters(text), secrets))[:_LONGEST_TEXT]


def first_error(body: Any) -> dict[str, Any]:
    """Return the members of the innermost error object of a body; none if it has no such object."""
    for members in _errors_in(plain_body(body)):
        return members
    return {}


def _errors_in(body: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that may name a status, the innermost first."""
    for holder in cast('list[Any]', body) if isinstance(body, list) else [body]:
        if not isinstance(holder, dict):
            continue
        members = cast('dict[str, Any]', holder)
        for name in ('error', 'errors', 'detail'):
            inner = members.get(name)
            items = cast('list[Any]', inner) if isinstance(inner, list) else [inner]
            first: Any = items[0] if items else None
            if isinstance(first, dict):
                yield cast('dict[str, Any]', first)
        yield members
        return


def _status_of(value: Any, kinds: Mapping[str, StatusName]) -> StatusName | None:
    if isinstance(value, int):
        return status_of_code(value) if value in _HTTP_ERRORS else None
    if not isinstance(value, str):
        return None
    word = value.strip()
    if word.isascii() and word.isdigit():
        return _status_of(int(word[:9]), kinds)
    if word in StatusName.__members__ and word != 'OK':
        return StatusName[word]  # the providers that speak google.rpc name the status itself
    return kinds.get(word.lower()) or _KINDS.get(word.lower())


def _text(body: Any, depth: int) -> str | None:
    if isinstance(body, str):
        return without_markup(body) or None
    if isinstance(body, list):
        first: Any = next(iter(cast('list[Any]', body)), None)
        return _text(first, depth - 1) if isinstance(first, dict) and depth else None
    if not isinstance(body, dict) or not depth:
        return None
    members = cast('dict[str, Any]', body)
    error = members.get('error') or members.get('errors')
    if isinstance(error, str) and (plain := _said_plainly(members, depth)):
        return plain  # a word of the kind, and beside it what it means
    if error:
        return _said(error, depth) or _said_plainly(members, depth) or as_shown(error)
    named = members.get('object') == 'error' or members.get('type') == 'error'
    plain = _said_plainly(members, depth)
    if plain is not None or not named:
        return plain
    return _text(members.get('message'), depth - 1) or as_shown(members)


def _said(error: Any, depth: int) -> str | None:
    """Return the text of what stands as ``error`` in a body."""
    if isinstance(error, dict):
        members = cast('dict[str, Any]', error)
        return _said_plainly(members, depth) or _text(members.get('error'), depth - 1)
    return _text(error, depth - 1)


def _said_plainly(members: Mapping[str, Any], depth: int) -> str | None:
    for name in ('message', 'msg'):
        if isinstance(text := members.get(name), str) and text.strip():
            return text
    detail = members.get('detail')
    if isinstance(detail, list):
        problems = [_problem(item) for item in cast('list[Any]', detail)]
        return '; '.join(filter(None, problems)) or None
    return _text(detail, depth - 1)


def _problem(item: Any) -> str | None:
    """Return one of the problems that FastAPI lists."""
    if not isinstance(item, dict):
        return str(item)
    members = cast('dict[str, Any]', item)
    text, place = members.get('msg') or members.get('message'), members.get('loc')
    where = '.'.join(map(str, cast('list[Any]', place))) if isinstance(place, list) else ''
    return (f'{where}: {text}' if where else str(text)) if text else None


def as_shown(value: Any) -> str:
    """Return text as it is, and anything else as JSON."""
    return (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(',', ':'), default=str)
    )
