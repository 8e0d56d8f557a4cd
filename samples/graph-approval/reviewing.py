# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A run as its reviewer sees it: what the nodes say, and what they ask."""

import asyncio
from pathlib import Path

from genkit import GenkitError, StreamResponse
from genkit_graph import Graph, GraphChunk, GraphResult
from posts import Post, posts


async def begin(graph: Graph[Post], topic: str) -> GraphResult[Post]:
    """Begin the run of a topic, or go on with it."""
    try:
        return await shown(graph.resume_stream(topic))
    except GenkitError as error:
        if error.status != 'NOT_FOUND':
            raise
        print(graph.to_ascii())
        return await shown(graph.stream(Post(topic=topic), run_id=topic))


async def answer(graph: Graph[Post], topic: str, answers: dict[str, str]) -> GraphResult[Post]:
    """Go on with answers."""
    return await shown(graph.resume_stream(topic, answers))


async def shown(run: StreamResponse[GraphChunk, GraphResult[Post]]) -> GraphResult[Post]:
    """Show what the nodes say, and return how far the run has come."""
    async for chunk in run:
        print(chunk.chunk.text, end='', flush=True)
    print()
    return await run.response


def work(topic: str, folder: Path) -> None:
    """Go on with the run of a topic until its post is published."""
    graph = posts(folder)
    result = asyncio.run(begin(graph, topic))
    while result.status == 'interrupted':
        [question] = result.questions
        print(f'{question.question["text"]}  ({question.question["words"]} words)')
        said = input('Publish it? "yes", or what to change: ').strip()
        result = asyncio.run(answer(graph, topic, {question.id: said or 'shorter'}))
    print(f'Published: {folder / topic}.txt')
