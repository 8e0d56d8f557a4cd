# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Logs requests, and whatever else an application logs, as one line of JSON each, with ids and without secrets."""

import logging
import time
from collections.abc import MutableMapping
from typing import Any, Final

from genkit._base.http.asgi import Application, Receive, Scope, Send
from genkit._base.secrets import redact
from genkit._trace.logs import TraceContextFilter
from genkit.web.protection.extras import required


_LOGGER: Final = logging.getLogger('genkit.web.requests')


def log_requests(app: Application) -> Application:
    """Return an application that logs each request when it has been answered; the query is left out.

    The record has ``method``, ``path``, ``status``, ``milliseconds`` and ``client`` as attributes.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message['type'] == 'http.response.start':
                status = message['status']
            await send(message)

        try:
            await app(scope, receive, noted)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            facts = {
                'method': scope['method'],
                'path': scope['path'],
                'status': status,
                'milliseconds': milliseconds,
                'client': (scope.get('client') or ('unknown',))[0],
            }
            _LOGGER.info('%s %s %s', scope['method'], _printable(scope['path']), status, extra=facts)

    return logged


def log_as_json(level: int | str = logging.INFO) -> None:
    """Let the root logger write one line of JSON for each record; needs the extra ``genkit[web]``.

    Lines carry time, level, logger, message, what was given as ``extra``, the ids of request and trace, and the
    traceback of an error. Members that are named like credentials are masked. Handlers that the root logger has are
    replaced, as this is what the call asks for.
    """
    structlog: Any = required('structlog')
    correlation: Any = required('asgi_correlation_id')

    def add_ids(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        record: Any = event['_record']
        found = {'request_id': correlation.correlation_id.get(), 'trace_id': record.trace_id, 'span_id': record.span_id}
        return {**event, **{name: value for name, value in found.items() if value}}

    def mask(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return redact(event)

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt='iso', utc=True),
        ],
        processors=[
            add_ids,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(TraceContextFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _printable(path: str) -> str:
    """Return a path on one line, whatever a client put into it."""
    return path if path.isprintable() else repr(path)
