# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is peculiar to Mistral's chat: ids of calls, the order of messages, pieces, media, gaps in code, errors."""

from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, Said, SaidCall
from genkit.types import ReasoningPart, ToolRequest, ToolResponse
from genkit_mistral import Mistral
from genkit_mistral.convert import call_id
from genkit_mistral.testing import MistralWire
from mistralai.client.models import ChatCompletionRequest, FIMCompletionRequest, FIMCompletionStreamRequest
from pydantic import BaseModel


WIRE = MistralWire()
SAID = Said(texts=['ok'])


def _answer(request: RecordedRequest) -> CannedAnswer:
    """Answer what Mistral would take, and refuse the rest."""
    refused = WIRE.asked(request).refused
    if refused is not None:
        return WIRE.error(422, refused, {})
    return WIRE.stream(SAID) if request.json.get('stream') else WIRE.answer(SAID)


async def _sent(**asked: Any) -> list[dict[str, Any]]:
    """Return the messages that one call sends."""
    with LoopbackServer(_answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')
        await ai.generate(**asked)
        await ai.aclose()
    body = server.requests[0].json
    ChatCompletionRequest.model_validate(body)
    return body['messages']


def _call(ref: str | None, name: str = 'look') -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input={}))


def _answered(ref: str | None, name: str = 'look', **more: Any) -> ToolResponsePart:
    return ToolResponsePart(tool_response=ToolResponse(name=name, ref=ref, output='a boat', **more))


def _history(*refs: str | None) -> list[Message]:
    return [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[_call(ref) for ref in refs]),
        Message(role=Role.TOOL, content=[_answered(ref) for ref in refs]),
    ]


@pytest.mark.parametrize('ref', ['D681PevKs', '123456789'])
def test_an_id_of_its_own_stays_as_it_is(ref: str) -> None:
    assert call_id(ref) == ref


def test_any_other_id_becomes_always_the_same_one() -> None:
    refs = ['call_1', 'toolu_01A09q90qw90lq917835lq9', '', 'é', 'D681PevKs_2', '1234567', '\ud83d']
    made = [call_id(ref) for ref in refs]
    assert made == [call_id(ref) for ref in refs]
    assert len(set(made)) == len(refs)
    assert all(len(ref) == 9 and ref.isascii() and ref.isalnum() for ref in made)


@pytest.mark.parametrize('refs', [('call_1', 'call_2'), (None, None), ('D681PevKs', 'fc_0123456789abcdef')])
async def test_calls_of_any_origin_and_their_answers_keep_together(refs: tuple[str | None, ...]) -> None:
    _, model, *tools = await _sent(messages=_history(*refs))
    ids = [call['id'] for call in model['tool_calls']]
    assert len(set(ids)) == 2
    assert [(tool['tool_call_id'], tool['name']) for tool in tools] == [(ref, 'look') for ref in ids]


async def test_two_calls_with_one_id_in_an_answer_are_sent_back_apart() -> None:
    calls = [SaidCall('weather', '{"city":"Oslo"}', 'D681PevKs'), SaidCall('weather', '{"city":"Rome"}', 'D681PevKs')]
    answers = [WIRE.answer(Said(calls=calls)), WIRE.answer(SAID)]
    with LoopbackServer(lambda _: answers.pop(0)) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')

        async def weather(city: str) -> str:
            return f'rain in {city}'

        await ai.generate(prompt='hi', tools=[ai.tool(name='weather', description='Tell the weather.')(weather)])
        await ai.aclose()
    assert WIRE.asked(server.requests[1]).refused is None
    tools = [message for message in server.requests[1].json['messages'] if message['role'] == 'tool']
    assert [tool['content'] for tool in tools] == ['rain in Oslo', 'rain in Rome']
    assert len({tool['tool_call_id'] for tool in tools}) == 2


async def test_a_message_after_the_answer_of_a_tool_follows_one_of_the_model() -> None:
    sent = await _sent(messages=_history('call_1'), prompt='go on')
    assert [message['role'] for message in sent] == ['user', 'assistant', 'tool', 'assistant', 'user']


async def test_instructions_in_mid_conversation_come_from_the_user() -> None:
    later = [
        Message(role=Role.MODEL, content=[TextPart(text='hello')]),
        Message(role=Role.SYSTEM, content=[TextPart(text='be brief')]),
    ]
    sent = await _sent(messages=[*_history('call_1'), *later], prompt='go on')
    assert [message['role'] for message in sent] == ['user', 'assistant', 'tool', 'assistant', 'user', 'user']


async def test_a_message_of_the_model_without_anything_is_left_out() -> None:
    nothing = Message(role=Role.MODEL, content=[TextPart(text='')])
    sent = await _sent(messages=[Message(role=Role.USER, content=[TextPart(text='hi')]), nothing], prompt='go on')
    assert [message['role'] for message in sent] == ['user', 'user']


async def test_a_last_message_of_the_model_is_the_beginning_of_the_answer() -> None:
    begun = [
        Message(role=Role.USER, content=[TextPart(text='Who?')]),
        Message(role=Role.MODEL, content=[TextPart(text='Sure')]),
    ]
    sent = await _sent(messages=begun)
    assert sent[-1] == {'role': 'assistant', 'content': 'Sure', 'prefix': True}


async def test_media_have_the_pieces_that_mistral_names_them_by() -> None:
    urls = [
        'https://images.example/a.png',
        'data:image/png;base64,AAAA',
        'https://files.example/a.pdf',
        'data:application/pdf;base64,AAAA',
        'data:audio/wav;base64,UklG',
        'https://files.example/a.mp3',
    ]
    prompt = [TextPart(text='what?'), *(MediaPart(media=Media(url=url)) for url in urls)]
    [message] = await _sent(prompt=prompt)
    assert message['content'] == [
        {'type': 'text', 'text': 'what?'},
        {'type': 'image_url', 'image_url': urls[0]},
        {'type': 'image_url', 'image_url': urls[1]},
        {'type': 'document_url', 'document_url': urls[2]},
        {'type': 'document_url', 'document_url': urls[3]},
        {'type': 'input_audio', 'input_audio': 'UklG'},
        {'type': 'input_audio', 'input_audio': urls[5]},
    ]


async def test_media_of_a_tool_stay_with_its_answer() -> None:
    image = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
    history = [*_history('call_1')[:2], Message(role=Role.TOOL, content=[_answered('call_1', content=[image])])]
    sent = await _sent(messages=history)
    assert sent[-1]['role'] == 'tool'
    assert [piece['type'] for piece in sent[-1]['content']] == ['text', 'image_url']


async def test_what_was_thought_goes_back_as_it_came() -> None:
    thought = ReasoningPart(reasoning='hm', metadata={'signature': 's'})
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[thought, TextPart(text='42')]),
    ]
    sent = await _sent(messages=history, prompt='why?')
    assert sent[1]['content'] == [
        {'type': 'thinking', 'thinking': [{'type': 'text', 'text': 'hm'}], 'signature': 's'},
        {'type': 'text', 'text': '42'},
    ]


async def test_options_have_mistral_s_names_and_an_explicit_none_of_a_prompt_mode_is_sent() -> None:
    with LoopbackServer(_answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')
        for config in (
            {'seed': 1, 'topK': 2, 'reasoningEffort': 'high', 'safePrompt': True, 'logProbs': True, 'minTokens': 3},
            {'promptMode': None},
            {'prompt_mode': 'reasoning'},
        ):
            await ai.generate(prompt='hi', config=config)
        await ai.aclose()
    first, second, third = (request.json for request in server.requests)
    told = {'random_seed': 1, 'top_k': 2, 'reasoning_effort': 'high', 'safe_prompt': True, 'min_tokens': 3}
    assert {name: first[name] for name in told} == told
    assert first['logprobs'] is True
    assert 'prompt_mode' not in first
    assert (second['prompt_mode'], third['prompt_mode']) == (None, 'reasoning')


class Folder(BaseModel):
    path: str


async def test_beside_tools_nothing_is_held_to_json() -> None:
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['{"path":"x"}']))) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')

        async def look(path: str) -> str:
            return path

        tool = ai.tool(name='look', description='Look.')(look)
        response = await ai.generate(prompt='hi', tools=[tool], output_schema=Folder)
        await ai.generate(prompt='hi', output_schema=Folder)
        await ai.aclose()
    assert response.output == Folder(path='x')
    beside, alone = (request.json for request in server.requests)
    assert 'response_format' not in beside
    assert 'path' in str(beside['messages'])
    assert alone['response_format']['json_schema']['strict'] is True


@pytest.mark.parametrize('streamed', [False, True])
async def test_a_gap_in_code_is_filled(streamed: bool) -> None:
    with LoopbackServer(_answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/codestral-latest')
        config = {'suffix': 'return x', 'maxOutputTokens': 9, 'stopSequences': ['#'], 'topK': 3, 'seed': 4}
        chunks: list[Any] = []
        response = await ai.generate(prompt='def f(x):', config=config, on_chunk=chunks.append if streamed else None)
        await ai.aclose()
    assert response.text == 'ok'
    assert ''.join(chunk.text for chunk in chunks) == ('ok' if streamed else '')
    [request] = server.requests
    assert request.path == '/fim/completions'
    body = dict(request.json)
    (FIMCompletionStreamRequest if streamed else FIMCompletionRequest).model_validate(body)
    assert body.pop('stream', False) is streamed
    assert body == {
        'model': 'codestral-latest',
        'prompt': 'def f(x):',
        'suffix': 'return x',
        'max_tokens': 9,
        'stop': ['#'],
        'random_seed': 4,
    }


async def test_an_empty_suffix_fills_up_the_end_and_none_is_chat() -> None:
    with LoopbackServer(_answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/codestral-latest')
        await ai.generate(prompt='def f(x):', config={'suffix': ''})
        await ai.generate(prompt='def f(x):', config={'suffix': None})
        await ai.aclose()
    assert [request.path for request in server.requests] == ['/fim/completions', '/chat/completions']


@pytest.mark.parametrize(
    'asked',
    [
        {'prompt': 'x', 'system': 'be brief'},
        {'prompt': [MediaPart(media=Media(url='data:image/png;base64,AAAA'))], 'model': 'mistral/codestral-next'},
    ],
)
async def test_a_gap_takes_one_text_alone(asked: dict[str, Any]) -> None:
    with LoopbackServer(_answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/codestral-latest')
        with pytest.raises(GenkitError) as raised:
            await ai.generate(**asked, config={'suffix': ''})
        await ai.aclose()
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert not server.requests


@pytest.mark.parametrize(
    ('http', 'body', 'status', 'says'),
    [
        (
            422,
            {'object': 'error', 'message': {'detail': [{'loc': ['body', 'n'], 'msg': 'Input is too big'}]}},
            'INVALID_ARGUMENT',
            'body.n: Input is too big',
        ),
        (422, {'detail': [{'loc': ['body'], 'msg': 'one'}, {'msg': 'two'}]}, 'INVALID_ARGUMENT', 'body: one; two'),
        (429, {'object': 'error', 'message': 'Service tier capacity exceeded'}, 'RESOURCE_EXHAUSTED', 'Service tier'),
        (401, {'message': 'Unauthorized', 'request_id': 'r'}, 'UNAUTHENTICATED', 'Unauthorized'),
    ],
)
async def test_errors_are_readable(http: int, body: dict[str, Any], status: str, says: str) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(body, http)) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')
        with pytest.raises(GenkitError) as raised:
            await ai.generate(prompt='hi')
        await ai.aclose()
    assert raised.value.status == status
    assert says in raised.value.message


@pytest.mark.parametrize(('word', 'reason'), [('model_length', 'length'), ('tool_calls', 'stop'), ('other', 'other')])
async def test_words_for_the_end_are_understood(word: str, reason: str) -> None:
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': 'x'}, 'finish_reason': word}
    answer = CannedAnswer.of_json({'id': '1', 'choices': [choice], 'usage': {'prompt_audio_seconds': 3}})
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')
        response = await ai.generate(prompt='hi')
        await ai.aclose()
    assert response.finish_reason == reason
    assert response.usage is not None
    assert response.usage.custom == {'audioSeconds': 3}


async def test_an_answer_that_ended_in_an_error_is_no_answer() -> None:
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': 'x'}, 'finish_reason': 'error'}
    with LoopbackServer(lambda _: CannedAnswer.of_json({'id': '1', 'choices': [choice]})) as server:
        ai = Genkit(plugins=[Mistral(api_key='k', base_url=server.url)], model='mistral/mistral-medium-latest')
        with pytest.raises(GenkitError) as raised:
            await ai.generate(prompt='hi')
        await ai.aclose()
    assert raised.value.status == 'DATA_LOSS'


@pytest.mark.parametrize(
    ('name', 'kind'),
    [
        ('mistral-large-5', 'model'),
        ('mistral-ocr-5', 'model'),
        ('voxtral-mini-tts-9', 'model'),
        ('voxtral-small-transcribe-4', 'model'),
        ('magistral-medium-2509', 'model'),
        ('mistral-embed-2', 'embedder'),
    ],
)
async def test_a_name_that_is_not_listed_is_of_the_kind_of_its_family(name: str, kind: str) -> None:
    plugin = Mistral(api_key='k', models=[name])
    listed = {metadata.name: metadata.action_type for metadata in await plugin.list_actions()}
    assert listed[f'mistral/{name}'] == kind
