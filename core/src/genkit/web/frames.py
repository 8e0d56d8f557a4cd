# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Server-sent events of a run."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

from genkit._action.sendable import write_json
from genkit._action.stream import StreamResponse
from genkit._base.errors import GenkitError, get_callable_json, log_unexpected
from genkit._base.serialize import dump_json, dump_strict_json
from genkit._trace.propagation import ended_span


class Frames:
    """An asynchronous iterator of server-sent event frames; frames that are ready together come in one chunk.

    Each frame is one line of JSON after ``data: ``, and the last one holds the result or the error, whatever the run
    does: the JavaScript client reads nothing else, and does not notice a stream that ends without.

    Args:
        stream: The run; cancelled when this is closed.
        what: Runs, as the subject of a sentence, such as ``Flow 'greet'``.
        ids: Of its trace and of its span, if there are any.
    """

    def __init__(self, stream: StreamResponse[Any, Any], what: str = 'A flow', ids: Sequence[str] = ()) -> None:
        self._stream = stream
        self._what = what
        self._ids = ids
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
        except StopAsyncIteration:
            return self._last()
        except BaseException as error:
            if not self._is_outcome(error):
                raise
            return self._failed(error)
        try:
            return b''.join([f'data: {{"message":{dump_strict_json(chunk)}}}\n\n'.encode() for chunk in chunks])
        except Exception:  # noqa: BLE001  (which one it is, and what came before it, is found out below)
            return self._until_unwritable(chunks)

    def __del__(self) -> None:
        """Cancel a run whose frames nobody will read: frameworks drop answers that they never began to send."""
        if not self._ended:
            self._stream.cancel()

    async def aclose(self) -> None:
        """Cancel the run, if it is still active."""
        self._ended = True
        await self._stream.aclose()

    def _last(self) -> bytes:
        try:
            result = self._stream.response.result()  # there are no more chunks because it has ended
            text = write_json(result, f'The result of {uncapitalized(self._what)}')
        except BaseException as error:
            if not self._is_outcome(error):
                raise
            return self._failed(error)
        self._ended = True
        return f'data: {{"result":{text}}}\n\n'.encode()

    def _until_unwritable(self, chunks: list[Any]) -> bytes:
        """Return the chunks before the one that cannot be written, and the end; the run is cancelled."""
        frames: list[bytes] = []
        try:
            for chunk in chunks:
                text = write_json(chunk, f'A chunk of {uncapitalized(self._what)}')
                frames.append(f'data: {{"message":{text}}}\n\n'.encode())
        except GenkitError as error:
            self._stream.cancel()
            frames.append(self._failed(error))
        return b''.join(frames)

    def _failed(self, error: BaseException) -> bytes:
        self._ended = True
        with ended_span(self._ids):
            log_unexpected(error, self._what, self._ids[0] if self._ids else None)
        return f'data: {{"error":{dump_json(get_callable_json(error))}}}\n\n'.encode()

    def _is_outcome(self, error: BaseException) -> bool:
        """Return whether an error ended the run, rather than the reader of its frames."""
        run = self._stream.response
        if isinstance(error, asyncio.CancelledError):
            return run.cancelled() and not is_cancelled()
        return isinstance(error, Exception) or (run.done() and not run.cancelled() and run.exception() is error)


def uncapitalized(text: str) -> str:
    """Return a text for the middle of a sentence."""
    return text[:1].lower() + text[1:]


def is_cancelled() -> bool:
    """Return whether the running task is being cancelled, rather than code in it raising `CancelledError`."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
