# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from genkit import (
    GENKIT_CLIENT_HEADER,
    Action,
    ActionKind,
    ActionRunContext,
    Document,
    Genkit,
    GenkitError,
    ModelInfo,
    ModelRef,
    Plugin,
    Progress,
    RetrieverResponse,
    embedder_ref,
    model_ref,
)
from genkit._base.version import set_client_header
from genkit._trace.provider import add_span_exporter
from genkit.middleware import BaseMiddleware
from genkit.plugin import client_header, make_model, model_action_metadata
from genkit.testing import define_echo_model, define_fake_embedder
from genkit.types import ActionMetadata, GenerateRequest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pydantic import BaseModel


class Shouting(BaseMiddleware):
    """Does nothing, by name."""

    name = 'shouting'


class Zoo(Plugin):
    """A plugin with one model, which it advertises and makes when it is asked for."""

    def __init__(self, name: str = 'zoo', answer: Any = None) -> None:
        self.name = name
        self.answer = answer
        self.closed = 0

    def middleware(self) -> Sequence[type[Any]]:
        return [Shouting] if self.name == 'zoo' else []

    async def resolve(self, action_type: ActionKind, name: str) -> Action | None:
        if action_type is not ActionKind.MODEL or name != f'{self.name}/cat':
            return None
        return make_model(name, lambda _: self.answer)

    async def list_actions(self) -> Sequence[ActionMetadata]:
        return [model_action_metadata(f'{self.name}/cat')]

    async def aclose(self) -> None:
        self.closed += 1


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def own_header() -> Iterator[None]:
    yield
    set_client_header(None)


class TestConstructor:
    async def test_needs_nothing(self):
        ai = Genkit()
        assert ai.name is None
        assert [metadata.key for metadata in await ai.list_actions()] == ['/util/generate']

    async def test_takes_plugins_whose_models_are_made_when_asked_for(self, says):
        ai = Genkit(plugins=[Zoo(answer=says('meow'))])
        assert (await ai.generate('zoo/cat', 'x')).text == 'meow'
        assert (await ai.generate('cat', 'x')).text == 'meow'

    async def test_takes_a_model_of_a_plugin_as_the_default(self, says):
        ai = Genkit(plugins=[Zoo(answer=says('meow'))], model='zoo/cat')
        assert await ai.generate_text('x') == 'meow'

    async def test_takes_a_reference_as_the_default(self):
        ai = Genkit(model=ModelRef(name='echo', config={'temperature': 1}, version='v2'))
        define_echo_model(ai)
        assert await ai.generate_text('x', config={'top_k': 3}) == (
            '[ECHO] user: x config: {"temperature": 1, "version": "v2", "top_k": 3}'
        )

    async def test_registers_the_middleware_of_its_plugins(self, says):
        ai = Genkit(plugins=[Zoo(answer=says('meow'))])
        assert (await ai.generate('zoo/cat', 'x', use=['shouting'])).text == 'meow'

    def test_refuses_two_plugins_of_one_name(self):
        with pytest.raises(GenkitError, match="A plugin named 'zoo' is registered already") as caught:
            Genkit(plugins=[Zoo(), Zoo()])
        assert caught.value.status == 'ALREADY_EXISTS'

    @pytest.mark.parametrize('thing', [Zoo, 'zoo', None])
    def test_refuses_what_is_no_plugin(self, thing):
        with pytest.raises(GenkitError, match=r'is not a plugin\. Pass instances') as caught:
            Genkit(plugins=[thing])
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_gives_every_call_its_context(self, says):
        context = {'tenant': 't'}
        ai = Genkit(context=context)
        seen: list[Any] = []

        @ai.flow()
        async def whoami(_: None, context: ActionRunContext) -> None:
            seen.append((context.context, ai.current_context()))

        await whoami.action.arun()
        await whoami.action.arun(context={'user': 'Ada'})
        assert seen == [({'tenant': 't'},) * 2, ({'tenant': 't', 'user': 'Ada'},) * 2]
        assert context == {'tenant': 't'}

    def test_has_a_name_for_the_tools(self):
        assert Genkit(name='shop').name == 'shop'

    @pytest.mark.usefixtures('own_header')
    def test_adds_to_how_requests_name_their_sender(self):
        Genkit(client_header='shop/2')
        assert client_header() == f'{GENKIT_CLIENT_HEADER} shop/2'
        Genkit()
        assert client_header() == f'{GENKIT_CLIENT_HEADER} shop/2'

    async def test_makes_applications_that_know_nothing_of_each_other(self):
        first, second = Genkit(), Genkit()
        define_echo_model(first)
        with pytest.raises(GenkitError, match="Model 'echo' not found"):
            await second.generate('echo', 'x')


class TestListing:
    async def test_holds_what_is_defined_advertised_and_provided(self, ai):
        ai = Genkit(plugins=[Zoo()])
        ai.flow('greet')(lambda: 'hi')
        ai.tool('look')(lambda: 'seen')

        async def fetch() -> dict[str, list[Action]]:
            return {'tool': [ai.dynamic_tool('far', lambda: 'away').action]}

        ai.define_dynamic_action_provider('host', fetch)
        keys = {metadata.key for metadata in await ai.list_actions()}
        assert keys == {
            '/util/generate',
            '/flow/greet',
            '/tool/look',
            '/tool.v2/look',
            '/model/zoo/cat',
            '/dynamic-action-provider/host',
            '/dynamic-action-provider/host:tool/far',
        }

    @pytest.mark.parametrize('kind', [ActionKind.MODEL, 'model'])
    async def test_may_be_of_one_kind(self, kind):
        ai = Genkit(plugins=[Zoo()])
        define_echo_model(ai)
        assert [metadata.name for metadata in await ai.list_actions(kind)] == ['zoo/cat', 'echo']

    async def test_of_an_unknown_kind_is_empty(self, ai):
        assert await ai.list_actions('nothing') == []


class TestShortWays:
    async def test_to_text(self, ai, model, says):
        model.responses = [says('Hello', ' you')]
        assert await ai.generate_text('x', system='Be kind.', config={'k': 1}) == 'Hello you'
        assert [message.role for message in model.requests[0].messages] == ['system', 'user']
        assert model.requests[0].config == {'k': 1}

    async def test_to_data(self, ai, model, says):
        model.responses = [says('{"name": "Ada", "age": 36}')]
        assert await ai.generate_data(Person, 'Who?') == Person(name='Ada', age=36)
        assert '"age"' in model.requests[0].messages[0].text

    async def test_to_data_of_any_type(self, ai, model, says):
        model.responses = [says('[{"name": "Ada", "age": 36}]')]
        assert await ai.generate_data(list[Person], 'Who?', output_format='array') == [Person(name='Ada', age=36)]

    async def test_to_data_that_does_not_fit_is_an_error(self, ai, model, says):
        model.responses = [says('{"name": "Ada"}')]
        with pytest.raises(GenkitError, match='does not fit the schema asked for: age') as caught:
            await ai.generate_data(Person, 'Who?')
        assert caught.value.status == 'INTERNAL'

    async def test_refuse_options_that_do_not_exist(self, ai, model):
        with pytest.raises(GenkitError, match=r"no option 'temprature'") as caught:
            await ai.generate_text('x', temprature=1)
        assert caught.value.status == 'INVALID_ARGUMENT'
        with pytest.raises(GenkitError, match="Did you mean 'max_turns'"):
            await ai.generate('programmable', 'x', maxturns=1)

    async def test_to_chunks_may_be_told_to_two_readers(self, ai, model, says, chunk):
        model.responses = [says('ab')]
        model.chunks = [[chunk('a'), chunk('b')]]
        also: list[str] = []
        stream = ai.generate_stream(prompt='x', on_chunk=lambda piece: also.append(piece.text))
        assert [piece.text async for piece in stream] == also == ['a', 'b']
        assert (await stream.response).text == 'ab'


class TestModels:
    async def test_may_be_named_referred_to_or_given(self, ai, says):
        action = ai.define_model('m', lambda _: says('ok'))
        for model in ('m', model_ref('m'), action):
            assert (await ai.generate(model, 'x')).text == 'ok'

    async def test_that_are_given_need_not_be_registered(self, ai, says):
        assert (await ai.generate(make_model('free', lambda _: says('ok')), 'x')).text == 'ok'

    @pytest.mark.parametrize('version', ['v1', 'v2', None, ''])
    async def test_have_the_versions_that_they_declare(self, ai, says, version):
        ai.define_model('m', lambda _: says('ok'), info=ModelInfo(versions=['v1', 'v2']))
        assert (await ai.generate('m', 'x', config={'version': version})).text == 'ok'
        assert (await ai.generate(ModelRef(name='m', version=version), 'x')).text == 'ok'

    async def test_have_no_other_versions(self, ai, says):
        ai.define_model('m', lambda _: says('ok'), info=ModelInfo(versions=['2025-01', '2025-02']))
        for model, config in (('m', {'version': '2025-03'}), (ModelRef(name='m', version='2025-03'), None)):
            with pytest.raises(GenkitError, match=r"no version '2025-03'.* There are: 2025-01, 2025-02") as caught:
                await ai.generate(model, 'x', config=config)
            assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_may_be_wrapped_where_they_are_defined(self, ai, says):
        async def shout(request: GenerateRequest, _context: ActionRunContext, following: Any):
            answer = await following(request)
            return says(answer.text.upper())

        ai.define_model('m', lambda _: says('ok'), use=[shout])
        assert (await ai.generate('m', 'x')).text == 'OK'


class TestDocuments:
    async def test_are_embedded(self, ai):
        define_fake_embedder(ai, 'e', dimensions=8)
        (one,) = await ai.embed('e', 'a text')
        many = await ai.embed_many(embedder_ref('e'), ['a text', Document.from_text('another')])
        assert len(one.embedding) == 8
        assert [embedding.embedding == one.embedding for embedding in many] == [True, False]

    async def test_are_stored_and_found(self, ai):
        stored: list[Document] = []

        def store(documents: list[Document], _options: Any) -> None:
            stored.extend(documents)

        def search(query: Document, _options: Any) -> RetrieverResponse:
            return RetrieverResponse(documents=[one for one in stored if query.text() in one.text()])

        ai.define_indexer('store', store)
        ai.define_retriever('store', search)
        await ai.index('store', [Document.from_text('cats'), Document.from_text('dogs')])
        assert [document.content[0].text for document in (await ai.retrieve('store', 'cat')).documents] == ['cats']

    async def test_are_stored_batch_by_batch_while_progress_is_told(self, ai):
        batches: list[int] = []
        told: list[Progress] = []
        ai.define_indexer('store', lambda documents: batches.append(len(documents)))
        await ai.index('store', ['cats', 'dogs', 'mice'], on_progress=told.append, batch_size=2)
        assert batches == [2, 1]
        assert told == [Progress(done=2, total=3), Progress(done=3, total=3)]

    @pytest.mark.parametrize('kind', ['embed', 'embed_many', 'retrieve', 'index', 'rerank', 'evaluate'])
    async def test_are_nothing_to_what_does_not_exist(self, ai, kind):
        with pytest.raises(GenkitError, match="'none' not found") as caught:
            await getattr(ai, kind)('none', *{'rerank': ('x', [])}.get(kind, ([],) if kind != 'retrieve' else ('x',)))
        assert caught.value.status == 'NOT_FOUND'


class TestSchemas:
    async def test_that_have_a_name_may_be_asked_for_by_it(self, ai, model, says):
        assert ai.define_schema('Person', Person) is Person
        ai.define_json_schema('Town', {'type': 'object', 'properties': {'name': {'type': 'string'}}})
        model.responses = [says('{"name": "Ada", "age": 36}')]
        assert (await ai.generate(prompt='Who?', output_schema='Person')).output == Person(name='Ada', age=36)
        assert (await ai.generate(prompt='Where?', output_schema='Town')).output == {'name': 'Ada', 'age': 36}

    async def test_that_nobody_defined_are_not_found(self, ai, model):
        with pytest.raises(GenkitError, match=r"Schema 'Person' not found\. Register it") as caught:
            await ai.generate(prompt='Who?', output_schema='Person')
        assert caught.value.status == 'NOT_FOUND'

    def test_of_one_name_are_refused(self, ai):
        ai.define_schema('Person', Person)
        with pytest.raises(GenkitError, match="A schema named 'Person' is registered already") as caught:
            ai.define_json_schema('Person', {})
        assert caught.value.status == 'ALREADY_EXISTS'


class TestLife:
    def test_an_application_is_run_to_its_end(self, ai):
        async def main() -> str:
            await asyncio.sleep(0)
            return 'done'

        assert ai.run_main(main()) == 'done'

    def test_an_applications_error_comes_out(self, ai):
        async def main() -> None:
            raise OSError('broken')

        with pytest.raises(OSError, match='broken'):
            ai.run_main(main())

    async def test_closing_lets_every_plugin_go_and_may_be_done_twice(self):
        plugins = [Zoo('a'), Zoo('b')]
        ai = Genkit(plugins=plugins)
        await ai.aclose()
        await ai.aclose()
        assert [plugin.closed for plugin in plugins] == [2, 2]

    async def test_there_is_no_context_outside_a_call(self, ai):
        assert ai.current_context() is None

    async def test_the_context_of_a_call_is_known_below_it(self, ai, model, says, calls):
        seen: list[Any] = []
        ai.tool('look')(lambda: seen.append(ai.current_context()))
        model.responses = [says(calls('look')), says('ok')]
        await ai.generate(prompt='x', tools=['look'], context={'user': 'Ada'})
        assert seen == [{'user': 'Ada'}]
        assert ai.current_context() is None

    async def test_spans_can_be_waited_for(self, ai, spans):
        ai.flow('f')(lambda: 1)()
        await ai.flush_tracing()
        assert [span.name for span in spans.exporter.get_finished_spans()] == ['f']


async def test_closing_hands_the_spans_to_their_exporters_even_if_a_plugin_fails(untraced: None) -> None:
    closed: list[str] = []

    class Slow(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            time.sleep(0.2)
            closed.extend(span.name for span in spans)
            return SpanExportResult.SUCCESS

    class Empty(Plugin):
        async def resolve(self, kind: Any, name: str) -> None:
            return None

    class Fails(Empty):
        name = 'fails'

        async def aclose(self) -> None:
            raise RuntimeError('no')

    class Closes(Empty):
        name = 'closes'

        async def aclose(self) -> None:
            closed.append('plugin')

    add_span_exporter(Slow())
    ai = Genkit(plugins=[Fails(), Closes()])

    @ai.flow()
    async def work() -> str:
        return 'done'

    await work()
    with pytest.raises(RuntimeError, match='no'):
        await ai.aclose()
    assert closed == ['plugin', 'work']


def test_a_script_waits_for_a_call_from_any_thread(ai: Genkit) -> None:
    define_echo_model(ai, 'echo')
    loops: set[int] = set()

    @ai.flow()
    async def greet(name: str) -> str:
        loops.add(id(asyncio.get_running_loop()))
        return f'Hello, {name}!'

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda number: ai.run_sync(greet(str(number))), range(8)))
    assert told == [f'Hello, {number}!' for number in range(8)]
    assert len(loops) == 1
    assert ai.run_sync(ai.generate(model='echo', prompt='x')).text == '[ECHO] user: x'


def test_a_call_of_a_script_may_take_so_long(ai: Genkit) -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append('cancelled')

    with pytest.raises(GenkitError, match=r'within 0\.01 s'):
        ai.run_sync(slow(), timeout=0.01)
    assert ended == ['cancelled']


@pytest.mark.parametrize('method', ['run_sync', 'run_main'])
async def test_where_a_loop_runs_the_message_says_what_to_write(ai: Genkit, method: str) -> None:
    async def main() -> None: ...

    with pytest.raises(GenkitError, match=r'Write `await` there'):
        getattr(ai, method)(main())


def test_a_program_without_agents_does_not_load_them(run_python):
    done = run_python('import sys, genkit; genkit.Genkit(); print([n for n in sys.modules if "genkit._agent" in n])')
    assert (done.returncode, done.stdout) == (0, '[]\n'), done.stderr
