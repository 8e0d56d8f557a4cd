# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a provider of the protocol may say in its own way: options, media, counts, lists of pieces, whole bodies."""

from decimal import Decimal
from typing import Any

import pytest
from genkit import GenerateRequest, Genkit, GenkitError, Media, MediaPart, Message, Role, TextPart, ToolResponsePart
from genkit.plugin import ModelEntry
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import CustomPart, ReasoningPart, ToolRequest, ToolRequestPart, ToolResponse
from genkit_compat_oai import Dialect, OpenAICompatible


PDF = 'data:application/pdf;base64,AAAA'


class Odd(OpenAICompatible):
    name = 'odd'
    dialect = Dialect(
        options={'seed': 'random_seed', 'top_k': 'top_k', 'user': None},
        counts={'prompt_audio_seconds': 'audioSeconds'},
        media=lambda part, _: {'type': 'document_url', 'document_url': part.media.url},
        most_inputs=2,
        pieces=True,
    )

    def adapt(self, body: dict[str, Any], request: GenerateRequest, entry: ModelEntry) -> dict[str, Any]:
        return {**body, 'told': [entry.name, len(request.messages)]}


def _completion(content: Any, **usage: Any) -> CannedAnswer:
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': content}, 'finish_reason': 'stop'}
    return CannedAnswer.of_json({'id': '1', 'choices': [choice], 'usage': usage or None})


def _events(*contents: Any) -> CannedAnswer:
    choices = [{'index': 0, 'delta': {'content': content}, 'finish_reason': None} for content in contents]
    choices.append({'index': 0, 'delta': {}, 'finish_reason': 'stop'})
    return CannedAnswer.of_events([{'id': '1', 'choices': [choice]} for choice in choices])


def _application(server: LoopbackServer) -> Genkit:
    return Genkit(plugins=[Odd(api_key='k', base_url=server.url)], model='odd/one')


THOUGHT = {'type': 'thinking', 'thinking': [{'type': 'text', 'text': 'hm'}], 'signature': 's1'}
REFERENCE = {'type': 'reference', 'reference_ids': [1]}
LINK = {'type': 'resource_link', 'uri': 'file:///a'}
PIECES = [
    THOUGHT,
    {'type': 'text', 'text': 'Paris'},
    REFERENCE,
    {'type': 'text', 'text': '. Or'},
    {'type': 'thinking', 'thinking': [{'type': 'text', 'text': 'no'}]},
    {'type': 'text', 'text': ' Rome'},
    LINK,
]


async def test_options_counts_and_the_whole_body_have_the_provider_s_form() -> None:
    with LoopbackServer(lambda _: _completion('ok', prompt_tokens=1, prompt_audio_seconds=7)) as server:
        ai = _application(server)
        response = await ai.generate(prompt='hi', config={'seed': 3, 'top_k': 4, 'user': 'ada'})
        await ai.aclose()
    sent = server.requests[0].json
    assert (sent['random_seed'], sent['top_k'], sent['told']) == (3, 4, ['one', 1])
    assert not sent.keys() & {'seed', 'user'}
    assert response.usage is not None
    assert response.usage.custom == {'audioSeconds': 7}


async def test_pieces_keep_their_order_and_go_back_as_they_came() -> None:
    with LoopbackServer(lambda _: _completion(PIECES)) as server:
        ai = _application(server)
        response = await ai.generate(prompt='hi')
        await ai.generate(messages=response.messages, prompt='go on')
        await ai.aclose()
    assert response.message is not None
    assert response.message.content == [
        ReasoningPart(reasoning='hm', metadata={'signature': 's1'}),
        TextPart(text='Paris', metadata={'citations': [REFERENCE]}),
        TextPart(text='. Or'),
        ReasoningPart(reasoning='no'),
        TextPart(text=' Rome'),
        CustomPart(custom={'piece': LINK}),
    ]
    assert response.text == 'Paris. Or Rome'
    assert server.requests[1].json['messages'][1]['content'] == PIECES


async def test_a_stream_of_pieces_is_the_same_as_the_whole() -> None:
    contents = [[{**THOUGHT, 'signature': None}], [{**THOUGHT, 'thinking': []}, *PIECES[1:3]], '. Or', PIECES[4:]]
    with LoopbackServer(lambda _: _events(*contents)) as server:
        ai = _application(server)
        stream = ai.generate_stream(prompt='hi')
        chunks = [chunk async for chunk in stream]
        response = await stream.response
        await ai.aclose()
    assert [chunk.text for chunk in chunks if chunk.text] == ['Paris', '. Or', ' Rome']
    assert [chunk.reasoning for chunk in chunks if chunk.reasoning] == ['hm', 'no']
    assert chunks[1].content[-1].metadata == {'citations': [REFERENCE]}
    assert response.message is not None
    assert [type(part) for part in response.message.content] == [
        ReasoningPart,
        TextPart,
        TextPart,
        ReasoningPart,
        TextPart,
        CustomPart,
    ]
    assert response.raw['choices'][0]['message']['content'] == PIECES


@pytest.mark.parametrize(
    'content', [7, {'type': 'strange'}, [7], [{'type': 'thinking', 'thinking': 7}], [{'type': 'text', 'text': 7}]]
)
async def test_what_is_no_piece_is_an_error_that_names_the_content(content: Any) -> None:
    for answer in (_completion(content), _events(content)):
        with LoopbackServer(lambda _, answer=answer: answer) as server:
            ai = _application(server)
            with pytest.raises(GenkitError, match='content') as raised:
                await ai.generate_stream(prompt='hi').response if 'event' in str(answer.headers) else await ai.generate(
                    prompt='hi'
                )
            await ai.aclose()
        assert raised.value.status == 'INTERNAL'


async def test_half_a_character_at_the_end_of_a_piece_is_joined_with_the_next() -> None:
    with LoopbackServer(lambda _: _events([{'type': 'text', 'text': 'hi \ud83d'}], '\ude00', '\ud83d')) as server:
        ai = _application(server)
        stream = ai.generate_stream(prompt='hi')
        chunks = [chunk.text async for chunk in stream]
        assert (await stream.response).text == ''.join(chunks) == 'hi 😀\ufffd'
        await ai.aclose()


async def test_media_go_where_the_provider_wants_them_in_answers_of_tools_too() -> None:
    call = ToolRequestPart(tool_request=ToolRequest(name='look', ref='r', input={}))
    medium = MediaPart(media=Media(url=PDF))
    seen = ToolResponse(name='look', ref='r', output='a page', content=[medium])
    piece = CustomPart(custom={'piece': {'type': 'file', 'file_id': 'f'}})
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi'), medium, piece]),
        Message(role=Role.MODEL, content=[call]),
        Message(role=Role.TOOL, content=[ToolResponsePart(tool_response=seen)]),
    ]
    with LoopbackServer(lambda _: _completion('ok')) as server:
        ai = _application(server)
        await ai.generate(messages=history)
        await ai.aclose()
    document = {'type': 'document_url', 'document_url': PDF}
    user, _, tool = server.requests[0].json['messages']
    assert user['content'] == [{'type': 'text', 'text': 'hi'}, document, {'type': 'file', 'file_id': 'f'}]
    assert tool['content'] == [{'type': 'text', 'text': 'a page'}, document]


async def test_texts_to_embed_are_sent_in_as_many_requests_as_the_provider_takes() -> None:
    def vectors(request: Any) -> CannedAnswer:
        return CannedAnswer.of_json({'data': [{'embedding': [float(len(text))]} for text in request.json['input']]})

    with LoopbackServer(vectors) as server:
        ai = _application(server)
        found = await ai.embed_many('odd/an-embedding', ['a', 'bb', 'ccc'])
        await ai.aclose()
    assert [one.embedding for one in found] == [[1.0], [2.0], [3.0]]
    assert [len(request.json['input']) for request in server.requests] == [2, 1]


class Billed(OpenAICompatible):
    name = 'billed'
    dialect = Dialect(cost=('ticks', 10**10), kept=('citations',), items='billed')

    def api_for(self, entry: ModelEntry, config: Any) -> Any:
        return 'responses' if entry.name == 'two' else 'chat'

    def adapt_responses(self, body: dict[str, Any], request: GenerateRequest, entry: ModelEntry) -> dict[str, Any]:
        return {**body, 'told': entry.name}


LINKS = ['https://a.example', 'https://b.example']
COUNTED = {
    'prompt_tokens': 3,
    'completion_tokens': 4,
    'total_tokens': 12,
    'completion_tokens_details': {'reasoning_tokens': 5},
    'ticks': 12345678,
}


def _billed(server: LoopbackServer) -> Genkit:
    return Genkit(plugins=[Billed(api_key='k', base_url=server.url)])


async def test_a_cost_is_said_reasoning_counted_apart_is_output_and_members_are_kept() -> None:
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': 'ok'}, 'finish_reason': 'stop'}
    answer = {'id': '1', 'choices': [choice], 'usage': COUNTED, 'citations': LINKS}
    delta = {'index': 0, 'delta': {'content': 'ok'}, 'finish_reason': 'stop'}
    events = [{'id': '1', 'choices': [delta], 'citations': LINKS}, {'id': '1', 'choices': [], 'usage': COUNTED}]
    answers = [CannedAnswer.of_json(answer), CannedAnswer.of_events(events)]
    with LoopbackServer(lambda _: answers.pop(0)) as server:
        ai = _billed(server)
        whole = await ai.generate(model='billed/one', prompt='hi')
        streamed = await ai.generate_stream(model='billed/one', prompt='hi').response
        await ai.aclose()
    for response in (whole, streamed):
        assert response.cost == Decimal('0.0012345678')
        assert response.custom == {'citations': LINKS}
        assert response.usage is not None
        assert (response.usage.output_tokens, response.usage.thoughts_tokens) == (9, 5)


@pytest.mark.parametrize('ticks', [None, 'many', -1, True, [1]])
async def test_a_cost_that_is_none_is_not_said(ticks: Any) -> None:
    with LoopbackServer(lambda _: _completion('ok', prompt_tokens=1, ticks=ticks)) as server:
        ai = _billed(server)
        response = await ai.generate(model='billed/one', prompt='hi')
        await ai.aclose()
    assert response.cost is None


async def test_another_provider_may_speak_the_second_protocol_and_keeps_its_own_items_apart() -> None:
    items = [
        {'type': 'reasoning', 'id': 'rs', 'summary': [], 'encrypted_content': 'x'},
        {'type': 'x_search_call', 'id': 'xs'},
        {'type': 'message', 'role': 'assistant', 'content': [{'type': 'output_text', 'text': 'ok'}]},
    ]
    answer = {'id': 'r1', 'status': 'completed', 'output': items, 'citations': LINKS, 'usage': {'ticks': 10**10}}
    events = [{'type': 'response.created', 'response': {}}, {'type': 'response.done', 'response': answer}]
    answers = [CannedAnswer.of_json(answer), CannedAnswer.of_events(events)]
    with LoopbackServer(lambda _: answers.pop(0)) as server:
        ai = _billed(server)
        response = await ai.generate(model='billed/two', prompt='hi', system='be brief')
        again = await ai.generate_stream(model='billed/two', messages=response.messages, prompt='on').response
        await ai.aclose()
    for one in (response, again):
        assert one.text == 'ok'
        assert one.custom == {'responseId': 'r1', 'citations': LINKS}
        assert one.cost == 1
        assert one.finish_reason == 'stop'
    assert response.message is not None
    assert response.message.content[0].metadata == {'billed': items[0]}
    first, second = (request.json for request in server.requests)
    assert (server.requests[0].path, first['told'], first['input'][0]['role']) == ('/responses', 'two', 'system')
    assert second['input'][2:4] == items[:2]


async def test_an_image_has_the_cost_that_is_said() -> None:
    answer = CannedAnswer.of_json({'data': [{'b64_json': 'AAAA'}], 'usage': {'ticks': 5 * 10**9}})
    with LoopbackServer(lambda _: answer) as server:
        ai = _billed(server)
        response = await ai.generate(model='billed/gpt-image-9', prompt='hi')
        await ai.aclose()
    assert response.cost == Decimal('0.5')
