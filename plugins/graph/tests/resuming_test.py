# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Questions, answers, branches from earlier steps, and what is wrong with a checkpoint."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import pytest
from genkit import GenerateResponse, Genkit, GenkitError, Message, ToolRequestPart, ToolRunContext
from genkit.agent import FileSnapshots, MemorySnapshots, SnapshotStore, SqliteSnapshots
from genkit.testing import define_programmable_model
from genkit.types import ToolRequest
from genkit.web import FlowsApp
from genkit_graph import END, START, Append, Graph, NodeContext, NodeError, define_graph
from pydantic import BaseModel


class Post(BaseModel):
    topic: str = ''
    text: str = ''
    approved: bool = False
    log: Annotated[list[str], Append] = []


ran: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


async def draft(post: Post) -> dict[str, Any]:
    ran.append('draft')
    return {'text': f'{post.text}{post.topic}. ', 'log': ['draft']}


async def facts(post: Post) -> dict[str, Any]:
    ran.append('facts')
    return {'log': ['facts']}


def review(post: Post, context: NodeContext) -> dict[str, Any]:
    approved = context.ask({'text': post.text}, bool)
    ran.append('review')
    return {'approved': approved, 'log': ['review']}


def decide(post: Post) -> Literal['draft', 'END']:
    return 'END' if post.approved else 'draft'


EDGES: dict[str, Any] = {
    START: 'draft',
    'draft': ['facts', 'review'],
    'facts': 'gate',
    'review': 'gate',
    'gate': decide,
}


def gate(post: Post) -> None: ...


def post_graph(store: SnapshotStore | None = None, ai: Genkit | None = None, **options: Any) -> Graph[Post]:
    nodes = [draft, facts, review, gate]
    kept = MemorySnapshots() if store is None else store
    return define_graph(ai or Genkit(), 'post', Post, nodes=nodes, edges=EDGES, store=kept, **options)


@pytest.mark.parametrize('kind', ['memory', 'file', 'sqlite'])
async def test_a_question_interrupts_the_run_and_an_answer_goes_on(kind: str, tmp_path: Path):
    store: Any = {
        'memory': MemorySnapshots,
        'file': lambda: FileSnapshots(tmp_path),
        'sqlite': lambda: SqliteSnapshots(tmp_path / 'runs.db'),
    }[kind]()
    graph = post_graph(store)
    first = await graph(Post(topic='tea'), run_id='post 7/ä')
    assert (first.run_id, first.status, ran) == ('post 7/ä', 'interrupted', ['draft', 'facts'])
    [question] = first.questions
    assert (question.node, question.question, question.answer_schema) == (
        'review',
        {'text': 'tea. '},
        {'type': 'boolean'},
    )
    assert await graph.resume('post 7/ä') == first

    second = await post_graph(store).resume('post 7/ä', {question.id: False})
    assert ran == ['draft', 'facts', 'review', 'draft', 'facts']
    [again] = second.questions
    assert again.id != question.id
    with pytest.raises(GenkitError, match=f"No question '{question.id}' waits for an answer; these wait"):
        await graph.resume('post 7/ä', {question.id: True})

    last = await graph.resume('post 7/ä', {again.id: True})
    log = ['draft', 'facts', 'review'] * 2
    assert (last.status, last.state) == ('finished', Post(topic='tea', text='tea. tea. ', approved=True, log=log))
    assert await graph.resume('post 7/ä') == last
    if hasattr(store, 'aclose'):
        await store.aclose()


async def test_answers_that_are_forged_or_do_not_fit_are_refused_and_change_nothing():
    graph = post_graph()
    paused = await graph(Post(topic='tea'), run_id='r')
    [question] = paused.questions
    for answers, message in (
        ({'review.9.9': True}, "No question 'review.9.9' waits"),
        ({question.id: 'maybe'}, f'of /custom/{question.id}'),
        ({question.id: True, 'draft.1.1': 'x'}, "No question 'draft.1.1' waits"),
        ({'': True}, "No question '' waits"),
    ):
        with pytest.raises(GenkitError, match=message) as caught:
            await graph.resume('r', answers)
        assert caught.value.status == 'INVALID_ARGUMENT'
    assert await graph.resume('r') == paused
    done = await graph.resume('r', {question.id: True})
    with pytest.raises(GenkitError, match='none waits'):
        await graph.resume('r', {question.id: True})
    assert await graph.resume('r') == done


class Together(MemorySnapshots):
    """Lets readers go on when three are there."""

    def __init__(self) -> None:
        super().__init__()
        self.barrier: asyncio.Barrier | None = None

    async def latest(self, session_id: str) -> Any:
        found = await super().latest(session_id)
        if self.barrier is not None:
            await self.barrier.wait()
        return found


async def test_of_those_who_resume_at_once_one_goes_on():
    store = Together()
    graph = post_graph(store)
    [question] = (await graph(Post(topic='tea'), run_id='r')).questions
    store.barrier = asyncio.Barrier(3)
    calls = [graph.resume('r', {question.id: True}) for _ in range(3)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    store.barrier = None
    refused = [each for each in results if isinstance(each, GenkitError)]
    assert [each.status for each in refused] == ['ABORTED', 'ABORTED']
    assert 'has gone on elsewhere' in str(refused[0])
    assert ran.count('review') == 1
    with pytest.raises(GenkitError, match=r"There is a run 'r' already\. Resume it") as caught:
        await graph(Post(), run_id='r')
    assert caught.value.status == 'ALREADY_EXISTS'


async def test_branching_from_an_earlier_step_is_a_run_of_its_own():
    graph = post_graph()
    [question] = (await graph(Post(topic='tea'), run_id='r')).questions
    done = await graph.resume('r', {question.id: True})
    steps = await graph.checkpoints('r')
    assert [(each.step, each.last, each.next) for each in steps][:2] == [
        (0, None, ['draft']),
        (1, 'draft', ['facts', 'review']),
    ]
    assert steps[-1].next == [END]
    ran.clear()

    begun = await graph.branch('r', steps[0].id, update={'topic': 'coffee'}, new_run_id='other')
    other = await graph.resume(begun)
    assert (begun, other.questions[0].question, ran) == ('other', {'text': 'coffee. '}, ['draft', 'facts'])
    answered = await graph.resume('other', {other.questions[0].id: True})
    assert answered.state.text == 'coffee. '

    middle = await graph.branch('r', steps[1].id)
    ran.clear()
    assert (await graph.resume(middle)).status == 'interrupted'
    assert ran == ['facts']
    assert (await graph.resume(await graph.branch('r'))).state == done.state
    assert await graph.resume('r') == done

    wrong: list[tuple[Any, str]] = [
        ({'checkpoint_id': 'none'}, "has no checkpoint 'none'"),
        ({'checkpoint_id': steps[1].id, 'update': {'topic': 'x'}}, r"stood in several places, \['facts', 'review'\]"),
        ({'update': {'topik': 'x'}}, "The update has 'topik', which Post does not have. Did you mean 'topic'"),
        ({'update': {'approved': 'perhaps'}}, 'The update does not fit Post: approved'),
        ({'new_run_id': 'other'}, "There is a run 'other' already"),
    ]
    for arguments, message in wrong:
        with pytest.raises(GenkitError, match=message):
            await graph.branch('r', **arguments)
    for call in (graph(Post(), run_id=''), graph.resume(''), graph.resume('r' * 501), graph({'topic': 3}, run_id='n')):  # pyright: ignore[reportArgumentType]
        with pytest.raises(GenkitError, match='the input of /flow/post failed') as caught:
            await call
        assert caught.value.status == 'INVALID_ARGUMENT'
    for call in (graph.branch('q'), graph.checkpoints('q'), graph.resume('q')):
        with pytest.raises(GenkitError, match="has no run 'q'") as caught:
            await call
        assert caught.value.status == 'NOT_FOUND'


async def test_a_node_that_failed_runs_again_and_those_beside_it_do_not():
    faults = [GenkitError('Down.', status='UNAVAILABLE'), ValueError('once more')]

    async def shaky(post: Post) -> dict[str, Any]:
        await asyncio.sleep(0.01)
        if faults:
            raise faults.pop()
        return {'text': 'at last'}

    graph = define_graph(
        Genkit(),
        'shaky',
        Post,
        nodes=[shaky, facts],
        edges={START: ['facts', 'shaky'], 'facts': END, 'shaky': END},
        store=MemorySnapshots(),
    )
    with pytest.raises(NodeError) as caught:
        await graph(Post())
    run_id = caught.value.run_id
    with pytest.raises(NodeError, match='Down'):
        await graph.resume(run_id)
    assert (await graph.resume(run_id)).state == Post(text='at last', log=['facts'])
    assert ran == ['facts']


async def test_a_cancelled_run_goes_on_from_its_last_step():
    gates = [asyncio.Event(), asyncio.Event()]

    async def waits(post: Post) -> None:
        gates[0].set()
        await gates[1].wait()

    edges: dict[str, Any] = {START: 'draft', 'draft': 'waits', 'waits': END}
    graph = define_graph(Genkit(), 'c', Post, nodes=[draft, waits], edges=edges, store=MemorySnapshots())
    task = asyncio.create_task(graph(Post(topic='tea'), run_id='r'))
    await gates[0].wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gates[1].set()
    assert (await graph.resume('r')).state.text == 'tea. '
    assert ran == ['draft']


async def test_a_node_asks_several_things_and_a_changed_question_is_asked_anew():
    prices = [10, 20, 20]

    def buy(post: Post, context: NodeContext) -> dict[str, Any]:
        name = context.ask('Your name?', str)
        agreed = context.ask(f'Pay {prices.pop(0)}?')
        return {'text': f'{name}: {agreed}'}

    edges: dict[str, Any] = {START: 'buy', 'buy': END}
    graph = define_graph(Genkit(), 'shop', Post, nodes=[buy], edges=edges, store=MemorySnapshots())
    asked = await graph(Post(), run_id='r')
    said: list[Any] = []
    for answer in ('Ada', 'yes to 10', 'yes to 20'):
        said.append(asked.questions[0].question)
        asked = await graph.resume('r', {asked.questions[0].id: answer})
    assert said == ['Your name?', 'Pay 10?', 'Pay 20?']  # the yes to 10 does not count for 20
    assert asked.state.text == 'Ada: yes to 20'


async def test_interrupts_of_tools_flows_and_inner_graphs_are_questions():
    ai = Genkit()

    @ai.tool()
    def charge(euros: int, context: ToolRunContext) -> str:
        """Charge."""
        if not context.is_resumed():
            context.interrupt({'charge': euros})
        return f'charged {euros}'

    async def pay(post: Post, context: NodeContext) -> dict[str, Any]:
        resumed: Any = {'resumed': {'by': context.answers[0]}} if context.answers else {}
        return {'text': (await charge.action.arun(80, **resumed)).response}

    inner = define_graph(
        ai,
        'inner',
        Post,
        nodes=[facts, pay, review, gate],
        edges={START: ['facts', 'pay'], 'facts': 'review', 'review': 'gate', 'pay': 'gate', 'gate': END},
    )
    store = MemorySnapshots()
    edges: dict[str, Any] = {START: ['inner', 'ask'], 'inner': END, 'ask': END}

    @ai.flow()
    async def ask(post: Post) -> dict:
        ran.append('ask')
        return {'log': ['asked']}

    graph = define_graph(ai, 'outer', Post, nodes=[inner, ask], edges=edges, store=store)
    paused = await graph(Post(text='t'), run_id='r')
    questions = {each.node: each for each in paused.questions}
    assert {name: each.question for name, each in questions.items()} == {
        'inner/pay': {'charge': 80},
        'inner/review': {'text': 't'},
    }
    assert [(each.node, each.id in {q.id for q in paused.questions}) for each in paused.questions] == [
        ('inner/review', True),
        ('inner/pay', True),
    ]
    half = await graph.resume('r', {questions['inner/review'].id: True})
    assert [each.node for each in half.questions] == ['inner/pay']
    last = await graph.resume('r', {questions['inner/pay'].id: 'Ada'})
    assert last.state == Post(text='charged 80', approved=True, log=['facts', 'review', 'asked'])
    assert sorted(ran) == ['ask', 'facts', 'review']

    with pytest.raises(GenkitError, match="asks something, and graph 'inner' has no store to wait in") as caught:
        await inner(Post())
    assert caught.value.status == 'FAILED_PRECONDITION'


async def test_tool_calls_of_a_model_wait_between_two_nodes():
    ai = Genkit(model='model')
    script, _ = define_programmable_model(ai, 'model')
    wish = ToolRequestPart(tool_request=ToolRequest(name='pay', ref='1', input=80))
    script.responses = [
        GenerateResponse(message=Message(role='model', content=[wish])),
        lambda request, _: GenerateResponse(
            message=Message(
                role='model', content=f'It said {request.messages[-1].tool_responses[0].tool_response.output}'
            )
        ),
    ]

    class Talk(BaseModel):
        messages: list[Message] = []
        answer: str = ''

    @ai.tool()
    def pay(euros: int, context: ToolRunContext) -> str:
        """Pay."""
        if not context.is_resumed():
            context.interrupt({'pay': euros})
        return f'paid {euros}'

    async def think(talk: Talk) -> dict[str, Any]:
        response = await ai.generate(prompt='Pay, please.', tools=[pay])
        return {'messages': response.messages}

    async def act(talk: Talk, context: NodeContext) -> dict[str, Any]:
        [part] = talk.messages[-1].interrupts
        agreed = context.ask(part.interrupt, bool)
        decided: dict[str, Any] = (
            {'resume_restart': [part.restart()]} if agreed else {'resume_respond': [part.respond('no')]}
        )
        return {'answer': (await ai.generate(messages=talk.messages, tools=[pay], **decided)).text}

    edges: dict[str, Any] = {START: 'think', 'think': 'act', 'act': END}
    graph = define_graph(ai, 'talk', Talk, nodes=[think, act], edges=edges, store=MemorySnapshots())
    paused = await graph(Talk())
    assert paused.questions[0].question == {'pay': 80}
    assert (await graph.resume(paused.run_id, {paused.questions[0].id: True})).state.answer == 'It said paid 80'
    assert len(script.requests) == 2


async def test_a_checkpoint_of_other_code_is_refused_and_can_be_carried_over():
    store = MemorySnapshots()
    await post_graph(store)(Post(topic='tea'), run_id='r')

    def other(nodes: list[Any], edges: dict[str, Any], state: Any = Post) -> Graph[Any]:
        return define_graph(Genkit(), 'post', state, nodes=nodes, edges=edges, store=store)

    changed = other([draft, review, gate], {START: 'draft', 'draft': 'review', 'review': 'gate', 'gate': decide})
    with pytest.raises(GenkitError, match=r"after 'draft' came \['facts', 'review'\], now \['review'\]") as caught:
        await changed.resume('r')
    assert caught.value.status == 'FAILED_PRECONDITION'
    steps = await changed.checkpoints('r')
    assert (await changed.resume(await changed.branch('r', steps[0].id))).questions[0].node == 'review'

    smaller = other([draft], {START: 'draft', 'draft': END})
    with pytest.raises(GenkitError, match=r"stands at 'gate', and graph 'post' has \['draft'\]"):
        await smaller.branch('r')

    class Stricter(Post):
        author: str

    stricter = other([draft, facts, review, gate], EDGES, Stricter)
    with pytest.raises(GenkitError, match='do not make a Stricter: author: Field required') as caught:
        await stricter.resume('r')
    assert caught.value.status == 'FAILED_PRECONDITION'
    renamed = define_graph(Genkit(), 'mail', Post, nodes=[draft], edges={START: 'draft', 'draft': END}, store=store)
    with pytest.raises(GenkitError, match="Graph 'mail' has no run 'r'"):
        await renamed.resume('r')


async def test_a_damaged_checkpoint_is_data_loss(tmp_path: Path):
    def corrupt(text: str, replaced: str) -> str:
        members = json.loads(text)
        members['change']['custom']['progress']['branches'] = replaced
        return json.dumps(members)

    for number, damage in enumerate((lambda _: '{"half', lambda text: corrupt(text, 'x'), lambda _: '[]')):
        graph = post_graph(FileSnapshots(tmp_path / str(number)))
        await graph(Post(topic='tea'), run_id='r')
        for path in (tmp_path / str(number) / 'snapshots').iterdir():
            path.write_text(damage(path.read_text()))
        with pytest.raises(GenkitError) as caught:
            await graph.resume('r')
        assert caught.value.status == 'DATA_LOSS'


async def test_over_http_a_run_is_begun_and_resumed_by_its_owner_alone():
    ai = Genkit()

    def owner(context: Mapping[str, Any]) -> str:
        return context['user']

    graph = post_graph(ai=ai, owner=owner)
    app = FlowsApp(ai, flows=[graph], context_provider=lambda data: {'user': data.headers.get('user', '')})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://kitchen') as http:
        described = (await http.get('/openapi.json')).json()['paths']['/post']['post']
        assert described['description'] == 'A graph of draft, facts, review, gate.'

        async def call(user: str, data: Any, **headers: str) -> httpx.Response:
            return await http.post('/post', json={'data': data}, headers={'user': user, **headers})

        begun = (await call('ada', {'topic': 'tea'})).json()['result']
        assert (begun['status'], begun['state']['text']) == ('interrupted', 'tea. ')
        [question] = begun['questions']
        assert question['answerSchema'] == {'type': 'boolean'}
        answers = {question['id']: True}
        stolen = await call('eve', {'runId': begun['runId'], 'answers': answers})
        assert (stolen.status_code, stolen.json()['message']) == (404, f"Graph 'post' has no run '{begun['runId']}'.")
        assert (await call('', {'topic': 'tea'})).status_code == 401
        wrong = await call('ada', {'runId': begun['runId'], 'answers': {'x': 1}})
        assert (wrong.status_code, wrong.json()['status']) == (400, 'INVALID_ARGUMENT')
        assert (await call('ada', {'runId': begun['runId'], 'answer': 1})).status_code == 400
        named = await call('ada', {'runId': 'mine', 'state': {'topic': 'milk'}})
        assert named.json()['result']['runId'] == 'mine'
        assert (await call('ada', {'runId': 'mine', 'state': {'topic': 'milk'}})).status_code == 409
        last = await call('ada', {'runId': begun['runId'], 'answers': answers}, accept='text/event-stream')
        assert json.loads(last.text.rpartition('data: ')[2])['result']['status'] == 'finished'

    in_code = await graph(Post(topic='cake'), context={'user': 'ada'})
    assert (await graph.resume(in_code.run_id, context={'user': 'ada'})).questions == in_code.questions
    with pytest.raises(GenkitError, match='needs to know its caller'):
        await graph.resume(in_code.run_id)
