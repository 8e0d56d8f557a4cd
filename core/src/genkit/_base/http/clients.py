# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP clients of the running event loop, shared by key."""

from typing import Any, Final

import httpx

from genkit._base.loop_cache import LoopCache


_CLIENTS: Final[LoopCache[httpx.AsyncClient]] = LoopCache(httpx.AsyncClient)
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)


def get_cached_client(
    cache_key: str,
    headers: dict[str, str] | None = None,
    timeout: float | httpx.Timeout | None = None,
    **options: Any,
) -> httpx.AsyncClient:
    """Return the running loop's client for a key; a closed one is replaced.

    Args:
        cache_key: Tells clients apart; must hold no secret.
        headers: Sent with every request.
        timeout: Default: 60 seconds, of which 10 to connect.
        options: For `httpx.AsyncClient`.

    Raises:
        RuntimeError: Outside a running event loop.
    """

    def create() -> httpx.AsyncClient:
        return httpx.AsyncClient(headers=headers, timeout=_TIMEOUT if timeout is None else timeout, **options)

    client = _CLIENTS.get(cache_key, create)
    if client.is_closed:
        client = _CLIENTS.replace(cache_key, create())
    return client


async def close_cached_clients() -> None:
    """Close and forget the running loop's clients."""
    for client in _CLIENTS.forget():
        await client.aclose()
