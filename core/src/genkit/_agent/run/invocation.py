# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One run of an agent: opens the session, serves it, and goes on in the background if the caller detaches."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from genkit._action.bidi import BidiRunContext
from genkit._action.pipe import DEFAULT_ROOM, Pipe
from genkit._agent.opening import AgentDefinition, NotOpened, Opening
from genkit._agent.run.caller import RunCaller
from genkit._agent.run.chain import Chain, Detached, wire_error
from genkit._agent.run.detached import look_after
from genkit._agent.turns import SessionRunner, TurnFailedError
from genkit._base.errors import GenkitError, log_unexpected
from genkit.types import AgentFinishReason, AgentInit, AgentInput, AgentOutput, AgentResult, SessionState


async def invoke(
    agent: AgentDefinition, inputs: AsyncIterator[AgentInput], context: BidiRunContext[Any, Any]
) -> AgentOutput:
    """Run an agent and return how the run ended; a failing turn is a way to end.

    Args:
        agent: The agent.
        inputs: The stream of inputs.
        context: The context of the call.

    Raises:
        GenkitError: What `Opening.open` raises for an init that this agent does not take from this caller.
    """
    init: AgentInit = context.init or AgentInit()
    store = agent.store_for(context.context)
    check = agent.input_check(by_application=context.by_application)
    opened = await Opening(agent, store, context.context, check).open(init)
    if isinstance(opened, NotOpened):
        return _failed(agent, opened.error, init.state if store is None else None)
    state = opened.state
    if context.span is not None and state.session_id:
        context.span.set_attribute('genkit:metadata:agent:sessionId', state.session_id)
    chain = Chain(agent.name, store, opened)
    caller = RunCaller(agent, context, check.signer, tuple(state.messages or ()))
    queue: Pipe[AgentInput] = Pipe()
    runner = SessionRunner(queue, state, chain, caller, check)
    return await _Invocation(agent, context, chain, caller, queue, runner, keeps_state=store is not None).run(inputs)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A run that an input has ended which the agent does not take."""

    error: GenkitError


class _Invocation:
    """A run whose session is open: a reader takes inputs ahead of the turns, so that a detach takes effect on arrival.

    A run serves its caller until `_leaving` has a result: it is then detached, or refused.
    """

    def __init__(
        self,
        agent: AgentDefinition,
        context: BidiRunContext[Any, Any],
        chain: Chain,
        caller: RunCaller,
        queue: Pipe[AgentInput],
        runner: SessionRunner,
        *,
        keeps_state: bool,
    ) -> None:
        self._agent = agent
        self._context = context
        self._chain = chain
        self._caller = caller
        self._queue = queue
        self._runner = runner
        self._keeps_state = keeps_state
        self._leaving: asyncio.Future[Detached | _Refused] = asyncio.get_running_loop().create_future()

    async def run(self, inputs: AsyncIterator[AgentInput]) -> AgentOutput:
        sent = self._context.inputs
        is_read = sent is None or sent.ends_within(DEFAULT_ROOM)
        if is_read:
            await self._read(inputs)
            if not self._leaving.done():
                try:
                    return await self._work()  # the caller has sent everything
                finally:
                    await self._chain.release()
            _raise_if_refused(self._leaving.result())
        work = asyncio.create_task(self._work())
        reading = None if is_read else asyncio.create_task(self._read(inputs))
        goes_on = False
        try:
            await asyncio.wait([work, self._leaving], return_when=asyncio.FIRST_COMPLETED)
            if not self._leaving.done():
                return await work
            left = _raise_if_refused(self._leaving.result())
            goes_on = True
            look_after(self._agent.name, left, work, self._context.abort)
            return AgentOutput(
                session_id=self._runner.session_id,
                snapshot_id=left.pending.snapshot_id,
                finish_reason=AgentFinishReason.DETACHED,
            )
        finally:
            await self._chain.release()
            if reading is not None:
                reading.cancel()
            if not goes_on and not work.done():
                work.cancel()
                await asyncio.wait([work])

    async def _read(self, inputs: AsyncIterator[AgentInput]) -> None:
        """Queue the inputs until they end, or until one of them detaches the run or is refused."""
        left: Detached | _Refused | None = None
        try:
            async for given in inputs:
                if given.detach:
                    left = await self._chain.detach(self._runner.last_good)
                    self._caller.leave()
                if given.message is not None or given.resume is not None or not given.detach:
                    await self._queue.put(given.replaced(detach=None) if given.detach else given)
                if given.detach:
                    break
        except GenkitError as error:
            left = _Refused(error)
        finally:
            self._queue.close()
            if left is not None and not self._leaving.done():
                self._leaving.set_result(left)

    async def _work(self) -> AgentOutput:
        try:
            result = await self._agent.fn(self._runner, self._context) or AgentResult()
        except TurnFailedError as failed:
            return await self._end_failed(failed.__cause__)
        except Exception as error:  # noqa: BLE001  (how the agent ended is its result)
            return await self._end_failed(error)
        return await self._end(result)

    async def _end(self, result: AgentResult) -> AgentOutput:
        reason = result.finish_reason or self._runner.last_reason
        state = self._runner.state
        await self._chain.end(state, reason)
        message, mine = result.message, None
        if not self._keeps_state:
            message, mine = self._caller.handed_out(message, state)
        return AgentOutput.trusted(
            session_id=state.session_id,
            snapshot_id=self._chain.good_id,
            state=mine,
            message=message,
            artifacts=result.artifacts,
            finish_reason=reason,
        )

    async def _end_failed(self, error: BaseException | None) -> AgentOutput:
        good = self._runner.last_good
        await self._chain.fail(self._runner.state, error)
        message, state = (good.messages or [None])[-1], None
        if not self._keeps_state:
            message, state = self._caller.handed_out(message, good)
        return _failed(self._agent, error, state).replaced(
            session_id=good.session_id, snapshot_id=self._chain.good_id, message=message
        )


def _raise_if_refused(left: Detached | _Refused) -> Detached:
    if isinstance(left, _Refused):
        raise left.error
    return left


def _failed(agent: AgentDefinition, error: BaseException | None, state: SessionState | None) -> AgentOutput:
    if error is not None:
        log_unexpected(error, f'Agent {agent.name!r}')
    return AgentOutput(state=state, finish_reason=AgentFinishReason.FAILED, error=wire_error(error))
