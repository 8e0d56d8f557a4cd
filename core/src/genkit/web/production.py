# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Production middleware for ASGI applications; needs the extra ``genkit[web]``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypedDict, Unpack

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import BODY_SECONDS, Application
from genkit._base.readers.older_options import SECOND, with_newer_names
from genkit._base.suggest import check_options, refuse
from genkit.web.protection.extras import required
from genkit.web.protection.guards import limit_body, limit_rate, open_circuit
from genkit.web.protection.health import add_health
from genkit.web.protection.request_log import log_requests


Check = Callable[[], bool | Awaitable[bool]]

_BODY_LIMIT: Final = 10_000_000
_RENAMED: Final = {'body_seconds': ('body_timeout', SECOND), 'breaker_seconds': ('breaker_timeout', SECOND)}
# What does nothing unless another option is given.
_NEEDS: Final = {
    'rate_key': ('rate_limit', "rate_limit='100/minute'"),
    'rate_storage': ('rate_limit', "rate_limit='100/minute'"),
    'breaker_timeout': ('breaker_threshold', 'breaker_threshold=5'),
}


class ProductionOptions(TypedDict, total=False):
    """Options of `harden`; None omits a middleware.

    Attributes:
        body_limit: The maximum size of a request body in bytes. Default: 10 MB.
        body_timeout: The maximum time for receiving a request body, in seconds. Default: 60.
        rate_limit: The maximum rate of requests per client, such as ``100/minute``. Default: no limit.
        rate_key: Returns the key of a client from the request's headers and address. Default: the address.
        rate_storage: The storage of the counters, such as ``async+redis://…``. Default: in memory.
        breaker_threshold: The number of consecutive failures that open the circuit breaker of a path, and so of a
            flow; 0 for never. Default: 0.
        breaker_timeout: How long the circuit breaker stays open, in seconds. Default: 30.
        checks: Readiness checks, by name.
        request_log: Whether to log each request.
        security_headers: Whether to add security headers to responses.
    """

    body_limit: int | None
    body_timeout: float | None
    rate_limit: str | None
    rate_key: Callable[[Mapping[str, str], str], str] | None
    rate_storage: str
    breaker_threshold: int
    breaker_timeout: float
    checks: Mapping[str, Check] | None
    request_log: bool
    security_headers: bool


def harden(app: Application, **options: Unpack[ProductionOptions]) -> Application:
    """Return an ASGI application wrapped in production middleware.

    From the outside in: request ids (``X-Request-ID``), a log line for each request, security headers, health
    (``/healthz``) and readiness (``/readyz``), the rate limit, the circuit breakers, the limits of the body.

    The rate limit counts by the address that the server names. `ServerManager` names the one that is connected and
    believes ``X-Forwarded-For`` only of its ``trusted_proxies``. uvicorn's own command believes it of any client on its
    machine: start it with ``--no-proxy-headers``, or name your proxy in ``--forwarded-allow-ips``.

    Args:
        app: Any ASGI application.
        options: See `ProductionOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` with the command that installs what is missing; ``INVALID_ARGUMENT`` for
            a rate that cannot be read, an option that is not known, or one that does nothing without another.

    Example:
        ```python
        from genkit import Genkit
        from genkit.web import FlowsApp, harden

        app = harden(FlowsApp(Genkit()), rate_limit='100/minute', breaker_threshold=5)
        ```
    """
    options = with_newer_names(options, _RENAMED)
    _check(app, options)
    body_limit, body_timeout = options.get('body_limit', _BODY_LIMIT), options.get('body_timeout', BODY_SECONDS)
    if body_limit is not None or body_timeout is not None:
        app = limit_body(app, body_limit, body_timeout)
    if options.get('breaker_threshold', 0) > 0:
        app = open_circuit(app, options['breaker_threshold'], options.get('breaker_timeout', 30.0))  # pyright: ignore[reportTypedDictNotRequiredAccess]  (it is there)
    rate = options.get('rate_limit')
    if rate is not None:
        app = limit_rate(app, rate, options.get('rate_key'), options.get('rate_storage', 'async+memory://'))
    app = add_health(app, options.get('checks') or {})
    if options.get('security_headers', True):
        app = _with_security_headers(app)
    if options.get('request_log', True):
        app = log_requests(app)
    return _with_request_ids(app)


def _check(app: Any, options: ProductionOptions) -> None:
    if not callable(app):
        refuse('app', app, 'expected an ASGI application: write harden(FlowsApp(ai), …).')
    check_options('harden()', options, ProductionOptions.__annotations__)
    for name, (other, way_out) in _NEEDS.items():
        if options.get(name) is not None and other not in options:
            raise GenkitError(
                f'{name} does nothing without {other}: write harden(app, {way_out}, {name}=…).',
                status='INVALID_ARGUMENT',
            )


def _with_security_headers(app: Application) -> Application:
    secure: Any = required('secure')
    middleware: Any = required('secure.middleware')
    return middleware.SecureASGIMiddleware(app, secure=secure.Secure.from_preset(secure.Preset.STRICT))


def _with_request_ids(app: Application) -> Application:
    correlation: Any = required('asgi_correlation_id')
    return correlation.CorrelationIdMiddleware(app, validator=_is_plain)


def _is_plain(request_id: str) -> bool:
    """Return whether the id that a client sent may be used; it goes into logs and headers."""
    return 0 < len(request_id) <= 128 and request_id.isascii() and all(c.isalnum() or c in '-_.' for c in request_id)  # noqa: PLR2004  (as long as ids are)
