# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A generator in place of a function is a mistake, whatever it is to become."""

from collections.abc import Callable
from typing import Any

import pytest
from genkit import Genkit


def pieces(value: Any, options: Any = None) -> Any:
    yield value


async def later(value: Any, options: Any = None) -> Any:
    yield value


class Story:
    def __call__(self, value: int) -> Any:
        yield value


_KINDS: dict[str, Callable[[Genkit, Any], Any]] = {
    'flow': lambda ai, function: ai.flow()(function),
    'tool': lambda ai, function: ai.tool(description='Tells.')(function),
    'model': lambda ai, function: ai.define_model('story', function),
    'background model': lambda ai, function: ai.define_background_model('story', function, function),
    'bidi model': lambda ai, function: ai.define_bidi_model('story', function),
    'bidi flow': lambda ai, function: ai.define_bidi_flow('story', function),
    'agent': lambda ai, function: ai.define_custom_agent('story', function),
    'embedder': lambda ai, function: ai.define_embedder('story', function),
    'retriever': lambda ai, function: ai.define_retriever('story', function),
    'indexer': lambda ai, function: ai.define_indexer('story', function),
    'reranker': lambda ai, function: ai.define_reranker('story', function),
    'evaluator': lambda ai, function: ai.define_evaluator('story', fn=function, display_name='S', definition='S'),
    'resource': lambda ai, function: ai.define_resource(uri='story://', fn=function),
}


@pytest.mark.parametrize('function', [pieces, later])
@pytest.mark.parametrize('define', _KINDS.values(), ids=_KINDS)
def test_is_refused_when_it_is_defined(define: Callable[[Genkit, Any], Any], function: Any) -> None:
    way_out = f'{function.__name__} is a generator; send pieces with context.send_chunk'
    with pytest.raises(TypeError, match=way_out):
        define(Genkit(), function)


def test_is_refused_as_a_method_and_as_an_object() -> None:
    ai = Genkit()
    with pytest.raises(TypeError, match='Story is a generator'):
        ai.flow()(Story())

    with pytest.raises(TypeError, match='tell is a generator'):

        class Told:
            @ai.flow()
            def tell(self, value: int) -> Any:
                yield value
