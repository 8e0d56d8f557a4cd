# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a tool of a server to its result, or to an interrupt, in both generations of the protocol."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from genkit import GenkitError, ToolRunContext

from genkit_mcp.callbacks import question_of
from genkit_mcp.connection import Connection
from genkit_mcp.convert.answers import answers_for, question_interrupt
from genkit_mcp.convert.failures import mcp_error
from genkit_mcp.convert.results import to_wire
from genkit_mcp.in_flight import Calls, ToolCall


if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult, InputRequiredResult

_MODERN: Final = '2026-07-28'
_HEADER_MISMATCH: Final = -32020
_URL_REQUIRED: Final = -32042
_ROUNDS: Final = 16
_PAGES: Final = 100


class ToolRuns:
    """The tool calls of one connection.

    Args:
        server: The server's name.
        connection: The connection.
        calls: The calls that are in flight.
    """

    def __init__(self, server: str, connection: Connection, calls: Calls) -> None:
        self._server = server
        self._connection = connection
        self._calls = calls

    async def run(self, tool: str, arguments: Any, context: ToolRunContext) -> 'CallToolResult':
        """Return the result of a tool; a restart brings the answers to what it had asked.

        Raises:
            Interrupt: The server asks something.
            GenkitError: The server refuses, is silent for too long, or its connection ends.
        """
        waiting = _members(_members(context.interrupt_metadata).get('mcp') if context.is_resumed() else None)
        meta = _members(_members(context.context.get('mcp')).get('_meta'))
        call = _Attempt(tool, arguments, context, dict(meta) or None)
        if waiting.get('server') == self._server:
            return await self._resumed(call, waiting)
        return await self._rounds(call, None, None)

    async def _resumed(self, call: '_Attempt', waiting: Mapping[str, Any]) -> 'CallToolResult':
        questions = _members(waiting.get('questions'))
        held = waiting.get('call')
        if isinstance(held, str):
            kept = self._calls.resume(held, call.tool, call.arguments, call.context.resumed_metadata)
            if kept is not None:
                kept.on_progress = call.context.send_chunk
                return await self._finished(kept, call.tool)
            answers = answers_for(questions, call.context.resumed_metadata)
            call.prepared = [(dict(_members(questions[key])), answer) for key, answer in answers.items()]
            return await self._rounds(call, None, None)
        answers = answers_for(questions, call.context.resumed_metadata)
        if not waiting.get('state') and not waiting.get('again'):
            return await self._rounds(call, {**self._answered(waiting), **answers}, None)
        if waiting.get('again'):  # what an address asked for is done elsewhere
            return await self._rounds(call, None, None)
        return await self._rounds(call, {**self._answered(waiting), **answers}, str(waiting['state']))

    async def _rounds(self, call: '_Attempt', responses: dict[str, Any] | None, state: str | None) -> 'CallToolResult':
        for _ in range(_ROUNDS):
            result = await self._round(call, responses, state)
            requests = getattr(result, 'input_requests', None)
            if getattr(result, 'result_type', None) != 'input_required':
                return cast('CallToolResult', result)
            state = cast('InputRequiredResult', result).request_state
            responses, questions = await self._answers(requests or {})
            if questions:
                answered = {key: to_wire(value) for key, value in responses.items()}
                raise question_interrupt(self._server, questions, state=state, answered=answered or None)
        raise GenkitError(
            f'MCP server {self._server!r} asked more than {_ROUNDS} times about tool {call.tool!r}.', status='ABORTED'
        )

    async def _round(self, call: '_Attempt', responses: dict[str, Any] | None, state: str | None) -> Any:
        flight: ToolCall | None = None

        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            if flight is not None:
                await flight.progressed(progress, total, message)

        async def ask(client: 'Client') -> Any:
            async def once() -> Any:
                return await client.session.call_tool(
                    call.tool,
                    call.arguments,
                    progress_callback=progressed,
                    input_responses=responses,
                    request_state=state,
                    meta=cast('Any', call.meta),
                    allow_input_required=True,
                )

            try:
                return await once()
            except Exception as error:
                if getattr(error, 'code', None) != _HEADER_MISMATCH:
                    raise
                await _listed(client)  # the headers of a call depend upon the listed schemas
                return await once()

        flight = ToolCall(call.tool, call.arguments, self._connection.call(ask), call.context.send_chunk)
        flight.prepared = call.prepared
        return await self._finished(flight, call.tool)

    async def _finished(self, flight: ToolCall, tool: str) -> Any:
        try:
            return await self._calls.outcome(flight)
        except GenkitError:
            raise
        except Exception as error:
            if getattr(error, 'code', None) == _URL_REQUIRED:
                raise question_interrupt(self._server, _addresses(error), again=True) from error
            raise mcp_error(error, f'Tool {tool!r} of MCP server {self._server!r} failed') from error

    async def _answers(self, requests: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the answers that need no human, and the questions that do."""
        from mcp.client.session import ClientRequestContext  # noqa: PLC0415  (a slow import)

        answers: dict[str, Any] = {}
        questions: dict[str, Any] = {}
        client = await self._connection.client()
        for key, request in requests.items():
            if request.method == 'elicitation/create':
                questions[key] = question_of(request.params)
                continue
            context = ClientRequestContext(session=client.session, request_id=key, meta=None)
            answer = await client.session.dispatch_input_request(context, request)
            if hasattr(answer, 'code'):
                raise GenkitError(
                    f'MCP server {self._server!r} asked for {request.method!r}: {getattr(answer, "message", "")}',
                    status='FAILED_PRECONDITION',
                )
            answers[key] = answer
        return answers, questions

    def _answered(self, waiting: Mapping[str, Any]) -> dict[str, Any]:
        from mcp.types import CreateMessageResult, ListRootsResult  # noqa: PLC0415  (a slow import)

        found: dict[str, Any] = {}
        for key, value in _members(waiting.get('answered')).items():
            kind = ListRootsResult if 'roots' in _members(value) else CreateMessageResult
            found[key] = kind.model_validate(value)
        return found


class _Attempt:
    def __init__(self, tool: str, arguments: Any, context: ToolRunContext, meta: dict[str, Any] | None) -> None:
        self.tool = tool
        self.arguments: dict[str, Any] | None = arguments
        self.context = context
        self.meta = meta
        self.prepared: list[tuple[dict[str, Any], Any]] = []


async def _listed(client: 'Client') -> None:
    cursor: str | None = None
    for _ in range(_PAGES):
        cursor = (await client.list_tools(cursor=cursor)).next_cursor
        if cursor is None:
            return


def _addresses(error: Exception) -> dict[str, Any]:
    data = _members(getattr(error, 'data', None))
    given = cast('list[Any]', data.get('elicitations') or [])
    return {str(number): dict(_members(entry)) for number, entry in enumerate(given, 1)}


def _members(value: Any) -> Mapping[str, Any]:
    return cast('Mapping[str, Any]', value) if isinstance(value, Mapping) else {}
