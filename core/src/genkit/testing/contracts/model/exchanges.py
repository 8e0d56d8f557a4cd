# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a plugin for chat models: what their tests have in common."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import pytest
from pydantic import BaseModel, Field

from genkit import (
    GenerationResponseError,
    Genkit,
    GenkitError,
)
from genkit.testing.contracts.provider_exchanges import ProviderExchanges
from genkit.testing.server import CannedAnswer
from genkit.testing.wires import Asked, ModelWire, Said
from genkit.types import GenerateResponse


class Weather(BaseModel):
    """Of a city."""

    city: str
    degrees: int


class City(BaseModel):
    """Where."""

    city: str


class Cat(BaseModel):
    """One alternative."""

    kind: Literal['cat']
    lives: int


class Dog(BaseModel):
    """Another one."""

    kind: Literal['dog']
    name: str


Pet: TypeAlias = Annotated[Cat | Dog, Field(discriminator='kind')]


class ModelExchanges(ProviderExchanges):
    """Calls a plugin for chat models; `ModelContract` says what a subclass has to give."""

    wire: ClassVar[ModelWire]
    call_ref: ClassVar[str] = 'call_1'
    counts_thoughts: ClassVar[bool] = True
    says_blocked: ClassVar[bool] = True
    takes_stop: ClassVar[bool] = True

    def good(self) -> Said:
        """Return a short answer."""
        return Said(texts=['ok'])

    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Ask for something short."""
        return await ai.generate(model=name, prompt='hi', config=config)

    async def call_in_every_way(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Ask for something short, streamed and whole, even if the one fails."""
        try:
            await ai.generate_stream(model=name, prompt='hi', config=config).response
        finally:
            await self.call(ai, name, config)

    def canned(self, answer: Any, asked: Asked) -> CannedAnswer:
        """Return an answer whole or in pieces, as it is asked for, or the refusal of the request."""
        if asked.refused is not None:
            return self.wire.error(400, asked.refused, {})
        if isinstance(answer, CannedAnswer):
            return answer
        return self.wire.stream(answer) if asked.stream else self.wire.answer(answer)

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

    async def fail(self, answer: CannedAnswer, config: Any = None, **options: Any) -> GenkitError:
        """Return the error of one call."""
        with pytest.raises(GenkitError) as raised:
            await self.ask(answer, config=config, **options)
        return raised.value

    def weather(self, ai: Genkit, seen: list[str], name: str = 'weather') -> Any:
        async def weather(where: City) -> str:
            seen.append(where.city)
            return f'rain in {where.city}'

        return ai.tool(name=name, description='Tell the weather of a city.')(weather)


async def reason_of(call: Callable[[], Any]) -> Any:
    """Return why an answer ended; a blocked one is an error that holds the answer."""
    try:
        return (await call()).finish_reason
    except GenerationResponseError as error:
        return error.response.finish_reason
