# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a plugin over its provider's protocol: what the tests of all kinds of models have in common."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import pytest
from pydantic import ValidationError

from genkit import Genkit, GenkitError
from genkit.plugin import ModelEntry, ModelPlugin, Task
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.request_type import find_misfits
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest
from genkit.types import Constrained


KEY: Final = 'sk-the-key-of-the-plugin'
OTHER_KEY: Final = 'sk-the-key-of-the-request'

# What a reader raises that takes members for granted.
SURPRISES: Final = (TypeError, KeyError, AttributeError, IndexError, AssertionError, ValidationError)


@dataclass
class Exchange:
    """What came of some calls.

    Attributes:
        asked: What the provider was asked, in order, as the wire reads it.
        chunks: What was streamed.
        bodies: The requests' bodies as they came.
        misfits: What of them does not fit the provider's own type of a request.
    """

    asked: list[Any] = field(default_factory=list[Any])
    chunks: list[Any] = field(default_factory=list[Any])
    bodies: list[bytes] = field(default_factory=list[bytes])
    misfits: list[str] = field(default_factory=list[str])


class ProviderExchanges(Contract):
    """Calls a plugin that is pointed at a loopback server; contracts say what a subclass has to give."""

    model: ClassVar[str] = ''
    task: ClassVar[Task] = Task.CHAT
    wire: ClassVar[Any]
    request_type: ClassVar[Any] = None
    needs_key: ClassVar[bool] = True
    lists_by_asking: ClassVar[bool] = False
    answers_json: ClassVar[bool] = True
    patience: ClassVar[float] = 10

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        """Return the plugin, pointed at a server; the only thing that a subclass has to say, beside `wire`.

        Args:
            url: The server's address, without a slash at the end.
            api_key: What an application would pass: a key, False, or None for none.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how its plugin is made: define `plugin`.')

    def good(self) -> Any:
        """Return an answer that is as it should be."""
        raise NotImplementedError

    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Make one call that `good` answers."""
        raise NotImplementedError

    async def call_in_every_way(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Make one call in each of the ways in which a call can be made, such as whole and streamed."""
        await self.call(ai, name, config)

    @property
    def entry(self) -> ModelEntry:
        """The model's entry in the table."""
        models = self.plugin('http://127.0.0.1:9', KEY).models
        if not self.model:
            return next(entry for entry in models if entry.task is self.task)
        found = models.find(self.model)
        assert found is not None, f'{self.model!r} is not in the table'
        return found

    def need(self, ability: str) -> None:
        """Skip a test that asks for an ability which the table denies."""
        entry = self.entry
        supported = getattr(entry.supports, ability, None)
        if ability not in entry.extras and (not supported or supported == Constrained.NONE):
            pytest.skip(f'the table says that {entry.name} has no {ability}')

    @contextlib.asynccontextmanager
    async def serving(self, *answers: Any, api_key: Any = KEY) -> AsyncGenerator[tuple[Genkit, Any, str]]:
        """Serve some answers in turn, the last one again and again.

        Gives the application, what will be exchanged, and the model's full name. An answer may be a function of the
        request.
        """
        exchange = Exchange()
        waiting = list(answers)

        def answer(request: RecordedRequest) -> CannedAnswer:
            asked = self.wire.asked(request)
            exchange.asked.append(asked)
            exchange.bodies.append(request.body)
            if self.request_type is not None and request.body:
                exchange.misfits += find_misfits(self.request_type, request.json)
            return self.answer_to(request, waiting.pop(0) if len(waiting) > 1 else waiting[0])

        with LoopbackServer(answer) as server:
            plugin = self.plugin(server.url, api_key)
            ai = Genkit(plugins=[plugin])
            try:
                yield ai, exchange, plugin.namespaced(self.entry.name)
            finally:
                await ai.aclose()
        assert exchange.misfits == []

    async def fail(self, answer: CannedAnswer, config: Any = None) -> GenkitError:
        """Return the error of one call."""
        with pytest.raises(GenkitError) as raised:
            async with self.serving(answer) as (ai, _, name):
                await self.call(ai, name, config)
        return raised.value

    def answer_to(self, request: RecordedRequest, given: Any) -> CannedAnswer:
        """Return what the server answers to a request: what is given, or what it makes of the request."""
        return self.canned(given(request) if callable(given) else given, self.wire.asked(request))

    def canned(self, answer: Any, asked: Any) -> CannedAnswer:  # noqa: ARG002  (for overriding)
        """Return an answer as the server gives it."""
        return answer

    def key_variables(self) -> Sequence[str]:
        """Return the variables of the environment that hold the key."""
        return getattr(self.plugin('http://127.0.0.1:9', KEY), 'key_variables', ())


async def with_context(ai: Genkit, context: dict[str, Any], call: Callable[[], Awaitable[Any]]) -> Any:
    """Make a call inside a flow that has a context."""

    async def inside(_: str) -> str:
        await call()
        return 'done'

    return await ai.flow(name='inside')(inside).action.arun('', context=context)
