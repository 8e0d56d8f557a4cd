# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""ASGI applications that are called without a server."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest


@pytest.fixture
async def client_of() -> AsyncIterator[Callable[[Any], httpx.AsyncClient]]:
    """Return a function that makes a client of an application."""
    clients: list[httpx.AsyncClient] = []

    def make(app: Any) -> httpx.AsyncClient:
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://restaurant'))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()
