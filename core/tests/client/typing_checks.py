# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an editor knows of results and chunks. The type checker reads this; running it calls nothing."""

from typing import Any, assert_type

from genkit.client import FlowStream, run_flow, stream_flow
from pydantic import BaseModel


class Dish(BaseModel):
    name: str


async def results() -> None:
    assert_type(await run_flow('http://h/f', output_type=Dish), Dish)
    assert_type(await run_flow('http://h/f', 1, output_type=list[Dish]), list[Dish])
    assert_type(await run_flow('http://h/f', 1, timeout=1, retries=2), Any)


async def streams() -> None:
    both = stream_flow('http://h/f', 1, output_type=Dish, chunk_type=str)
    assert_type(both, FlowStream[str, Dish])
    assert_type([chunk async for chunk in both], list[str])
    assert_type(await both.response, Dish)
    assert_type(stream_flow('http://h/f', output_type=Dish), FlowStream[Any, Dish])
    assert_type(stream_flow('http://h/f', chunk_type=int), FlowStream[int, Any])
    assert_type(stream_flow('http://h/f', headers={'a': 'b'}), FlowStream[Any, Any])
