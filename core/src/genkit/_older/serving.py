# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions that made ASGI applications of a registry."""

import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit._base.errors import GenkitError, PublicError
from genkit._base.http.asgi import Application, Receive, Scope, Send
from genkit._base.version import GENKIT_VERSION
from genkit._reflect.dispatcher import Dispatcher
from genkit._reflect.http_server import HttpServer
from genkit._registry.registry import Registry
from genkit._trace.telemetry_server import TelemetryServer
from genkit.web.app import FlowsApp
from genkit.web.context import ContextProvider, RequestData, provide_context


_LOGGER: Final = logging.getLogger('genkit.web')
_REFUSED: Final = 'The request was refused.'

Hook = Callable[[], Awaitable[None] | None]

HTTPScope = LifespanScope = Scope
StartupHandler = Hook


@dataclass
class _Holder:
    registry: Registry


def create_flows_asgi_app(
    registry: Any,
    context_providers: Sequence[ContextProvider] | None = None,
    on_app_startup: Hook | None = None,
    on_app_shutdown: Hook | None = None,
    version: str = GENKIT_VERSION,
) -> FlowsApp:
    """Return an application that serves the flows of a registry, each at ``POST /flow/<name>``.

    Args:
        registry: Of an application, or the application.
        context_providers: Each adds to the context of a call, or refuses it by raising, with 401 unless the error says
            otherwise. The text of a `GenkitError` is for the client; that of another error is logged.
        on_app_startup: Run before the first request.
        on_app_shutdown: Run after the last one.
        version: Of no effect.
    """
    _ = version
    providers = list(context_providers or ())

    async def provide(data: RequestData) -> Mapping[str, Any]:
        context: dict[str, Any] = {}
        for provider in providers:
            try:
                context.update(await provide_context(provider, data) or {})
            except GenkitError:
                raise
            except Exception as error:
                _LOGGER.exception('A context provider refused a request')
                raise PublicError('UNAUTHENTICATED', _REFUSED) from error
        return context

    return FlowsApp(
        _Holder(_registry_of(registry)),
        path_prefix='/flow',
        context_provider=provide if providers else None,
        on_startup=on_app_startup,
        on_shutdown=on_app_shutdown,
    )


def create_reflection_asgi_app(
    registry: Any,
    on_app_startup: Hook | None = None,
    on_app_shutdown: Hook | None = None,
    version: str = GENKIT_VERSION,
    encoding: str = 'utf-8',
) -> Application:
    """Return an application that serves the developer tools' protocol; it runs whatever it is asked to.

    A request must come from this machine, and name it as its host.

    Args:
        registry: Of an application, or the application.
        on_app_startup: Run before the first request.
        on_app_shutdown: Run after the last one.
        version: Of no effect.
        encoding: Of no effect: JSON is UTF-8.
    """
    _ = version, encoding
    held = _registry_of(registry)
    answers = HttpServer(Dispatcher(held, TelemetryServer()), os.environ.get('GENKIT_RUNTIME_ID') or str(os.getpid()))
    lives = FlowsApp(_Holder(held), on_startup=on_app_startup, on_shutdown=on_app_shutdown)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (lives if scope['type'] == 'lifespan' else answers)(scope, receive, send)

    return app


def _registry_of(given: Any) -> Registry:
    return cast('Registry', getattr(given, 'registry', given))
