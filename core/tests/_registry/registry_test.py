# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from genkit import Action, ActionKind, ErrorReason, Genkit, GenkitError
from genkit.plugin import Plugin, Registry
from genkit.types import ActionMetadata, EmbedderRef, ModelRef


def action(name: str, kind: ActionKind = ActionKind.MODEL, result: Any = None, **options: Any) -> Action:
    return Action(kind, name, lambda: result or name, **options)


class Recorded(Plugin):
    """A plugin that notes what is asked of it."""

    def __init__(
        self,
        name: str,
        *,
        brings: Sequence[str] = (),
        resolves: Sequence[str] = (),
        lists: Sequence[ActionMetadata] = (),
    ) -> None:
        self.name = name
        self.asked: list[str] = []
        self.failures: list[Exception] = []
        self._brings = brings
        self._resolves = resolves
        self._lists = lists

    async def init(self) -> list[Action]:
        self.asked.append('init')
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop()
        return [action(name) for name in self._brings]

    async def resolve(self, action_type: ActionKind, name: str) -> Action | None:
        self.asked.append(f'resolve {action_type} {name}')
        await asyncio.sleep(0)
        short = name.partition('/')[2]
        return action(name, action_type) if short in self._resolves else None

    async def list_actions(self) -> Sequence[ActionMetadata]:
        return self._lists


class TestActions:
    async def test_registered_are_found(self, registry):
        own = action('m')
        registry.register_action(own)
        assert registry.lookup_action(ActionKind.MODEL, 'm') is own
        assert await registry.resolve_action(ActionKind.MODEL, 'm') is own
        assert await registry.resolve_action_by_key('/model/m') is own
        assert await registry.require_action(ActionKind.MODEL, 'm') is own

    async def test_of_one_name_differ_by_kind(self, registry):
        model, tool = action('x'), action('x', ActionKind.TOOL)
        registry.register_action(model)
        registry.register_action(tool)
        assert registry.lookup_action(ActionKind.MODEL, 'x') is model
        assert registry.lookup_action(ActionKind.TOOL, 'x') is tool

    async def test_of_one_kind_and_name_replace_each_other(self, registry):
        registry.register_action(action('m'))
        newer = action('m')
        registry.register_action(newer)
        assert registry.lookup_action(ActionKind.MODEL, 'm') is newer
        assert list(await registry.list_actions()) == ['/model/m']

    async def test_unknown_are_none(self, registry):
        assert registry.lookup_action(ActionKind.MODEL, 'm') is None
        assert await registry.resolve_action(ActionKind.MODEL, 'm') is None
        assert await registry.resolve_action(ActionKind.MODEL, 'nobody/m') is None
        assert await registry.resolve_action_by_key('/model/m') is None

    async def test_with_a_malformed_key_are_an_error(self, registry):
        with pytest.raises(GenkitError) as caught:
            await registry.resolve_action_by_key('model/m')
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_run_over_the_context_of_the_registry(self, registry):
        registry.context.update(tenant='t')
        registry.register_action(Action(ActionKind.FLOW, 'f', lambda _, context: context.context))
        found = await registry.require_action(ActionKind.FLOW, 'f')
        assert (await found.arun(context={'auth': 1})).response == {'tenant': 't', 'auth': 1}

    async def test_of_one_kind_are_given_by_name_with_those_of_plugins(self, registry):
        registry.register_plugin(Recorded('zoo', brings=['zoo/cat']))
        registry.register_action(action('m'))
        registry.register_action(action('x', ActionKind.TOOL))
        child = registry.new_child()
        own = action('m')
        child.register_action(own)
        assert list(await registry.resolve_actions_by_kind(ActionKind.MODEL)) == ['zoo/cat', 'm']
        assert (await child.resolve_actions_by_kind(ActionKind.MODEL))['m'] is own
        assert await registry.resolve_actions_by_kind(ActionKind.EVALUATOR) == {}


class TestNamesOfTwoFunctions:
    @pytest.mark.parametrize('second', [lambda a, b: a, lambda: 2])
    def test_are_warned_of_once(self, caplog, second):
        def first(a: int, b: int) -> int:
            return a + b

        ai = Genkit()
        ai.flow('sum')(first)
        ai.flow('sum')(second)
        [record] = caplog.records
        assert record.levelname == 'WARNING'
        where = f'{__name__}.TestNamesOfTwoFunctions'
        assert record.getMessage() == (
            f'/flow/sum is defined twice, by {where}.test_are_warned_of_once.<locals>.first and by {where}.<lambda>; '
            'the last one counts. Give one of them another name.'
        )

    def test_are_no_matter_where_the_same_function_is_defined_again(self, caplog):
        ai = Genkit()
        for result in (1, 2):

            def count(result: int = result) -> int:
                return result

            ai.flow()(count)
            ai.tool(description='Counts.')(count)
        [action] = ai.registry.registered_actions(ActionKind.FLOW)
        assert action.run().response == 2
        assert caplog.records == []


class TestNotFound:
    async def test_says_the_nearest_name_and_how_to_list(self, registry):
        registry.register_action(action('groq/llama-3.3'))
        registry.register_action(action('groq/llama-3.2', ActionKind.EMBEDDER))
        with pytest.raises(GenkitError) as caught:
            await registry.require_action(ActionKind.MODEL, 'groq/lama-3')
        error = caught.value
        assert error.status == 'NOT_FOUND'
        assert error.reason == ErrorReason.MODEL_NOT_FOUND
        assert error.message.startswith("Model 'groq/lama-3' not found. Did you mean 'groq/llama-3.3'?")
        assert "ai.list_actions('model')" in error.message

    @pytest.mark.parametrize(
        ('kind', 'reason'),
        [
            (ActionKind.MODEL, ErrorReason.MODEL_NOT_FOUND),
            (ActionKind.TOOL, ErrorReason.TOOL_NOT_FOUND),
            (ActionKind.EMBEDDER, ErrorReason.ACTION_NOT_FOUND),
        ],
    )
    async def test_gives_a_reason_by_kind(self, registry, kind, reason):
        with pytest.raises(GenkitError, match='there are none yet') as caught:
            await registry.require_action(kind, 'x')
        assert caught.value.reason == reason

    async def test_suggests_what_plugins_advertise(self, registry):
        registry.register_plugin(Recorded('p', lists=[ActionMetadata(name='gpt-4o', action_type='model')]))
        with pytest.raises(GenkitError, match="Did you mean 'p/gpt-4o'"):
            await registry.require_action(ActionKind.MODEL, 'gpt-40')

    async def test_is_still_told_if_a_plugin_cannot_list(self, registry):
        class Broken(Recorded):
            async def list_actions(self) -> Sequence[ActionMetadata]:
                raise OSError('offline')

        registry.register_plugin(Broken('p'))
        with pytest.raises(GenkitError) as caught:
            await registry.require_action(ActionKind.MODEL, 'x')
        assert caught.value.status == 'NOT_FOUND'


class TestPlugins:
    async def test_do_nothing_before_they_are_needed(self, registry):
        plugin = Recorded('p', brings=['m'])
        registry.register_plugin(plugin)
        registry.register_action(action('own'))
        await registry.resolve_action(ActionKind.MODEL, 'own')
        await registry.resolve_action(ActionKind.MODEL, 'q/m')
        await registry.list_actions()
        assert plugin.asked == []
        assert plugin.registry is registry
        assert registry.plugins == {'p': plugin}

    async def test_bring_actions_under_their_name(self, registry):
        plugin = Recorded('p', brings=['m', 'p/n'])
        registry.register_plugin(plugin)
        assert (await registry.require_action(ActionKind.MODEL, 'p/m')).name == 'p/m'
        assert (await registry.require_action(ActionKind.MODEL, 'p/n')).key == '/model/p/n'
        assert plugin.asked == ['init']

    async def test_resolve_what_they_did_not_bring_once(self, registry):
        plugin = Recorded('p', brings=['m'], resolves=['late'])
        registry.register_plugin(plugin)
        found = await registry.require_action(ActionKind.MODEL, 'p/late')
        assert await registry.require_action(ActionKind.MODEL, 'p/late') is found
        assert plugin.asked == ['init', 'resolve model p/late']

    async def test_are_asked_once_by_many_at_the_same_time(self, registry):
        plugin = Recorded('p', brings=['m'], resolves=['late'])
        registry.register_plugin(plugin)
        names = ['p/late', 'p/m'] * 20
        found = await asyncio.gather(*(registry.require_action(ActionKind.MODEL, name) for name in names))
        assert len(set(found)) == 2
        assert sorted(plugin.asked) == ['init', 'resolve model p/late']

    async def test_are_asked_once_although_who_asked_first_gives_up(self, registry):
        plugin, gate = Recorded('p', resolves=['late']), asyncio.Event()
        resolve = plugin.resolve

        async def resolve_late(action_type: ActionKind, name: str) -> Action | None:
            await gate.wait()
            return await resolve(action_type, name)

        plugin.resolve = resolve_late
        registry.register_plugin(plugin)
        first, second = (asyncio.ensure_future(registry.resolve_action(ActionKind.MODEL, 'p/late')) for _ in range(2))
        await asyncio.sleep(0.001)
        first.cancel()
        await asyncio.wait([first])
        third = asyncio.ensure_future(registry.resolve_action(ActionKind.MODEL, 'p/late'))
        await asyncio.sleep(0)
        gate.set()
        assert await second is await third
        assert plugin.asked == ['init', 'resolve model p/late']

    async def test_may_look_for_their_own_actions_while_they_start(self, registry):
        class Curious(Recorded):
            async def init(self) -> list[Action]:
                self.asked.append(str(await self.registry.resolve_action(ActionKind.MODEL, 'p/x')))
                return await super().init()

        plugin = Curious('p', brings=['y'])
        registry.register_plugin(plugin)
        async with asyncio.timeout(5):
            assert await registry.resolve_action(ActionKind.MODEL, 'p/y')
        assert plugin.asked == ['None', 'init']

    async def test_are_asked_again_for_what_they_did_not_know(self, registry):
        plugin = Recorded('p')
        registry.register_plugin(plugin)
        for _ in range(2):
            assert await registry.resolve_action(ActionKind.MODEL, 'p/new') is None
        assert plugin.asked == ['init', 'resolve model p/new', 'resolve model p/new']

    async def test_that_fail_to_start_are_tried_again(self, registry):
        plugin = Recorded('p', brings=['m'])
        plugin.failures.append(OSError('offline'))
        registry.register_plugin(plugin)
        with pytest.raises(GenkitError, match=r"Plugin 'p' could not be initialized: OSError\('offline'\)"):
            await registry.resolve_action(ActionKind.MODEL, 'p/m')
        assert await registry.resolve_action(ActionKind.MODEL, 'p/m')

    async def test_may_be_started_all_at_once(self, registry):
        plugins = [Recorded('p'), Recorded('q')]
        for plugin in plugins:
            registry.register_plugin(plugin)
        await asyncio.gather(registry.initialize_plugins(), registry.initialize_plugins())
        assert [plugin.asked for plugin in plugins] == [['init'], ['init']]

    async def test_of_one_name_are_refused(self, registry):
        registry.register_plugin(Recorded('p'))
        with pytest.raises(GenkitError, match="'p' is registered already") as caught:
            registry.register_plugin(Recorded('p'))
        assert caught.value.status == 'ALREADY_EXISTS'

    @pytest.mark.parametrize('thing', [Recorded, 'name', None])
    async def test_that_are_none_are_refused(self, registry, thing):
        with pytest.raises(GenkitError, match=r'is not a plugin\. Pass instances') as caught:
            registry.register_plugin(thing)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_refer_to_their_models_and_embedders(self):
        plugin = Recorded('p')
        assert plugin.model('m') == plugin.model('p/m') == ModelRef(name='p/m')
        assert plugin.embedder('e') == EmbedderRef(name='p/e')


class TestNamesWithoutPlugin:
    async def test_are_found_in_the_one_plugin_that_knows_them(self, registry):
        knows, other = Recorded('knows', resolves=['m']), Recorded('other')
        registry.register_plugin(other)
        registry.register_plugin(knows)
        assert (await registry.require_action(ActionKind.MODEL, 'm')).name == 'knows/m'

    async def test_that_several_plugins_know_are_ambiguous(self, registry):
        registry.register_plugin(Recorded('p', resolves=['m']))
        registry.register_plugin(Recorded('q', brings=['m']))
        with pytest.raises(GenkitError, match="'m' is ambiguous: write one of 'p/m', 'q/m'") as caught:
            await registry.resolve_action(ActionKind.MODEL, 'm')
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_that_are_registered_need_no_plugin(self, registry):
        plugin = Recorded('p', resolves=['m'])
        registry.register_plugin(plugin)
        own = action('m')
        registry.register_action(own)
        assert await registry.resolve_action(ActionKind.MODEL, 'm') is own
        assert plugin.asked == []


class TestListing:
    async def test_holds_what_is_registered_and_what_is_advertised(self, registry):
        registry.register_plugin(Recorded('p', lists=[ActionMetadata(name='a', action_type='model')]))
        registry.register_action(action('own', ActionKind.FLOW))
        listed = await registry.list_actions()
        assert {key: (metadata.key, metadata.name) for key, metadata in listed.items()} == {
            '/model/p/a': ('/model/p/a', 'p/a'),
            '/flow/own': ('/flow/own', 'own'),
        }

    async def test_does_without_a_plugin_that_fails(self, registry, caplog):
        class Broken(Recorded):
            async def list_actions(self) -> Sequence[ActionMetadata]:
                raise OSError('offline')

        registry.register_plugin(Broken('p'))
        registry.register_action(action('own'))
        assert set(await registry.list_actions()) == {'/model/own'}
        assert caplog.messages == ["p cannot list its actions: OSError('offline')"]

    async def test_fills_the_gaps_of_what_is_registered(self, registry):
        advertised = ActionMetadata(
            name='p/m',
            action_type='model',
            description='advertised',
            stream_schema={'type': 'string'},
            metadata={'model': {'label': 'advertised'}, 'extra': 1},
        )
        registry.register_plugin(Recorded('p', lists=[advertised]))
        registry.register_action(action('p/m', metadata={'model': {'label': 'registered'}}))
        metadata = (await registry.list_actions())['/model/p/m']
        assert metadata.description == 'advertised'
        assert metadata.stream_schema == {'type': 'string'}
        assert metadata.metadata == {'model': {'label': 'registered'}, 'extra': 1}

    async def test_prefers_what_is_registered(self, registry):
        registry.register_plugin(
            Recorded('p', lists=[ActionMetadata(name='m', action_type='model', description='advertised')])
        )
        registry.register_action(action('p/m', description='registered'))
        assert (await registry.list_actions())['/model/p/m'].description == 'registered'


class TestChild:
    async def test_sees_what_its_parent_has(self, registry):
        registry.register_plugin(Recorded('p', resolves=['m']))
        own = action('own')
        registry.register_action(own)
        child = registry.new_child()
        assert child.lookup_action(ActionKind.MODEL, 'own') is own
        assert await child.resolve_action(ActionKind.MODEL, 'p/m') is await registry.resolve_action(
            ActionKind.MODEL, 'p/m'
        )
        assert await child.resolve_action(ActionKind.MODEL, 'none') is None

    async def test_keeps_what_is_its_own(self, registry):
        registry.register_action(action('m'))
        child = registry.new_child()
        own = action('m')
        child.register_action(own)
        child.register_action(action('only here'))
        assert child.lookup_action(ActionKind.MODEL, 'm') is own
        assert registry.lookup_action(ActionKind.MODEL, 'm') is not own
        assert registry.lookup_action(ActionKind.MODEL, 'only here') is None
        assert set(await child.list_actions()) == {'/model/m', '/model/only here'}
        assert set(await registry.list_actions()) == {'/model/m'}

    def test_looks_values_and_schemas_up_in_its_parent(self, registry):
        registry.register_value('format', 'json', 'parents')
        registry.register_schema('Recipe', {'type': 'object'})
        child = registry.new_child()
        child.register_value('format', 'text', 'own')
        child.register_schema('Other', {})
        assert child.lookup_value('format', 'json') == 'parents'
        assert child.list_values('format') == {'json': 'parents', 'text': 'own'}
        assert registry.list_values('format') == {'json': 'parents'}
        assert child.lookup_schema('Recipe') == {'type': 'object'}
        assert registry.lookup_schema('Other') is None

    def test_has_its_parents_context(self, registry):
        registry.context['a'] = 1
        assert Registry(registry).context == {'a': 1}


class TestValuesAndSchemas:
    def test_are_found_by_name(self, registry):
        registry.register_value('format', 'json', 1)
        registry.register_schema('Recipe', dict)
        assert registry.lookup_value('format', 'json') == 1
        assert registry.lookup_value('format', 'xml') is None
        assert registry.lookup_value('middleware', 'json') is None
        assert registry.list_values('nothing') == {}
        assert registry.lookup_schema('Recipe') is dict
        assert registry.lookup_schema('none') is None

    def test_of_one_name_are_refused(self, registry):
        registry.register_value('format', 'json', 1)
        registry.register_schema('Recipe', {})
        with pytest.raises(GenkitError, match="format named 'json' is registered already") as caught:
            registry.register_value('format', 'json', 2)
        assert caught.value.status == 'ALREADY_EXISTS'
        registry.register_schema('Recipe', {})
        with pytest.raises(GenkitError, match="schema named 'Recipe' is registered already"):
            registry.register_schema('Recipe', {'type': 'object'})
        registry.register_value('other', 'json', 2)


@pytest.mark.parametrize(
    'kind', ['model', 'embedder', 'retriever', 'indexer', 'reranker', 'evaluator', 'tool', 'agent']
)
@pytest.mark.parametrize('is_listed', [True, False])
async def test_a_colon_in_place_of_the_slash_is_told_with_the_plugin_there(kind: str, *, is_listed: bool) -> None:
    listed = [ActionMetadata(action_type=kind, name='openai/gpt-4o')] if is_listed else []
    ai = Genkit(plugins=[Recorded('openai', lists=listed)])
    with pytest.raises(GenkitError, match=r"'openai:gpt-4o' not found\. Write 'openai/gpt-4o'\."):
        await ai.registry.require_action(ActionKind(kind), 'openai:gpt-4o')


async def test_a_colon_is_told_wherever_names_are_given() -> None:
    ai: Any = Genkit(plugins=[Recorded('shop')])
    ai.tool('shop/price')(lambda: 1)
    ai.define_evaluator('own/judge', 'Judge', 'Judges.', lambda _: True)
    for call, name in (
        (lambda: ai.generate('shop:gpt', 'x'), 'shop/gpt'),
        (lambda: ai.embed('shop:small', 'x'), 'shop/small'),
        (lambda: ai.retrieve('shop:shelf', 'x'), 'shop/shelf'),
        (lambda: ai.evaluate('own:judge', ['x']), 'own/judge'),
    ):
        with pytest.raises(GenkitError, match=f"Write '{name}'"):
            await call()
    ai.define_model('echo', lambda _: None)
    with pytest.raises(GenkitError, match=r"Tool 'shop:price' not found\. Write 'shop/price'"):
        await ai.generate('echo', 'x', tools=['shop:price'])


async def test_a_plugin_is_not_asked_for_a_name_that_has_its_own_with_a_colon() -> None:
    plugin = Recorded('shop', resolves=['shop:gpt', 'llama3:8b'])
    ai = Genkit(plugins=[plugin])
    with pytest.raises(GenkitError, match="Write 'shop/gpt'"):
        await ai.registry.require_action(ActionKind.MODEL, 'shop:gpt')
    assert plugin.asked == []
    assert (await ai.registry.require_action(ActionKind.MODEL, 'llama3:8b')).name == 'shop/llama3:8b'
