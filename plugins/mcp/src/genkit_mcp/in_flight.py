# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A call of a tool in flight: its silence limit, its progress, and the question it is held open for."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from genkit import GenkitError

from genkit_mcp.convert.answers import answers_for, question_interrupt


if TYPE_CHECKING:
    from mcp.types import ElicitResult

_LOGGER: Final = logging.getLogger('genkit.mcp')


class Question:
    """A question that a server of the older generation asks in mid-call."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.answer: asyncio.Future[ElicitResult] = asyncio.get_running_loop().create_future()


class ToolCall:
    """One call of a tool.

    Args:
        tool: The tool's name.
        arguments: Its arguments.
        run: Asks the server.
        on_progress: Is given ``{'progress', 'total', 'message'}``.
    """

    def __init__(
        self, tool: str, arguments: Any, run: Coroutine[Any, Any, Any], on_progress: Callable[[Any], None]
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.tool = tool
        self.arguments = arguments
        self.on_progress = on_progress
        self.prepared: list[tuple[dict[str, Any], ElicitResult]] = []
        self.question: Question | None = None
        self.asked = asyncio.Event()
        self.last_sign = asyncio.get_running_loop().time()
        self.task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(run)
        self.expiry: asyncio.TimerHandle | None = None

    async def progressed(self, progress: float, total: float | None, message: str | None) -> None:
        """Send a report of the server on as a chunk; the silence begins again."""
        self.sign()
        report = {'progress': progress, 'total': total, 'message': message}
        self.on_progress({name: value for name, value in report.items() if value is not None})

    def sign(self) -> None:
        """Note that the server is alive."""
        self.last_sign = asyncio.get_running_loop().time()

    def is_of(self, tool: str, arguments: Any) -> bool:
        """Return whether it is a call of that tool with those arguments."""
        return self.tool == tool and _canonical(self.arguments) == _canonical(arguments)


class Calls:
    """The calls of one connection: which run, which are held open, and which question belongs to which.

    A server of the older generation does not say for which call it asks. A question goes to the only call that runs;
    with several, it waits until as many calls have a question as can still have one.

    Args:
        server: The server's name, for messages.
        timeout: Seconds of silence after which a call fails.
        question_timeout: Seconds that a call is held open.
    """

    def __init__(self, server: str, timeout: float, question_timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._question_timeout = question_timeout
        self._running: list[ToolCall] = []
        self._waiting: list[Question] = []
        self._held: dict[str, ToolCall] = {}
        self._busy = 0

    async def outcome(self, call: ToolCall) -> Any:
        """Return the server's result.

        Raises:
            Interrupt: The server asks; the call is held open.
            GenkitError: ``DEADLINE_EXCEEDED`` after too long a silence, or what the call raised.
        """
        self._running.append(call)
        is_kept = False
        try:
            while not call.task.done():
                silence = asyncio.get_running_loop().time() - call.last_sign
                if call.question is not None:
                    is_kept = True
                    break
                if silence >= self._timeout and not self._waiting and not self._busy:
                    raise self._too_silent(call)
                pause = self._timeout - silence if silence < self._timeout else 1.0
                await _first(call.task, call.asked, pause)
        finally:
            self._running.remove(call)
            if not is_kept and not call.task.done():
                call.task.cancel()
                await asyncio.wait([call.task])
            self._assign()
        if is_kept and call.question is not None:
            self._hold(call)
            raise question_interrupt(self._server, {'question': call.question.said}, call=call.id)
        return call.task.result()

    def resume(self, held: str, tool: str, arguments: Any, resumed: Any) -> ToolCall | None:
        """Answer the question of a call that is held open, and return the call; None if there is none any more.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if it is another tool's call, has other arguments, or the answer is none.
        """
        call = self._held.get(held)
        if call is None or call.question is None:
            return None
        if not call.is_of(tool, arguments):
            raise GenkitError(
                f'The answer for tool {tool!r} names a call of another tool or with other arguments. Restart the '
                'request that waits, unchanged.',
                status='INVALID_ARGUMENT',
            )
        [answer] = answers_for({'question': call.question.said}, resumed).values()
        del self._held[held]
        if call.task.done() and (call.task.cancelled() or call.task.exception() is not None):
            return None
        if call.expiry is not None:
            call.expiry.cancel()
        question, call.question = call.question, None
        call.asked.clear()
        call.sign()
        if not question.answer.done():
            question.answer.set_result(answer)
        return call

    async def ask(self, said: dict[str, Any]) -> 'ElicitResult':
        """Return the answer to a question that came in mid-call."""
        from mcp.types import ElicitResult  # noqa: PLC0415  (a slow import)

        for call in self._running:
            for entry in call.prepared:
                if entry[0] == said:
                    call.prepared.remove(entry)
                    return entry[1]
        if not self._running:
            _LOGGER.warning('MCP server %r asked %r outside any call; cancelled.', self._server, said.get('message'))
            return ElicitResult(action='cancel')
        question = Question(said)
        self._waiting.append(question)
        self._assign()
        try:
            return await question.answer
        finally:
            if question in self._waiting:
                self._waiting.remove(question)

    async def while_busy(self, work: Awaitable[Any]) -> Any:
        """Await what the server has asked for; no call is silent meanwhile."""
        self._busy += 1
        try:
            return await work
        finally:
            self._busy -= 1
            for call in self._running:
                call.sign()

    def close(self) -> None:
        """Cancel the calls that are held open."""
        for call in [*self._held.values()]:
            self._drop(call)

    def _assign(self) -> None:
        free = [call for call in self._running if call.question is None and not call.task.done()]
        if not free or len(self._waiting) < len(free):
            return
        for call in free:
            call.question = self._waiting.pop(0)
            call.asked.set()

    def _hold(self, call: ToolCall) -> None:
        self._held[call.id] = call
        call.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        call.expiry = asyncio.get_running_loop().call_later(self._question_timeout, self._drop, call)

    def _drop(self, call: ToolCall) -> None:
        self._held.pop(call.id, None)
        if call.expiry is not None:
            call.expiry.cancel()
        call.task.cancel()

    def _too_silent(self, call: ToolCall) -> GenkitError:
        return GenkitError(
            f'MCP server {self._server!r} was silent for {self._timeout:g} seconds about tool {call.tool!r}; the call '
            'was cancelled. Slow tools report their progress, or take timeout= of McpServerConfig.',
            status='DEADLINE_EXCEEDED',
        )


async def _first(task: 'asyncio.Task[Any]', event: asyncio.Event, seconds: float) -> None:
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait([task, waiting], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
