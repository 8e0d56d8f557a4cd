# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a stream to what its events say, whichever of the two protocols they are of."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any, Final, Protocol, cast

from genkit.plugin import EventReader, quoting, read_json
from genkit.types import GenerateResponse, GenerateResponseChunk

from genkit_compat_oai.errors import Failures


_PATIENCE_SECONDS: Final = 0.2


class StreamReader(Protocol):
    """What reads the events of one protocol.

    Attributes:
        begun: Whether an event of the protocol came.
        ended: Whether one came that ends the answer.
    """

    begun: bool
    ended: bool

    def read(self, event: dict[str, Any]) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show."""
        ...

    def last(self) -> GenerateResponseChunk[Any] | None:
        """Return what is left to show at the end; None if nothing is."""
        ...

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer."""
        ...


async def read_stream(
    pieces: AsyncIterable[bytes],
    reader: StreamReader,
    failures: Failures,
    send: Callable[[GenerateResponseChunk[Any]], object],
) -> GenerateResponse[Any]:
    """Read a stream to its end and return the whole answer.

    Args:
        pieces: The bytes, in any pieces.
        reader: Of the protocol.
        failures: Makes the errors.
        send: Takes the chunks.

    Raises:
        GenkitError: The provider's own error, wherever it comes; ``UNAVAILABLE`` if nothing came of the protocol, and
            ``DATA_LOSS`` if the stream stopped before its end.
    """
    events = EventReader()
    async with aclosing(_events(pieces, events, reader)) as stream:
        async for data, name in stream:
            event = _parsed(data, name, failures, reader)
            if event is None:
                await _drain(stream)
                break
            chunk = reader.read(event)
            if chunk is not None:
                send(chunk)
    if not reader.begun:
        raise failures.no_answer(events.head)
    if not reader.ended:
        raise failures.cut_short('the event that ends it')
    if (chunk := reader.last()) is not None:
        send(chunk)
    return reader.response()


async def _events(
    pieces: AsyncIterable[bytes], events: EventReader, reader: StreamReader
) -> AsyncGenerator[tuple[bytes, str]]:
    """Yield data and name of each event; a connection that is lost after the end of the answer is no failure."""
    try:
        async for piece in pieces:
            for event in events.feed(piece):
                yield event.data, event.name
    except Exception:
        if not reader.ended:
            raise  # it becomes an error of ours where the call was made
    for event in events.close():
        yield event.data, event.name


async def _drain(stream: AsyncIterator[Any]) -> None:
    """Read what follows the mark of the end, which is nothing as a rule: only then can the connection be used again."""
    with suppress(Exception):  # the answer is there, whatever becomes of the connection
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async for _ in stream:
                pass


def _parsed(data: bytes, name: str, failures: Failures, reader: StreamReader) -> dict[str, Any] | None:
    """Return an event's members; None for the mark that ends the stream."""
    if not data.strip():
        return {}
    if data.startswith(b'[DONE]'):
        reader.ended = reader.ended or reader.begun
        return None
    try:
        event = read_json(data)
    except ValueError:
        told = failures.told_in(data, begun=reader.begun) if name == 'error' else None
        if told is None and reader.begun:
            begin = repr(data[:80].decode(errors='replace'))
            told = quoting(failures.cut_short(f'the rest of the event that begins with {begin}'))
        raise told or failures.no_answer(data) from None
    if not isinstance(event, dict):
        if event is None or event == []:
            return {}
        raise failures.told_in(event, begun=reader.begun) or failures.no_answer(event)
    members = cast('dict[str, Any]', event)
    return {'type': name, **members} if name and 'type' not in members else members
