# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Says whether an application is alive, and whether it is ready to be called."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from genkit._base.http.asgi import Application, Receive, Scope, Send, respond
from genkit._base.serialize import dump_json


_LOGGER: Final = logging.getLogger('genkit.web')
_SECONDS: Final = 5.0


def add_health(app: Application, checks: Mapping[str, Callable[[], bool | Awaitable[bool]]]) -> Application:
    """Return an application with ``GET /healthz``, which answers while the process runs, and ``GET /readyz``.

    Readiness asks every check, for five seconds at most, and is 503 unless all of them are true. The answer names the
    checks and how they went, and nothing of what they raised: that is logged.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http' or scope['method'] not in {'GET', 'HEAD'}:
            await app(scope, receive, send)
        elif scope['path'] == '/healthz':
            await respond(send, 200, b'{"status":"OK"}')
        elif scope['path'] == '/readyz':
            names = list(checks)
            results = dict(
                zip(names, await asyncio.gather(*(_is_true(name, checks[name]) for name in names)), strict=True)
            )
            ready = all(results.values())
            body = dump_json({'status': 'OK' if ready else 'UNAVAILABLE', 'checks': results}).encode()
            await respond(send, 200 if ready else 503, body)
        else:
            await app(scope, receive, send)

    return answered


async def _is_true(name: str, check: Callable[[], Any]) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            result = check()
            return bool(await result if inspect.isawaitable(result) else result)
    except Exception as error:  # noqa: BLE001  (a check that cannot be made is not passed; it is logged)
        _LOGGER.warning('Check %r failed: %r', name, error)
        return False
