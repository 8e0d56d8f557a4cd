# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to the protocol's JSON: what is no answer is an error, whatever status it came with.

Whole answers are JSON. Streams are frames of ``application/vnd.amazon.eventstream``, which botocore takes apart and
whose checksums it compares; what stands in them is read here, as botocore drops members that it does not know.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final, cast

from genkit import GenkitError, StatusName
from genkit.plugin import answer_error, cut_short, members_of, read_json, whole_characters

from genkit_amazon_bedrock.convert.tools import Body
from genkit_amazon_bedrock.errors import KINDS, Call, to_exception
from genkit_amazon_bedrock.service import botocore


_LONGEST_STRAY: Final = 65_536


def read_answer(content: bytes, call: Call, answered: str | None) -> Body:
    """Return the object that the body of an answer holds.

    Args:
        content: The body.
        call: What was called.
        answered: The member without which it is no answer.

    Raises:
        GenkitError: It is an error, or nothing of the protocol.
    """
    try:
        value = read_json(content)
    except ValueError:
        raise answer_error(call.plugin, content, call.secrets, kinds=KINDS) from None
    body = cast('Body', value) if isinstance(value, dict) else {}
    if body.get('error') or (answered is not None and answered not in body) or not body:
        raise answer_error(call.plugin, value, call.secrets, kinds=KINDS)
    return whole_characters(body)


class StreamFrames:
    """Reads the bytes of a stream as the protocol's events.

    Args:
        call: What was called.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._buffer = botocore('eventstream').EventStreamBuffer()
        self._head = b''  # what came before the first event
        self._left = 0  # the bytes that belong to no event yet
        self._is_stray = self._is_begun = False

    def feed(self, piece: bytes) -> Iterator[tuple[str, Body]]:
        """Yield name and data of each event that a further piece completes.

        Raises:
            GenkitError: The provider sent an exception, a broken frame, or something that is no event.
        """
        self._left += len(piece)
        if not self._is_begun and len(self._head) < _LONGEST_STRAY:
            self._head += piece
        if self._is_stray:
            return
        self._buffer.add_data(piece)
        while (message := self._next()) is not None:
            self._left -= message.prelude.total_length
            event = self._read(message)
            self._is_begun = True
            if event is not None:
                yield event

    def close(self) -> None:
        """Check that nothing is missing.

        Raises:
            GenkitError: Nothing of the protocol came, or the last event was cut off.
        """
        if not self._is_begun:
            raise answer_error(self._call.plugin, self._head, self._call.secrets, kinds=KINDS)
        if self._left:
            raise cut_short(self._call.plugin, 'the rest of an event')

    def _next(self) -> Any:
        """Return the next message; None until there is a whole one."""
        broken = botocore('eventstream').ParserError
        try:
            return next(self._buffer, None)
        except (broken, KeyError, UnicodeDecodeError, struct.error) as error:
            if not self._is_begun:  # the beginning of something else: it is kept until its end
                self._is_stray = True
                return None
            raise GenkitError(
                f'An event of the stream is broken: {error}. What was streamed is not complete; ask again.',
                status=StatusName.DATA_LOSS,
                source=self._call.plugin,
            ) from error

    def _read(self, message: Any) -> tuple[str, Body] | None:
        headers: dict[str, Any] = message.headers
        kind = headers.get(':message-type')
        if kind == 'error':
            said = {'message': str(headers.get(':error-message') or '')}
            raise to_exception(self._call, str(headers.get(':error-code')), said, begun=self._is_begun)
        try:
            value: Any = read_json(message.payload) if message.payload else {}
        except ValueError:
            value = message.payload.decode(errors='replace')
        if kind == 'exception':
            said = cast('Body', value) if isinstance(value, dict) else {'message': str(value)}
            raise to_exception(self._call, str(headers.get(':exception-type')), said, begun=self._is_begun)
        name = headers.get(':event-type')
        body = members_of(value, str(name))
        if body.get('error'):
            raise answer_error(self._call.plugin, body, self._call.secrets, begun=self._is_begun, kinds=KINDS)
        return (name, body) if isinstance(name, str) else None
