# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What servers and gateways of the two protocols send beside what the reference describes."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genkit import FinishReason, GenerationResponseError, Genkit, GenkitError
from genkit.plugin import ToolNames
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_compat_oai import Dialect, OpenAI, OpenAICompatible
from genkit_compat_oai.convert.events import read_stream
from genkit_compat_oai.convert.stream import ChatStream, to_response
from genkit_compat_oai.errors import Failures
from genkit_compat_oai.responses import ResponsesReader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel


class Folder(BaseModel):
    path: str


def said(delta: Any, reason: Any = None, **more: Any) -> dict[str, Any]:
    return {'choices': [{'index': 0, 'delta': delta, 'finish_reason': reason, **more}]}


def call(arguments: Any, **more: Any) -> dict[str, Any]:
    return {'tool_calls': [{'function': {'name': 'remove', 'arguments': arguments}, **more}]}


def whole(message: Any, reason: Any = 'stop', **more: Any) -> CannedAnswer:
    choice = {'index': 0, 'message': message, 'finish_reason': reason}
    return CannedAnswer.of_json({'id': 'a', 'object': 'chat.completion', 'choices': [choice], **more})


def events(*told: Any, end: str | None = '[DONE]') -> CannedAnswer:
    return CannedAnswer.of_events(told, end)


HI = said({'content': 'hi'})
STOP = said({}, 'stop')
DONE = events(said({'content': 'done'}), STOP)
DONE_WHOLE = whole({'role': 'assistant', 'content': 'done'})


async def ask(*answers: CannedAnswer, stream: bool = True, plugin: Any = None, **asked: Any) -> tuple[Any, list[str]]:
    """Return what a model said at last, and what its tool has removed."""
    waiting = [*answers, DONE if stream else DONE_WHOLE]
    removed: list[str] = []
    with LoopbackServer(lambda _: waiting.pop(0)) as server:
        plugin = plugin or OpenAICompatible(api_key='key-of-test', base_url=server.url, name='p')
        plugin._base_url = server.url
        ai = Genkit(plugins=[plugin], model=f'{plugin.name}/m')

        @ai.tool()
        def remove(folder: Folder) -> str:
            removed.append(folder.path)
            return 'gone'

        asked = {'prompt': 'x', 'tools': [remove], **asked}
        try:
            if stream:
                response = await ai.generate_stream(**asked).response
            else:
                response = await ai.generate(**asked)
        except GenkitError as error:
            return error, removed
        finally:
            await ai.aclose()
    return response, removed


CUT = '{"path":"/data/old'


@pytest.mark.parametrize(
    'answer',
    [
        events(said(call(CUT, index=0, id='a')), said({}, 'length')),
        events(said(call(CUT, index=0, id='a')), said({}, 'length'), end=None),
        events(said(call(CUT, index=0, id='a'))),
        events(said(call('{"path":"/data/old"}', index=0, id='a')), said({}, 'length')),
    ],
)
async def test_a_call_that_was_cut_off_runs_no_tool(answer: CannedAnswer) -> None:
    error, removed = await ask(answer)
    assert isinstance(error, GenerationResponseError)
    assert (error.status, error.reason) == ('OUT_OF_RANGE', 'ANSWER_CUT_OFF')
    assert error.response.tool_requests
    assert removed == []


@pytest.mark.parametrize(('reason', 'expected'), [('length', 'OUT_OF_RANGE'), ('tool_calls', 'INVALID_ARGUMENT')])
async def test_a_whole_answer_that_was_cut_off_runs_no_tool(reason: str, expected: str) -> None:
    error, removed = await ask(whole(call(CUT, id='a'), reason), stream=False)
    assert error.status == expected
    assert removed == []


@pytest.mark.parametrize('last', [said(call(CUT, index=0, id='a')), HI, said({'role': 'assistant'})])
async def test_a_stream_without_its_end_is_lost(last: dict[str, Any]) -> None:
    error, removed = await ask(events(said({'content': ''}), last, end=None))
    assert error.status == 'DATA_LOSS'
    assert removed == []


SAME_PLACE = [({}, {}), ({'index': None}, {'index': None}), ({'index': 0}, {'index': 0})]
OTHER_PLACE = [({'index': 0}, {'index': 1})]


@pytest.mark.parametrize(
    ('place', 'refs'),
    [
        *((place, refs) for place in SAME_PLACE + OTHER_PLACE for refs in (('a', 'b'), (None, None))),
        *((place, ('a', 'a')) for place in OTHER_PLACE),
    ],
)
async def test_calls_side_by_side_stay_two(place: Any, refs: Any) -> None:
    first, second = (dict(one, id=ref) for one, ref in zip(place, refs, strict=True))
    told = events(said(call('{"path":"/a"}', **first)), said(call('{"path":"/b"}', **second)), said({}, 'tool_calls'))
    response, removed = await ask(told)
    assert sorted(removed) == ['/a', '/b']
    answers = [part.tool_response.ref for part in response.messages[2].content]
    assert len(set(answers)) == (2 if refs[0] else 1)


async def test_a_second_call_may_come_in_pieces_at_the_place_of_the_first() -> None:
    pieces = [{'tool_calls': [{'index': 0, 'function': {'arguments': text}}]} for text in ('{"path"', ':"/b"}')]
    second = {'tool_calls': [{'index': 0, 'id': 'b', 'function': {'name': 'remove', 'arguments': ''}}]}
    told = [call('{"path":"/a"}', index=0, id='a'), second, *pieces]
    _, removed = await ask(events(*map(said, told), said({}, 'tool_calls')))
    assert sorted(removed) == ['/a', '/b']


NOTHING: dict[str, tuple[bytes, str, str]] = {
    'an error': (b'{"error":{"message":"no credits","code":402}}', 'RESOURCE_EXHAUSTED', 'no credits'),
    'an error in text': (b'{"error":"no credits"}', 'UNAVAILABLE', 'no credits'),
    'an error in a list': (b'[{"error":{"message":"no credits","code":403}}]', 'PERMISSION_DENIED', 'no credits'),
    'a detail': (b'{"detail":"not loaded"}', 'UNAVAILABLE', 'not loaded'),
    'a page': (b'<!doctype html><title>Sign in</title>', 'UNAVAILABLE', "begins with 'Sign in'"),
    'text': (b'upstream connect error', 'UNAVAILABLE', 'upstream connect error'),
    'nothing': (b'', 'UNAVAILABLE', 'is empty'),
    'null': (b'null', 'UNAVAILABLE', 'null'),
    'a list': (b'[]', 'UNAVAILABLE', '[]'),
    'another object': (b'{"ok":true}', 'UNAVAILABLE', '"ok"'),
}


@pytest.mark.parametrize(('body', 'status', 'text'), NOTHING.values(), ids=NOTHING.keys())
@pytest.mark.parametrize('stream', [True, False])
@pytest.mark.parametrize('api', ['chat', 'responses'])
async def test_what_is_no_answer_is_an_error_although_its_status_says_all_is_well(
    body: bytes, status: str, text: str, stream: bool, api: Any
) -> None:
    for kind in ('application/json', 'text/event-stream'):
        plugin = OpenAI(api_key='key-of-test', api=api)
        error, _ = await ask(CannedAnswer(body, 200, {'content-type': kind}), stream=stream, plugin=plugin)
        assert error.status == status
        assert text in error.message


async def test_a_whole_answer_in_place_of_events_is_an_error_that_shows_it() -> None:
    error, _ = await ask(whole({'content': 'hello'}))
    assert error.status == 'UNAVAILABLE'
    assert 'hello' in error.message


ERRORS: dict[str, tuple[list[Any], str, str]] = {
    'a code': ([HI, {'error': {'message': 'slow down', 'code': 429}}], 'RESOURCE_EXHAUSTED', 'slow down'),
    'a code in text': ([HI, {'error': {'message': 'busy', 'code': '503'}}], 'UNAVAILABLE', 'busy'),
    'a gateway': ([HI, {'error': {'message': 'bad', 'code': 502}}], 'UNAVAILABLE', 'bad'),
    'a type': ([HI, {'error': {'message': 'who?', 'type': 'authentication_error'}}], 'UNAUTHENTICATED', 'who?'),
    'no code': ([HI, {'error': {'message': 'it broke'}}], 'DATA_LOSS', 'it broke'),
    'text': ([HI, {'error': 'it broke'}], 'DATA_LOSS', 'it broke'),
    'at once': ([{'error': {'message': 'it broke'}}], 'UNAVAILABLE', 'it broke'),
    'beside choices': (
        [HI, {**said({'content': ''}, 'error'), 'error': {'message': 'x', 'code': 502}}],
        'UNAVAILABLE',
        'x',
    ),
    'in a choice': ([HI, said({}, 'error', error={'message': 'x', 'code': 429})], 'RESOURCE_EXHAUSTED', 'x'),
    'as a reason': ([HI, said({}, 'error')], 'DATA_LOSS', 'error'),
    'of groq': ([HI, {'choices': [], 'x_groq': {'error': 'over capacity'}}], 'DATA_LOSS', 'over capacity'),
    'bare': ([HI, {'message': 'it broke'}], 'DATA_LOSS', 'it broke'),
    'a list': ([HI, [{'error': {'message': 'x', 'code': 403}}]], 'PERMISSION_DENIED', 'x'),
}


@pytest.mark.parametrize(('told', 'status', 'text'), ERRORS.values(), ids=ERRORS.keys())
async def test_an_error_in_the_middle_of_a_stream_has_its_status_and_text(
    told: list[Any], status: str, text: str
) -> None:
    error, _ = await ask(events(*told))
    assert error.status == status
    assert text in error.message


@pytest.mark.parametrize('data', [b'{"message":"it broke"}', b'it broke', b'{"error":{"message":"it broke"}}'])
async def test_an_event_that_is_named_error_is_one(data: bytes) -> None:
    frames = [b'data: ' + json.dumps(HI).encode() + b'\n\n', b'event: error\ndata: ' + data + b'\n\n']
    error, _ = await ask(CannedAnswer(frames, 200, {'content-type': 'text/event-stream'}))
    assert (error.status, error.message) == ('DATA_LOSS', 'it broke')


READABLE: dict[str, list[Any]] = {
    'no delta at the end': [HI, {'choices': [{'index': 0, 'finish_reason': 'stop'}]}],
    'delta null': [HI, said(None, 'stop')],
    'choices null beside the usage': [HI, STOP, {'choices': None, 'usage': {'prompt_tokens': 1}}],
    'usage null': [{**HI, 'usage': None}, {**STOP, 'usage': None}],
    'usage of other types': [HI, {**STOP, 'usage': {'prompt_tokens': '3', 'completion_tokens': None, 'x': []}}],
    'content as a list': [said({'content': [{'type': 'text', 'text': 'h'}, {'type': 'text', 'text': 'i'}]}), STOP],
    'content null': [said({'content': None}), HI, STOP],
    'no index': [{'choices': [{'delta': {'content': 'hi'}}]}, {'choices': [{'delta': {}, 'finish_reason': 'stop'}]}],
    'an empty reason in each event': [said({'content': 'h'}, ''), said({'content': 'i'}, ''), STOP],
    'error null': [{**HI, 'error': None}, {**STOP, 'error': ''}],
    'the message in one event': [{'choices': [{'index': 0, 'message': {'content': 'hi'}, 'finish_reason': 'stop'}]}],
    'the message again at the end': [HI, {'choices': [{'message': {'content': 'hi'}, 'finish_reason': 'stop'}]}],
    'a ping': [{'type': 'ping'}, HI, {}, None, STOP],
    'tool calls null': [said({'content': 'hi', 'tool_calls': None}), STOP],
}


@pytest.mark.parametrize('told', READABLE.values(), ids=READABLE.keys())
@pytest.mark.parametrize('end', ['[DONE]', None])
async def test_small_deviations_cost_no_answer(told: list[Any], end: str | None) -> None:
    response, _ = await ask(events(*told, end=end))
    assert (response.text, response.finish_reason) == ('hi', FinishReason.STOP)


@pytest.mark.parametrize('arguments', ['{"path":"/a"}', {'path': '/a'}, '{"path":"/a",}'])
@pytest.mark.parametrize('stream', [True, False])
async def test_arguments_may_be_text_or_an_object(arguments: Any, stream: bool) -> None:
    asked = call(arguments, id='a')
    answer = events(said(asked), said({}, 'tool_calls')) if stream else whole(asked, 'tool_calls')
    _, removed = await ask(answer, stream=stream)
    assert removed == ['/a']


async def test_thoughts_among_the_content_are_kept_apart() -> None:
    content = [
        {'type': 'thinking', 'thinking': [{'type': 'text', 'text': 'Hm.'}]},
        {'type': 'reference', 'reference_ids': [1]},
        {'type': 'text', 'text': 'hi'},
    ]
    for answer, stream in ((whole({'content': content}), False), (events(said({'content': content}), STOP), True)):
        response, _ = await ask(answer, stream=stream)
        assert (response.reasoning, response.text) == ('Hm.', 'hi')


@pytest.mark.parametrize(
    ('delta', 'member'),
    [
        ({'content': 5}, 'content'),
        ({'tool_calls': 'x'}, 'tool_calls'),
        ({'tool_calls': [{'function': 'x'}]}, 'function'),
        ({'tool_calls': [{'function': {'name': {}}}]}, 'name'),
        ({'audio': {'data': 'é'}}, 'audio.data'),
        ('x', 'delta'),
    ],
)
async def test_a_value_that_can_mean_nothing_is_an_error_that_names_the_member(delta: Any, member: str) -> None:
    error, _ = await ask(events(said(delta), STOP))
    assert error.status == 'INTERNAL'
    assert member in error.message


async def test_other_candidates_are_not_mixed_into_the_first() -> None:
    told = [
        {'choices': [{'index': 1, 'delta': {'content': 'W'}}]},
        {'choices': [{'index': 1, 'delta': {'content': 'XX'}}, {'index': 0, 'delta': {'content': 'ab'}}]},
        {'choices': [{'index': 1, 'delta': {}, 'finish_reason': 'length'}]},
        {'choices': [{'index': 0, 'delta': {'content': 'cd'}, 'finish_reason': 'stop'}]},
    ]
    response, _ = await ask(events(*told), config={'n': 2})
    assert (response.text, response.finish_reason) == ('abcd', FinishReason.STOP)
    choices = [{'index': n, 'message': {'content': text}, 'finish_reason': 'stop'} for n, text in ((1, 'X'), (0, 'a'))]
    response, _ = await ask(CannedAnswer.of_json({'choices': choices}), stream=False, config={'n': 2})
    assert response.text == 'a'
    assert len(response.raw['choices']) == 2


async def test_a_character_in_two_halves_is_joined() -> None:
    halves = [said({'content': 'x\ud83d', 'reasoning': '\ud83d'}), said({'content': '\ude00y', 'reasoning': '\ude00'})]
    response, _ = await ask(events(*halves, said({'content': '\ud83d'}), STOP))
    assert (response.text, response.reasoning) == ('x😀y\ufffd', '😀')
    arguments = [said(call('{"path":"\ud83d', id='a')), said({'tool_calls': [{'function': {'arguments': '\ude00"}'}}]})]
    _, removed = await ask(events(*arguments, said({}, 'tool_calls')))
    assert removed == ['😀']


async def test_half_a_character_in_a_whole_answer_is_replaced_everywhere() -> None:
    body = b'{"id":"\\ud83d","choices":[{"message":{"content":"x\\ud83d"},"finish_reason":"stop"}]}'
    response, _ = await ask(CannedAnswer(body), stream=False)
    assert response.text == 'x\ufffd'
    assert response.raw['id'] == '\ufffd'
    response.model_dump_json()


@pytest.mark.parametrize('choice', [{'text': 'hi', 'finish_reason': 'stop'}, {'finish_reason': 'stop'}])
async def test_a_choice_without_a_message_is_no_answer(choice: dict[str, Any]) -> None:
    error, _ = await ask(CannedAnswer.of_json({'choices': [choice]}), stream=False)
    assert error.status == 'UNAVAILABLE'
    if 'text' in choice:
        error, _ = await ask(events({'choices': [choice]}))
        assert error.status == 'UNAVAILABLE'


def item(kind: str, **members: Any) -> dict[str, Any]:
    return {'type': kind, **members}


CALLED = item('function_call', call_id='a', name='remove', arguments='{"path":"/a"}')
SPOKE = item('message', role='assistant', content=[{'type': 'output_text', 'text': 'hi'}])


def _responses(*told: dict[str, Any]) -> CannedAnswer:
    return events({'type': 'response.created', 'response': {}}, *told, end=None)


async def _ask_responses(*answers: CannedAnswer, stream: bool = True) -> tuple[Any, list[str]]:
    done = _responses({'type': 'response.completed', 'response': {'status': 'completed', 'output': [SPOKE]}})
    return await ask(*answers, done, stream=stream, plugin=OpenAI(api_key='key-of-test', api='responses'))


@pytest.mark.parametrize('output', [[], None])
async def test_items_count_if_the_last_event_has_none(output: Any) -> None:
    last = {'type': 'response.completed', 'response': {'status': 'completed', 'output': output}}
    told = [{'type': 'response.output_item.done', 'item': SPOKE}, last]
    assert (await _ask_responses(_responses(*told)))[0].text == 'hi'
    told = [{'type': 'response.output_item.done', 'item': CALLED}, last]
    assert (await _ask_responses(_responses(*told)))[1] == ['/a']


async def test_deltas_count_if_there_are_no_items() -> None:
    last = {'type': 'response.completed', 'response': {'status': 'completed'}}
    told = [{'type': 'response.output_text.delta', 'delta': text} for text in ('h', 'i')]
    response, _ = await _ask_responses(_responses(*told, last))
    assert (response.text, response.finish_reason) == ('hi', FinishReason.STOP)
    told = [
        {'type': 'response.output_item.added', 'output_index': 0, 'item': {**CALLED, 'arguments': ''}},
        {'type': 'response.function_call_arguments.delta', 'output_index': 0, 'delta': '{"path":"/a"}'},
    ]
    assert (await _ask_responses(_responses(*told, last)))[1] == ['/a']


@pytest.mark.parametrize('arguments', [CUT, '{"path":"/a"}'])
async def test_an_incomplete_answer_runs_no_tool(arguments: str) -> None:
    whole_answer = {
        'status': 'incomplete',
        'incomplete_details': {'reason': 'max_output_tokens'},
        'output': [{**CALLED, 'arguments': arguments}],
    }
    told = _responses({'type': 'response.incomplete', 'response': whole_answer})
    for answer, stream in ((told, True), (CannedAnswer.of_json(whole_answer), False)):
        error, removed = await _ask_responses(answer, stream=stream)
        assert error.reason == 'ANSWER_CUT_OFF'
        assert removed == []


@pytest.mark.parametrize(
    ('event', 'status'),
    [
        ({'type': 'error', 'code': 'rate_limit_exceeded', 'message': 'it broke'}, 'RESOURCE_EXHAUSTED'),
        ({'type': 'error', 'error': {'code': 503, 'message': 'it broke'}}, 'UNAVAILABLE'),
        (
            {'type': 'response.failed', 'response': {'error': {'code': 'server_error', 'message': 'it broke'}}},
            'INTERNAL',
        ),
        ({'error': {'message': 'it broke'}}, 'DATA_LOSS'),
    ],
)
async def test_failures_of_the_second_protocol_have_their_status(event: dict[str, Any], status: str) -> None:
    error, _ = await _ask_responses(_responses(event))
    assert (error.status, error.message) == (status, 'it broke')


async def test_an_answer_of_the_second_protocol_without_its_end_is_lost() -> None:
    error, removed = await _ask_responses(_responses({'type': 'response.output_item.done', 'item': CALLED}))
    assert error.status == 'DATA_LOSS'
    assert removed == []


TRUE_CHAT = [
    said({'role': 'assistant', 'content': ''}),
    said({'content': 'Grü'}),
    said({'content': 'ße 😀'}),
    said(call('', index=0, id='a')),
    said({'tool_calls': [{'index': 0, 'function': {'arguments': '{"path":'}}]}),
    said({'tool_calls': [{'index': 0, 'function': {'arguments': '"/data/old"}'}}]}),
    said(call('{"path":"/data/new"}', index=1, id='b')),
    said({}, 'tool_calls'),
    {'choices': [], 'usage': {'prompt_tokens': 3, 'completion_tokens': 2}},
]
TRUE_RESPONSES = [
    {'type': 'response.created', 'response': {'status': 'in_progress'}},
    {'type': 'response.output_item.added', 'output_index': 0, 'item': {**CALLED, 'arguments': ''}},
    {'type': 'response.function_call_arguments.delta', 'output_index': 0, 'delta': '{"path":'},
    {'type': 'response.function_call_arguments.delta', 'output_index': 0, 'delta': '"/a"}'},
    {'type': 'response.output_item.done', 'output_index': 0, 'item': CALLED},
    {'type': 'response.completed', 'response': {'status': 'completed', 'output': [CALLED]}},
]
TRUE_WHOLE: dict[str, Any] = {
    'chat': {
        'id': 'a',
        'choices': [
            {
                'index': 0,
                'finish_reason': 'tool_calls',
                'message': {
                    'content': [{'type': 'text', 'text': 'hi'}],
                    'reasoning': 'Hm.',
                    'refusal': None,
                    'audio': {'data': 'AAAA', 'transcript': 'hi'},
                    'tool_calls': [{'id': 'a', 'function': {'name': 'remove', 'arguments': '{"path":"/a"}'}}],
                },
            }
        ],
        'usage': {'prompt_tokens': 3, 'prompt_tokens_details': {'cached_tokens': 1}},
    },
    'responses': {
        'id': 'a',
        'status': 'completed',
        'incomplete_details': {'reason': 'max_output_tokens'},
        'output': [
            {'type': 'reasoning', 'summary': [{'type': 'summary_text', 'text': 'Hm.'}]},
            {**SPOKE, 'content': [*SPOKE['content'], {'type': 'refusal', 'refusal': 'no'}]},
            CALLED,
        ],
        'usage': {'input_tokens': 3, 'input_tokens_details': {'cached_tokens': 1}},
    },
}
MEANT = {'/data/old', '/data/new', '/a'}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.just('\ud83d'),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(['text', 'error']), inner, max_size=2),
    max_leaves=4,
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the places of all values in some data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for step, each in inner for found in _places(each, (*place, step)))]


def _with(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """Return some data with another value at a place."""
    if not place:
        return other
    changed = value.copy()
    changed[place[0]] = _with(value[place[0]], place[1:], other)
    return changed


@pytest.mark.parametrize('api', ['chat', 'responses'])
@pytest.mark.parametrize('stream', [True, False])
@given(st.data())
@settings(max_examples=300, deadline=None)
async def test_any_value_in_any_member_gives_an_answer_or_an_error_of_ours(
    api: Any, stream: bool, data: st.DataObject
) -> None:
    names, failures = ToolNames(None), Failures('p')
    chat = ChatStream(names, Dialect(), 'audio/wav', failures)
    responses = ResponsesReader(names, Dialect(), failures)
    told: Any = (TRUE_CHAT if api == 'chat' else TRUE_RESPONSES) if stream else TRUE_WHOLE[api]
    for _ in range(data.draw(st.integers(1, 3))):
        told = _with(told, data.draw(st.sampled_from(_places(told)[1:])), data.draw(VALUES))
    try:
        if stream:
            body = [f'data: {json.dumps(event)}\n\n'.encode() for event in told]
            reader = chat if api == 'chat' else responses
            response = await read_stream(_pieces(body), reader, failures, lambda chunk: chunk.model_dump_json())
        elif api == 'chat':
            members = failures.members(json.dumps(told).encode(), 'choices')
            response = to_response(members, names, Dialect(), 'audio/wav', failures)
        else:
            response = responses.response(failures.members(json.dumps(told).encode(), 'output', 'status'))
    except GenkitError as error:
        error.message.encode()
    else:
        response.model_dump_json()


async def _pieces(body: list[bytes]) -> AsyncIterator[bytes]:
    for piece in body:
        yield piece


@pytest.mark.parametrize('api', ['chat', 'responses'])
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_stream_that_is_cut_and_repeated_anywhere_runs_no_tool_on_what_the_model_did_not_ask_for(
    api: Any, data: st.DataObject
) -> None:
    told = list(TRUE_CHAT if api == 'chat' else TRUE_RESPONSES)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(told) - 1))
        if data.draw(st.booleans()):
            told.insert(place, told[place])
        elif len(told) > 1:
            del told[place]
    body = b''.join(f'data: {json.dumps(event)}\n\n'.encode() for event in told) + b'data: [DONE]\n\n'
    body = body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body
    piece = data.draw(st.integers(1, 200))
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    plugin = OpenAI(api_key='key-of-test', api=api)
    done = (
        DONE
        if api == 'chat'
        else _responses({'type': 'response.completed', 'response': {'status': 'completed', 'output': [SPOKE]}})
    )
    answer = CannedAnswer(pieces, 200, {'content-type': 'text/event-stream'})
    outcome, removed = await ask(answer, done, plugin=plugin)  # anything but an answer or an error of ours is raised
    assert outcome is not None
    assert set(removed) <= MEANT


async def test_a_limit_on_the_length_stands_whatever_reason_follows() -> None:
    called = said(call('{"path":"/data/old"}', index=0, id='a'))
    error, removed = await ask(events(called, said({}, 'length'), STOP))
    assert isinstance(error, GenerationResponseError)
    assert error.response.finish_reason == FinishReason.LENGTH
    assert not removed


async def test_a_stream_without_a_candidate_is_no_answer() -> None:
    for told in ([{'choices': []}], [{'choices': [], 'usage': {'prompt_tokens': 3}}]):
        error, _ = await ask(events(*told))
        assert isinstance(error, GenkitError)
        assert error.status == 'UNAVAILABLE'
