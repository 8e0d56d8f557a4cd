# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A model on an Ollama server: a stream with a tool, and typed output.

Without such a server a small one in this program stands for it and says what `stand_in.py` tells it to.
"""

import argparse
import logging

from genkit import Genkit
from genkit_ollama import Ollama
from pydantic import BaseModel, Field
from stand_in import serving


class City(BaseModel):
    city: str


class Clothes(BaseModel):
    items: list[str] = Field(description='What to wear.')
    umbrella: bool


async def weather(where: City) -> str:
    return f'3 degrees and rain in {where.city}'


async def ask(ai: Genkit, model: str, question: str) -> None:
    tool = ai.tool(name='weather', description='Tell the weather of a city.')(weather)
    stream = ai.generate_stream(model=model, prompt=question, tools=[tool], config={'num_ctx': 8192})
    async for chunk in stream:
        print(chunk.reasoning or chunk.text, end='', flush=True)
    said = await stream.response
    print(f'\n({said.usage.output_tokens if said.usage else None} tokens)')
    advice = await ai.generate(model=model, prompt=f'{said.text}\nWhat should I wear?', output_schema=Clothes)
    print(repr(advice.output))


async def run(*, model: str | None, question: str) -> None:
    ai = Genkit(plugins=[Ollama()])
    try:
        served = [metadata.name for metadata in await ai.list_actions('model')]
        if served:
            await ask(ai, f'ollama/{model}' if model else served[0], question)
            return
    finally:
        await ai.aclose()
    print('There is no Ollama server with models: a server of this program answers.')
    with serving() as url:
        ai = Genkit(plugins=[Ollama(url)])
        await ask(ai, f'ollama/{model or "qwen3:4b"}', question)
        await ai.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--model', help='such as qwen3:4b; the first that the server has unless stated')
    parser.add_argument('--question', default='Is it cold in Oslo?')
    logging.getLogger('genkit.ollama').setLevel(logging.ERROR)  # that there is no server is said above
    Genkit().run_main(run(**vars(parser.parse_args())))


if __name__ == '__main__':
    main()
