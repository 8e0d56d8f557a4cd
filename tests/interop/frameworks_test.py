# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The door in web frameworks: each adapter takes its handlers where it takes a flow."""

import asyncio
from collections.abc import Callable
from typing import Any

import flask
import httpx
import litestar
import pytest
import quart
from fastapi import FastAPI
from genkit import Genkit
from genkit.agent import MemorySnapshots
from genkit.web import DoorApp
from genkit_ai_sdk import AiSdkDoor
from genkit_fastapi import genkit_fastapi_handler
from genkit_flask import genkit_flask_handler
from genkit_litestar import genkit_litestar_handler
from genkit_quart import genkit_quart_handler
from litestar.params import FromPath


SAYS = {'id': 'c', 'messages': [{'role': 'user', 'parts': [{'type': 'text', 'text': 'Hi'}]}]}


def on_fastapi(door: AiSdkDoor) -> Any:
    app, serve = FastAPI(), genkit_fastapi_handler(None)
    app.mount('/mounted', DoorApp(door))
    app.post('/chat')(serve(door.send))

    async def messages(chat_id: str) -> Any:
        return door.messages(chat_id)

    app.get('/chat/{chat_id}')(serve(messages))
    return app


def on_litestar(door: AiSdkDoor) -> Any:
    serve = genkit_litestar_handler(None)

    async def messages(chat_id: FromPath[str]) -> Any:
        return door.messages(chat_id)

    routes: list[Any] = [
        litestar.post('/chat')(serve(door.send)),
        litestar.get('/chat/{chat_id:str}')(serve(messages)),
        litestar.asgi('/mounted', is_mount=True, copy_scope=True)(DoorApp(door).__call__),
    ]
    return litestar.Litestar(routes)


def on_quart(door: AiSdkDoor) -> Any:
    app, serve = quart.Quart('app'), genkit_quart_handler(None)
    app.post('/chat')(serve(door.send))

    async def messages(chat_id: str) -> Any:
        return door.messages(chat_id)

    app.get('/chat/<chat_id>')(serve(messages))
    return app


def on_flask(door: AiSdkDoor) -> Any:
    app, serve = flask.Flask('app'), genkit_flask_handler(None)
    app.post('/chat')(serve(door.send))

    def messages(chat_id: str) -> Any:
        return door.messages(chat_id)

    app.get('/chat/<chat_id>')(serve(messages))
    return app


@pytest.mark.parametrize('make', [on_fastapi, on_litestar, on_quart, on_flask])
async def test_a_door_is_served(make: Callable[[AiSdkDoor], Any]):
    ai = Genkit()
    ai.define_model('echo', lambda request: {'message': {'role': 'model', 'content': [{'text': 'Hello.'}]}})
    app = make(AiSdkDoor(ai.define_agent('waiter', model='echo', store=MemorySnapshots(), authorize=lambda *_: True)))
    if isinstance(app, flask.Flask):
        with httpx.Client(transport=httpx.WSGITransport(app), base_url='http://127.0.0.1') as http:
            said = await asyncio.to_thread(http.post, '/chat', json=SAYS)
            kept = await asyncio.to_thread(http.get, '/chat/c')
    else:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://127.0.0.1') as client:
            said, kept = await client.post('/chat', json=SAYS), await client.get('/chat/c')
            if not isinstance(app, quart.Quart):
                assert (await client.get('/mounted/c')).json() == kept.json()
    assert (said.status_code, '"delta":"Hello."' in said.text, said.text.endswith('data: [DONE]\n\n')) == (
        200,
        True,
        True,
    )
    assert [message['role'] for message in kept.json()['messages']] == ['user', 'assistant']
