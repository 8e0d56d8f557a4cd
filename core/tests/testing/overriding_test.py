# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import contextlib
import threading

import pytest
from genkit import GenerateResponse, Genkit, GenkitError, Message, ModelRef, TextPart, ToolRequestPart
from genkit.plugin import ModelEntry, ModelPlugin, ModelTable
from genkit.testing import (
    ProgrammableModel,
    define_echo_model,
    define_fake_embedder,
    define_programmable_model,
    fake_vector,
    overridden,
)
from genkit.types import ToolRequest
from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    model_config = ConfigDict(extra='forbid')

    size: int = 1


class _Provider(ModelPlugin):
    """Has no credentials: nobody is to initialize it."""

    name = 'provider'
    label = 'Provider'
    models = ModelTable([], unknown=ModelEntry(name='*', config=Strict))

    async def init(self) -> list:
        raise AssertionError('A test asked the provider.')

    def makers(self) -> dict:
        raise AssertionError('A test asked the provider.')


@pytest.fixture
def app() -> Genkit:
    """Return an application whose models would need a provider."""
    return Genkit(model='provider/default')


def asks(name: str, value: object) -> GenerateResponse:
    request = ToolRequestPart(tool_request=ToolRequest(name=name, input=value))
    return GenerateResponse(message=Message(role='model', content=[request]))


class TestModels:
    async def test_texts_are_answered_in_order_and_the_last_is_repeated(self, app):
        with overridden(app, model=['first', 'second']) as model:
            texts = [await app.generate_text(prompt) for prompt in ('1', '2', '3')]
        assert texts == ['first', 'second', 'second']
        assert [request.messages[-1].text for request in model.requests] == ['1', '2', '3']
        assert model.asked == ['provider/default'] * 3

    async def test_what_is_replaced_is_restored_also_after_an_error(self, app):
        define_echo_model(app, 'provider/default')
        with contextlib.suppress(ZeroDivisionError), overridden(app, model=['stand-in']):
            assert await app.generate_text('hi') == 'stand-in'
            raise ZeroDivisionError
        assert await app.generate_text('hi') == '[ECHO] user: hi'

    async def test_blocks_nest_and_the_innermost_wins(self, app):
        with overridden(app, model=['outer']):
            async with overridden(app, model={'provider/other': ['inner']}):
                assert await app.generate_text('hi', model='provider/other') == 'inner'
                assert await app.generate_text('hi') == 'outer'
            assert await app.generate_text('hi', model='provider/other') == 'outer'

    async def test_an_application_without_a_default_model_gets_one(self):
        app = Genkit()
        with overridden(app, model=['there']):
            assert await app.generate_text('hi') == 'there'
        with pytest.raises(GenkitError, match='No model configured'):
            await app.generate_text('hi')

    @pytest.mark.parametrize('named', ['name', 'reference', 'action'])
    async def test_a_call_that_names_its_model_is_replaced_too(self, app, named):
        action = define_echo_model(app, 'provider/own')
        own = {'name': 'provider/own', 'reference': ModelRef(name='provider/own'), 'action': action}[named]
        with overridden(app, model=['stand-in']) as model:
            assert await app.generate_text('hi', model=own) == 'stand-in'
        assert model.asked == ['provider/own']

    async def test_prompts_flows_agents_and_streams_are_replaced(self, app):
        prompt = app.define_prompt('p', model='provider/own', prompt='hi')
        agent = app.define_agent('a', system='Be brief.', model='provider/own')

        @app.flow
        async def flow(text: str) -> str:
            return await app.generate_text(text)

        async with overridden(app, model=['stand-in']) as model:
            assert (await prompt()).text == 'stand-in'
            assert await flow('hi') == 'stand-in'
            assert (await agent.chat().send('hi')).text == 'stand-in'
            stream = app.generate_stream(prompt='hi')
            assert [chunk.text async for chunk in stream] == ['stand-in']
        assert len(model.requests) == 4

    async def test_other_tasks_and_threads_see_the_replacement(self, app):
        async def ask() -> str:
            return await app.generate_text('hi')

        found = []
        with overridden(app, model=['stand-in']):
            thread = threading.Thread(target=lambda: found.append(asyncio.run(ask())))
            thread.start()
            await asyncio.to_thread(thread.join)
            found.append(await asyncio.create_task(ask()))
        assert found == ['stand-in', 'stand-in']

    @pytest.mark.parametrize(
        'function',
        [
            lambda request: f'said {request.messages[-1].text}',
            lambda request, context: GenerateResponse(message=Message(role='model', content='said hi')),
            ProgrammableModel(responses=['said hi']),
        ],
    )
    async def test_a_function_answers_with_a_text_or_a_response(self, app, function):
        with overridden(app, model=function):
            assert await app.generate_text('hi') == 'said hi'

    async def test_an_asynchronous_function_answers(self, app):
        async def answer(request: object) -> str:
            await asyncio.sleep(0)
            return 'later'

        with overridden(app, model=answer):
            assert await app.generate_text('hi') == 'later'

    async def test_a_list_takes_functions_of_one_parameter_and_of_two(self, app):
        answers = ['x', lambda request: request.messages[0].text, lambda request, context: 'z']
        with overridden(app, model=answers):
            assert [await app.generate_text('y') for _ in answers] == ['x', 'y', 'z']

    @pytest.mark.parametrize('model', [['x'], lambda request: 'x', ProgrammableModel(responses=['x'])])
    async def test_the_configuration_has_to_fit_the_model_that_is_replaced(self, app, model):
        app.define_model('strict', lambda request: 'real', config_schema=Strict)
        app.registry.register_plugin(_Provider())
        with overridden(app, model=model):
            for name in ('strict', 'provider/any'):
                assert await app.generate_text('hi', model=name, config={'size': 3}) == 'x'
                with pytest.raises(GenkitError, match=f'config of {name}.*max_tokens') as refused:
                    await app.generate_text('hi', model=name, config={'max_tokens': 3})
                assert refused.value.status == 'INVALID_ARGUMENT'
            assert await app.generate_text('hi', model='unknown', config={'max_tokens': 3}) == 'x'

    async def test_another_model_answers_by_name_or_as_an_action_whatever_the_block_replaces(self, app):
        echo = define_echo_model(app)
        with overridden(app, model='echo') as model:
            assert await app.generate_text('hi', config={'temperature': 0}) == (
                '[ECHO] user: hi config: {"temperature": 0}'
            )
            assert await app.generate_text('hi', model='echo') == '[ECHO] user: hi'
            stream = app.generate_stream(prompt='hi')
            assert [chunk.text async for chunk in stream] == ['3', '2', '1']
        assert len(model.requests) == 3
        with overridden(app, model=ModelRef(name='echo', config={'top_k': 1})):
            assert 'top_k' in await app.generate_text('hi')
        with overridden(app, model=echo):
            assert await app.generate_text('hi') == '[ECHO] user: hi'

    async def test_a_text_in_place_of_a_name_gets_the_way_out(self, app):
        with (
            overridden(app, model='Hello there'),
            pytest.raises(GenkitError, match=r"write model=\['Hello there'\] to answer with this text") as caught,
        ):
            await app.generate_text('hi')
        assert caught.value.status == 'NOT_FOUND'

    def test_a_misspelt_name_is_refused_on_entering(self, app):
        define_echo_model(app, 'echo')
        with pytest.raises(GenkitError, match=r"There is no model 'eco' to be replaced\. Did you mean 'echo'"):
            overridden(app, model={'eco': ['x']}).__enter__()

    async def test_structured_output_is_read_from_the_text(self, app):
        class City(BaseModel):
            name: str

        with overridden(app, model=['{"name": "Bonn"}']):
            assert await app.generate_data(City, 'Where?') == City(name='Bonn')


class TestEmbedders:
    async def test_a_number_stands_for_fake_vectors(self, app):
        with overridden(app, embedder=16):
            (found,) = await app.embed('provider/embedder', 'a cat')
        assert found.embedding == fake_vector('a cat', 16)

    async def test_one_of_several_is_replaced_by_name_function_or_action(self, app):
        action = define_fake_embedder(app, 'words', 8)
        define_fake_embedder(app, 'other', 4)
        for given in ('words', action, action.fn):
            with overridden(app, embedder={'other': given}):
                assert len((await app.embed('other', 'x'))[0].embedding) == 8
        assert len((await app.embed('other', 'x'))[0].embedding) == 4


class TestTools:
    async def test_a_function_stands_in_and_the_definition_stays(self, app):
        class Place(BaseModel):
            city: str

        @app.tool
        def weather(place: Place) -> str:
            """Return the weather."""
            raise AssertionError(place)

        seen = []
        with overridden(
            app, model=[asks('weather', {'city': 'Bonn'}), 'done'], tools={'weather': seen.append}
        ) as model:
            await app.generate(prompt='hi', tools=[weather])
            await app.generate(prompt='hi', tools=['weather'])
        assert seen == [Place(city='Bonn')]
        assert [request.tools == [weather.definition()] for request in model.requests] == [True] * 3

    async def test_a_tool_with_several_parameters_gives_them_to_its_stand_in(self, app):
        @app.tool
        def book(city: str, nights: int = 2) -> str:
            raise AssertionError(city)

        @app.flow
        async def flow() -> list[str]:
            response = await app.generate(prompt='hi', tools=['book'])
            return [part.tool_response.output for m in response.messages if m.role == 'tool' for part in m.content]

        with overridden(
            app,
            model=[asks('book', {'city': 'Bonn'}), 'done'],
            tools={'book': lambda city, nights: f'{nights} in {city}'},
        ):
            assert await flow() == ['2 in Bonn']

    async def test_wrong_arguments_are_refused_by_the_tools_own_schema(self, app):
        @app.tool
        def double(number: int) -> int:
            return 2 * number

        with (
            overridden(app, model=[asks('double', 'many')], tools={'double': lambda number: 0}),
            pytest.raises(GenkitError, match='valid integer'),
        ):
            await app.generate(prompt='hi', tools=['double'])

    async def test_a_plain_function_and_a_dynamic_tool_are_replaced_by_name(self, app):
        def shout(text: str) -> str:
            raise AssertionError(text)

        quiet = app.dynamic_tool('whisper', shout)
        for tool, name in ((shout, 'shout'), (quiet, 'whisper')):
            with overridden(app, model=[asks(name, 'a'), 'done'], tools={name: lambda text: text * 2}):
                response = await app.generate(prompt='hi', tools=[tool])
            answers = [part for m in response.messages if m.role == 'tool' for part in m.content]
            assert [part.tool_response.output for part in answers] == ['aa']

    def test_a_misspelt_tool_is_refused(self, app):
        @app.tool
        def weather() -> str:
            return ''

        with pytest.raises(GenkitError, match=r"no tool 'wether' to be replaced\. Did you mean 'weather'"):
            overridden(app, tools={'wether': weather}).__enter__()

    @pytest.mark.parametrize(
        'named', [{'tools': {'nope': print}}, {'model': {'nope': ['x']}}, {'embedder': {'nope': 2}}]
    )
    async def test_a_name_that_is_unknown_and_not_asked_for_is_refused_with_those_that_there_are(self, app, named):
        app.tool('weather')(lambda: 'sunny')
        define_echo_model(app, 'echo')
        define_fake_embedder(app, 'words', 4)
        with pytest.raises(GenkitError, match=r"no (tool|model|embedder) 'nope'.* There are: '(weather|echo|words)'"):
            async with overridden(app, **named):
                pass
        with pytest.raises(ZeroDivisionError), overridden(app, **named):
            _ = 1 / 0


async def test_programmable_models_answer_with_texts(app):
    script, _ = define_programmable_model(app, 'provider/default')
    script.responses = ['one', lambda request, context: 'two']
    assert [await app.generate_text('?') for _ in range(2)] == ['one', 'two']
    assert (await app.generate(prompt='?')).message == Message(role='model', content=[TextPart(text='two')])
