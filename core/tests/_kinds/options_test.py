# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options given as an object of another class than the one that is declared."""

from typing import Any

import pytest
from genkit import Document, EmbedderOptions, Genkit, GenkitError, TextPart
from genkit.types import (
    Embedding,
    EmbedResponse,
    EvalFnResponse,
    GenerateResponse,
    GenerationCommonConfig,
    Message,
    Operation,
    RerankerResponse,
    RetrieverResponse,
    Score,
)
from pydantic import BaseModel


class Own(BaseModel):
    temperature: float | None = None
    top_k: int | None = None


class Narrower(Own):
    seed: int | None = None


class Foreign(BaseModel):
    temperature: float = 0.1
    unset: int | None = None


@pytest.fixture
def seen() -> list[Any]:
    return []


def options_of(config_schema: Any, seen: list[Any]) -> dict[str, Any]:
    """Return an application's calls by kind, each of which takes options and notes what arrived."""
    ai = Genkit()

    def note(options: Any, answer: Any) -> Any:
        seen.append(options)
        return answer

    said = GenerateResponse(message=Message(role='model', content=[TextPart(text='ok')]))
    ai.define_model('model', lambda request: note(request.config, said), config_schema)
    ai.define_background_model(
        'background',
        lambda request: note(request.config, Operation(id='1')),
        lambda op: op,
        config_schema=config_schema,
    )
    vectors = EmbedResponse(embeddings=[Embedding(embedding=[1.0])])
    ai.define_embedder(
        'embedder', lambda request: note(request.options, vectors), EmbedderOptions(config_schema=config_schema)
    )
    nothing = RetrieverResponse(documents=[])
    ai.define_retriever('retriever', lambda _, options: note(options, nothing), config_schema)
    ai.define_indexer('indexer', lambda _, options: note(options, None), config_schema)
    unranked = RerankerResponse(documents=[])
    ai.define_reranker('reranker', lambda _query, _documents, options: note(options, unranked), config_schema)
    judged = EvalFnResponse(test_case_id='1', evaluation=Score(score=1))
    ai.define_evaluator('evaluator', 'E', 'e', lambda _, options: note(options, judged), config_schema=config_schema)
    case: Any = {'testCaseId': '1', 'input': 'x'}
    return {
        'model': lambda options: ai.generate('model', 'x', config=options),
        'background': lambda options: ai.generate_operation('background', 'x', config=options),
        'embedder': lambda options: ai.embed('embedder', 'x', options=options),
        'retriever': lambda options: ai.retrieve('retriever', 'x', options),
        'indexer': lambda options: ai.index('indexer', [Document.from_text('x')], options),
        'reranker': lambda options: ai.rerank('reranker', 'x', [], options),
        'evaluator': lambda options: ai.evaluate('evaluator', [case], options),
    }


KINDS = ('model', 'background', 'embedder', 'retriever', 'indexer', 'reranker', 'evaluator')


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('given', [Foreign(temperature=0.5), GenerationCommonConfig(temperature=0.5)])
async def test_an_object_of_another_class_is_read_by_what_it_sets(kind, given, seen):
    await options_of(Own, seen)[kind](given)
    [options] = seen
    members = options if isinstance(options, dict) else options.model_dump(exclude_unset=True)
    assert members == {'temperature': 0.5}


@pytest.mark.parametrize('kind', KINDS)
async def test_an_object_of_the_class_or_of_a_narrower_one_stays_what_it_is(kind, seen):
    call = options_of(Own, seen)[kind]
    for given in (Own(temperature=0.5), Narrower(seed=1)):
        await call(given)
        assert type(seen[-1]) is type(given)


@pytest.mark.parametrize('kind', KINDS)
async def test_without_a_declared_class_an_object_stays_what_it_is(kind, seen):
    await options_of(None, seen)[kind](Foreign(temperature=0.5))
    assert type(seen[-1]) is Foreign


async def test_what_another_class_sets_must_fit(seen):
    class Wrong(BaseModel):
        temperature: str = 'warm'

    with pytest.raises(GenkitError, match='the config of model failed: temperature: Input should be a valid number'):
        await options_of(Own, seen)['model'](Wrong(temperature='hot'))
    assert seen == []
