# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A Flask application with flows, on Flask's own server. It needs no key and no network."""

import argparse
import asyncio

from flask import Flask, g, request
from genkit import ActionRunContext, Genkit
from genkit.web import api_key
from genkit_flask import flows_blueprint, genkit_flask_handler
from pydantic import BaseModel


MENU = {'soup': 4.5, 'bread': 2.0, 'cake': 3.5}
KEY = 'kitchen-door'
ai = Genkit()


class Order(BaseModel):
    dishes: list[str]
    tip: float = 0


class Bill(BaseModel):
    lines: dict[str, float]
    total: float


@ai.flow()
async def menu(context: ActionRunContext) -> list[str]:
    """Read the menu aloud: each dish is a chunk."""
    for dish, price in MENU.items():
        context.send_chunk(f'{dish}, {price:.2f} euros')
        await asyncio.sleep(0.2 if context.is_streaming else 0)
    return list(MENU)


@ai.flow()
async def bill(order: Order) -> Bill:
    """Add up an order."""
    lines = {dish: MENU[dish] for dish in order.dishes}
    return Bill(lines=lines, total=sum(lines.values()) + order.tip)


@ai.flow()
async def greeting() -> str:
    return f'Welcome at table {g.table}, you who speak {request.accept_languages.best or "any language"}.'


app = Flask('restaurant')
app.register_blueprint(flows_blueprint(ai, api_key(KEY), flows=[menu, bill]), url_prefix='/flows')


@app.post('/tables/<int:table>')
@genkit_flask_handler(ai)
def arrive(table: int) -> str:
    g.table = table
    return 'greeting'


def call_once() -> None:
    client, allowed = app.test_client(), {'Authorization': KEY}
    print(client.post('/flows/bill', json={'data': {'dishes': ['soup', 'cake']}}, headers=allowed).text)
    print(client.post('/flows/menu?stream=true', json={}, headers=allowed).text, end='')
    print(client.post('/flows/menu', json={}).text)
    print(client.post('/tables/7', json={}, headers={'Accept-Language': 'de'}).text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--port', type=int, default=8000)
    parser.add_argument('--once', action='store_true', help='call the flows once, print what they answer, and end')
    given = parser.parse_args()
    call_once() if given.once else app.run(port=given.port, threaded=True)


if __name__ == '__main__':
    main()
