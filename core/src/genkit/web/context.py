# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Context providers: functions that turn a request into the context of a call."""

import hmac
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genkit._base.errors import PublicError


@dataclass(frozen=True, slots=True)
class RequestData:
    """The request data passed to a context provider.

    Attributes:
        method: The HTTP method, in upper case.
        headers: The headers, by lower-case name.
        input: The flow's input, not validated.
        request: The request object of the framework.
    """

    method: str
    headers: Mapping[str, str]
    input: Any
    request: Any = None


ContextProvider = Callable[[RequestData], Mapping[str, Any] | Awaitable[Mapping[str, Any] | None] | None]
ApiKeyPolicy = Callable[[dict[str, Any]], Any]


async def provide_context(provider: ContextProvider | None, data: RequestData) -> dict[str, Any] | None:
    """Return the context that a provider makes of a request; what it raises becomes the answer."""
    if provider is None:
        return None
    provided = provider(data)
    if inspect.isawaitable(provided):
        provided = await provided
    return None if provided is None else dict(provided)


def api_key(expected: str | ApiKeyPolicy | None = None) -> ContextProvider:
    """Return a context provider that reads the Authorization header into ``context['auth']['api_key']``.

    Args:
        expected: The accepted key; or a function, sync or async, that takes the context and raises to reject the
            request; or None, to accept every request and leave the decision to the flow.

    Raises:
        PublicError: From the provider: ``UNAUTHENTICATED`` without a key, ``PERMISSION_DENIED`` with another one.

    Example:
        ```python
        from genkit.web import api_key

        provider = api_key('s3cret')
        ```
    """

    async def provide(data: RequestData) -> Mapping[str, Any]:
        given = data.headers.get('authorization')
        context: dict[str, Any] = {'auth': {'api_key': given, 'apiKey': given}}
        if isinstance(expected, str):
            if not given:
                raise PublicError('UNAUTHENTICATED', 'Send the API key in the Authorization header.')
            if not hmac.compare_digest(given.encode(), expected.encode()):
                raise PublicError('PERMISSION_DENIED', 'The API key in the Authorization header is not the right one.')
        elif expected is not None:
            verdict = expected(context)
            if inspect.isawaitable(verdict):
                await verdict
        return context

    return provide
