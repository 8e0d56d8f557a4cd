# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a plugin's models against a provider that is played on this machine."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest

from conform.loopback.player import play
from conform.loopback.wires import wire_for
from conform.model.answer import Answer
from conform.model.errors import StartError
from conform.model.loopback import Loopback
from conform.model.suite import Case
from conform.targets.loading import Application


class Inner(Protocol):
    """A target that asks models."""

    async def prepare(self, keys: Iterable[str]) -> None:
        """Wait until the actions are there."""
        ...

    async def run(self, case: Case, on_trace: Callable[[str], None]) -> Answer:
        """Run the action."""
        ...


@dataclass
class Provider:
    """The provider that is played, for one case after another.

    Attributes:
        wires: Wire formats by the keys of models' actions.
        case: The case that is run now.
        turn: Held while a case is run.
    """

    wires: dict[str, Any] = field(default_factory=dict[str, Any])
    case: Case | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def answer(self, request: RecordedRequest) -> CannedAnswer:
        """Return the answer to a request of the case that is run."""
        try:
            assert self.case is not None, 'no test is run'
            return play(self.case, self.wires[self.case.key], request)
        except Exception as error:  # noqa: BLE001  (a wire format may trip over anything; the case's reason says so)
            message = f'The request cannot be read: {type(error).__name__}: {error}'
            return CannedAnswer.of_json({'error': {'message': message}}, 400)


class LoopbackTarget:
    """Asks models one case at a time, so that the provider knows which one a request belongs to."""

    def __init__(self, inner: Inner, provider: Provider, wires: Mapping[str, str | dict[str, Any]]) -> None:
        self._inner = inner
        self._provider = provider
        self._wires = wires

    async def prepare(self, keys: Iterable[str]) -> None:
        """Load the wire formats, and wait until the actions are there."""
        self._provider.wires = {key: wire_for(key.split('/', 2)[2], self._wires) for key in keys}
        await self._inner.prepare(self._provider.wires)

    async def run(self, case: Case, on_trace: Callable[[str], None]) -> Answer:
        """Run the action, whose request the provider answers."""
        async with self._provider.turn:
            self._provider.case = case
            return await self._inner.run(case, on_trace)


@asynccontextmanager
async def provider_played(application: Application, loopback: Loopback) -> AsyncGenerator[tuple[Application, Provider]]:
    """Serve a provider; gives the application that is pointed at it.

    Raises:
        StartError: The application is no plugin, or its package does not say how it is pointed at a server.
    """
    if not application.plugin or not loopback.wires:
        raise StartError('Only plugins can be run with --loopback, and [tool.conform.loopback.wires] must say how.')
    provider = Provider()
    with LoopbackServer(provider.answer) as server:
        config = {**loopback.config, **application.config, loopback.address: server.url}
        yield replace(application, config=config), provider
