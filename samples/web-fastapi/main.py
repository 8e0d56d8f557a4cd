# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A FastAPI application with flows. Its model is a few lines below, so that it runs without a key and a network."""

import argparse
import asyncio
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, HTTPException
from genkit import ActionRunContext, GenerateRequest, GenerateResponse, GenerateResponseChunk, Genkit, Message, TextPart
from genkit.web import Server, ServerManager
from genkit_fastapi import flows_router, genkit_fastapi_handler
from pydantic import BaseModel


ai = Genkit(model='cook')


class Wish(BaseModel):
    dish: str
    guests: int = 1


async def cook(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse:
    """Stands in for a language model: says what it was asked for, word by word."""
    words = [f'{word} ' for word in f'Certainly: {request.messages[-1].text}'.split()]
    for word in words:
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text=word)]))
        await asyncio.sleep(0.05 if context.is_streaming else 0)
    return GenerateResponse(message=Message(role='model', content=''.join(words).strip()))


ai.define_model('cook', cook)


@ai.flow()
async def recipe(wish: Wish, context: ActionRunContext) -> str:
    """Write a recipe; the words come as chunks."""
    stream = ai.generate_stream(prompt=f'{wish.dish} for {wish.guests}, for {context.context.get("user", "all")}.')
    async for chunk in stream:
        context.send_chunk(chunk.text)
    return (await stream.response).text


def signed_in(x_user: Annotated[str | None, Header()] = None) -> dict[str, str]:
    if x_user is None:
        raise HTTPException(401, 'Say who you are in the header X-User.')
    return {'user': x_user}


app = FastAPI(title='Restaurant')
app.include_router(flows_router(ai, context_dependency=signed_in), prefix='/flows')


@app.post('/today')
@genkit_fastapi_handler(ai)
def today() -> str:
    return 'recipe'  # whichever flow it is today


async def serve(*, port: int, once: bool) -> None:
    if not once:
        print(f'http://127.0.0.1:{port}/docs')
        await ServerManager([Server(app=app, port=port)]).serve()
        return
    async with ServerManager([Server(app=app, port=0)]) as manager, httpx.AsyncClient() as client:
        for url in (f'{manager.urls[0]}/flows/recipe', f'{manager.urls[0]}/flows/recipe?stream=true'):
            print((await client.post(url, json={'data': {'dish': 'soup'}}, headers={'x-user': 'Ada'})).text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--port', type=int, default=8000)
    parser.add_argument('--once', action='store_true', help='call a flow, print what it answers, and end')
    ai.run_main(serve(**vars(parser.parse_args())))


if __name__ == '__main__':
    main()
