# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application with what the commands of the developer tools ask for."""

import logging
from typing import Any

from genkit import ActionRunContext, Genkit
from genkit.testing import define_echo_model
from genkit_evaluators import GenkitEval
from pydantic import BaseModel


class Order(BaseModel):
    """What is ordered."""

    dish: str
    count: int = 1


ai = Genkit(plugins=[GenkitEval()], model='echo', name='kitchen')
define_echo_model(ai, 'echo')


@ai.flow()
async def cook(order: Order) -> dict[str, Any]:
    """Cook what was ordered."""
    logging.getLogger('kitchen').warning('cooking %s', order.dish)
    done = await ai.run('heat', order, heat)
    return {'dishes': [done] * order.count}


async def heat(order: Order) -> str:
    return f'hot {order.dish}'


@ai.flow()
async def count(last: int, context: ActionRunContext) -> str:
    for number in range(last):
        context.send_chunk({'number': number})
    return f'counted to {last}'


@ai.flow()
async def fail(reason: str) -> None:
    raise LookupError(reason)


@ai.flow()
async def whoami(_: str, context: ActionRunContext) -> Any:
    return context.context


@ai.flow()
async def ask(question: str) -> str:
    return await ai.generate_text(question)


async def main() -> None:
    logging.getLogger('kitchen').warning('the kitchen is open')


if __name__ == '__main__':
    ai.run_main(main())
