# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from genkit import Action, ActionKind, DynamicActionProvider, ErrorReason, GenkitError, Plugin
from genkit._registry import dynamic
from genkit._registry.dynamic import split_dynamic_name


class Host:
    """What a provider fetches its actions from."""

    def __init__(self, *tools: str) -> None:
        self.fetches = 0
        self.failures: list[Exception] = []
        self.tools = list(tools)

    async def __call__(self) -> dict[str, list[Action]]:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop()
        made = [Action(ActionKind.TOOL, name, lambda: 'ran', description=f'does {name}') for name in self.tools]
        return {'tool': made, 'model': [Action(ActionKind.MODEL, 'm', lambda: 'ran')]}


@pytest.fixture
def host() -> Host:
    return Host('read', 'read_all', 'write')


def provide(registry: Any, host: Host, **options: Any) -> DynamicActionProvider:
    provider = DynamicActionProvider('host', host, **options)
    registry.register_action(provider)
    return provider


class TestResolving:
    @pytest.mark.parametrize(
        'key', ['/dynamic-action-provider/host:tool/read', '/tool/read', '/dynamic-action-provider/host:model/m']
    )
    async def test_finds_an_action(self, registry, host, key):
        provide(registry, host)
        found = await registry.resolve_action_by_key(key)
        assert found.name == key.rpartition('/')[2]
        assert (await found.arun()).response == 'ran'

    async def test_finds_the_provider_itself(self, registry, host):
        provider = provide(registry, host)
        assert await registry.resolve_action_by_key('/dynamic-action-provider/host') is provider
        assert host.fetches == 0

    @pytest.mark.parametrize(
        'key',
        [
            '/dynamic-action-provider/host:tool/none',
            '/dynamic-action-provider/host:flow/read',
            '/dynamic-action-provider/other:tool/read',
            '/dynamic-action-provider/host:tool/*',
            '/dynamic-action-provider/host:tool/re*',
            '/tool/read*',
        ],
    )
    async def test_finds_nothing_else(self, registry, host, key):
        provide(registry, host)
        assert await registry.resolve_action_by_key(key) is None

    async def test_prefers_what_is_registered(self, registry, host):
        provide(registry, host)
        own = Action(ActionKind.TOOL, 'read', lambda: 'own')
        registry.register_action(own)
        assert await registry.resolve_action(ActionKind.TOOL, 'read') is own
        assert host.fetches == 0

    async def test_finds_actions_that_know_the_context_of_the_registry(self, registry):
        async def fetch() -> dict[str, list[Action]]:
            return {'tool': [Action(ActionKind.TOOL, 'who', lambda _, context: context.context)]}

        registry.context['tenant'] = 't'
        registry.register_action(DynamicActionProvider('host', fetch))
        for name in ('who', 'host:tool/who'):
            (found,) = await registry.find_actions(ActionKind.TOOL, name)
            assert (await found.arun()).response == {'tenant': 't'}

    async def test_finds_actions_of_a_provider_that_only_a_child_knows(self, registry, host):
        child = registry.new_child()
        provide(child, host)
        assert await child.resolve_action(ActionKind.TOOL, 'read') is not None
        assert await registry.resolve_action(ActionKind.TOOL, 'read') is None

    async def test_finds_actions_of_a_provider_that_a_plugin_brings(self, registry, host):
        class Bringer(Plugin):
            name = 'p'

            async def init(self) -> list[Action]:
                return [DynamicActionProvider('host', host)]

            async def resolve(self, action_type: ActionKind, name: str) -> Action | None:
                return None

        registry.register_plugin(Bringer())
        await registry.initialize_plugins()
        listed = await registry.list_actions()
        assert '/dynamic-action-provider/p/host:tool/read' in listed
        assert [key for key in listed if await registry.resolve_action_by_key(key) is None] == []


class TestPatterns:
    @pytest.mark.parametrize(
        ('pattern', 'names'),
        [
            ('host:tool/*', ['read', 'read_all', 'write']),
            ('host:tool/read*', ['read', 'read_all']),
            ('host:tool/read', ['read']),
            ('host:tool/none*', []),
        ],
    )
    async def test_stand_for_the_actions_that_match(self, registry, host, pattern, names):
        provide(registry, host)
        found = await registry.find_actions(ActionKind.TOOL, pattern)
        assert [action.name for action in found] == names

    async def test_of_a_plain_name_stand_for_that_action(self, registry, host):
        own = Action(ActionKind.TOOL, 'own', lambda: 1)
        registry.register_action(own)
        assert await registry.find_actions(ActionKind.TOOL, 'own') == [own]

    @pytest.mark.parametrize('pattern', ['host:tool/none', 'other:tool/read', 'none'])
    async def test_that_name_one_unknown_action_are_an_error(self, registry, host, pattern):
        provide(registry, host)
        with pytest.raises(GenkitError, match='not found') as caught:
            await registry.find_actions(ActionKind.TOOL, pattern)
        assert caught.value.status == 'NOT_FOUND'
        assert caught.value.reason == ErrorReason.TOOL_NOT_FOUND

    @pytest.mark.parametrize(
        ('name', 'parts'),
        [
            ('host:tool/read', ('host', 'tool', 'read')),
            ('host:tool.v2/a/b', ('host', 'tool.v2', 'a/b')),
            ('my/host:tool/x:y', ('my/host', 'tool', 'x:y')),
            ('host:nonsense/read', None),
            ('host:tool', None),
            ('host:tool/', None),
            (':tool/read', None),
            ('plugin/tool', None),
            ('ollama/llama3:8b/x', None),
        ],
    )
    def test_have_a_host_a_kind_and_a_name(self, name, parts):
        assert split_dynamic_name(name) == parts


class TestListing:
    async def test_shows_every_action_under_its_provider(self, registry, host):
        """Providers' actions could be run but were not listed in the older Python SDK (audit)."""
        provide(registry, host, description='A host.', metadata={'a': 1})
        listed = await registry.list_actions()
        prefix = '/dynamic-action-provider/host'
        assert set(listed) == {
            prefix,
            f'{prefix}:tool/read',
            f'{prefix}:tool/read_all',
            f'{prefix}:tool/write',
            f'{prefix}:model/m',
        }
        assert all(metadata.key == key for key, metadata in listed.items())
        assert listed[f'{prefix}:tool/read'].description == 'does read'
        assert listed[prefix].metadata == {'a': 1, 'type': 'dynamic-action-provider'}
        assert listed[prefix].description == 'A host.'

    async def test_names_only_what_can_be_resolved(self, registry, host):
        provide(registry, host)
        for key in await registry.list_actions():
            assert await registry.resolve_action_by_key(key) is not None

    async def test_does_without_a_provider_that_fails(self, registry, host, caplog):
        host.failures.append(OSError('host is down'))
        provide(registry, host)
        registry.register_action(Action(ActionKind.FLOW, 'own', lambda: 1))
        assert set(await registry.list_actions()) == {'/flow/own', '/dynamic-action-provider/host'}
        assert caplog.messages == ["host cannot list its actions: OSError('host is down')"]

    async def test_is_what_running_the_provider_gives(self, registry, host):
        provider = provide(registry, host)
        result = (await provider.arun()).response
        assert [metadata.key for metadata in result] == ['/tool/read', '/tool/read_all', '/tool/write', '/model/m']

    async def test_of_one_kind_may_be_narrowed(self, registry, host):
        provider = provide(registry, host)
        assert [item.name for item in await provider.list_action_metadata('tool', 'w*')] == ['write']
        assert [item.name for item in await provider.list_action_metadata('tool')] == ['read', 'read_all', 'write']
        assert await provider.list_action_metadata('flow') == []
        assert set(await provider.get_action_metadata_record('x')) == {
            'x:tool/read',
            'x:tool/read_all',
            'x:tool/write',
            'x:model/m',
        }


class TestCache:
    async def test_holds_for_a_while(self, registry, host):
        provider = provide(registry, host)
        for _ in range(3):
            await provider.get_action('tool', 'read')
        assert host.fetches == 1

    @pytest.mark.parametrize(('millis', 'fetches'), [(None, 1), (0, 1), (60_000, 1), (-1, 3)])
    async def test_holds_as_long_as_it_is_told(self, registry, host, millis, fetches):
        provider = provide(registry, host, cache_ttl_millis=millis)
        for _ in range(3):
            await provider.get_action('tool', 'read')
        assert host.fetches == fetches

    async def test_ends(self, registry, host):
        provider = provide(registry, host, cache_ttl_millis=1)
        assert await provider.get_action('tool', 'new') is None
        host.tools.append('new')
        await asyncio.sleep(0.005)
        assert await provider.get_action('tool', 'new')

    @pytest.mark.parametrize(
        ('millis', 'seconds', 'fetches'), [(None, 2.9, 1), (None, 3.1, 2), (0, 3.1, 2), (10_000, 9.9, 1), (500, 0.6, 2)]
    )
    async def test_lasts_three_seconds_unless_told_otherwise(
        self, registry, host, monkeypatch, millis, seconds, fetches
    ):

        now = [100.0]
        monkeypatch.setattr(dynamic, 'time', SimpleNamespace(monotonic=lambda: now[0]))
        provider = provide(registry, host, cache_ttl_millis=millis)
        await provider.get_action('tool', 'read')
        now[0] += seconds
        await provider.get_action('tool', 'read')
        assert host.fetches == fetches

    @pytest.mark.parametrize('millis', [None, -1])
    async def test_is_filled_once_by_many_at_the_same_time(self, registry, host, millis):
        provider = provide(registry, host, cache_ttl_millis=millis)
        await asyncio.gather(*(provider.get_action('tool', 'read') for _ in range(20)))
        assert host.fetches == 1

    async def test_may_be_emptied(self, registry, host):
        provider = provide(registry, host)
        await provider.get_action('tool', 'read')
        host.tools.append('new')
        provider.invalidate_cache()
        assert await provider.get_action('tool', 'new')
        assert host.fetches == 2

    async def test_does_not_keep_failures(self, registry, host):
        provider = provide(registry, host)
        host.failures.append(OSError('host is down'))
        with pytest.raises(OSError, match='host is down'):
            await provider.get_action('tool', 'read')
        assert await provider.get_action('tool', 'read')
