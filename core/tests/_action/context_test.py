# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from genkit import Action, ActionKind, ActionRunContext
from genkit._action.context import current_context


def recording_flow(seen: list, *inner: Action) -> Action:
    async def note(_: object, context: ActionRunContext) -> None:
        assert current_context() is context.context
        seen.append(dict(context.context))
        for action in inner:
            await action.arun()

    return Action(ActionKind.FLOW, 'note', note)


@pytest.fixture
def seen() -> list:
    return []


class TestCallContext:
    async def test_is_what_the_caller_gives(self, seen):
        await recording_flow(seen).arun(context={'auth': 1})
        assert seen == [{'auth': 1}]

    async def test_is_empty_unless_given(self, seen):
        await recording_flow(seen).arun()
        assert seen == [{}]

    async def test_is_inherited_by_the_calls_within(self, seen):
        await recording_flow(seen, recording_flow(seen, recording_flow(seen))).arun(context={'auth': 1})
        assert seen == [{'auth': 1}] * 3

    async def test_of_a_call_within_replaces_the_callers(self, seen):
        inner = recording_flow(seen)

        async def outer(_: object, context: ActionRunContext) -> None:
            await inner.arun(context={'b': 2})
            await inner.arun(context={})
            await inner.arun()

        await Action(ActionKind.FLOW, 'outer', outer).arun(context={'a': 1})
        assert seen == [{'b': 2}, {}, {'a': 1}]

    async def test_lies_over_what_the_registry_gives_every_call(self, seen):
        action = recording_flow(seen)
        action.base_context = {'tenant': 't', 'auth': 0}
        await action.arun()
        await action.arun(context={'auth': 1})
        assert seen == [{'tenant': 't', 'auth': 0}, {'tenant': 't', 'auth': 1}]
        assert action.base_context == {'tenant': 't', 'auth': 0}

    async def test_ends_with_the_call(self, seen):
        assert current_context() is None
        await recording_flow(seen).arun(context={'auth': 1})
        assert current_context() is None

    async def test_ends_with_a_call_that_fails(self):
        async def fail() -> None:
            raise ValueError

        with pytest.raises(Exception, match='Error while running'):
            await Action(ActionKind.FLOW, 'fail', fail).arun(context={'auth': 1})
        assert current_context() is None

    async def test_of_calls_side_by_side_do_not_mix(self, seen):
        async def slow(_: object, context: ActionRunContext) -> tuple:
            before = dict(current_context() or {})
            await asyncio.sleep(0.002)
            return before, current_context()

        action = Action(ActionKind.FLOW, 'slow', slow)
        results = await asyncio.gather(*(action.arun(context={'n': n}) for n in range(10)))
        assert [result.response for result in results] == [({'n': n}, {'n': n}) for n in range(10)]

    async def test_reaches_plain_functions_in_their_thread(self):
        action = Action(ActionKind.FLOW, 'plain', current_context)
        assert (await action.arun(context={'auth': 1})).response == {'auth': 1}

    def test_reaches_plain_functions_that_run_at_once(self):
        assert Action(ActionKind.FLOW, 'plain', current_context).run(context={'auth': 1}).response == {'auth': 1}
        assert current_context() is None


class TestRunContext:
    def test_without_reader_drops_chunks(self):
        context = ActionRunContext()
        context.send_chunk('nobody')
        assert not context.is_streaming
        assert context.streaming_callback is None

    def test_with_a_reader_hands_chunks_on(self):
        chunks: list[str] = []
        context = ActionRunContext({'a': 1}, chunks.append)
        context.send_chunk('one')
        assert context.is_streaming
        assert chunks == ['one']

    def test_keeps_a_mapping_as_its_own_dictionary(self):
        from types import MappingProxyType

        assert ActionRunContext(MappingProxyType({'a': 1})).context == {'a': 1}

    def test_abort_signal_is_set_by_aborting(self):
        context = ActionRunContext()
        signal = context.abort_signal
        assert not signal.is_set()
        context.abort()
        assert signal.is_set()
        assert context.abort_signal is signal
