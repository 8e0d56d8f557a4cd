# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions of an application that return something else than their kind returns."""

from collections.abc import Callable
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Message
from genkit.middleware import BaseMiddleware
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import (
    BaseDataPoint,
    EmbedResponse,
    GenerateResponse,
    RerankerResponse,
    RetrieverResponse,
    Score,
    ToolRequest,
    ToolRequestPart,
)


Call = Callable[[Any], Any]

SAYS = "return GenerateResponse(message=Message(role='model', content='…'))"


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    return ai


async def refused(call: Call, ai: Any) -> str:
    with pytest.raises(GenkitError) as raised:
        await call(ai)
    assert raised.value.status == 'INTERNAL'
    assert 'validation error' not in str(raised.value)
    return raised.value.message


def _defined(method: str, result: Any) -> Call:
    def call(ai: Any) -> Any:
        if method == 'model':
            ai.define_model('x', lambda _: result)
            return ai.generate('x', 'hi')
        if method == 'background_model':
            ai.define_background_model('x', lambda _: result, lambda _: result)
            return ai.generate_operation('x', 'hi')
        if method == 'embedder':
            ai.define_embedder('x', lambda _: result)
            return ai.embed('x', 'hi')
        if method == 'retriever':
            ai.define_retriever('x', lambda _: result)
            return ai.retrieve('x', 'hi')
        if method == 'simple_retriever':
            ai.define_simple_retriever('x', lambda _: result)
            return ai.retrieve('x', 'hi')
        if method == 'reranker':
            ai.define_reranker('x', lambda *_: result)
            return ai.rerank('x', 'hi', ['a'])
        ai.define_batch_evaluator('x', 'X', 'Judges.', lambda _: result)
        return ai.evaluate('x', [BaseDataPoint(input='hi')])

    return call


@pytest.mark.parametrize(
    ('method', 'result', 'message'),
    [
        ('model', 'hello', f"Model 'x' returned str; {SAYS}."),
        ('model', None, f"Model 'x' returned None; {SAYS}."),
        ('model', Message(role='model', content='hello'), f"Model 'x' returned Message; {SAYS}."),
        ('model', {'text': 'hello'}, f"Model 'x' returned dict; {SAYS}. Its members do not fit: text: Extra"),
        ('background_model', 'job', "Background model 'x' returned str; return Operation(id='…', done=False)."),
        (
            'embedder',
            [[1.0]],
            "Embedder 'x' returned list; return EmbedResponse(embeddings=[Embedding(embedding=[…])])",
        ),
        ('embedder', None, "Embedder 'x' returned None; return EmbedResponse("),
        ('retriever', ['soup'], "Retriever 'x' returned list; return RetrieverResponse(documents=[Document.from_text("),
        ('retriever', None, 'define_simple_retriever() takes plain items.'),
        ('simple_retriever', None, "Retriever 'x' returned None; return a list of items."),
        ('simple_retriever', 'soup', "Retriever 'x' returned str; return a list of items."),
        ('reranker', ['a'], "Reranker 'x' returned list; return RerankerResponse(documents=[RankedDocumentData("),
        ('batch_evaluator', None, "Evaluator 'x' returned None; return a list with an EvalFnResponse for each case."),
        (
            'batch_evaluator',
            [True],
            "Evaluator 'x' returned bool; return EvalFnResponse(test_case_id=case.test_case_id",
        ),
    ],
)
async def test_names_what_was_returned_and_what_to_return(ai: Genkit, method: str, result: Any, message: str) -> None:
    assert message in await refused(_defined(method, result), ai)


async def test_the_data_of_a_result_is_a_result(ai: Genkit) -> None:
    found = {'documents': [{'content': [{'text': 'soup'}]}]}
    ai.define_model('x', lambda _: {'message': {'role': 'model', 'content': [{'text': 'hi'}]}})
    ai.define_embedder('x', lambda _: {'embeddings': [{'embedding': [1.0]}]})
    ai.define_retriever('x', lambda _: found)
    ai.define_reranker('x', lambda *_: {'documents': [{**found['documents'][0], 'metadata': {'score': 1}}]})
    assert (await ai.generate('x', 'x')).text == 'hi'
    assert (await ai.embed('x', 'x'))[0].embedding == [1.0]
    assert (await ai.retrieve('x', 'x')).documents[0].content[0].to_wire() == {'text': 'soup'}
    assert (await ai.rerank('x', 'x', ['x']))[0].text == 'soup'
    for name, expected in (
        ('embedder', EmbedResponse),
        ('retriever', RetrieverResponse),
        ('reranker', RerankerResponse),
    ):
        action = ai.registry.lookup_action(name, 'x')  # pyright: ignore[reportArgumentType]
        assert action is not None
        assert action.output_schema['title'] == expected.__name__


@pytest.mark.parametrize(('result', 'message'), [(None, 'returned None'), ('good', 'returned str')])
async def test_a_wrong_verdict_is_a_failed_score_that_says_so(ai: Genkit, result: Any, message: str) -> None:
    ai.define_evaluator('x', 'X', 'Judges.', lambda _: result)
    judged = (await ai.evaluate('x', [BaseDataPoint(input='hi')])).root[0].evaluation
    assert isinstance(judged, Score)
    assert f'The function {message}; return a Score, True or False, a number, or an EvalFnResponse.' in str(
        judged.error
    )


async def forgets(_request: Any, _context: Any, proceed: Any) -> Any:
    await proceed()


async def forgets_to_wait(_request: Any, _context: Any, proceed: Any) -> Any:
    return proceed()


async def takes_two(request: Any, proceed: Any) -> Any:
    return await proceed(request)


class Forgetful(BaseMiddleware):
    async def wrap_generate(self, params: Any, ctx: Any, next_fn: Any) -> Any:
        await next_fn(params, ctx)


class ForgetfulOfTools(BaseMiddleware):
    async def wrap_tool(self, params: Any, ctx: Any, next_fn: Any) -> Any:
        await next_fn(params, ctx)


@pytest.mark.parametrize(
    ('use', 'message'),
    [
        (forgets, 'Middleware forgets returned None; return what it goes on with: `return await next(request)`.'),
        (forgets_to_wait, 'Middleware forgets_to_wait returned coroutine; return what it goes on with: `return await'),
        (Forgetful(), 'Middleware Forgetful.wrap_generate returned None; return what it goes on with: `return await'),
        (ForgetfulOfTools(), 'Middleware ForgetfulOfTools.wrap_tool returned None; return what it goes on with'),
    ],
)
async def test_a_middleware_that_returns_nothing_is_named(ai: Genkit, use: Any, message: str) -> None:
    script, _ = define_programmable_model(ai, 'script')
    ai.tool('look')(lambda: 'seen')
    request = ToolRequestPart(tool_request=ToolRequest(name='look', input=None))
    script.responses = [GenerateResponse(message=Message(role='model', content=said)) for said in ([request], 'done')]
    assert message in await refused(lambda ai: ai.generate('script', 'x', tools=['look'], use=use), ai)


async def test_a_middleware_of_a_model_that_returns_nothing_is_named(ai: Genkit) -> None:
    ai.define_model('x', lambda _: GenerateResponse(message=Message(role='model', content='hi')), use=[forgets])
    assert 'Middleware forgets returned None; return what the model answers' in await refused(
        lambda ai: ai.generate('x', 'x'), ai
    )


async def test_a_plain_middleware_works_and_one_of_other_parameters_is_refused(ai: Genkit) -> None:
    plain: Any = lambda _request, _context, _next: GenerateResponse(message=Message(role='model', content='own'))  # noqa: E731
    assert (await ai.generate(prompt='x', use=plain)).text == 'own'
    with pytest.raises(
        GenkitError, match=r'Middleware takes_two takes \(request.*, proceed.*\).*\(request, context, next'
    ):
        await ai.generate(prompt='x', use=takes_two)
