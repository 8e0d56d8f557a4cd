# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that no provider should give and some give, each with what must become of it.

Each protocol has a table of them beside it. The contract of models plays the table of its wire, so that a plugin meets
all of them by naming its wire. What every protocol of server-sent events has in common is made here.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from genkit.testing.wires.said import Awkward, AwkwardKind


GREETING: Final = 'Grüße, 世界 😀'
CITY: Final = '{"city":"Oslo"}'
CUT_OFF: Final = '{"city":"Os'
HTML: Final = b'<!doctype html><html><head><title>504 Gateway Time-out</title></head><body>nginx</body></html>'
NO_CREDITS: Final = {'error': {'message': 'no credits', 'code': 402}}

_SERVER_SENT: Final = 'text/event-stream'
_PAGE: Final = 'text/html'


def to_json_bytes(value: Any) -> bytes:
    """Return JSON with characters as they are, so that bytes can be cut inside of them; halves of some as escapes."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def whole(name: str, kind: AwkwardKind, value: Any, **outcome: Any) -> Awkward:
    """Return a whole answer of JSON, or of the bytes that are given."""
    body = value if isinstance(value, bytes) else to_json_bytes(value)
    return Awkward(
        name=f'whole: {name}', kind=kind, body=body, streamed=False, content_type='application/json', **outcome
    )


def common_rows(frames: Sequence[bytes], last: int, answer: Any) -> Iterator[Awkward]:
    """Yield what may happen to every protocol of server-sent events.

    Args:
        frames: A good stream that says `GREETING`.
        last: How many of its frames are its end; without them it has none.
        answer: The same as a whole answer.
    """
    yield from _absent(to_json_bytes(answer))
    yield from _failed()
    yield from _framed(frames)
    for count in range(1, len(frames) - last + 1):
        name = f'only {count} of {len(frames)} events'
        yield Awkward(name=name, kind=AwkwardKind.STOPPED, body=b''.join(frames[:count]), status='DATA_LOSS')
    begun = b''.join(frames[: len(frames) - last])
    middle = len(begun) - len(frames[len(frames) - last - 1]) // 2
    yield Awkward(name='half an event', kind=AwkwardKind.STOPPED, body=begun[:middle], status='DATA_LOSS')


def absent_rows(*, streamed: bool) -> Iterator[Awkward]:
    """Yield what is no answer in any protocol."""
    prefix = 'stream' if streamed else 'whole'
    rows = (
        ('nothing', b'', 'application/json', ''),
        ('a page', HTML, _PAGE, '504 Gateway Time-out'),
        ('plain text', b'upstream connect error', 'text/plain', 'upstream connect error'),
        ('null', b'null', 'application/json', 'null'),
        ('an empty list', b'[]', 'application/json', ''),
        ('an empty object', b'{}', 'application/json', ''),
        ('a number', b'7', 'application/json', ''),
    )
    for name, body, content_type, says in rows:
        yield Awkward(
            name=f'{prefix}: {name}',
            kind=AwkwardKind.ABSENT,
            body=body,
            streamed=streamed,
            content_type=content_type,
            status='UNAVAILABLE',
            says=says,
        )


def _absent(answer: bytes) -> Iterator[Awkward]:
    yield from absent_rows(streamed=False)
    yield from absent_rows(streamed=True)
    rows = (
        ('a whole answer in place of events', answer, 'application/json'),
        ('comments alone', b': ping\n\n: ping\n\n', _SERVER_SENT),
        ('the mark of an end alone', b'data: [DONE]\n\n', _SERVER_SENT),
        ('null as an event', b'data: null\n\n', _SERVER_SENT),
    )
    for name, body, content_type in rows:
        kind = AwkwardKind.ABSENT
        yield Awkward(name=f'stream: {name}', kind=kind, body=body, content_type=content_type, status='UNAVAILABLE')


def failed_rows(*, streamed: bool) -> Iterator[Awkward]:
    """Yield failures in place of an answer, in the forms that servers and gateways have for them."""
    prefix = 'stream' if streamed else 'whole'
    forms: tuple[tuple[int, Any, str, str], ...] = (
        (200, NO_CREDITS, 'RESOURCE_EXHAUSTED', 'no credits'),
        (200, {'error': 'out of memory'}, 'UNAVAILABLE', 'out of memory'),
        (200, {'detail': 'the engine is starting'}, 'UNAVAILABLE', 'the engine is starting'),
        (200, [NO_CREDITS], 'RESOURCE_EXHAUSTED', 'no credits'),
        (422, {'detail': [{'loc': ['body', 'n'], 'msg': 'too many'}]}, 'INVALID_ARGUMENT', 'too many'),
        (503, b'the engine is starting', 'UNAVAILABLE', 'the engine is starting'),
        (504, HTML, 'DEADLINE_EXCEEDED', '504 Gateway Time-out'),
        (429, [{'error': {'message': 'slow down'}}], 'RESOURCE_EXHAUSTED', 'slow down'),
        (400, {'message': 'no such thing'}, 'INVALID_ARGUMENT', 'no such thing'),
    )
    for http, value, status, says in forms:
        body = value if isinstance(value, bytes) else to_json_bytes(value)
        yield Awkward(
            name=f'{prefix}: {http} with {body[:40].decode()}',
            kind=AwkwardKind.FAILED,
            body=body,
            streamed=streamed,
            http=http,
            content_type=_PAGE if body == HTML else 'application/json',
            status=status,
            says=says,
        )


def _failed() -> Iterator[Awkward]:
    yield from failed_rows(streamed=False)
    yield from failed_rows(streamed=True)
    first = b'data: ' + to_json_bytes(NO_CREDITS) + b'\n\n'
    kind, status = AwkwardKind.FAILED, 'RESOURCE_EXHAUSTED'
    yield Awkward(name='stream: as its first event', kind=kind, body=first, status=status, says='no credits')


def _framed(frames: Sequence[bytes]) -> Iterator[Awkward]:
    body = b''.join(frames)
    layouts = (
        ('as usual', body),
        ('with comments', b': hello\n\n' + b': ping\n\n'.join(frames) + b':\n\n'),
        ('with comments inside of events', body.replace(b'data:', b': OPENROUTER PROCESSING\ndata:')),
        ('with ids and times to retry', body.replace(b'data:', b'id: 7\nretry: 100\ndata:')),
        ('with names of events', body if b'event:' in body else body.replace(b'data:', b'event: message\ndata:')),
        ('without the space after data', body.replace(b'data: ', b'data:')),
        ('with a byte order mark', b'\xef\xbb\xbf' + body),
        ('with carriage returns', body.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')),
        ('with several blank lines', body.replace(b'\n\n', b'\n\n\n\n')),
        ('with another mark of the end', body + (b'' if b'[DONE]' in body else b'data: [DONE]\n\n')),
    )
    for name, laid_out in layouts:
        yield Awkward(name=name, kind=AwkwardKind.FRAMED, body=laid_out, text=GREETING, finish='stop')
