# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application as a server over stdio, which prints as careless programs do."""

import asyncio
from typing import Any

from genkit import Genkit, GenkitError, Media, MediaPart, MultipartToolResponse, TextPart, ToolRunContext, response
from genkit_mcp import create_mcp_server
from pydantic import BaseModel


PIXEL = 'iVBORw0KGgo='
RUNNING: list[str] = []
CANCELLED: list[str] = []


class Order(BaseModel):
    """What somebody orders."""

    dish: str
    portions: int = 1


class Node(BaseModel):
    """A tree."""

    name: str
    children: list['Node'] = []


def application() -> Genkit:
    """Return an application with tools, prompts and resources."""
    ai = Genkit()
    _add_tools(ai)
    ai.define_prompt(
        'greet',
        system='Be kind.',
        prompt='Greet {{name}} {{times}} times.',
        input_schema={
            'type': 'object',
            'properties': {'name': {'type': 'string', 'description': 'Who'}, 'times': {'type': 'integer'}},
            'required': ['name'],
        },
    )
    ai.define_prompt(
        'deep', prompt='{{order}}', input_schema={'type': 'object', 'properties': {'order': {'type': 'object'}}}
    )
    ai.define_resource(uri='house://menu', fn=lambda given: [TextPart(text='soup')], description='The menu.')
    photo = MediaPart(media=Media(url=f'data:image/png;base64,{PIXEL}', content_type='image/png'))
    ai.define_resource(template='house://{room}/photo', fn=lambda given: [photo, TextPart(text=given.room)])
    return ai


def _add_tools(ai: Genkit) -> None:
    @ai.tool()
    def order(order: Order) -> dict[str, Any]:
        """Order a dish."""
        print('ordering')  # noqa: T201  (it must not break the protocol)
        return {'dish': order.dish, 'euros': 4.5 * order.portions}

    @ai.tool('kitchen/double')
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    @ai.tool()
    def large(size: int) -> str:
        """Return a long text."""
        return 'x' * size

    @ai.tool()
    async def wait(name: str) -> str:
        """Wait for ever."""
        RUNNING.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            CANCELLED.append(name)
        return 'never'

    @ai.tool()
    def tree(node: Node) -> int:
        """Count a tree."""
        return 1 + sum(tree(child) for child in node.children)

    @ai.tool()
    async def count(to: int, context: ToolRunContext) -> str:
        """Count."""
        for number in range(to):
            context.send_chunk(f'number {number}')
        return 'counted'

    @ai.tool(multipart=True)
    def photo() -> MultipartToolResponse:
        """Show a photo."""
        picture = Media(url=f'data:image/png;base64,{PIXEL}', content_type='image/png')
        return response('a dot', parts=[MediaPart(media=picture)])

    @ai.tool()
    def fail(how: str) -> str:
        """Fail."""
        if how == 'ours':
            raise GenkitError('The oven is cold.', status='FAILED_PRECONDITION')
        raise RuntimeError('secret detail')

    _add_tools_of_humans(ai)


def _add_tools_of_humans(ai: Genkit) -> None:
    @ai.tool()
    async def charge(euros: int, context: ToolRunContext) -> str:
        """Charge the guest."""
        if euros > 50 and not context.is_resumed():
            context.interrupt({'question': f'Charge {euros} euros?'})
        return f'charged {euros} ({context.resumed_metadata})'

    @ai.tool()
    def whoami(context: ToolRunContext) -> str:
        """Tell who calls."""
        return str(context.context.get('who')) + str(context.context['mcp']['_meta'].get('trace'))

    ai.define_interrupt('ask_guest', {'type': 'object'}, 'Ask the guest.')


if __name__ == '__main__':
    print('starting')  # noqa: T201  (before the server takes stdout)
    create_mcp_server(application(), name='house').run()
