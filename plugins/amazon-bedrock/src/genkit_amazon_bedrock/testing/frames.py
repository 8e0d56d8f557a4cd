# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Frames of ``application/vnd.amazon.eventstream``, as the provider writes them.

A frame is a prelude of two lengths and their checksum, headers, a payload, and the checksum of all of it:
https://smithy.io/2.0/aws/amazon-eventstream.html.
"""

import json
import struct
from binascii import crc32
from collections.abc import Iterator, Mapping
from typing import Any, Final


STREAM: Final = 'application/vnd.amazon.eventstream'

_TEXT: Final = 7
_PRELUDE: Final = 12
_CHECKSUM: Final = 4


def to_frame(name: str, payload: Any, kind: str = 'event') -> bytes:
    """Return a frame.

    Args:
        name: The event's, or the exception's.
        payload: JSON, or bytes that are sent as they are.
        kind: ``event`` or ``exception``.
    """
    headers = {f':{kind}-type': name, ':content-type': 'application/json', ':message-type': kind}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return pack(b''.join(_header(*each) for each in headers.items()), body)


def to_error_frame(code: str, message: str) -> bytes:
    """Return a frame by which the transport itself reports an error, without a payload."""
    headers = {':message-type': 'error', ':error-code': code, ':error-message': message}
    return pack(b''.join(_header(*each) for each in headers.items()), b'')


def pack(headers: bytes, payload: bytes) -> bytes:
    """Return a frame of headers that are already written."""
    prelude = struct.pack('!II', _PRELUDE + len(headers) + len(payload) + _CHECKSUM, len(headers))
    begun = prelude + struct.pack('!I', crc32(prelude)) + headers + payload
    return begun + struct.pack('!I', crc32(begun))


def read_frames(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers and the payload of each frame, as bytes."""
    while body:
        total, length = struct.unpack('!II', body[:8])
        headers_end = _PRELUDE + length
        yield body[_PRELUDE:headers_end], body[headers_end : total - _CHECKSUM]
        body = body[total:]


def is_stream(headers: Mapping[str, str]) -> bool:
    """Return whether an answer is a stream."""
    return headers.get('content-type', '').startswith(STREAM)


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return struct.pack('!B', len(name)) + name.encode() + struct.pack('!BH', _TEXT, len(text)) + text
