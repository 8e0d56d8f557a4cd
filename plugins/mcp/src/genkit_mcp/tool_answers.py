# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a tool of the application for a client: progress, questions, errors."""

import asyncio
import inspect
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from genkit import Action, GenkitError, Interrupt, PublicError, StatusName
from genkit.plugin import read_json

from genkit_mcp.convert.contents import as_text, to_failure, to_result
from genkit_mcp.offer import definition_of, tool_inputs
from genkit_mcp.settings import McpServerOptions


if TYPE_CHECKING:
    from mcp.types import CallToolRequestParams, CallToolResult, InputRequiredResult

_LOGGER: Final = logging.getLogger('genkit.mcp')
_MODERN: Final = '2026-07-28'
_QUESTIONS: Final = 16
_SHOWN: Final = 2000
_ANSWER: Final[dict[str, Any]] = {
    'type': 'object',
    'properties': {'answer': {'type': 'string', 'description': 'Your answer; may be empty to agree.'}},
}


async def answer_call(
    action: Action[Any, Any, Any], context: Any, params: 'CallToolRequestParams', options: McpServerOptions
) -> 'CallToolResult | InputRequiredResult':
    """Return what a tool answers, or the question that it waits for."""
    run = _Run(action, context, params, options)
    try:
        return await run.answered()
    except Exception as error:  # noqa: BLE001  (the client's model reads what it may know)
        return to_failure(_said(error, action.name))


class _Run:
    def __init__(
        self, action: Action[Any, Any, Any], context: Any, params: 'CallToolRequestParams', options: McpServerOptions
    ) -> None:
        definition = definition_of(action)
        self._action = action
        self._context = context
        self._params = params
        self._options = options
        self._input: Any = tool_inputs(definition).from_wire(definition.name, params.arguments or {})
        if not definition.input_schema and not self._input:
            self._input = None
        self._is_structured = (action.output_schema or {}).get('type') == 'object'

    async def answered(self) -> 'CallToolResult | InputRequiredResult':
        given = self._params.input_responses
        if given is None or self._params.request_state is None:
            return await self._attempts(None)
        metadata = read_json(self._params.request_state)
        return await self._after(metadata, given.get('answer'))

    async def _attempts(self, resumed: tuple[dict[str, Any], Any] | None) -> 'CallToolResult | InputRequiredResult':
        try:
            return await self._attempt(resumed)
        except Interrupt as interrupt:
            if resumed is not None and resumed[0] == interrupt.metadata:  # it does nothing but ask
                said = cast('dict[str, Any]', resumed[1]) if isinstance(resumed[1], dict) else {}
                return to_result(said.get('answer', said), is_structured=False)
            return await self._asked(interrupt.metadata)

    async def _attempt(self, resumed: tuple[dict[str, Any], Any] | None) -> 'CallToolResult':
        call: Any = {'context': await self._call_context()}
        if resumed is not None:
            call.update(interrupt_metadata=resumed[0], resumed=resumed[1])
        reports = _Reports(self._context)
        try:
            response = await self._action.arun_raw(self._input, on_chunk=reports.put, **call)
            await reports.sent()
        finally:
            reports.close()
        return to_result(response.response, is_structured=self._is_structured)

    async def _asked(self, metadata: dict[str, Any]) -> 'CallToolResult | InputRequiredResult':
        from mcp.types import (  # noqa: PLC0415  (a slow import)
            ClientCapabilities,
            ElicitationCapability,
            ElicitRequest,
            ElicitRequestFormParams,
            InputRequiredResult,
        )

        session = self._context.session
        if not session.check_client_capability(ClientCapabilities(elicitation=ElicitationCapability())):
            return to_failure('The tool waits for the answer of a human, and this client takes no questions.')
        message, schema = _question(metadata)
        if self._context.protocol_version < _MODERN:
            async with asyncio.timeout(self._options.question_timeout):
                answer = await session.elicit_form(message, schema, self._context.request_id)
            return await self._after(metadata, answer)
        request = ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))
        return InputRequiredResult(input_requests={'answer': request}, request_state=json.dumps(metadata, default=str))

    async def _after(self, metadata: dict[str, Any], answer: Any) -> 'CallToolResult | InputRequiredResult':
        action = getattr(answer, 'action', None)
        content = cast('dict[str, Any]', getattr(answer, 'content', None) or {})
        if 'mcp' in metadata:  # the question of another server, which decides what its tool answers
            return await self._attempts((metadata, {'action': action or 'cancel', 'content': content}))
        if action != 'accept':
            return to_failure(
                f'The tool {self._action.name!r} did not run: the user {_DENIALS.get(str(action), "left")}.'
            )
        return await self._attempts((metadata, content or True))

    async def _call_context(self) -> dict[str, Any]:
        meta = {name: value for name, value in dict(self._context.meta or {}).items() if name != 'progressToken'}
        provided: Any = {} if self._options.context is None else self._options.context(self._context)
        if inspect.isawaitable(provided):
            provided = await provided
        return {**dict(provided or {}), 'mcp': {'_meta': meta}}


_DENIALS: Final = {'decline': 'declined', 'cancel': 'did not answer'}


class _Reports:
    """Sends the chunks of a run as reports of progress, in order, one after another."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[Any] = asyncio.Queue()
        self._count = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, chunk: Any) -> None:
        """Take a chunk, from any thread."""
        self._loop.call_soon_threadsafe(self._take, chunk)

    async def sent(self) -> None:
        """Wait until all are sent."""
        await asyncio.sleep(0)  # for those of this moment
        if self._task is not None:
            joined = asyncio.ensure_future(self._chunks.join())
            await asyncio.wait([joined, self._task], return_when=asyncio.FIRST_COMPLETED)
            joined.cancel()

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _take(self, chunk: Any) -> None:
        self._chunks.put_nowait(chunk)
        if self._task is None:
            self._task = self._loop.create_task(self._send())

    async def _send(self) -> None:
        while True:
            chunk = await self._chunks.get()
            self._count += 1
            said: Mapping[str, Any] = cast('Mapping[str, Any]', chunk) if isinstance(chunk, Mapping) else {}
            if isinstance(said.get('progress'), int | float):
                await self._context.session.report_progress(said['progress'], said.get('total'), said.get('message'))
            else:
                await self._context.session.report_progress(self._count, None, as_text(chunk)[:_SHOWN])
            self._chunks.task_done()


def _question(metadata: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the text and the schema of a question."""
    asked = metadata.get('mcp')
    inner = metadata
    if isinstance(asked, Mapping):
        inner = next(iter(cast('Mapping[str, Any]', asked)['questions'].values()), metadata)
    schema: Any = inner.get('requestedSchema')
    text = inner.get('message') or metadata.get('question')
    if text is None:
        text = as_text({name: value for name, value in metadata.items() if name != 'requestedSchema'})
    return as_text(text), cast('dict[str, Any]', schema) if isinstance(schema, dict) else _ANSWER


def _said(error: Exception, tool: str) -> str:
    """Return what a client may know of an error: messages of ours as they are, all others masked and logged."""
    if isinstance(error, PublicError) or (isinstance(error, GenkitError) and error.status != StatusName.INTERNAL):
        return error.original_message
    if isinstance(error, TimeoutError):
        return f'The tool {tool!r} waited too long for an answer.'
    _LOGGER.error('Tool %r failed for an MCP client.', tool, exc_info=error)
    return f'The tool {tool!r} failed.'
