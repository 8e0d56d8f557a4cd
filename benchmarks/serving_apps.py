# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The applications that serving is measured with: ours, and routes written by hand over the same flows."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from genkit import ActionRunContext, Genkit
from genkit.web import FlowsApp
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route


CHUNKS = 100

ai = Genkit()


class Name(BaseModel):
    name: str


class Greeting(BaseModel):
    text: str


@ai.flow()
async def greet(given: Name) -> Greeting:
    return Greeting(text=f'Hello, {given.name}!')


@ai.flow()
async def count(given: Name, context: ActionRunContext) -> Greeting:
    for number in range(CHUNKS):
        context.send_chunk({'number': number})
        await asyncio.sleep(0)
    return Greeting(text=given.name)


@ai.flow()
async def wait(given: Name, context: ActionRunContext) -> Greeting:
    context.send_chunk({'number': 0})
    await asyncio.sleep(3600)
    return Greeting(text=given.name)


async def _greet(request: Request) -> JSONResponse:
    body = await request.json()
    result = (await greet.action.arun_raw(body['data'])).response
    return JSONResponse({'result': result.model_dump(by_alias=True, exclude_none=True)})


async def _count(request: Request) -> StreamingResponse:
    body = await request.json()
    stream = count.action.stream(body['data'])

    async def events() -> AsyncIterator[str]:
        async for chunk in stream:
            yield f'data: {json.dumps({"message": chunk})}\n\n'
        result = await stream.response
        yield f'data: {json.dumps({"result": result.model_dump()})}\n\n'

    return StreamingResponse(events(), media_type='text/event-stream')


by_hand = Starlette(
    routes=[Route('/greet', _greet, methods=['POST']), Route('/count', _count, methods=['POST'])],
)
ours: Any = FlowsApp(ai)
