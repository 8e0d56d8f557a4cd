# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The flow protocol without a framework: JSON in, JSON or a stream of events out."""

import asyncio
import functools
import re
import secrets
from typing import Any, Final, cast
from urllib.parse import parse_qs

from genkit._action.action import Action
from genkit._action.bidi import BidiCallOptions
from genkit._action.kind import ActionKind
from genkit._action.sendable import write_json
from genkit._agent.definition import MESSAGE_EXAMPLE, AgentAction
from genkit._base.app_loop import CONTAINED, note_application_loop
from genkit._base.errors import ErrorReason, GenkitError, log_unexpected
from genkit._base.http.asgi import BodyTooLargeError, parse_json
from genkit._base.suggest import did_you_mean
from genkit._trace.propagation import continued_trace, ended_span
from genkit._trace.provider import current_tracer
from genkit.web.context import ContextProvider, RequestData, provide_context
from genkit.web.cross_site import CrossSite, CrossSitePolicy
from genkit.web.exchange import JSON_HEADERS, WebRequest, WebResponse, error_response
from genkit.web.frames import Frames, is_cancelled, uncapitalized
from genkit.web.streams.kept_frames import JoinedFrames, KeptFrames
from genkit.web.streams.stream_manager import StreamManager, StreamWriter


BODY_LIMIT: Final = 10_000_000
STREAM_ID: Final = 'x-genkit-stream-id'
_STREAM_ID_FORM: Final = re.compile('[A-Za-z0-9_-]{8,128}')
_MEMBERS: Final = frozenset({'data', 'init'})
_OF_INIT: Final = frozenset({'sessionId', 'snapshotId', 'state'})
STREAM_HEADERS: Final = {'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no'}
_PROCESS_ENDS: Final = (SystemExit, KeyboardInterrupt)


class FlowHandler:
    """Handles requests for one flow, or for any other action.

    A plain answer is ``{"result": …}``. A client that accepts ``text/event-stream``, or says ``?stream=true``, gets
    a frame ``data: {"message": <chunk>}`` for each chunk, and a last one with the ``result`` or the ``error``.

    Args:
        action: The action to run.
        context_provider: Context provider: returns the context of the call, given the request.
        body_limit: The maximum size of a request body in bytes; a larger one is answered with 413.
        cross_site: Which requests of web pages are rejected, see `CrossSitePolicy`. Default: those that come from
            other sites or do not have the content type JSON.
        stream_manager: Keeps streams, so that a client can join one again; the run then goes on when its client leaves.
    """

    def __init__(
        self,
        action: Action[Any, Any, Any],
        *,
        context_provider: ContextProvider | None = None,
        body_limit: int = BODY_LIMIT,
        cross_site: CrossSite | CrossSitePolicy = 'refuse',
        stream_manager: StreamManager | None = None,
    ) -> None:
        self._stream_manager = stream_manager
        self.action = action
        self.body_limit = body_limit
        self._context_provider = context_provider
        self._policy = cross_site if isinstance(cross_site, CrossSitePolicy) else CrossSitePolicy(cross_site)
        if isinstance(action, AgentAction):
            action.note_served()

    async def handle(self, request: WebRequest) -> WebResponse:
        """Return the response to a request; errors become responses as well. Cancelling the call cancels the flow.

        The run belongs to the trace that is current, or else to that of the request's headers.
        """
        if request.method != 'POST':
            refused = GenkitError(f'{request.method} is not served here; use POST.', status='UNIMPLEMENTED')
            return WebResponse(405, {**JSON_HEADERS, 'allow': 'POST'}, error_response(refused).body)
        parent = continued_trace(request.headers)
        if parent is not None:
            with parent:
                return await self.handle(request)  # in which its parent is current
        note_application_loop()
        task = asyncio.current_task()
        ids: list[str] = []
        contained = CONTAINED.set(_PROCESS_ENDS)
        try:
            value, call = await self._read(request)
            if current_tracer() is not None:
                call['on_trace_start'] = lambda trace_id, span_id: ids.extend((trace_id, span_id))
            if wants_stream(request):
                asked = request.headers.get(STREAM_ID)
                if asked is not None and self._stream_manager is not None:
                    return await self._join(self._stream_manager, asked)
                return await self._stream(value, call, ids)
            return await self._answer(value, call)
        except BaseException as error:
            if _ends_caller(error, task):
                raise
            return self._failed(error, ids)
        finally:
            CONTAINED.reset(contained)

    @functools.cached_property
    def _what(self) -> str:
        kind = {ActionKind.FLOW: 'Flow', ActionKind.AGENT: 'Agent'}.get(self.action.kind)
        return f'Action {self.action.key!r}' if kind is None else f'{kind} {self.action.name!r}'

    async def _read(self, request: WebRequest) -> tuple[Any, BidiCallOptions]:
        self._policy.check(request.headers, request.server, has_body=bool(request.body))
        if len(request.body) > self.body_limit:
            raise BodyTooLargeError(self.body_limit)
        body = parse_json(request.body)
        if not isinstance(body, dict):
            raise GenkitError(
                'The body must be a JSON object with the input of the flow, such as {"data": "…"}.',
                status='INVALID_ARGUMENT',
            )
        members = cast('dict[str, Any]', body)
        given: Any = members.get('data')
        context = await self._context(RequestData(request.method, request.headers, given, request.raw))
        if not members.keys() <= _MEMBERS:  # told to those alone whom the context provider lets in
            raise self._unknown_member(next(name for name in members if name not in _MEMBERS))
        call: BidiCallOptions = {} if context is None else {'context': context}
        validate_init: Any = getattr(self.action, 'validate_init', None)
        if validate_init is not None:
            call['init'] = validate_init(members.get('init'))
        return given, call

    def _unknown_member(self, name: str) -> GenkitError:
        has_init = hasattr(self.action, 'validate_init')
        known = ['data', 'init'] if has_init else ['data']
        if has_init and name in _OF_INIT:
            way_out = f'Write {{"data": …, "init": {{"{name}": …}}}}.'
        else:
            way_out = (
                did_you_mean(name, known).strip() or f'The input goes into data: {{"data": {self._example(name)}}}.'
            )
        return GenkitError(
            f'The body of a call of {uncapitalized(self._what)} has no member {name!r}. {way_out}',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_INPUT,
        )

    def _example(self, name: str) -> str:
        """Return an input, for a message: of an agent a message, of a flow that has the member an object with it."""
        if isinstance(self.action, AgentAction):
            return MESSAGE_EXAMPLE
        return f'{{"{name}": …}}' if name in self.action.input_schema.get('properties', {}) else '…'

    async def _context(self, data: RequestData) -> dict[str, Any] | None:
        try:
            return await provide_context(self._context_provider, data)
        except Exception as error:
            log_unexpected(error, f'The context provider of {uncapitalized(self._what)}')
            raise

    async def _answer(self, given: Any, call: BidiCallOptions) -> WebResponse:
        answer = await self.action.arun_raw(given, **call)
        headers = _trace_headers(answer.trace_id, answer.span_id)
        text = write_json(answer.response, f'The result of {uncapitalized(self._what)}')
        return WebResponse(200, {**JSON_HEADERS, **headers}, f'{{"result":{text}}}'.encode())

    async def _stream(self, given: Any, call: BidiCallOptions, ids: list[str]) -> WebResponse:
        headers, manager = STREAM_HEADERS, self._stream_manager
        if manager is None:
            frames = await self._begin(given, call, ids)
        else:
            stream_id = secrets.token_urlsafe(24)
            headers = {**headers, STREAM_ID: stream_id}

            async def begin() -> tuple[Frames, StreamWriter]:
                writer = await manager.open(self._kept_name(stream_id))
                return await self._begin(given, call, ids), writer

            frames = KeptFrames(begin, self._what)
            await frames.begun()
        return WebResponse(200, {**headers, **_trace_headers(*(ids or ('', '')))}, frames)

    async def _begin(self, given: Any, call: BidiCallOptions, ids: list[str]) -> Frames:
        frames = Frames(self.action.stream(given, **call), self._what, ids)
        await asyncio.sleep(0)  # the run has begun now, and with it its trace
        return frames

    async def _join(self, manager: StreamManager, stream_id: str) -> WebResponse:
        """Answer with a stream that is kept, of this action alone, or with 204 if there is none."""
        try:
            if not _STREAM_ID_FORM.fullmatch(stream_id):
                return WebResponse(204, {})
            found = await manager.join(self._kept_name(stream_id))
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            return WebResponse(204, {})
        return WebResponse(200, {**STREAM_HEADERS, STREAM_ID: stream_id}, JoinedFrames(found, self._what))

    def _kept_name(self, stream_id: str) -> str:
        return f'{self.action.key.strip("/")}/{stream_id}'

    def _failed(self, error: BaseException, ids: list[str]) -> WebResponse:
        trace_id = error.trace_id if isinstance(error, GenkitError) else None
        with ended_span(ids):
            log_unexpected(error, self._what, ids[0] if ids else None)
        if ids:
            return error_response(error, _trace_headers(*ids))
        return error_response(error, {'x-genkit-trace-id': trace_id} if trace_id else None)


def wants_stream(request: WebRequest) -> bool:
    """Return whether a client asks for a stream of events."""
    if 'text/event-stream' in request.headers.get('accept', '').lower():
        return True
    return bool(request.query) and parse_qs(request.query).get('stream', ['false'])[0].lower() == 'true'


def _trace_headers(trace_id: str, span_id: str) -> dict[str, str]:
    return {'x-genkit-trace-id': trace_id, 'x-genkit-span-id': span_id} if trace_id else {}


def _ends_caller(error: BaseException, task: 'asyncio.Task[Any] | None') -> bool:
    """Return whether an error is the end of the task that answers, rather than something that the flow raised."""
    if isinstance(error, asyncio.CancelledError):
        return is_cancelled()
    if not isinstance(error, GeneratorExit):
        return False
    try:
        return asyncio.current_task() is not task  # then nobody runs it, and it is being closed
    except RuntimeError:
        return True
