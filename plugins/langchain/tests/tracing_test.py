# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of LangChain in the trace: each once, below what it belongs to."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from genkit import ActionKind, Genkit
from genkit.types import BaseDataPoint
from genkit_langchain import (
    GenkitCallbackHandler,
    GenkitChatModel,
    GenkitRetriever,
    LangChain,
    from_langchain_tool,
    from_runnable,
    to_langchain_tool,
    to_runnable,
    tracing,
)
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel
from langchain_core.tools import tool
from opentelemetry.sdk.trace import ReadableSpan

from .conftest import CAPABLE, application, reader


Spans = Callable[[Genkit], Awaitable[Sequence[ReadableSpan]]]


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not tracing._RUNS


def paths(spans: Sequence[ReadableSpan]) -> list[str]:
    """Return each span with those above it."""
    by_id = {span.context.span_id: span for span in spans if span.context}

    def path(span: ReadableSpan) -> str:
        above = by_id.get(span.parent.span_id) if span.parent else None
        return span.name if above is None else f'{path(above)} > {span.name}'

    return sorted(path(span) for span in spans)


def parrot(*texts: str) -> FakeListChatModel:
    return FakeListChatModel(responses=list(texts) or ['Hello!'])


async def test_a_chain_by_itself_is_one_tree(ai: Genkit, spans: Spans):
    price = ai.registry.lookup_action(ActionKind.TOOL, 'price')
    assert price is not None
    chain = (
        RunnableParallel(
            notes=GenkitRetriever(ai=ai, retriever='fake/notes', k=1),
            cost=RunnableLambda(lambda _: {'dish': 'soup'}) | to_langchain_tool(price),
        )
        | ChatPromptTemplate.from_template('{notes} {cost}')
        | GenkitChatModel(ai=ai, model='fake/reader')
        | StrOutputParser()
    )
    config: Any = {'callbacks': [GenkitCallbackHandler(), GenkitCallbackHandler()], 'tags': ['a'], 'run_name': 'all'}
    expected = [
        'all',
        'all > ChatPromptTemplate',
        'all > RunnableParallel<notes,cost>',
        'all > RunnableParallel<notes,cost> > RunnableSequence',
        'all > RunnableParallel<notes,cost> > RunnableSequence > RunnableLambda',
        'all > RunnableParallel<notes,cost> > RunnableSequence > price',
        'all > RunnableParallel<notes,cost> > fake/notes',
        'all > StrOutputParser',
        'all > fake/reader',
    ]
    assert (await chain.ainvoke('soup', config)).startswith('You said')
    assert paths(await spans(ai)) == expected
    [root] = [span for span in await spans(ai) if span.name == 'all']
    attributes = root.attributes or {}
    assert attributes['genkit:metadata:langchain:tags'] == ('a',)
    assert json.loads(str(attributes['genkit:input'])) == 'soup'
    assert attributes['genkit:state'] == 'success'
    for _ in (1, 2):
        chain.invoke('soup', config)
        assert ''.join(chain.stream('soup', config))
    assert set(paths(await spans(ai))) == set(expected)
    assert len(await spans(ai)) == 5 * len(expected)


async def test_what_genkit_calls_is_below_its_span_once(spans: Spans):
    @tool
    def shout(text: str) -> str:
        """Shout."""
        return (RunnableLambda(str.upper).with_config(run_name='upper') | RunnableLambda(lambda x: f'{x}!')).invoke(
            text
        )

    class Seen(BaseCallbackHandler):
        def __init__(self) -> None:
            self.tokens: list[str] = []

        def on_llm_new_token(self, token: Any, **_: Any) -> None:
            self.tokens.append(str(token))

    ai = Genkit(plugins=[LangChain(models={'parrot': parrot()})])
    seen = Seen()
    inner = GenkitChatModel(ai=ai, model='langchain/parrot')
    flow = from_runnable(
        ai, (inner | StrOutputParser() | RunnableLambda(str.upper)).with_config(callbacks=[seen]), 'up'
    )
    from_langchain_tool(ai, shout)
    action = await ai.registry.require_action(ActionKind.TOOL, 'shout')
    assert await flow('hi') == 'HELLO!'
    assert (await action.arun({'text': 'a'})).response == 'A!'
    assert paths(await spans(ai)) == [
        'shout',
        'shout > RunnableSequence',
        'shout > RunnableSequence > RunnableLambda',
        'shout > RunnableSequence > upper',
        'up',
        'up > StrOutputParser',
        'up > langchain/parrot',
        'up > upper',
    ]
    assert ''.join([chunk async for chunk in flow.stream('hi')]) == 'HELLO!'
    assert sorted(''.join(seen.tokens)) == sorted('Hello!Hello!')  # of both models, as callbacks are inherited


async def test_a_flow_in_a_chain_and_a_chain_in_the_flow_are_one_tree(ai: Genkit, spans: Spans):
    inner = RunnableLambda(str.upper).with_config(run_name='inner')

    @ai.flow
    async def shout(text: str) -> str:
        return await from_runnable(ai, inner, 'nested')(text)

    chain = (to_runnable(shout) | RunnableLambda(lambda text: f'{text}!')).with_config(run_name='all')
    assert await chain.ainvoke('a', {'callbacks': [GenkitCallbackHandler()]}) == 'A!'
    assert paths(await spans(ai)) == ['all', 'all > RunnableLambda', 'all > shout', 'all > shout > nested']


async def test_models_errors_and_secrets_in_spans(ai: Genkit, spans: Spans):
    class Counted(FakeListChatModel):
        def _generate(self, *given: Any, **named: Any) -> Any:
            result = super()._generate(*given, **named)
            usage: Any = {'input_tokens': 3, 'output_tokens': 4, 'total_tokens': 7}
            result.generations[0].message = AIMessage('Hello!', usage_metadata=usage)
            return result

    def fail(given: Any) -> None:
        raise KeyError('lost')

    config: Any = {'callbacks': [GenkitCallbackHandler()]}
    await Counted(responses=['x']).ainvoke('hi', config)
    RunnableLambda(lambda _: iter([1])).with_config(run_name='secret').invoke({'api_key': 'sk-123456789'}, config)
    with pytest.raises(KeyError):
        await RunnableLambda(fail).ainvoke('x', config)
    hidden = RunnableLambda(lambda x: x).with_config(tags=['langsmith:hidden'])
    (hidden | RunnableLambda(lambda x: x)).with_config(run_name='seen').invoke(1, config)
    found = {span.name: span for span in await spans(ai)}
    model = found['Counted'].attributes or {}
    assert (model['gen_ai.usage.input_tokens'], model['gen_ai.usage.output_tokens']) == (3, 4)
    assert (model['genkit:metadata:subtype'], model['gen_ai.operation.name']) == ('model', 'chat')
    assert 'sk-123456789' not in str((found['secret'].attributes or {}).values())
    failed = found['fail'].attributes or {}
    assert (failed['genkit:state'], failed['genkit:error']) == ('error', "KeyError: 'lost'")
    assert not found['fail'].status.is_ok
    assert [path for path in paths(await spans(ai)) if path.startswith('seen')] == ['seen', 'seen > RunnableLambda']


async def test_a_stream_that_is_left_closes_its_span(ai: Genkit, spans: Spans):
    chain = GenkitChatModel(ai=ai, model='fake/reader') | StrOutputParser()
    stream = chain.astream('hi', {'callbacks': [GenkitCallbackHandler()], 'run_name': 'left'})
    assert await anext(stream)
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    for _ in range(1000):
        if 'left > StrOutputParser' in paths(await spans(ai)):
            break
        await asyncio.sleep(0)  # LangChain leaves closing to the event loop
    assert 'left > StrOutputParser' in paths(await spans(ai))


async def test_content_is_left_out_where_it_is_not_wanted(ai: Genkit, spans: Spans, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'false')

    def fail(given: str) -> None:
        raise ValueError(given)

    config: Any = {'callbacks': [GenkitCallbackHandler()]}
    RunnableLambda(str.upper).invoke('private', config)
    with pytest.raises(ValueError, match='private'):
        RunnableLambda(fail).invoke('private', config)
    found = await spans(ai)
    assert len(found) == 2
    assert 'private' not in ' '.join(f'{span.attributes} {span.status.description}'.lower() for span in found)


async def test_langsmith_is_left_alone(spans: Spans):
    ai = application()
    before = dict(os.environ)
    flow = from_runnable(ai, GenkitChatModel(ai=ai, model='fake/reader') | StrOutputParser(), 'one')
    assert await flow('hi') == 'You said: hi'
    assert dict(os.environ) == before
    assert not any('langsmith' in str(span.attributes) for span in await spans(ai))


async def test_judges_are_in_the_trace(spans: Spans):
    ai = Genkit(plugins=[LangChain(criteria=['depth'], judge='judge')])
    ai.define_model('judge', reader, info=CAPABLE)
    judged = (await ai.evaluate('langchain/depth', [BaseDataPoint(input='a', output='b', test_case_id='1')])).root
    assert judged[0].scores[0].score is True
    assert 'langchain/depth > Test Case 1 > generate > judge' in paths(await spans(ai))
