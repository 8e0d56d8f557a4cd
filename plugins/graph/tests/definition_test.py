# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a graph is said when it is defined, with the way out."""

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit_graph import END, START, Node, NodeContext, define_graph
from pydantic import BaseModel, ConfigDict


class Tea(BaseModel):
    leaves: str = 'green'


class Coffee(BaseModel):
    beans: str = 'arabica'


async def boil(tea: Tea) -> None: ...


async def pour(tea: Tea, context: NodeContext) -> None: ...


def as_usual(tea: Tea, context: ActionRunContext) -> None: ...


def of_base(tea: BaseModel) -> None: ...


def untyped(tea): ...


def grind(coffee: Coffee) -> None: ...


def nothing() -> None: ...


def too_much(tea: Tea, context: NodeContext, more: int) -> None: ...


def not_a_context(tea: Tea, sugar: int) -> None: ...


def says(tea: Tea) -> Iterator[str]:
    yield 'hello'


def unsaid(tea: Tea) -> str:
    return END


def to_por(tea: Tea) -> Literal['por', 'END']:
    return END


async def later(tea: Tea) -> Literal['END']:
    return 'END'


def to_several(tea: Tea) -> list[Literal['boil', 'pour', 'END']]:
    return ['END']


ai = Genkit()


@ai.flow()
async def roast(coffee: Coffee) -> Coffee:
    return coffee


@ai.flow()
async def steep(tea: Tea) -> dict:
    return {'leaves': 'steeped'}


class Open(BaseModel):
    model_config = ConfigDict(extra='allow')


class Named(BaseModel):
    run_id: str = ''


WRONG: list[tuple[Any, Any, str]] = [
    ([boil, boil], {START: 'boil', 'boil': END}, "two nodes are named 'boil'"),
    ([], {START: END}, 'it has no nodes'),
    ([42], {START: END}, 'is 42; expected a function, a flow or a graph'),
    ({'START': boil}, {START: END}, "no node can be named 'START'"),
    ({'a/b': boil}, {START: 'a/b', 'a/b': END}, "no node can be named 'a/b'"),
    ({'': boil}, {START: '', '': END}, "no node can be named ''"),
    ([boil, pour], {START: 'boil', 'boil': 'por', 'pour': END}, "from 'boil' leads to 'por', .* Did you mean 'pour'"),
    ([boil], {START: 'boil', 'boil': 'end'}, "leads to 'end', which is no node. Did you mean 'END'"),
    ([boil], {START: 'boil', 'boil': END, 'bowl': END}, "an edge from 'bowl', which is no node. Did you mean 'boil'"),
    ([boil], {'boil': END}, "nothing says what follows 'START'"),
    ([boil, pour], {START: 'boil', 'boil': 'pour'}, "nothing says what follows 'pour': write 'pour': END"),
    ([boil, pour], {START: 'boil', 'boil': END, 'pour': END}, r"nothing leads to \['pour'\]"),
    ([boil, pour], {START: 'boil', 'boil': 'pour', 'pour': 'boil'}, r"no way leads from \['boil', 'pour'\] to END"),
    ([boil], {START: 'boil', 'boil': []}, r"after 'boil' comes \[\]"),
    ([boil], {START: ['boil', 'boil'], 'boil': END}, 'expected names, each once'),
    ([boil], {START: 'boil', 'boil': 3}, "after 'boil' comes 3; expected a name, a list of names, or a function"),
    ([boil], {START: 'boil', 'boil': unsaid}, 'unsaid, .* does not say which nodes it may return: annotate it'),
    ([boil], {START: 'boil', 'boil': lambda tea: END}, "'boil', does not say which nodes"),
    ([boil], {START: 'boil', 'boil': later}, "chooses what follows 'boil' is asynchronous: decide in a node"),
    ([boil, pour], {START: 'boil', 'boil': to_por, 'pour': END}, "leads to 'por', .* Did you mean 'pour'"),
    ([grind], {START: 'grind', 'grind': END}, "'grind' takes Coffee, and the state is Tea: write a function"),
    ([roast], {START: 'roast', 'roast': END}, "'roast' takes Coffee, and the state is Tea"),
    ([nothing], {START: 'nothing', 'nothing': END}, r"'nothing' takes \[\]: write def nothing\(state\)"),
    ([too_much], {START: 'too_much', 'too_much': END}, r"takes \['tea', 'context', 'more'\]"),
    ([not_a_context], {START: 'not_a_context', 'not_a_context': END}, "takes 'sugar' beside the state"),
    ([says], {START: 'says', 'says': END}, "'says' is a generator"),
]


@pytest.mark.parametrize(('nodes', 'edges', 'message'), WRONG, ids=[each[2][:40] for each in WRONG])
def test_a_graph_that_cannot_be_meant_is_refused(nodes: Any, edges: Any, message: str):
    with pytest.raises(GenkitError, match=message) as caught:
        define_graph(Genkit(), 'kitchen', Tea, nodes=nodes, edges=edges)
    assert caught.value.status == 'INVALID_ARGUMENT'
    assert "'kitchen'" in str(caught.value)


def test_states_and_options_that_cannot_be_meant_are_refused():
    edges = {START: 'boil', 'boil': END}
    for state, message in (
        (dict, 'expected a class derived from pydantic.BaseModel'),
        (Open, 'takes any member'),
        (Named, 'Rename it'),
    ):
        with pytest.raises(GenkitError, match=message):
            define_graph(Genkit(), 'kitchen', state, nodes={'boil': untyped}, edges=edges)  # pyright: ignore[reportArgumentType]
    with pytest.raises(GenkitError, match=r"has no option 'max_step'. Did you mean 'max_steps'"):
        define_graph(Genkit(), 'kitchen', Tea, nodes=[boil], edges=edges, max_step=3)  # pyright: ignore[reportCallIssue]
    for max_steps in (0, '5'):
        with pytest.raises(GenkitError, match=f'max_steps is {max_steps!r}'):
            define_graph(Genkit(), 'kitchen', Tea, nodes=[boil], edges=edges, max_steps=max_steps)  # pyright: ignore[reportArgumentType]


async def test_all_kinds_of_functions_are_nodes():
    class Kettle:
        async def heat(self, tea: Tea) -> None: ...

        def __call__(self, tea: Tea) -> dict[str, Any]:
            return {'leaves': f'{tea.leaves}, called'}

    kettle = Kettle()
    names = ['boil', 'pour', 'as_usual', 'of_base', 'untyped', 'steep', 'heat', 'kettle', 'timed']
    nodes = [boil, pour, as_usual, of_base, untyped, steep, kettle.heat, kettle, Node(boil, timeout=5)]
    edges: dict[str, Any] = {**dict(zip([START, *names], names, strict=False)), 'timed': to_several}
    graph = define_graph(ai, 'kitchen', Tea, nodes=dict(zip(names, nodes, strict=True)), edges=edges)
    assert (await graph(Tea())).state == Tea(leaves='steeped, called')


def test_a_graph_is_drawn():
    def is_hot(tea: Tea) -> Literal['pour', 'boil']:
        return 'pour'

    inner = define_graph(Genkit(), 'in "it"', Tea, nodes=[boil], edges={START: 'boil', 'boil': END})
    graph = define_graph(
        Genkit(),
        'kitchen',
        Tea,
        nodes={'boil': boil, 'warm pot': of_base, 'add "milk" & <sugar>': inner, 'pour': pour},
        edges={
            START: 'boil',
            'boil': ['warm pot', 'add "milk" & <sugar>'],
            'warm pot': is_hot,
            'add "milk" & <sugar>': 'pour',
            'pour': END,
        },
    )
    assert graph.to_ascii() == (
        'START\n'
        '`-- boil\n'
        '    |-- warm pot\n'
        '    |   |-- is_hot? pour\n'
        '    |   |   `-- END\n'
        '    |   `-- is_hot? boil ^\n'
        '    `-- add "milk" & <sugar>\n'
        '        `-- pour ^\n'
    )
    lines = graph.to_mermaid().splitlines()
    assert lines[0] == 'flowchart TD'
    vertex = r'    \w+(\["[^"]+"\]|\[\["[^"]+"\]\]|\(\["[^"]+"\]\))'
    arrow = r'    \w+ (-->|-\. "[^"]+" \.->) \w+'
    assert [line for line in lines[1:] if not re.fullmatch(f'{vertex}|{arrow}', line)] == []
    assert '    n2 -. "is_hot" .-> n4' in lines
    assert '    n3[["add &quot;milk&quot; &amp; &lt;sugar>"]]' in lines
    assert {name for line in lines[1:] for name in re.findall(r'^    (\w+)', line)} >= {'start', 'n1', 'n4', 'finish'}
    assert graph.action.metadata['graph']['mermaid'] == graph.to_mermaid()
    assert repr(graph) == "Graph('kitchen', nodes=['boil', 'warm pot', 'add \"milk\" & <sugar>', 'pour'])"
