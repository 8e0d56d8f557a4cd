# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The graph: a post is drafted, its words are counted, a person reviews it, and it is published or drafted again."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from genkit import ActionRunContext, GenerateRequest, GenerateResponse, GenerateResponseChunk, Genkit, Message, TextPart
from genkit.agent import FileSnapshots
from genkit_graph import END, START, Append, Graph, NodeContext, define_graph
from pydantic import BaseModel


_WORD_SECONDS: Final = 0.04


class Post(BaseModel):
    """What the nodes read and write."""

    topic: str
    text: str = ''
    wishes: Annotated[list[str], Append] = []
    words: int = 0
    approved: bool = False


def posts(folder: Path) -> Graph[Post]:
    """Return the graph, which keeps its runs and what it publishes in a folder."""
    ai = Genkit(model='parrot')
    ai.define_model('parrot', parrot)

    async def draft(post: Post, context: NodeContext) -> dict[str, Any]:
        prompt = ', '.join([f'A post about {post.topic}', *post.wishes])
        return {'text': (await ai.generate(prompt=prompt, on_chunk=context.streaming_callback)).text}

    def count(post: Post) -> dict[str, Any]:
        return {'words': len(post.text.split())}

    def review(post: Post, context: NodeContext) -> dict[str, Any]:
        wish = context.ask({'text': post.text, 'words': post.words}, str)
        return {'approved': True} if wish == 'yes' else {'wishes': [wish]}

    def publish(post: Post) -> None:
        path = folder / f'{post.topic}.txt'
        path.write_text(f'{post.text}\n', encoding='utf-8')  # the same if it runs again

    def decide(post: Post) -> Literal['publish', 'draft']:
        return 'publish' if post.approved else 'draft'

    return define_graph(
        ai,
        'posts',
        Post,
        nodes=[draft, count, review, publish],
        edges={START: 'draft', 'draft': 'count', 'count': 'review', 'review': decide, 'publish': END},
        store=FileSnapshots(folder / 'runs'),
    )


async def parrot(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
    """A model without weights: it says what it is told to write about, word by word."""
    answer = f'Here it is: {request.messages[-1].text}.'
    for word in answer.split(' '):
        await asyncio.sleep(_WORD_SECONDS)
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text=f'{word} ')]))
    return GenerateResponse(message=Message(role='model', content=[TextPart(text=answer)]))
