# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The flow protocol without a framework: JSON in, JSON or a stream of events out."""

import asyncio
from typing import Any, Final, cast
from urllib.parse import parse_qs

from genkit._action.action import Action
from genkit._action.bidi import BidiCallOptions
from genkit._base.app_loop import note_application_loop
from genkit._base.errors import GenkitError
from genkit._base.http.asgi import BodyTooLargeError, parse_json
from genkit._base.serialize import dump_json
from genkit._trace.provider import current_tracer
from genkit.web.context import ContextProvider, RequestData, provide_context
from genkit.web.exchange import JSON_HEADERS, WebRequest, WebResponse, error_response
from genkit.web.frames import Frames


BODY_LIMIT: Final = 10_000_000
_STREAM_HEADERS: Final = {'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no'}


class FlowHandler:
    """Answers requests for one flow, or for any other action.

    A plain answer is ``{"result": …}``. A client that accepts ``text/event-stream``, or says ``?stream=true``, gets
    a frame ``data: {"message": <chunk>}`` for each chunk, and a last one with the ``result`` or the ``error``.

    Args:
        action: What runs.
        context_provider: Makes the context of the call from the request.
        body_limit: The most bytes of a request; more is answered with 413.
    """

    def __init__(
        self,
        action: Action[Any, Any, Any],
        *,
        context_provider: ContextProvider | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self.action = action
        self.body_limit = body_limit
        self._context_provider = context_provider

    async def handle(self, request: WebRequest) -> WebResponse:
        """Return the answer to a request; whatever fails is an answer, too. Cancelling the call cancels the flow."""
        if request.method != 'POST':
            refused = GenkitError(f'{request.method} is not served here; use POST.', status='UNIMPLEMENTED')
            return WebResponse(405, {**JSON_HEADERS, 'allow': 'POST'}, error_response(refused).body)
        note_application_loop()
        try:
            value, call = await self._read(request)
            if wants_stream(request):
                return await self._stream(value, call)
            return await self._answer(value, call)
        except Exception as error:  # noqa: BLE001  (the client is told; errors that are not ours are masked)
            trace_id = error.trace_id if isinstance(error, GenkitError) else None
            return error_response(error, {'x-genkit-trace-id': trace_id} if trace_id else None)

    async def _read(self, request: WebRequest) -> tuple[Any, BidiCallOptions]:
        if len(request.body) > self.body_limit:
            raise BodyTooLargeError(self.body_limit)
        body = parse_json(request.body)
        if not isinstance(body, dict):
            raise GenkitError(
                'The body must be a JSON object with the input of the flow, such as {"data": "…"}.',
                status='INVALID_ARGUMENT',
            )
        given: Any = cast('dict[str, Any]', body).get('data')
        data = RequestData(request.method, request.headers, given, request.raw)
        context = await provide_context(self._context_provider, data)
        call: BidiCallOptions = {} if context is None else {'context': context}
        validate_init: Any = getattr(self.action, 'validate_init', None)
        if validate_init is not None:
            call['init'] = validate_init(cast('dict[str, Any]', body).get('init'))
        return given, call

    async def _answer(self, given: Any, call: BidiCallOptions) -> WebResponse:
        answer = await self.action.arun_raw(given, **call)
        headers = _trace_headers(answer.trace_id, answer.span_id)
        return WebResponse(200, {**JSON_HEADERS, **headers}, f'{{"result":{dump_json(answer.response)}}}'.encode())

    async def _stream(self, given: Any, call: BidiCallOptions) -> WebResponse:
        ids: list[str] = []
        if current_tracer() is not None:
            call['on_trace_start'] = lambda trace_id, span_id: ids.extend((trace_id, span_id))
        stream = self.action.stream(given, **call)
        await asyncio.sleep(0)  # the run has begun now, and with it its trace
        return WebResponse(200, {**_STREAM_HEADERS, **_trace_headers(*(ids or ('', '')))}, Frames(stream))


def wants_stream(request: WebRequest) -> bool:
    """Return whether a client asks for a stream of events."""
    if 'text/event-stream' in request.headers.get('accept', '').lower():
        return True
    return bool(request.query) and parse_qs(request.query).get('stream', ['false'])[0].lower() == 'true'


def _trace_headers(trace_id: str, span_id: str) -> dict[str, str]:
    return {'x-genkit-trace-id': trace_id, 'x-genkit-span-id': span_id} if trace_id else {}
