# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Gemini: an answer, a stream with thoughts, a tool, and typed output.

Without a key a small server in this program stands for the provider and says what `stand_in.py` tells it to.
"""

import contextlib
import os
from collections.abc import Generator

from genkit import Genkit
from genkit_google_genai import GeminiConfig, GoogleAI
from pydantic import BaseModel
from stand_in import serving


MODEL = 'googleai/gemini-3.8-flash'


class Lighthouse(BaseModel):
    name: str
    height_metres: int


class Place(BaseModel):
    city: str


@contextlib.contextmanager
def provider() -> Generator[GoogleAI]:
    if os.environ.get('GEMINI_API_KEY'):
        yield GoogleAI()
        return
    print('GEMINI_API_KEY is not set: a server of this program answers.')
    with serving() as url:
        yield GoogleAI(api_key='none', base_url=url)


async def tour(ai: Genkit) -> None:
    @ai.tool()
    async def weather(where: Place) -> str:
        """Tell the weather of a city."""
        return f'rain in {where.city}'

    print('answer:', (await ai.generate(prompt='Say good morning.', config=GeminiConfig(temperature=0.4))).text)
    config = {'thinking_config': {'include_thoughts': True}}
    async for chunk in ai.generate_stream(prompt='Say good morning.', config=config):
        print('chunk: ', chunk.reasoning and f'(thinks: {chunk.reasoning})', chunk.text)
    print('tool:  ', (await ai.generate(prompt='What is the weather in Oslo?', tools=[weather])).text)
    print('typed: ', repr((await ai.generate(prompt='Invent a lighthouse.', output_schema=Lighthouse)).output))
    await ai.aclose()


def main() -> None:
    with provider() as plugin:
        ai = Genkit(plugins=[plugin], model=MODEL)
        ai.run_main(tour(ai))


if __name__ == '__main__':
    main()
