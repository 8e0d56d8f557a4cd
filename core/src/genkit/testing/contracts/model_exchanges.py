# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a plugin over its provider's protocol: what the tests of models have in common."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import pytest
from pydantic import BaseModel

from genkit import (
    GenerationResponseError,
    Genkit,
    GenkitError,
)
from genkit.plugin import ModelEntry, ModelPlugin, Task
from genkit.testing.server import CannedAnswer, LoopbackServer
from genkit.testing.wires import Asked, ModelWire, Said
from genkit.types import Constrained, GenerateResponse


KEY: Final = 'sk-the-key-of-the-plugin'
OTHER_KEY: Final = 'sk-the-key-of-the-request'


class Weather(BaseModel):
    """Of a city."""

    city: str
    degrees: int


class City(BaseModel):
    """Where."""

    city: str


@dataclass
class Exchange:
    """What came of some calls.

    Attributes:
        asked: What the provider was asked, in order.
        chunks: What was streamed.
        bodies: The requests' bodies as they came.
    """

    asked: list[Asked] = field(default_factory=list[Asked])
    chunks: list[Any] = field(default_factory=list[Any])
    bodies: list[bytes] = field(default_factory=list[bytes])


class ModelExchanges:
    """Calls a plugin that is pointed at a loopback server; `ModelContract` says what a subclass has to give."""

    model: ClassVar[str] = ''
    wire: ClassVar[ModelWire]
    needs_key: ClassVar[bool] = True
    counts_thoughts: ClassVar[bool] = True
    says_blocked: ClassVar[bool] = True
    takes_stop: ClassVar[bool] = True
    lists_by_asking: ClassVar[bool] = False
    patience: ClassVar[float] = 10

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        """Return the plugin, pointed at a server; the only thing that a subclass has to say, beside `wire`.

        Args:
            url: The server's address, without a slash at the end.
            api_key: What an application would pass: a key, False, or None for none.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how its plugin is made: define `plugin`.')

    @property
    def entry(self) -> ModelEntry:
        """The model's entry in the table."""
        models = self.plugin('http://127.0.0.1:9', KEY).models
        if not self.model:
            return next(entry for entry in models if entry.task is Task.CHAT)
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
    async def serving(
        self, *answers: CannedAnswer | Said, api_key: Any = KEY
    ) -> AsyncGenerator[tuple[Genkit, Exchange, str]]:
        """Serve some answers in turn; give the application, what will be exchanged, and the model's full name."""
        exchange = Exchange()
        waiting = list(answers)

        def answer(request: Any) -> CannedAnswer:
            asked = self.wire.asked(request)
            exchange.asked.append(asked)
            exchange.bodies.append(request.body)
            return self._canned(waiting.pop(0) if len(waiting) > 1 else waiting[0], stream=asked.stream)

        with LoopbackServer(answer) as server:
            plugin = self.plugin(server.url, api_key)
            ai = Genkit(plugins=[plugin])
            try:
                yield ai, exchange, plugin.namespaced(self.entry.name)
            finally:
                await ai.aclose()

    async def ask(self, said: Said | CannedAnswer, **options: Any) -> tuple[GenerateResponse[Any], Asked]:
        """Return the answer to one call, and what the provider was asked."""
        options.setdefault('prompt', 'hi')
        async with self.serving(said) as (ai, exchange, name):
            response = await ai.generate(model=name, **options)
        return response, exchange.asked[0]

    async def ask_streaming(
        self, said: Said | CannedAnswer, **options: Any
    ) -> tuple[GenerateResponse[Any], list[Any], Asked]:
        """Return the answer to one call, its chunks, and what the provider was asked."""
        options.setdefault('prompt', 'hi')
        async with self.serving(said) as (ai, exchange, name):
            stream = ai.generate_stream(model=name, **options)
            chunks = [chunk async for chunk in stream]
            response = await stream.response
        return response, chunks, exchange.asked[0]

    async def fail(self, answer: CannedAnswer, **options: Any) -> GenkitError:
        """Return the error of one call."""
        with pytest.raises(GenkitError) as raised:
            await self.ask(answer, **options)
        return raised.value

    def _canned(self, answer: CannedAnswer | Said, *, stream: bool) -> CannedAnswer:
        if isinstance(answer, CannedAnswer):
            return answer
        return self.wire.stream(answer) if stream else self.wire.answer(answer)

    def weather(self, ai: Genkit, seen: list[str], name: str = 'weather') -> Any:
        async def weather(where: City) -> str:
            seen.append(where.city)
            return f'rain in {where.city}'

        return ai.tool(name=name, description='Tell the weather of a city.')(weather)

    def key_variables(self) -> Sequence[str]:
        return getattr(self.plugin('http://127.0.0.1:9', KEY), 'key_variables', ())


async def reason_of(call: Callable[[], Any]) -> Any:
    """Return why an answer ended; a blocked one is an error that holds the answer."""
    try:
        return (await call()).finish_reason
    except GenerationResponseError as error:
        return error.response.finish_reason
