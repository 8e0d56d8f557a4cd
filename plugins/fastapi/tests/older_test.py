# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from genkit.ai import Genkit
from genkit.plugin import Plugin
from genkit.plugins.fastapi import genkit_fastapi_handler, genkit_lifespan


class Closing(Plugin):
    name = 'closing'
    is_closed = False

    async def resolve(self, action_type, name):
        return None

    async def aclose(self):
        self.is_closed = True


def test_an_application_closes_the_plugins_when_it_ends():
    plugin = Closing()
    ai = Genkit(plugins=[plugin])
    app = FastAPI(lifespan=genkit_lifespan(ai))

    @app.post('/greet')
    @genkit_fastapi_handler(ai)
    @ai.flow()
    async def greet(name: str) -> str:
        return f'Hello, {name}!'

    with TestClient(app) as client:
        assert client.post('/greet', json={'data': 'Ada'}).json() == {'result': 'Hello, Ada!'}
        assert not plugin.is_closed
    assert plugin.is_closed
    _used = greet
