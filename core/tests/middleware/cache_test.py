# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import logging
from collections import Counter
from typing import Any

import pytest
from genkit import FinishReason, Genkit, GenkitError, Media, MediaPart, ToolRequestPart
from genkit.middleware import Cache, MemoryStore, MiddlewareRef
from genkit.types import GenerateResponse, Message, ReasoningPart, ToolRequest
from pydantic import BaseModel, SecretStr


class Dictionary:
    """A store that shows what it holds, and may fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.entries: dict[str, str] = {}
        self.lifetimes: list[float | None] = []
        self.error = error

    async def get(self, key: str) -> str | None:
        if self.error:
            raise self.error
        return self.entries.get(key)

    async def set(self, key: str, value: str, ttl: float | None) -> None:
        if self.error:
            raise self.error
        self.entries[key] = value
        self.lifetimes.append(ttl)


@pytest.fixture
def numbered(ai, says):
    """Define a model that answers with the number of the call; return what it was asked."""
    requests = []

    async def answer(request):
        requests.append(request)
        await asyncio.sleep(0)
        return says(f'answer {len(requests)}', finish_reason='stop')

    ai.define_model('numbered', answer)
    ai.define_model('other', answer)
    return requests


async def ask(ai, *, use=None, model: str | None = 'numbered', prompt='x', **options) -> str:
    return (await ai.generate(model=model, prompt=prompt, use=[Cache()] if use is None else use, **options)).text


async def test_the_same_request_is_answered_once(ai, numbered):
    assert [await ask(ai), await ask(ai)] == ['answer 1', 'answer 1']
    assert len(numbered) == 1


@pytest.mark.parametrize(
    'different',
    [
        {'model': 'other'},
        {'prompt': 'y'},
        {'system': 's'},
        {'config': {'temperature': 1}},
        {'tools': ['t']},
        {'tools': ['t'], 'tool_choice': 'none'},
        {'output_schema': {'type': 'string'}, 'output_format': 'text'},
        {'docs': [{'content': [{'text': 'd'}]}]},
        {'messages': [Message(role='user', content='before')]},
    ],
)
async def test_whatever_differs_makes_another_request(ai, numbered, different):
    ai.tool('t')(lambda: 1)
    first = await ask(ai)
    assert await ask(ai, **different) != first
    assert await ask(ai, **different) == 'answer 2'


async def test_the_order_of_members_makes_no_difference(ai, numbered):
    await ask(ai, config={'temperature': 1, 'top_k': 2})
    assert await ask(ai, config={'top_k': 2, 'temperature': 1}) == 'answer 1'


async def test_a_cache_by_name_or_made_anew_shares_what_the_application_keeps(ai, numbered):
    ai.define_middleware(Cache, name='kept')
    ref = MiddlewareRef(name='kept', config={'maxEntries': 5})
    for use in (['kept'], ['kept'], [ref], [ref], [Cache(max_entries=5)]):
        await ask(ai, use=use)
    assert len(numbered) == 2


async def test_applications_and_stores_are_apart(ai, numbered, says):
    other = Genkit()
    other.define_model('numbered', lambda _: says('of the other', finish_reason='stop'))
    await ask(ai)
    assert await ask(other) == 'of the other'
    assert await ask(ai, use=[Cache(store=MemoryStore())]) == 'answer 2'


async def test_a_kept_answer_tells_that_nothing_was_consumed(ai, model, says):
    model.responses = [says('ok', usage={'input_tokens': 5}, finish_reason='stop')]
    first = await ai.generate(prompt='x', use=[Cache()])
    second = await ai.generate(prompt='x', use=[Cache()])
    assert first.usage.input_tokens == 5
    assert second.usage.to_wire() == {'custom': {'cacheHits': 1}}
    assert second.messages == first.messages


async def test_changing_an_answer_does_not_change_what_is_kept(ai, numbered):
    for _ in range(3):
        response = await ai.generate(model='numbered', prompt='x', use=[Cache()])
        assert response.text == 'answer 1'
        response.message.content.clear()


async def test_a_kept_answer_is_read_in_the_format_asked_for(ai, model, says):
    class Item(BaseModel):
        n: int

    model.responses = [says('{"n": 1}'), says('{"n": 2}')]
    outputs = [(await ai.generate(prompt='x', output_schema=Item, use=[Cache()])).output for _ in range(2)]
    assert outputs == [Item(n=1), Item(n=1)]


async def test_a_kept_answer_is_streamed_as_one_chunk(ai, model, says, chunk):
    model.responses = [says('whole', finish_reason='stop')]
    model.chunks = [[chunk('wh'), chunk('ole')]]
    streams = [ai.generate_stream(prompt='x', use=[Cache()]) for _ in range(1)]
    assert [piece.text async for piece in streams[0]] == ['wh', 'ole']
    again = ai.generate_stream(prompt='x', use=[Cache()])
    assert [(piece.role, piece.index, piece.text) async for piece in again] == [('model', 0, 'whole')]
    assert len(model.requests) == 1


async def test_all_kinds_of_parts_come_back_the_same(ai, model, says):
    parts = [
        ReasoningPart(reasoning='hm', metadata={'signature': 'abc'}),
        MediaPart(media=Media(url='data:image/png;base64,AA==', content_type='image/png')),
    ]
    model.responses = [says('text', *parts, finish_reason='stop')]
    first, second = [await ai.generate(prompt='x', use=[Cache()]) for _ in range(2)]
    assert second.message == first.message
    assert len(model.requests) == 1


INCOMPLETE = {
    'cut off': {'finish_reason': 'length'},
    'of another reason': {'finish_reason': 'other'},
    'aborted': {'finish_reason': 'aborted'},
}


@pytest.mark.parametrize('members', INCOMPLETE.values(), ids=INCOMPLETE)
async def test_an_incomplete_answer_is_not_kept(ai, model, says, members):
    model.responses = [says('half', **members), says('whole')]
    assert [await ask(ai, model=None) for _ in range(2)] == ['half', 'whole']


async def test_a_blocked_answer_and_a_failure_are_not_kept(ai, model, says):
    def fail(_request, _context):
        raise GenkitError('down', status='UNAVAILABLE')

    model.responses = [fail, says('x', finish_reason='blocked'), says('ok')]
    for reason in ('down', 'Generation blocked'):
        with pytest.raises(GenkitError, match=reason):
            await ask(ai, model=None)
    assert await ask(ai, model=None) == 'ok'


async def test_an_answer_that_asks_for_tools_is_not_kept(ai, model, says, calls):
    ran = []
    ai.tool('t')(lambda: ran.append(1))
    model.responses = [says(calls('t')), says('first'), says(calls('t')), says('second')]
    assert [await ask(ai, model=None, tools=['t']) for _ in range(2)] == ['first', 'first']
    assert (len(ran), len(model.requests)) == (2, 3)


async def test_an_answer_that_does_not_fit_its_schema_is_not_kept(ai, model, says):
    model.responses = [says('{"n": "many"}'), says('{"n": 1}')]

    class Item(BaseModel):
        n: int

    assert [await ask(ai, model=None, output_schema=Item) for _ in range(2)] == ['{"n": "many"}', '{"n": 1}']


async def test_an_answer_that_text_cannot_hold_is_not_kept(ai, model, says):
    part = ReasoningPart(reasoning='hm', metadata={'signature': b'\xff\x00'})
    model.responses = [says('a', part), says('b')]
    assert [await ask(ai, model=None) for _ in range(2)] == ['a', 'b']


class Keyed(BaseModel):
    api_key: SecretStr | None = None
    temperature: float | None = None


SECRETS = [
    {'api_key': 's3cret'},
    {'apiKey': 's3cret'},
    {'headers': {'Authorization': 'Bearer s3cret'}},
    {'clients': [{'token': 's3cret'}]},
    Keyed(api_key=SecretStr('s3cret')),
]


@pytest.mark.parametrize('config', SECRETS)
async def test_a_request_with_a_key_of_its_own_passes_the_cache_by(ai, numbered, config):
    store = Dictionary()
    use = [Cache(store=store)]
    assert [await ask(ai, use=use, config=config) for _ in range(2)] == ['answer 1', 'answer 2']
    assert store.entries == {}


@pytest.mark.parametrize('config', SECRETS)
async def test_keys_share_what_is_kept_if_that_is_wanted_and_leave_no_trace_in_it(ai, numbered, config, monkeypatch):
    hashed = []
    monkeypatch.setattr('genkit.middleware.cache.json.dumps', lambda facts, **_: hashed.append(facts) or str(facts))
    store = Dictionary()
    use = [Cache(store=store, share_between_keys=True)]
    text = [await ask(ai, use=use, config=config), await ask(ai, use=use, config=config)]
    assert text == ['answer 1', 'answer 1']
    assert hashed
    assert 's3cret' not in str((hashed, store.entries))


async def test_with_and_without_a_key_is_the_same_request_where_keys_share(ai, numbered):
    use = [Cache(share_between_keys=True)]
    await ask(ai, use=use, config={'temperature': 1})
    assert await ask(ai, use=use, config={'temperature': 1, 'api_key': 'k'}) == 'answer 1'


async def test_members_of_the_context_keep_answers_apart_if_they_are_named(ai, numbered):
    use = [Cache(context_members=['tenant'])]
    texts = [await ask(ai, use=use, context={'tenant': tenant, 'call': n}) for n, tenant in enumerate('aba')]
    assert texts == ['answer 1', 'answer 2', 'answer 1']


async def test_identical_requests_at_the_same_time_share_one_call(ai, numbered):
    texts = await asyncio.gather(*(ask(ai) for _ in range(50)))
    assert set(texts) == {'answer 1'}
    assert len(numbered) == 1


class Held:
    """A model whose first call waits until it is told how to end."""

    def __init__(self, says) -> None:
        self.begun = asyncio.Event()
        self.end = asyncio.Event()
        self.calls = 0
        self.says = says

    async def __call__(self, request) -> GenerateResponse[Any]:
        self.calls += 1
        if self.calls == 1:
            self.begun.set()
            await self.end.wait()
            raise GenkitError('down', status='UNAVAILABLE')
        return self.says(f'answer {self.calls}')


async def test_when_the_one_who_asked_goes_away_another_asks(ai, says):
    held = Held(says)
    ai.define_model('held', held)
    first = asyncio.create_task(ask(ai, model='held'))
    await held.begun.wait()
    others = [asyncio.create_task(ask(ai, model='held')) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    assert Counter(await asyncio.gather(*others)) == {'answer 2': 5}
    assert first.cancelled()


async def test_a_failure_is_not_shared(ai, says):
    held = Held(says)
    ai.define_model('held', held)
    first = asyncio.create_task(ask(ai, model='held'))
    await held.begun.wait()
    others = [asyncio.create_task(ask(ai, model='held')) for _ in range(3)]
    await asyncio.sleep(0)
    held.end.set()
    with pytest.raises(GenkitError, match='down'):
        await first
    assert set(await asyncio.gather(*others)) <= {'answer 2', 'answer 3', 'answer 4'}


async def test_one_who_stops_waiting_disturbs_nobody(ai, says):
    going = asyncio.Event()

    async def slow(_request):
        await going.wait()
        return says('ok')

    ai.define_model('slow', slow)
    tasks = [asyncio.create_task(ask(ai, model='slow')) for _ in range(3)]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    going.set()
    assert [await tasks[0], await tasks[2]] == ['ok', 'ok']


async def test_a_lifetime_and_a_store_of_ones_own(ai, numbered):
    store = Dictionary()
    assert [await ask(ai, use=[Cache(store=store, ttl=60)]) for _ in range(2)] == ['answer 1', 'answer 1']
    assert store.lifetimes == [60]
    await ask(ai, prompt='y', use=[Cache(store=store, ttl=None)])
    assert store.lifetimes == [60, None]


async def test_a_store_that_fails_is_logged_and_passed_by(ai, numbered, caplog):
    use = [Cache(store=Dictionary(ConnectionError('refused')))]
    with caplog.at_level(logging.ERROR):
        assert [await ask(ai, use=use) for _ in range(2)] == ['answer 1', 'answer 2']
    assert 'The cache could not be read.' in caplog.text
    assert 'ConnectionError' in caplog.text


async def test_what_a_store_holds_that_is_no_answer_is_passed_by(ai, numbered):
    store = Dictionary()
    use = [Cache(store=store)]
    await ask(ai, use=use)
    store.entries = dict.fromkeys(store.entries, '{broken')
    assert await ask(ai, use=use) == 'answer 2'


async def test_a_cache_of_a_model_itself_knows_whose_answers_it_keeps(ai, says):
    from genkit._action.context import ActionRunContext
    from genkit.middleware.interface import model_middleware
    from genkit.types import GenerateRequest

    cache = Cache()
    request = GenerateRequest(messages=[Message(role='user', content='x')])
    counts = Counter()

    async def through(name):
        async def following(_request, _context):
            counts[name] += 1
            return says(name)

        return (await model_middleware(cache, ai.registry, name)(request, ActionRunContext(), following)).text

    assert [await through(name) for name in ('a', 'b', 'a', 'b')] == ['a', 'b', 'a', 'b']
    assert counts == {'a': 1, 'b': 1}


class TestMemoryStore:
    async def test_what_was_not_used_for_longest_goes(self):
        store = MemoryStore(max_entries=2)
        for key in 'ab':
            await store.set(key, key.upper(), None)
        assert await store.get('a') == 'A'
        await store.set('c', 'C', None)
        assert [await store.get(key) for key in 'abc'] == ['A', None, 'C']
        assert len(store) == 2

    async def test_what_has_expired_is_gone(self):
        now = 100.0
        store = MemoryStore(clock=lambda: now)
        await store.set('a', 'A', 10)
        now = 109.9
        assert await store.get('a') == 'A'
        now = 110.0
        assert await store.get('a') is None
        assert len(store) == 0

    async def test_a_value_kept_again_lives_anew(self):
        now = 0.0
        store = MemoryStore(clock=lambda: now)
        await store.set('a', 'A', 10)
        now = 9.0
        await store.set('a', 'B', 10)
        now = 15.0
        assert await store.get('a') == 'B'


def test_a_tool_request_part_alone_is_no_answer():
    from genkit.middleware.cache import _text_to_keep

    part = ToolRequestPart(tool_request=ToolRequest(name='t'))
    response = GenerateResponse(message=Message(role='model', content=[part]), finish_reason=FinishReason.STOP)
    assert _text_to_keep(response) is None
    assert _text_to_keep(GenerateResponse(finish_reason=FinishReason.STOP)) is None
