# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs: order, branches that join, what nodes return, streams, spans, errors and limits."""

import asyncio
import contextlib
import operator
import random
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from genkit import ActionRunContext, GenerateResponse, Genkit, GenkitError, Message, add_span_exporter
from genkit.agent import MemorySnapshots
from genkit.testing import define_programmable_model
from genkit_graph import END, START, Append, Graph, GraphChunk, Merge, Node, NodeContext, NodeError, define_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel, Field, PrivateAttr, SecretStr


class Log(BaseModel):
    seen: Annotated[list[str], Append] = []
    total: Annotated[int, Merge(operator.add)] = 0
    title: str = ''
    day: date = date(2026, 1, 1)
    rounds: int = Field(default=0, ge=0)
    nested: dict[str, Any] | None = None


def says(name: str, delay: float = 0) -> Callable[[Log], Any]:
    """Return a node that writes its name, after the others if there is a delay."""

    async def node(log: Log) -> dict[str, Any]:
        await asyncio.sleep(delay)
        return {'seen': [f'{name}<{"".join(log.seen[-1:])}' if name.islower() else name], 'total': 1}

    return node


def graph_of(edges: dict[str, Any], slow: str = '', **options: Any) -> Graph[Log]:
    nodes = {name: says(name, 0.02 if name == slow else 0) for name in edges if name != START}
    return define_graph(Genkit(), 'walk', Log, nodes=nodes, edges=edges, **options)


JOINS: list[tuple[str, dict[str, Any], str]] = [
    ('one after the other', {START: 'A', 'A': 'B', 'B': END}, 'AB'),
    ('a diamond', {START: 'A', 'A': ['B', 'C'], 'B': 'D', 'C': 'D', 'D': END}, 'ABCD'),
    ('branches of different lengths', {START: 'A', 'A': ['B', 'C'], 'B': 'E', 'E': 'D', 'C': 'D', 'D': END}, 'ABECD'),
    ('a branch that is an edge', {START: 'A', 'A': ['B', 'D'], 'B': 'D', 'D': END}, 'ABD'),
    ('from the start', {START: ['A', 'B'], 'A': END, 'B': 'C', 'C': END}, 'ABC'),
    (
        'joined in part',
        {START: 'A', 'A': ['B', 'C', 'D'], 'B': 'E', 'C': 'E', 'E': 'F', 'D': 'F', 'F': END},
        'ABCEDF',
    ),
    (
        'a fork within a branch, whose halves join at different nodes',
        {START: 'A', 'A': ['B', 'C'], 'B': ['E', 'F'], 'E': 'G', 'C': 'G', 'G': 'H', 'F': 'H', 'H': END},
        'ABECGFH',
    ),
    ('a branch that ends', {START: 'A', 'A': ['B', 'C'], 'B': END, 'C': 'D', 'D': END}, 'ABCD'),
]


@pytest.mark.parametrize(('edges', 'expected'), [each[1:] for each in JOINS], ids=[each[0] for each in JOINS])
async def test_branches_join_in_their_order_whichever_is_slow(edges: dict[str, Any], expected: str):
    for slow in expected:
        result = await graph_of(edges, slow)(Log())
        assert ''.join(result.state.seen) == expected, slow
        assert result.state.total == len(expected)
        assert (result.status, result.questions) == ('finished', [])


async def test_branches_that_loop_are_waited_for():
    def again(log: Log) -> Literal['B', 'D']:
        return 'B' if log.seen.count('B') < 3 else 'D'

    def around(log: Log) -> list[Literal['A', 'END']]:
        return ['A'] if log.seen.count('D') < 2 else ['END']

    edges = {START: 'A', 'A': ['B', 'C'], 'B': again, 'C': 'D', 'D': around}
    for slow in 'ABCD':
        assert ''.join((await graph_of(edges, slow)(Log())).state.seen) == 'ABBBCDABCD'


async def test_a_function_may_choose_several_nodes():
    def some(log: Log) -> list[Literal['B', 'C', 'D']]:
        return ['D', 'B']

    edges = {START: 'A', 'A': some, 'B': 'E', 'C': 'E', 'D': 'E', 'E': END}
    assert ''.join((await graph_of(edges)(Log())).state.seen) == 'ADBE'


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=5), st.integers(0, 10**6))
async def test_parallel_branches_never_swap_their_results(lengths: list[int], seed: int):
    chance = random.Random(seed)
    gates = {f'n{row}_{column}': asyncio.Event() for row, length in enumerate(lengths) for column in range(length)}

    def node(name: str) -> Callable[[Log], Any]:
        async def run(log: Log) -> dict[str, Any]:
            await gates[name].wait()
            row, column = name[1:].split('_')
            assert log.seen == [f'n{row}_{before}' for before in range(int(column))]  # nothing of other branches
            return {'seen': [name]}

        return run

    async def join(log: Log) -> None:
        assert log.seen == list(gates)

    edges: dict[str, Any] = {START: [f'n{row}_0' for row in range(len(lengths))], 'join': END}
    for row, length in enumerate(lengths):
        for column in range(length):
            edges[f'n{row}_{column}'] = f'n{row}_{column + 1}' if column + 1 < length else 'join'
    nodes = {**{name: node(name) for name in gates}, 'join': join}
    running = asyncio.ensure_future(define_graph(Genkit(), 'wide', Log, nodes=nodes, edges=edges)(Log()))
    order = list(gates)
    chance.shuffle(order)
    for name in order:
        gates[name].set()
        for _ in range(chance.randint(0, 3)):
            await asyncio.sleep(0)
    assert (await running).state.seen == list(gates)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.integers(1, 7), min_size=1, max_size=3), min_size=3, max_size=8), st.integers(0, 10**6))
async def test_any_graph_ends_alike_with_other_delays_and_after_cancellations(follow: list[set[int]], seed: int):
    names = [f'n{number}' for number in range(len(follow))]
    edges: dict[str, Any] = {
        name: list(dict.fromkeys(names[min(number + step, len(names) - 1)] for step in sorted(steps)))
        for number, (name, steps) in enumerate(zip(names[:-1], follow, strict=False))
    }
    reached = {'n0'}
    for name in names[:-1]:
        reached.update(edges[name] if name in reached else [])
    edges = {START: 'n0', **{name: edges[name] for name in names[:-1] if name in reached}, names[-1]: END}
    chance = random.Random(seed)

    def node(name: str) -> Callable[[Log], Any]:
        async def run(log: Log) -> dict[str, Any]:
            for _ in range(chance.randint(0, 3)):
                await asyncio.sleep(0)
            return {'seen': [name]}

        return run

    nodes = {name: node(name) for name in edges if name != START}
    graph = define_graph(Genkit(), 'any', Log, nodes=nodes, edges=edges, store=MemorySnapshots())
    whole = await graph(Log(), run_id='whole')
    assert sorted(whole.state.seen) == sorted(nodes)  # each node once, in a graph without loops
    running = asyncio.ensure_future(graph(Log(), run_id='cut'))
    while not running.done():
        for _ in range(chance.randint(5, 40)):
            await asyncio.sleep(0)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        if running.cancelled():
            running = asyncio.ensure_future(graph.resume('cut'))
    assert running.result().state == whole.state


async def test_branches_that_write_one_member_are_an_error_with_both_names():
    async def one(log: Log) -> dict[str, Any]:
        return {'title': 'one'}

    async def two(log: Log) -> Log:
        return log.model_copy(update={'title': 'two'})

    async def three(log: Log) -> dict[str, Any]:
        return {'rounds': 1}

    nodes = [one, two, three]
    graph = define_graph(
        Genkit(), 'both', Log, nodes=nodes, edges={START: ['one', 'two'], 'one': 'three', 'two': 'three', 'three': END}
    )
    with pytest.raises(GenkitError, match="'one' and 'two' of parallel branches both wrote 'title'") as caught:
        await graph(Log())
    assert caught.value.status == 'FAILED_PRECONDITION'
    fine = define_graph(
        Genkit(), 'fine', Log, nodes=nodes, edges={START: ['one', 'three'], 'one': 'two', 'two': END, 'three': END}
    )
    assert (await fine(Log())).state == Log(title='two', rounds=1)


def mutates(log: Log) -> None:
    log.title = 'changed'


def mutates_and_returns(log: Log) -> Log:
    log.title = 'changed'
    log.seen.append('more')
    return log


class Marked(Log):
    _mark: int = PrivateAttr(default=0)


def marked(log: Log) -> Log:
    state = Marked(**dict(log))
    state._mark = 3
    return state


RETURNED: list[tuple[Callable[[Log], Any], Any]] = [
    (lambda log: None, Log()),
    (lambda log: {}, Log()),
    (lambda log: {'day': '2027-03-04'}, Log(day=date(2027, 3, 4))),
    (lambda log: {'seen': ['a'], 'total': '3'}, Log(seen=['a'], total=3)),
    (lambda log: Log(title='next'), Log(title='next')),
    (lambda log: {'nested': {'none': None, 'deep': [{'a': None}]}}, Log(nested={'none': None, 'deep': [{'a': None}]})),
    (mutates_and_returns, Log(title='changed', seen=['more'])),
    (lambda log: 'done', "Node 'node' returned a str; expected a dictionary of the members that change"),
    (lambda log: ['done'], 'returned a list'),
    (lambda log: Log, 'returned a'),
    (lambda log: {'titel': 'x'}, "Node 'node' has 'titel', which Log does not have. Did you mean 'title'"),
    (lambda log: {3: 'x'}, 'has 3, which Log does not have'),
    (lambda log: {'rounds': -1}, 'What node .node. returned does not fit Log: rounds: Input should be greater'),
    (lambda log: Log.model_construct(title=[]), 'does not fit Log: title'),
    (lambda log: {'nested': {'key': SecretStr('x')}}, r"\['nested'\] of Log would not be the same"),
    (lambda log: {'nested': {'number': float('nan')}}, r"\['nested'\] of Log would not be the same"),
    (lambda log: {'nested': {'set': {1}}}, r"\['nested'\] of Log would not be the same"),
    (lambda log: {'nested': {'thing': object()}}, 'this Log cannot be kept as JSON'),
    (mutates, "Node 'node' changed the state that it was given and did not return it. Return it"),
    (lambda log: asyncio.sleep(0, {'title': 'awaited'}), Log(title='awaited')),
]


@pytest.mark.filterwarnings('ignore:Pydantic serializer warnings')
async def test_what_nodes_return_is_checked():
    for function, expected in RETURNED:
        graph = define_graph(Genkit(), 'one', Log, nodes={'node': function}, edges={START: 'node', 'node': END})
        if isinstance(expected, Log):
            assert (await graph(Log())).state == expected
        else:
            with pytest.raises(NodeError, match=expected) as caught:
                await graph(Log())
            assert (caught.value.status, caught.value.node) == ('INVALID_ARGUMENT', 'node')


async def test_a_loop_without_an_end_is_stopped_with_the_last_nodes():
    def forever(log: Log) -> Literal['A', 'END']:
        return 'A'

    with pytest.raises(GenkitError, match=r'has run 7 nodes and .* the last ones were A, B, A, B, A, B, A') as caught:
        await graph_of({START: 'A', 'A': 'B', 'B': forever}, max_steps=7)(Log())
    assert caught.value.status == 'ABORTED'
    assert caught.value.details['last'] == ['A', 'B', 'A', 'B', 'A', 'B', 'A']


async def test_what_an_edge_chooses_is_checked():
    def wrong(log: Log) -> Literal['A', 'END']:
        return 'End'  # pyright: ignore[reportReturnType]

    def none(log: Log) -> list[Literal['A', 'END']]:
        return []

    def nothing(log: Log) -> Literal['A', 'END']: ...

    def fails(log: Log) -> Literal['A', 'END']:
        raise LookupError('gone')

    for choose, message in (
        (wrong, "wrong chose 'End' after 'A'; it may choose among .* Did you mean 'END'"),
        (nothing, "nothing chose None after 'A'"),
        (none, r"none chose \[\] after 'A'"),
        (fails, "fails, which chooses what follows 'A', failed"),
    ):
        with pytest.raises(NodeError, match=message):
            await graph_of({START: 'A', 'A': choose})(Log())


async def test_a_failure_names_the_node_and_cancels_those_beside_it():
    cancelled: list[str] = []

    async def slow(log: Log, context: NodeContext) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(context.node)
            raise

    async def fails(log: Log) -> None:
        await asyncio.sleep(0.01)
        raise ZeroDivisionError('by zero')

    async def refuses(log: Log) -> None:
        raise GenkitError('Not today.', status='UNAVAILABLE', details={'retry_after_ms': 5})

    async def hangs(log: Log) -> None:
        await asyncio.sleep(60)

    async def gives_up(log: Log) -> None:
        raise asyncio.CancelledError

    def graph(node: Any) -> Graph[Log]:
        return define_graph(
            Genkit(),
            'g',
            Log,
            nodes={'slow': slow, 'bad': node},
            edges={START: ['slow', 'bad'], 'slow': END, 'bad': END},
        )

    with pytest.raises(NodeError, match="Node 'bad' of graph 'g' failed") as caught:
        await graph(fails)(Log())
    assert caught.value.status == 'INTERNAL'
    assert isinstance(caught.value.cause, ZeroDivisionError)
    assert cancelled == ['slow']

    with pytest.raises(NodeError, match="Node 'bad' of graph 'g' failed: Not today") as caught:
        await graph(refuses)(Log())
    assert (caught.value.status, caught.value.details['retry_after_ms']) == ('UNAVAILABLE', 5)

    with pytest.raises(NodeError, match='It cancelled itself'):
        await graph(gives_up)(Log())

    with pytest.raises(NodeError, match=r'Not finished within 0.01 s, its timeout') as caught:
        await graph(Node(hangs, timeout=0.01))(Log())
    assert caught.value.status == 'DEADLINE_EXCEEDED'
    assert len(asyncio.all_tasks()) == 1


async def test_cancelling_a_run_cancels_its_nodes():
    begun, signals = asyncio.Event(), []

    async def slow(log: Log, context: NodeContext) -> None:
        signals.append(context.abort_signal)
        begun.set()
        await asyncio.sleep(60)

    graph = define_graph(Genkit(), 'g', Log, nodes=[slow], edges={START: 'slow', 'slow': END})
    async with graph.stream(Log()) as stream:
        await begun.wait()
    assert stream.response.cancelled()
    assert signals[0].is_set()
    with pytest.raises(GenkitError, match=r'0.01 s') as caught:
        await graph(Log(), timeout=0.01)
    assert caught.value.status == 'DEADLINE_EXCEEDED'
    assert len(asyncio.all_tasks()) == 1


async def test_what_nodes_say_is_streamed_with_their_names_and_each_has_a_span():
    ai = Genkit()
    script, _ = define_programmable_model(ai, 'model')
    script.responses = [GenerateResponse(message=Message(role='model', content='Hello.'))]

    @ai.flow(chunk_type=str)
    async def shout(log: Log, context: ActionRunContext) -> dict[str, Any]:
        context.send_chunk(f'LOUD {context.context["user"]}')
        return {'seen': ['shout']}

    def whisper(log: Log, context: NodeContext) -> None:
        context.send_chunk({'quiet': context.run_id})

    async def ask(log: Log) -> dict[str, Any]:
        return {'title': (await ai.generate(model='model', prompt='Hi')).text}

    inner = define_graph(ai, 'inner', Log, nodes=[whisper], edges={START: 'whisper', 'whisper': END})
    graph = define_graph(
        ai,
        'outer',
        Log,
        nodes=[shout, inner, ask],
        edges={START: 'shout', 'shout': 'inner', 'inner': 'ask', 'ask': END},
    )
    exporter = InMemorySpanExporter()
    add_span_exporter(exporter)
    stream = graph.stream(Log(), context={'user': 'ada'})
    chunks = [chunk async for chunk in stream]
    result = await stream.response
    assert result.state == Log(seen=['shout'], title='Hello.')
    assert chunks == [
        GraphChunk(node='shout', chunk='LOUD ada'),
        GraphChunk(node='inner/whisper', chunk={'quiet': result.run_id}),
    ]
    await ai.flush_tracing()
    spans: dict[str, Any] = {span.name: span for span in exporter.get_finished_spans()}
    assert {'outer', 'shout', 'inner', 'whisper', 'ask', 'model'} <= set(spans)
    parents = {name: span.parent and span.parent.span_id for name, span in spans.items()}
    for name in ('inner', 'ask'):
        assert parents[name] == spans['outer'].context.span_id
    assert parents['whisper'] == spans['inner'].context.span_id
    assert spans['ask'].attributes['genkit:metadata:graph'] == 'outer'
    assert '"title":"Hello."' in str(spans['ask'].attributes['genkit:output'])


async def test_a_graph_is_listed_and_run_like_a_flow():
    ai = Genkit()

    async def node(log: Log) -> dict[str, Any]:
        return {'title': 'done'}

    graph = define_graph(ai, 'listed', Log, nodes=[node], edges={START: 'node', 'node': END}, description='Does it.')
    [listed] = await ai.list_actions('flow')
    assert (listed.key, listed.description) == ('/flow/listed', 'Does it.')
    assert {'$ref': '#/$defs/Log'} in listed.input_schema['oneOf']
    raw = (await graph.action.arun_raw({'rounds': 2})).response
    assert raw.state == Log(title='done', rounds=2)
    with pytest.raises(GenkitError, match='rounds') as caught:
        await graph.action.arun_raw({'rounds': 'many'})
    assert caught.value.status == 'INVALID_ARGUMENT'
