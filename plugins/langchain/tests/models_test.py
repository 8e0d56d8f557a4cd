# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Objects of LangChain as Genkit sees them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from genkit import ActionKind, Genkit, GenkitError, Media, MediaPart, Message, TextPart
from genkit.types import CustomPart, Document, GenerateResponse, Part, ReasoningPart
from genkit_langchain import LangChain
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import BaseModel, Field


class Scripted(BaseChatModel):
    """A chat model that answers what it was told to, in chunks if it was given any, and keeps what it was asked."""

    answers: list[Any] = Field(default_factory=list)
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return 'scripted'

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(each) for each in tools], **kwargs)

    def _next(self, messages: list[BaseMessage], options: dict[str, Any]) -> Any:
        self.asked.append(messages)
        self.options.append(options)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        answer = self._next(messages, {**kwargs, 'stop': stop})
        return ChatResult(generations=[ChatGeneration(message=answer)])

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        answer = self._next(messages, {**kwargs, 'stop': stop})
        for piece in answer if isinstance(answer, list) else [_as_chunk(answer)]:
            if isinstance(piece, Exception):
                raise piece
            yield ChatGenerationChunk(message=piece)


def _as_chunk(message: AIMessage) -> AIMessageChunk:
    return AIMessageChunk(**{**message.model_dump(exclude={'type'}), 'chunk_position': 'last'})


def application(*answers: Any, profile: Any = None) -> tuple[Genkit, Scripted]:
    model = Scripted(answers=list(answers), profile=profile)
    return Genkit(plugins=[LangChain(models={'scripted': model})], model='langchain/scripted'), model


def calling(*calls: tuple[str, dict[str, Any], str | None], **more: Any) -> AIMessage:
    made: list[Any] = [{'name': name, 'args': args, 'id': ref} for name, args, ref in calls]
    return AIMessage(content=more.pop('content', ''), tool_calls=made, **more)


async def test_a_loop_with_tools_of_all_shapes_and_an_answer():
    first = calling(('add', {'one': 1, 'other': 2}, None), ('double', {'number': 4}, 'b'), ('add', {'one': 0}, None))
    ai, model = application(first, AIMessage('Done.', usage_metadata=None))

    @ai.tool
    def add(one: int, other: int = 5) -> int:
        """Add two numbers."""
        return one + other

    @ai.tool('my.tools/double')
    def double(number: int) -> dict[str, int]:
        """Double a number."""
        return {'twice': number * 2}

    response = await ai.generate(prompt='hi', tools=[add, double])
    assert response.text == 'Done.'
    refs = [part.tool_request.ref for part in response.messages[1].tool_requests]
    assert len(set(refs)) == 3
    assert None not in refs
    tools = {each['function']['name']: each['function'] for each in model.options[0]['tools']}
    assert tools.keys() == {'add', 'double'}
    assert tools['double']['parameters']['properties'] == {'number': {'type': 'integer'}}
    *_, asked, one, two, three = model.asked[1]
    assert isinstance(asked, AIMessage)
    assert [(call['name'], call['args']) for call in asked.tool_calls] == [
        ('add', {'one': 1, 'other': 2}),
        ('double', {'number': 4}),
        ('add', {'one': 0}),
    ]
    answers = [answer for answer in (one, two, three) if isinstance(answer, ToolMessage)]
    assert [answer.content for answer in answers] == ['3', '{"twice":8}', '5']
    assert [answer.tool_call_id for answer in answers] == refs


async def test_options_and_choices_become_keyword_arguments():
    ai, model = application(AIMessage('a'), AIMessage('b'), AIMessage('c'))

    @ai.tool
    def now() -> str:
        """Tell the time."""
        return 'noon'

    config = {'temperature': 0.5, 'maxOutputTokens': 5, 'stopSequences': ['x'], 'topK': 2, 'version': 'v', 'seed': 1}
    await ai.generate(prompt='hi', tools=[now], tool_choice='required', config=config)
    given = model.options[0]
    assert given.pop('tools')
    assert given == {
        'temperature': 0.5,
        'max_tokens': 5,
        'stop': ['x'],
        'top_k': 2,
        'model': 'v',
        'seed': 1,
        'tool_choice': 'any',
    }
    with pytest.raises(GenkitError, match='made with its own') as caught:
        await ai.generate(prompt='hi', config={'apiKey': 'k'})
    assert caught.value.status == 'INVALID_ARGUMENT'
    assert (await ai.generate(prompt='hi', config=None)).text == 'b'


async def test_blocks_usage_and_reasons_become_genkits():
    blocks: list[Any] = [
        {'type': 'reasoning', 'reasoning': 'Hm.'},
        {'type': 'text', 'text': 'See: '},
        'it',
        {'type': 'image', 'base64': 'iVBORw0KGgo=', 'mime_type': 'image/png'},
        {'type': 'web_search_result', 'hits': 3},
    ]
    usage: Any = {
        'input_tokens': 5,
        'output_tokens': 3,
        'total_tokens': 8,
        'input_token_details': {'cache_read': 2, 'cache_creation': 1},
        'output_token_details': {'reasoning': 1},
    }
    answer = AIMessage(blocks, usage_metadata=usage, response_metadata={'stop_reason': 'max_tokens'})
    ai, model = application(answer, AIMessage('', response_metadata={'finish_reason': 'content_filter'}))
    response = await ai.generate(prompt='hi')
    message = response.message
    assert message is not None
    picture = MediaPart(media=Media(url='data:image/png;base64,iVBORw0KGgo=', content_type='image/png'))
    expected: list[Part] = [ReasoningPart(reasoning='Hm.'), TextPart(text='See: '), TextPart(text='it'), picture]
    assert message.content[:4] == expected
    assert isinstance(message.content[4], CustomPart)
    assert response.finish_reason == 'length'
    counted = response.usage
    assert counted is not None
    assert (counted.input_tokens, counted.output_tokens, counted.total_tokens) == (5, 3, 8)
    assert (counted.cached_content_tokens, counted.thoughts_tokens, counted.custom) == (2, 1, {'cacheWriteTokens': 1})
    model.answers.insert(0, AIMessage('ok'))
    await ai.generate(messages=response.messages, prompt='And?')
    assert model.asked[-1][1].content == blocks
    forged = message.replaced(content=[TextPart(text='Something else.')])
    model.answers.insert(0, AIMessage('ok'))
    await ai.generate(messages=[*response.messages[:-1], forged], prompt='And?')
    assert model.asked[-1][1].content == 'Something else.'
    with pytest.raises(GenkitError, match='blocked'):
        await ai.generate(prompt='hi')


async def test_what_people_send_becomes_blocks():
    ai, model = application(AIMessage('ok'))
    parts: list[Part] = [
        TextPart(text='a'),
        MediaPart(media=Media(url='data:audio/wav;base64,AAAA', content_type='audio/wav')),
        MediaPart(media=Media(url='https://example.com/a.pdf', content_type='application/pdf')),
    ]
    await ai.generate(system='Be brief.', prompt=parts)
    system, user = model.asked[0]
    assert (system.type, system.content) == ('system', 'Be brief.')
    assert user.content == [
        {'type': 'text', 'text': 'a'},
        {'type': 'audio', 'base64': 'AAAA', 'mime_type': 'audio/wav'},
        {'type': 'file', 'url': 'https://example.com/a.pdf', 'mime_type': 'application/pdf'},
    ]


async def test_a_stream_shows_texts_and_thoughts_and_ends_with_whole_calls():
    pieces = [
        AIMessageChunk(content=[{'type': 'reasoning', 'reasoning': 'Hm.', 'index': 0}]),
        AIMessageChunk(content='Let '),
        AIMessageChunk(content='me', tool_call_chunks=[tool_call_chunk(name='add', args='{"one"', id='a', index=0)]),
        AIMessageChunk(content='', tool_call_chunks=[tool_call_chunk(name=None, args=': 1}', id=None, index=0)]),
        AIMessageChunk(
            content='', tool_call_chunks=[tool_call_chunk(name='add', args='{"one": 2, "ot', id='b', index=1)]
        ),
        AIMessageChunk(content='', response_metadata={'finish_reason': 'length'}, chunk_position='last'),
    ]
    ai, _ = application(pieces)
    action = await ai.registry.require_action(ActionKind.MODEL, 'langchain/scripted')
    stream = action.stream({'messages': [Message(role='user', content='hi')]})
    chunks = [chunk async for chunk in stream]
    response: GenerateResponse = await stream.response
    assert ''.join(chunk.text for chunk in chunks) == 'Let me' == response.text
    assert ''.join(chunk.reasoning for chunk in chunks) == 'Hm.' == response.reasoning
    assert [call.tool_request.input for call in response.tool_requests] == [{'one': 1}, '{"one": 2, "ot']
    assert response.finish_reason == 'length'
    assert chunks[-1].tool_requests == response.tool_requests


class RefusedError(Exception):
    """As the libraries of providers raise it."""

    status_code = 429
    message = 'Slow down.'


@pytest.mark.parametrize(
    ('failure', 'status', 'text'),
    [
        (RefusedError('Slow down.'), 'RESOURCE_EXHAUSTED', 'Slow down'),
        (TimeoutError('late'), 'DEADLINE_EXCEEDED', 'late'),
        (ConnectionError('gone'), 'UNAVAILABLE', 'gone'),
        (NotImplementedError('no tools'), 'UNIMPLEMENTED', 'no tools'),
        (KeyError('choices'), 'INTERNAL', 'choices'),
        (GenkitError('Mine.', status='NOT_FOUND'), 'NOT_FOUND', 'Mine'),
    ],
)
async def test_what_a_model_raises_becomes_genkits(failure: Exception, status: str, text: str):
    ai, model = application(failure, failure, [AIMessageChunk(content='a'), failure])

    async def streamed(prompt: str) -> None:
        async for chunk in ai.generate_stream(prompt=prompt):
            assert chunk.text == 'a'

    for ask in (ai.generate, ai.generate, streamed):
        with pytest.raises(GenkitError, match=text) as caught:
            await ask(prompt='hi')
        assert caught.value.status == status
    assert not model.answers


async def test_a_stream_of_nothing_is_an_error_and_an_empty_answer_is_not():
    ai, _ = application([], [AIMessageChunk(content='')], AIMessage(''))
    with pytest.raises(GenkitError, match='streamed nothing') as caught:
        await ai.generate_stream(prompt='hi').response
    assert caught.value.status == 'UNAVAILABLE'
    assert (await ai.generate_stream(prompt='hi').response).text == ''
    assert (await ai.generate(prompt='hi')).finish_reason == 'unknown'


async def test_a_model_without_tools_says_so():
    ai = Genkit(plugins=[LangChain(models={'plain': FakeListChatModel(responses=['ok'])})], model='langchain/plain')

    @ai.tool
    def now() -> str:
        """Tell the time."""
        return 'noon'

    with pytest.raises(GenkitError, match='takes no tools') as caught:
        await ai.generate(prompt='hi', tools=[now])
    assert caught.value.status == 'INVALID_ARGUMENT'


class Dish(BaseModel):
    """A dish."""

    name: str


async def test_structured_output_is_in_the_prompt_or_by_the_models_own_means():
    ai, model = application(AIMessage('{"name": "soup"}'))
    assert (await ai.generate(prompt='hi', output_schema=Dish)).output == Dish(name='soup')
    assert '"name"' in str(model.asked[0][-1].content)
    profile = {'structured_output': True, 'tool_calling': True, 'image_inputs': False}
    ai, model = application(calling(('Dish', {'name': 'cake'}, '1')), calling(('Cake', {}, '1')), profile=profile)
    response = await ai.generate(prompt='hi', output_schema=Dish)
    assert response.output == Dish(name='cake')
    assert '"name"' not in str(model.asked[0][-1].content)
    with pytest.raises(GenkitError, match='not offered'):
        await ai.generate(prompt='hi', output_schema=Dish)
    [listed] = await ai.list_actions('model')
    assert (listed.metadata or {})['model']['supports']['constrained'] == 'no-tools'
    assert (listed.metadata or {})['model']['supports']['media'] is False


async def test_cancelling_reaches_langchains_model():
    began, ended = asyncio.Event(), asyncio.Event()

    class Slow(FakeListChatModel):
        async def _astream(self, *given: Any, **named: Any) -> AsyncIterator[ChatGenerationChunk]:
            yield ChatGenerationChunk(message=AIMessageChunk(content='a'))
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    ai = Genkit(plugins=[LangChain(models={'slow': Slow(responses=[''])})])
    async with ai.generate_stream(model='langchain/slow', prompt='hi') as stream:
        assert (await anext(stream)).text == 'a'
        await began.wait()
    assert ended.is_set()


class Purposeful(Embeddings):
    """Embeddings that differ for documents and queries, as tuples of integers."""

    def embed_documents(self, texts: list[str]) -> Any:
        return [(1, len(text)) for text in texts]

    def embed_query(self, text: str) -> Any:
        return (2, len(text)) if text else ()


class Shelf(BaseRetriever):
    """A retriever that takes an argument."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any, page: int = 0) -> list[LangChainDocument]:
        if query == 'fail':
            raise ConnectionError('gone')
        return [LangChainDocument(f'{query} {page} {number}', id=str(number)) for number in range(5)]


async def test_embeddings_retrievers_and_stores():
    fake = DeterministicFakeEmbedding(size=4)
    plugin = LangChain(
        embeddings={'purposeful': Purposeful()},
        retrievers={'shelf': Shelf()},
        vector_stores={'a/b': InMemoryVectorStore(fake)},
    )
    ai = Genkit(plugins=[plugin])
    many = await ai.embed_many('langchain/purposeful', ['a', 'bb'])
    assert [each.embedding for each in many] == [[1.0, 1.0], [1.0, 2.0]]

    async def search(query: Document, _options: Any) -> Any:
        [found] = await ai.embed('langchain/purposeful', query)
        return {'documents': [Document.from_text(str(found.embedding))]}

    ai.define_retriever('search', search)
    assert (await ai.retrieve('search', 'abc')).documents[0].content == [TextPart(text='[2.0, 3.0]')]
    with pytest.raises(GenkitError, match='embedding'):
        await ai.retrieve('search', '')
    with pytest.raises(GenkitError, match='text alone'):
        await ai.embed('langchain/purposeful', Document.from_media('data:image/png;base64,AAAA', 'image/png'))

    found = (await ai.retrieve('langchain/shelf', 'x', {'page': 2, 'k': 3})).documents
    assert [each.text for each in found] == ['x 2 0', 'x 2 1', 'x 2 2']
    assert found[0].metadata == {'_id': '0'}
    with pytest.raises(GenkitError, match="takes no 'pages'; its options are: k, page"):
        await ai.retrieve('langchain/shelf', 'x', {'pages': 2})
    with pytest.raises(GenkitError, match='gone') as caught:
        await ai.retrieve('langchain/shelf', 'fail')
    assert caught.value.status == 'UNAVAILABLE'
    with pytest.raises(GenkitError, match='keyword arguments'):
        await ai.retrieve('langchain/shelf', 'x', 3)

    picture = Document.from_media('data:image/png;base64,AAAA', 'image/png', {'page': 1})
    await ai.index('langchain/a/b', [Document.from_text('soup', {'_id': 's', 'page': 3}), picture])
    [hit] = (await ai.retrieve('langchain/a/b', 'soup', {'k': 1})).documents
    assert (hit.text, hit.metadata) == ('soup', {'page': 3, '_id': 's', '_score': pytest.approx(1.0)})
    everything = (await ai.retrieve('langchain/a/b', 'soup')).documents
    assert picture.content in [each.content for each in everything]
    await ai.index('langchain/a/b', [])
    listed = {(each.action_type, each.name) for each in await ai.list_actions()}
    assert {('retriever', 'langchain/a/b'), ('indexer', 'langchain/a/b'), ('retriever', 'langchain/shelf')} <= listed
    with pytest.raises(GenkitError, match='langchain/shelf'):
        await ai.retrieve('langchain/shelv', 'x')


@pytest.mark.parametrize(
    ('given', 'problem'),
    [
        ({'models': {'a': 'gpt'}}, "models={'a': …}.*str.*chat model"),
        ({'embeddings': {'a': FakeListChatModel(responses=[])}}, 'Embeddings object'),
        ({'retrievers': {'a': InMemoryVectorStore(DeterministicFakeEmbedding(size=2))}}, 'vector_stores'),
        (
            {'retrievers': {'a': Shelf()}, 'vector_stores': {'a': InMemoryVectorStore(Purposeful())}},
            'names a retriever and a vector store',
        ),
    ],
)
def test_objects_of_another_kind_are_refused(given: dict[str, Any], problem: str):
    with pytest.raises(GenkitError, match=problem) as caught:
        LangChain(**given)
    assert caught.value.status == 'INVALID_ARGUMENT'
