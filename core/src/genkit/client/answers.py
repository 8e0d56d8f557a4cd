# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parses the JSON responses of flow servers, whichever SDK wrote them, into values and errors."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, NamedTuple, cast

import httpx

from genkit._base.errors import GenkitError
from genkit._base.http.events import Event
from genkit._base.readers.json_text import read_json
from genkit._base.status import StatusName, from_http_code
from genkit.client.address import shown_address
from genkit.client.call import Call


Kind = Literal['message', 'result', 'error', 'empty']

_KINDS: Final[tuple[Kind, ...]] = ('error', 'result', 'message')
_SHOWN: Final = 200
_SECONDS: Final = re.compile(r'\d{1,9}(\.\d{1,9})?')


class Frame(NamedTuple):
    """A part of a stream. An ``empty`` one is a message or a result of JavaScript's ``undefined``."""

    kind: Kind
    value: Any


def to_result(response: httpx.Response, call: Call) -> Any:
    """Return the result in an answer that was read; ``{}``, what JavaScript makes of ``undefined``, stands for None.

    Raises:
        GenkitError: The error in the answer, or ``DATA_LOSS`` if it holds neither result nor error.
    """
    try:
        answer = read_json(response.content, allow_inf_nan=True)
    except GenkitError:
        answer = None
    if isinstance(answer, dict):
        members = cast('dict[str, Any]', answer)
        if members.get('error') is not None:
            raise to_error(members, response, call)
        if 'result' in members or not members:
            return members.get('result')
    raise GenkitError(
        f'{call.where} answered {response.status_code} with something that is not the result of a flow: '
        f'{_excerpt(response.content, call)}. Expected was {{"result": …}}; is it the address of a flow?',
        status='DATA_LOSS',
    )


def to_frame(event: Event, call: Call) -> Frame | None:
    """Return what an event means, or None for one that means nothing, such as a ping.

    Raises:
        GenkitError: ``DATA_LOSS`` if it is not JSON, or none of a flow's.
    """
    if event.name not in ('', 'message', 'result', 'error'):
        return None
    try:
        value = read_json(event.data, allow_inf_nan=True)
    except GenkitError as error:
        if event.name == 'error':
            return Frame('error', event.data.decode(errors='replace'))
        raise _malformed(event, call) from error
    return _named(event.name, value) if event.name in ('result', 'error') else _unnamed(event, value, call)


def _named(name: Literal['result', 'error'], value: Any) -> Frame:
    wrapped = isinstance(value, dict) and list(cast('dict[str, Any]', value)) == [name]
    return Frame(name, value[name] if wrapped else value)


def _unnamed(event: Event, value: Any, call: Call) -> Frame:
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        present = [Frame(kind, members[kind]) for kind in _KINDS if kind in members]
        if present:
            return next((frame for frame in present if frame.value is not None), present[0])
        if not members:
            return Frame('empty', None)
    if event.name:  # the server took the event's name in place of the member
        return Frame('message', value)
    raise _malformed(event, call)


def _malformed(event: Event, call: Call) -> GenkitError:
    return GenkitError(
        f'The stream of {call.where} holds {_excerpt(event.data, call)}, which is not JSON with one of the members '
        "'message', 'result' and 'error'.",
        status='DATA_LOSS',
    )


def to_error(payload: Any, response: httpx.Response, call: Call) -> GenkitError:
    """Return the error that a server reported.

    Args:
        payload: ``{status, message, details}``, that in a member ``error``, or a text.
        response: The answer that it came with.
        call: What was asked.
    """
    members = _error_members(call.without_secrets(payload))
    return GenkitError(
        _text_of(members, response, call),
        status=_known_status(members.get('status')) or from_http_code(response.status_code),
        details={**_details_of(members), **_retry_hint(response)},
        cause=None if response.is_success else _http_error(response),
        trace_id=response.headers.get('x-genkit-trace-id'),
    )


def to_http_error(response: httpx.Response, call: Call) -> GenkitError:
    """Return the error for an answer, which was read, with another status than success."""
    if response.has_redirect_location:
        target = response.url.join(response.headers['location'])
        return GenkitError(
            f'{call.where} redirects to {shown_address(target)}, with status {response.status_code}; a call is not '
            'sent on by itself. Use that address, or an http_client that follows redirects.',
            status='FAILED_PRECONDITION',
            cause=_http_error(response),
        )
    try:
        payload = read_json(response.content, allow_inf_nan=True)
    except GenkitError:
        payload = None
    return to_error(payload, response, call)


def _error_members(payload: Any) -> dict[str, Any]:
    if isinstance(payload, str):
        return {'message': payload}
    if not isinstance(payload, dict):
        return {}
    members = cast('dict[str, Any]', payload)
    inner = members.get('error')
    if isinstance(inner, dict):
        return _error_members(inner)
    return {'message': inner, **members} if isinstance(inner, str) else members


def _details_of(members: dict[str, Any]) -> dict[str, Any]:
    details = members.get('details')
    if isinstance(details, dict):
        return cast('dict[str, Any]', details)
    return {} if details is None else {'details': details}


def _text_of(members: dict[str, Any], response: httpx.Response, call: Call) -> str:
    """Return the server's message, or what can be said without one; FastAPI says ``detail``."""
    for name in ('message', 'detail'):
        if isinstance(text := members.get(name), str) and text:
            return text
    if response.is_success:
        return f'{call.where} sent an error without a message: {members!r}'
    answered = f'{call.where} answered {response.status_code} {response.reason_phrase}'.rstrip()
    return f'{answered}: {_excerpt(response.content, call)}' if response.content else f'{answered}.'


def _known_status(name: Any) -> StatusName | None:
    """Return the status of a name; some servers write it with spaces."""
    spelled = name.strip().replace(' ', '_').upper() if isinstance(name, str) else ''
    return StatusName[spelled] if spelled in StatusName.__members__ and spelled != 'OK' else None


def _http_error(response: httpx.Response) -> httpx.HTTPStatusError:
    text = f'{response.status_code} {response.reason_phrase}'.rstrip()
    return httpx.HTTPStatusError(text, request=response.request, response=response)


def _retry_hint(response: httpx.Response) -> dict[str, int]:
    """Return ``retry_after_ms`` if the answer has a ``Retry-After``: seconds, or a date (RFC 9110, section 10.2.3)."""
    text = response.headers.get('retry-after', '').strip()
    if _SECONDS.fullmatch(text):
        return {'retry_after_ms': round(float(text) * 1000)}
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return {}
    moment = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return {'retry_after_ms': max(0, round((moment - datetime.now(UTC)).total_seconds() * 1000))}


def _excerpt(content: bytes, call: Call) -> str:
    text = call.without_secrets(content.decode(errors='replace'))
    return repr(text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…')
