# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A run as the events of a stream."""

from typing import Any, Self

from genkit._action.stream import StreamResponse
from genkit._base.errors import get_callable_json
from genkit._base.serialize import dump_json


class Frames:
    """An asynchronous iterator of event-stream frames; those that are ready at once come in one piece.

    Each frame is one line of JSON after ``data: ``, and the last one holds the result or the error: the JavaScript
    client reads nothing else.

    Args:
        stream: The run; cancelled when this is closed.
    """

    def __init__(self, stream: StreamResponse[Any, Any]) -> None:
        self._stream = stream
        self._ended = False

    def __aiter__(self) -> Self:
        """Iterate over the frames."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next frames."""
        if self._ended:
            raise StopAsyncIteration
        try:
            chunks = await self._stream.next_batch()
            return b''.join([f'data: {{"message":{dump_json(chunk)}}}\n\n'.encode() for chunk in chunks])
        except StopAsyncIteration:
            last = f'"result":{dump_json(await self._stream.response)}'
        except Exception as error:  # noqa: BLE001  (the client is waiting for an end of some kind)
            last = f'"error":{dump_json(get_callable_json(error))}'
        self._ended = True
        return f'data: {{{last}}}\n\n'.encode()

    def __del__(self) -> None:
        """Cancel a run whose frames nobody will read: frameworks drop answers that they never began to send."""
        if not self._ended:
            self._stream.cancel()

    async def aclose(self) -> None:
        """Cancel the run, if it still goes on."""
        self._ended = True
        await self._stream.aclose()
