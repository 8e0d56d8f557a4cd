# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers as the provider documents them, over a server: thoughts, citations, tools of the provider, how they end."""

import json
from typing import Any

import pytest
from anthropic.types import RawMessageStreamEvent
from genkit import (
    FinishReason,
    GenerationResponseError,
    Genkit,
    GenkitError,
    Message,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)
from genkit.plugin import ToolNames
from genkit.testing import AnthropicWire, CannedAnswer, LoopbackServer, Said
from genkit.types import CustomPart, ReasoningPart, ToolResponse
from genkit_anthropic import Anthropic, MessageStream, to_response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter


Block = dict[str, Any]

EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
MODEL = 'anthropic/claude-opus-5-5'
SEARCH: Block = {'type': 'server_tool_use', 'id': 'srvtoolu_1', 'name': 'web_search', 'input': {'query': 'Oslo'}}
FOUND: Block = {
    'type': 'web_search_tool_result',
    'tool_use_id': 'srvtoolu_1',
    'content': [
        {
            'type': 'web_search_result',
            'url': 'https://example.com',
            'title': 'Oslo',
            'encrypted_content': 'EqgfCio',
            'page_age': None,
        }
    ],
}
CITATION: Block = {
    'type': 'web_search_result_location',
    'url': 'https://example.com',
    'title': 'Oslo',
    'encrypted_index': 'Eo8B',
    'cited_text': 'It rains.',
}
THOUGHT: Block = {'type': 'thinking', 'thinking': 'Look it up.', 'signature': 'c2ln'}
HIDDEN: Block = {'type': 'redacted_thinking', 'data': 'ZW5jcnlwdGVk'}
SAID: Block = {'type': 'text', 'text': 'It rains.', 'citations': [CITATION]}
CALL: Block = {'type': 'tool_use', 'id': 'toolu_1', 'name': 'weather', 'input': {'city': 'Oslo'}}
ALL = [THOUGHT, HIDDEN, SEARCH, FOUND, SAID, CALL]
USAGE: Block = {
    'input_tokens': 5,
    'cache_read_input_tokens': 100,
    'cache_creation_input_tokens': 30,
    'cache_creation': {'ephemeral_5m_input_tokens': 10, 'ephemeral_1h_input_tokens': 20},
    'output_tokens': 9,
    'output_tokens_details': {'thinking_tokens': 4},
    'server_tool_use': {'web_search_requests': 1, 'web_fetch_requests': 0},
}


def _message(blocks: list[Block], **members: Any) -> Block:
    head = {'id': 'msg_1', 'type': 'message', 'role': 'assistant', 'model': 'claude-opus-5-5', 'stop_sequence': None}
    return {**head, 'content': blocks, 'stop_reason': 'end_turn', 'usage': USAGE, **members}


def _deltas(block: Block) -> tuple[Block, list[Block]]:
    """Return how a block begins in a stream, and what follows."""
    if block['type'] == 'text':
        cited = [{'type': 'citations_delta', 'citation': citation} for citation in block.get('citations') or ()]
        return {'type': 'text', 'text': ''}, [*cited, {'type': 'text_delta', 'text': block['text']}]
    if block['type'] == 'thinking':
        said = {'type': 'thinking_delta', 'thinking': block['thinking']}
        signed = {'type': 'signature_delta', 'signature': block['signature']}
        return {'type': 'thinking', 'thinking': '', 'signature': ''}, [said, signed]
    if 'input' in block:
        text = json.dumps(block['input'])
        pieces = [{'type': 'input_json_delta', 'partial_json': piece} for piece in ('', text[:4], text[4:])]
        return {**block, 'input': {}}, pieces
    return block, []


def _streamed(message: Block) -> CannedAnswer:
    started = {**message, 'content': [], 'stop_reason': None, 'usage': {**USAGE, 'output_tokens': 1}}
    events: list[Block] = [{'type': 'message_start', 'message': started}, {'type': 'ping'}]
    for index, block in enumerate(message['content']):
        begin, deltas = _deltas(block)
        events.append({'type': 'content_block_start', 'index': index, 'content_block': begin})
        events += [{'type': 'content_block_delta', 'index': index, 'delta': delta} for delta in deltas]
        events.append({'type': 'content_block_stop', 'index': index})
    end = {name: message.get(name) for name in ('stop_reason', 'stop_sequence', 'stop_details', 'container')}
    events += [{'type': 'message_delta', 'delta': end, 'usage': {'output_tokens': 9}}, {'type': 'message_stop'}]
    frames = [f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n'.encode() for event in events]
    return CannedAnswer(frames, 200, {'content-type': 'text/event-stream'})


async def _ask(message: Block, *, stream: bool, **options: Any) -> tuple[Any, list[Any]]:
    answer = _streamed(message) if stream else CannedAnswer.of_json(message)
    chunks: list[Any] = []
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[Anthropic(api_key='sk-x', base_url=server.url)], model=MODEL)
        on_chunk = chunks.append if stream else None
        try:
            response = await ai.generate(prompt='hi', return_tool_requests=True, on_chunk=on_chunk, **options)
        except GenerationResponseError as error:
            response = error.response
        await ai.aclose()
    return response, chunks


@pytest.mark.parametrize('stream', [False, True])
async def test_every_block_becomes_a_part_and_is_sent_back_as_it_came(stream: bool) -> None:
    response, _ = await _ask(_message(ALL, stop_reason='tool_use'), stream=stream)
    thought, hidden, search, found, said, call = response.message.content
    assert isinstance(thought, ReasoningPart)
    assert (thought.reasoning, thought.metadata) == ('Look it up.', {'signature': 'c2ln'})
    assert [part.custom for part in (hidden, search, found) if isinstance(part, CustomPart)] == [
        {'anthropic': HIDDEN},
        {'anthropic': SEARCH},
        {'anthropic': FOUND},
    ]
    assert isinstance(said, TextPart)
    assert (said.text, said.metadata) == ('It rains.', {'citations': [CITATION]})
    assert isinstance(call, ToolRequestPart)
    assert (call.tool_request.ref, call.tool_request.input, call.tool_request.partial) == (
        'toolu_1',
        {'city': 'Oslo'},
        None,
    )
    with LoopbackServer(lambda _: AnthropicWire().answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[Anthropic(api_key='sk-x', base_url=server.url)], model=MODEL)
        answer = ToolResponsePart(tool_response=ToolResponse(ref='toolu_1', name='weather', output='rain'))
        await ai.generate(messages=[*response.messages, Message(role=Role.TOOL, content=[answer])])
        await ai.aclose()
    assert server.requests[0].json['messages'][1] == {'role': 'assistant', 'content': ALL}


async def test_a_stream_shows_thoughts_citations_calls_in_pieces_and_tools_of_the_provider() -> None:
    _, chunks = await _ask(_message(ALL, stop_reason='tool_use'), stream=True)
    parts = [part for chunk in chunks for part in chunk.content]
    assert [part.reasoning for part in parts if isinstance(part, ReasoningPart)] == ['Look it up.']
    assert [part.custom['anthropic']['type'] for part in parts if isinstance(part, CustomPart)] == [
        'redacted_thinking',
        'server_tool_use',
        'web_search_tool_result',
    ]
    assert [(part.text, part.metadata) for part in parts if isinstance(part, TextPart)] == [
        ('', {'citations': [CITATION]}),
        ('It rains.', None),
    ]
    calls = [part.tool_request for part in parts if isinstance(part, ToolRequestPart)]
    assert all(call.partial and call.name == 'weather' for call in calls)
    assert calls[-1].input == {'city': 'Oslo'}


@pytest.mark.parametrize('stream', [False, True])
async def test_tokens_of_caches_are_part_of_the_input(stream: bool) -> None:
    usage = (await _ask(_message([SAID]), stream=stream))[0].usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (135, 9, 144)
    assert (usage.cached_content_tokens, usage.thoughts_tokens) == (100, 4)
    assert usage.custom == {
        'cacheWriteTokens': 30,
        'cacheWrite1hTokens': 20,
        'webSearchRequests': 1,
        'webFetchRequests': 0,
    }


@pytest.mark.parametrize('stream', [False, True])
@pytest.mark.parametrize(
    ('reason', 'ours', 'told'),
    [
        ('end_turn', FinishReason.STOP, None),
        ('stop_sequence', FinishReason.STOP, None),
        ('max_tokens', FinishReason.LENGTH, None),
        ('model_context_window_exceeded', FinishReason.LENGTH, 'context window'),
        ('pause_turn', FinishReason.OTHER, 'send the conversation again'),
        ('compaction', FinishReason.OTHER, 'send it again'),
        ('reason_of_tomorrow', FinishReason.OTHER, None),
    ],
)
async def test_every_way_to_end_has_its_reason(stream: bool, reason: str, ours: FinishReason, told: str | None) -> None:
    response, _ = await _ask(_message([SAID], stop_reason=reason), stream=stream)
    assert response.finish_reason == ours
    assert (told is None and response.finish_message is None) or told in response.finish_message


@pytest.mark.parametrize('stream', [False, True])
async def test_a_refusal_says_why(stream: bool) -> None:
    details = {'type': 'refusal', 'category': 'cyber', 'explanation': 'It could harm systems.'}
    response, _ = await _ask(_message([SAID], stop_reason='refusal', stop_details=details), stream=stream)
    assert response.finish_reason == FinishReason.BLOCKED
    assert response.finish_message == 'It could harm systems.'


@pytest.mark.parametrize('stream', [False, True])
async def test_what_else_an_answer_says_is_kept(stream: bool) -> None:
    container = {'id': 'container_1', 'expires_at': '2026-11-22T12:00:00Z'}
    message = _message([SAID], stop_reason='stop_sequence', stop_sequence='END', container=container)
    response, _ = await _ask(message, stream=stream)
    assert response.custom == {
        'id': 'msg_1',
        'model': 'claude-opus-5-5',
        'stopSequence': 'END',
        'container': container,
    }


@pytest.mark.parametrize('stream', [False, True])
async def test_a_block_of_tomorrow_is_kept_and_sent_back(stream: bool) -> None:
    block = {'type': 'block_of_tomorrow', 'value': {'a': [1, None]}}
    response, _ = await _ask(_message([block]), stream=stream)
    assert [part.custom for part in response.message.content] == [{'anthropic': block}]


_WORDS = st.text(max_size=12)
_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | _WORDS, lambda inner: st.lists(inner, max_size=3))
_BLOCKS = st.one_of(
    st.builds(lambda text: {'type': 'text', 'text': text}, _WORDS),
    st.builds(lambda text: {'type': 'thinking', 'thinking': text, 'signature': 'c2ln'}, _WORDS),
    st.builds(
        lambda given, name: {'type': 'tool_use', 'id': 'toolu_1', 'name': name, 'input': given},
        st.dictionaries(_WORDS, _VALUES, max_size=3),
        st.sampled_from(['weather', 'genkit_answer']),
    ),
    st.sampled_from([HIDDEN, SEARCH, FOUND]),
)


@given(st.lists(_BLOCKS, max_size=6), st.integers(1, 5))
def test_a_stream_says_the_same_as_a_whole_answer(blocks: list[Block], length: int) -> None:
    stream = MessageStream(ToolNames(None))
    stream.read({'type': 'message_start', 'message': {}})
    for index, block in enumerate(blocks):
        begin, deltas = _deltas(block)
        stream.read(_event({'type': 'content_block_start', 'index': index, 'content_block': begin}))
        for delta in deltas:
            member = next(name for name in ('text', 'thinking', 'partial_json', 'signature') if name in delta)
            size = len(delta[member]) if member == 'signature' else length
            for start in range(0, len(delta[member]), max(size, 1)):
                piece = {**delta, member: delta[member][start : start + size]}
                stream.read(_event({'type': 'content_block_delta', 'index': index, 'delta': piece}))
        stream.read(_event({'type': 'content_block_stop', 'index': index}))
    stream.read(_event({'type': 'message_stop'}))
    whole = to_response({'content': blocks}, ToolNames(None))
    assert stream.response().message == whole.message


def _event(event: Block) -> Any:
    return EVENT.validate_python(event)


async def test_arguments_that_come_with_the_beginning_of_a_call_count() -> None:
    events: list[Block] = [
        {'type': 'message_start', 'message': {**_message([]), 'stop_reason': None}},
        {'type': 'content_block_start', 'index': 0, 'content_block': CALL},
        {'type': 'content_block_stop', 'index': 0},
        {'type': 'message_delta', 'delta': {'stop_reason': 'tool_use'}, 'usage': {'output_tokens': 9}},
    ]
    frames = [f'event: {event["type"]}\ndata: {json.dumps(event)}\n\n'.encode() for event in events]
    answer = CannedAnswer(frames, 200, {'content-type': 'text/event-stream'})
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[Anthropic(api_key='sk-x', base_url=server.url)], model=MODEL)
        response = await ai.generate(prompt='hi', return_tool_requests=True, on_chunk=lambda _: None)
        await ai.aclose()
    assert [part.tool_request.input for part in response.tool_requests] == [{'city': 'Oslo'}]


@pytest.mark.parametrize('pieces', [[], ['{"path":"/data/old"}']])
def test_a_call_without_its_end_is_not_whole(pieces: list[str]) -> None:
    call = {'type': 'tool_use', 'id': 'a', 'name': 'remove', 'input': {}}
    for reason, is_told in (('tool_use', False), ('max_tokens', True)):
        stream = MessageStream(ToolNames(None))
        stream.read({'type': 'message_start', 'message': {}})
        stream.read({'type': 'content_block_start', 'index': 0, 'content_block': call})
        for piece in pieces:
            delta = {'type': 'input_json_delta', 'partial_json': piece}
            stream.read({'type': 'content_block_delta', 'index': 0, 'delta': delta})
        stream.read({'type': 'message_delta', 'delta': {'stop_reason': reason}})
        stream.read({'type': 'message_stop'})
        if is_told:
            assert stream.response().finish_reason == FinishReason.LENGTH
            continue
        with pytest.raises(GenkitError, match='the end of a tool call') as raised:
            stream.response()
        assert raised.value.status == 'DATA_LOSS'
