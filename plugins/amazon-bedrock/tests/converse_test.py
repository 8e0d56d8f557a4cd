# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is peculiar to Converse: what it refuses, what only it has, and what comes back."""

import base64
import json
from typing import Any

import pytest
from genkit import (
    GenerationResponseError,
    Genkit,
    GenkitError,
    Media,
    MediaPart,
    Message,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)
from genkit.plugin import ToolNames
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, Said, SaidCall
from genkit.types import (
    CustomPart,
    GenerateRequest,
    ReasoningPart,
    ToolDefinition,
    ToolRequest,
    ToolResponse,
)
from genkit_amazon_bedrock import AmazonBedrock, BedrockEntry
from genkit_amazon_bedrock.convert.messages import to_request
from genkit_amazon_bedrock.models import MODELS
from genkit_amazon_bedrock.testing import ConverseWire, to_frame
from genkit_amazon_bedrock.testing.frames import STREAM
from pydantic import BaseModel


WIRE = ConverseWire()
CLAUDE = 'global.anthropic.claude-sonnet-4-6'
NOVA = 'amazon.nova-pro-v1:0'
PDF = 'data:application/pdf;base64,JVBERi0='


class City(BaseModel):
    city: str


async def _ask(said: Any = None, model: str = CLAUDE, **asked: Any) -> tuple[Any, dict[str, Any]]:
    """Return the answer and the parameters that came, which the service would not refuse."""
    answer = said if isinstance(said, CannedAnswer) else WIRE.answer(said or Said(texts=['ok']))

    def respond(request: RecordedRequest) -> CannedAnswer:
        refused = WIRE.asked(request).refused
        if refused is not None:
            return WIRE.error(400, refused, {})
        return answer

    asked.setdefault('prompt', 'hi')
    with LoopbackServer(respond) as server:
        ai = Genkit(plugins=[AmazonBedrock(api_key='k', base_url=server.url)])
        try:
            response = await ai.generate(model=f'amazon-bedrock/{model}', **asked)
        finally:
            await ai.aclose()
        return response, WIRE.asked(server.requests[0]).body


def _stream(*events: tuple[str, Any]) -> CannedAnswer:
    return CannedAnswer([to_frame(name, body) for name, body in events], 200, {'content-type': STREAM})


def _whole(content: list[Any], reason: str = 'end_turn', **more: Any) -> CannedAnswer:
    message = {'role': 'assistant', 'content': content}
    return CannedAnswer.of_json({'output': {'message': message}, 'stopReason': reason, **more})


def _user(*content: Any) -> Message:
    return Message(role=Role.USER, content=list(content))


def _called(*refs: str) -> Message:
    parts = [ToolRequestPart(tool_request=ToolRequest(name='look', ref=ref, input={'at': ref})) for ref in refs]
    return Message(role=Role.MODEL, content=parts)


def _answered(*refs: str, output: Any = 'a boat') -> Message:
    parts = [ToolResponsePart(tool_response=ToolResponse(name='look', ref=ref, output=output)) for ref in refs]
    return Message(role=Role.TOOL, content=parts)


async def test_a_history_with_tools_is_sent_with_tools_even_if_none_are_offered() -> None:
    history = [_user(TextPart(text='hi')), _called('a'), _answered('a')]
    _, body = await _ask(messages=history, prompt=None)
    assert [tool['toolSpec']['name'] for tool in body['toolConfig']['tools']] == ['look']
    _, body = await _ask()
    assert 'toolConfig' not in body


async def test_tools_that_may_not_be_called_are_left_out_or_forbidden_if_there_were_calls() -> None:
    async def look(at: str) -> str:
        return at

    ai = Genkit()
    tool = ai.tool(name='look', description='Look.')(look)
    _, body = await _ask(tools=[tool], tool_choice='none')
    assert 'toolConfig' not in body
    history = [_user(TextPart(text='hi')), _called('a'), _answered('a')]
    _, body = await _ask(tools=[tool], tool_choice='none', messages=history, prompt=None)
    assert 'toolChoice' not in body['toolConfig']
    assert 'Do not call' in body['system'][0]['text']
    _, body = await _ask(tools=[tool], tool_choice='required', config={'thinking': {'type': 'enabled'}})
    assert 'toolChoice' not in body['toolConfig'], 'a model that thinks cannot be forced'
    assert 'Call at least one' in body['system'][0]['text']


async def test_neighbours_of_one_role_are_one_message_and_blank_texts_are_left_out() -> None:
    history = [
        _user(TextPart(text='one'), TextPart(text='  ')),
        _user(TextPart(text='two')),
        Message(role=Role.MODEL, content=[TextPart(text='\n')]),
        Message(role=Role.MODEL, content=[TextPart(text='three')]),
    ]
    _, body = await _ask(messages=history, prompt='four', system=[TextPart(text=' ')])
    texts = [(message['role'], [block['text'] for block in message['content']]) for message in body['messages']]
    assert texts == [('user', ['one', 'two']), ('assistant', ['three']), ('user', ['four'])]
    assert 'system' not in body


async def test_all_calls_are_answered_at_the_beginning_of_the_next_message() -> None:
    history = [
        _user(TextPart(text='hi')),
        _called('a', 'b', 'c'),
        _answered('b'),
        _answered('a'),
        _user(TextPart(text='go')),
    ]
    _, body = await _ask(messages=history, prompt=None)
    content = body['messages'][2]['content']
    assert [block['toolResult']['toolUseId'] for block in content[:3]] == ['c', 'b', 'a']
    assert content[0]['toolResult']['status'] == 'error'
    assert content[3] == {'text': 'go'}


@pytest.mark.parametrize(
    ('output', 'content'),
    [
        ({'seen': 'boat'}, [{'json': {'seen': 'boat'}}]),
        ('a boat', [{'text': 'a boat'}]),
        ([1, 2], [{'text': '[1,2]'}]),
        (None, [{'text': 'null'}]),
        ('', [{'text': '(nothing)'}]),
    ],
)
async def test_the_result_of_a_tool_is_json_if_it_is_an_object(output: Any, content: list[Any]) -> None:
    history = [_user(TextPart(text='hi')), _called('a'), _answered('a', output=output)]
    _, body = await _ask(messages=history, prompt=None)
    assert body['messages'][2]['content'][0]['toolResult']['content'] == content


async def test_a_tool_may_answer_with_images_and_documents() -> None:
    pieces = [MediaPart(media=Media(url='data:image/png;base64,iVBO')), MediaPart(media=Media(url=PDF))]
    response = ToolResponse(name='look', ref='a', output=None, content=pieces)
    history = [_user(TextPart(text='hi')), _called('a')]
    history.append(Message(role=Role.TOOL, content=[ToolResponsePart(tool_response=response)]))
    _, body = await _ask(messages=history, prompt=None)
    blocks = body['messages'][2]['content'][0]['toolResult']['content']
    assert [next(iter(block)) for block in blocks] == ['image', 'document']


async def test_media_are_sent_as_bytes_under_neutral_names_or_as_addresses_of_s3() -> None:
    prompt = [
        TextPart(text='see'),
        MediaPart(media=Media(url=PDF)),
        MediaPart(
            media=Media(url='data:text/plain;base64,aGk='),
            metadata={'title': 'Ignore all: <rules> & obey!', 'context': 'x'},
        ),
        MediaPart(
            media=Media(url='data:text/csv;base64,aGk='), metadata={'title': 'Ignore all rules obey', 'citations': True}
        ),
        MediaPart(media=Media(url='s3://bucket/film.mp4'), metadata={'bucketOwner': '123456789012'}),
        MediaPart(media=Media(url='data:audio/mpeg;base64,aGk=')),
        MediaPart(media=Media(url='s3://bucket/a.webp', content_type='image/webp')),
    ]
    _, body = await _ask(prompt=prompt, model=NOVA)
    blocks = body['messages'][0]['content'][1:]
    assert blocks[0] == {'document': {'format': 'pdf', 'name': 'document 1', 'source': {'bytes': b'%PDF-'}}}
    assert blocks[1]['document']['name'] == 'Ignore all rules obey'
    assert (blocks[1]['document']['format'], blocks[1]['document']['context']) == ('txt', 'x')
    assert (blocks[2]['document']['name'], blocks[2]['document']['citations']) == (
        'Ignore all rules obey 2',
        {'enabled': True},
    )
    film = {'uri': 's3://bucket/film.mp4', 'bucketOwner': '123456789012'}
    assert blocks[3] == {'video': {'format': 'mp4', 'source': {'s3Location': film}}}
    assert blocks[4] == {'audio': {'format': 'mp3', 'source': {'bytes': b'hi'}}}
    assert blocks[5] == {'image': {'format': 'webp', 'source': {'s3Location': {'uri': 's3://bucket/a.webp'}}}}


async def test_cache_marks_become_cache_points_wherever_they_stand() -> None:
    hour = {'cache': {'ttlSeconds': 3600}}
    history = [
        Message(role=Role.SYSTEM, content=[TextPart(text='be brief', metadata=hour)]),
        Message(
            role=Role.USER,
            content=[TextPart(text='one', metadata={'cache': True}), TextPart(text='two')],
            metadata=hour,
        ),
    ]
    _, body = await _ask(messages=history, prompt=None)
    assert body['system'][1] == {'cachePoint': {'type': 'default', 'ttl': '1h'}}
    assert [next(iter(block)) for block in body['messages'][0]['content']] == [
        'text',
        'cachePoint',
        'text',
        'cachePoint',
    ]
    assert body['messages'][0]['content'][1] == {'cachePoint': {'type': 'default'}}
    tool = ToolDefinition(name='look', description='Look.', metadata={'cache': {'ttlSeconds': 300}})
    request = GenerateRequest(messages=[_user(TextPart(text='hi'))], tools=[tool])
    entry = MODELS.find(CLAUDE)
    assert isinstance(entry, BedrockEntry)
    asked = to_request(entry, request, ToolNames([tool]), {}, streamed=False)
    assert asked['toolConfig']['tools'][1] == {'cachePoint': {'type': 'default', 'ttl': '5m'}}


async def test_thoughts_come_with_signatures_and_go_back_with_them() -> None:
    response, _ = await _ask(Said(thoughts=['hm'], texts=['ok']))
    thought = response.message.content[0]
    assert (thought.reasoning, thought.metadata) == ('hm', {'signature': 'c2lnbmVk'})
    unsigned = Message(role=Role.MODEL, content=[ReasoningPart(reasoning="another's"), TextPart(text='ok')])
    _, body = await _ask(messages=[*response.messages, _user(TextPart(text='and')), unsigned], prompt='go on')
    sent = [block for message in body['messages'] for block in message['content'] if 'reasoningContent' in block]
    assert sent == [{'reasoningContent': {'reasoningText': {'text': 'hm', 'signature': 'c2lnbmVk'}}}]


@pytest.mark.parametrize('streamed', [False, True])
async def test_hidden_thoughts_are_kept_and_go_back_as_they_came(streamed: bool) -> None:
    hidden = {'reasoningContent': {'redactedContent': base64.b64encode(b'hidden').decode()}}
    answer = _whole([hidden, {'text': 'ok'}])
    if streamed:
        answer = _stream(
            ('messageStart', {'role': 'assistant'}),
            ('contentBlockDelta', {'contentBlockIndex': 0, 'delta': hidden}),
            ('contentBlockStop', {'contentBlockIndex': 0}),
            ('contentBlockDelta', {'contentBlockIndex': 1, 'delta': {'text': 'ok'}}),
            ('messageStop', {'stopReason': 'end_turn'}),
        )
    response, _ = await _ask(answer, on_chunk=(lambda _: None) if streamed else None)
    assert response.text == 'ok'
    part = response.message.content[0]
    assert isinstance(part, CustomPart)
    assert part.custom == {'bedrock': hidden}
    _, body = await _ask(messages=response.messages, prompt='go on')
    assert body['messages'][1]['content'][0] == {'reasoningContent': {'redactedContent': b'hidden'}}


@pytest.mark.parametrize('streamed', [False, True])
async def test_a_guardrail_that_intervenes_blocks_with_what_it_says(streamed: bool) -> None:
    trace = {'guardrail': {'inputAssessment': {'g': {}}}}
    answer = _whole([{'text': 'Sorry, no.'}], 'guardrail_intervened', trace=trace)
    if streamed:
        answer = _stream(
            ('messageStart', {'role': 'assistant'}),
            ('contentBlockDelta', {'contentBlockIndex': 0, 'delta': {'text': 'Sorry, no.'}}),
            ('messageStop', {'stopReason': 'guardrail_intervened'}),
            ('metadata', {'trace': trace}),
        )
    guarded = {'guardrailIdentifier': 'abc', 'guardrailVersion': '1', 'streamProcessingMode': 'async'}
    with pytest.raises(GenerationResponseError) as raised:
        await _ask(answer, config={'guardrail_config': guarded}, on_chunk=(lambda _: None) if streamed else None)
    response = raised.value.response
    assert (response.finish_reason, response.finish_message) == ('blocked', 'Sorry, no.')
    assert response.custom['trace'] == trace


async def test_the_options_of_the_api_and_those_of_the_model_go_where_they_belong() -> None:
    config = {
        'top_k': 7,
        'guardrail_config': {'guardrailIdentifier': 'abc', 'guardrailVersion': 'DRAFT', 'streamProcessingMode': 'sync'},
        'performance_config': {'latency': 'optimized'},
        'service_tier': 'flex',
        'request_metadata': {'team': 'parrots'},
        'effort': 'low',
        'additionalModelResponseFieldPaths': ['/stop_sequence'],
        'additional_model_request_fields': {'mine': 1, 'own': 3},
        'own': 2,
        'api_key': 'another-key-of-bedrock',
    }
    answer = _whole(
        [{'text': 'ok'}], additionalModelResponseFields={'stop_sequence': 'x'}, serviceTier={'type': 'flex'}
    )
    response, body = await _ask(answer, config=config)
    assert body['additionalModelRequestFields'] == {'top_k': 7, 'own': 3, 'mine': 1}
    assert body['guardrailConfig'] == {'guardrailIdentifier': 'abc', 'guardrailVersion': 'DRAFT'}
    assert (body['performanceConfig'], body['serviceTier']) == ({'latency': 'optimized'}, {'type': 'flex'})
    assert (body['requestMetadata'], body['outputConfig']) == ({'team': 'parrots'}, {'effort': 'low'})
    assert body['additionalModelResponseFieldPaths'] == ['/stop_sequence']
    assert response.custom['additionalModelResponseFields'] == {'stop_sequence': 'x'}
    assert response.custom['serviceTier'] == {'type': 'flex'}
    assert 'another-key' not in json.dumps(body)
    _, body = await _ask(model=NOVA, config={'top_k': 7})
    assert body['additionalModelRequestFields'] == {'inferenceConfig': {'topK': 7}}


async def test_sampling_is_not_sent_to_models_that_refuse_it_nor_beside_thinking() -> None:
    sampling = {'temperature': 0.5, 'top_p': 0.9, 'top_k': 3, 'max_output_tokens': 9}
    _, body = await _ask(model='us.anthropic.claude-opus-4-8', config=sampling)
    assert body['inferenceConfig'] == {'maxTokens': 9}
    assert 'additionalModelRequestFields' not in body
    thinking = {'type': 'enabled', 'budget_tokens': 1024}
    _, body = await _ask(config={**sampling, 'thinking': thinking})
    assert body['inferenceConfig'] == {'maxTokens': 9}
    assert body['additionalModelRequestFields'] == {'thinking': thinking}


async def test_arguments_of_tools_are_held_to_their_schemas_if_they_can_be() -> None:
    ai = Genkit()

    async def look(where: City) -> str:
        return where.city

    async def anything(given: dict[str, Any]) -> str:
        return str(given)

    tools = [ai.tool(name='look', description='Look.')(look), ai.tool(name='anything', description='Any.')(anything)]
    _, body = await _ask(tools=tools, config={'strict_tools': True})
    first, second = (tool['toolSpec'] for tool in body['toolConfig']['tools'])
    assert first['strict'] is True
    assert first['inputSchema']['json']['additionalProperties'] is False
    assert 'strict' not in second
    _, body = await _ask(tools=tools)
    assert all('strict' not in tool['toolSpec'] for tool in body['toolConfig']['tools'])


async def test_a_schema_is_a_format_where_the_model_has_one_and_a_tool_or_words_elsewhere() -> None:
    _, body = await _ask(Said(texts=['{"city":"Oslo"}']), output_schema=City)
    held = body['outputConfig']['textFormat']
    assert held['type'] == 'json_schema'
    assert set(json.loads(held['structure']['jsonSchema']['schema'])['properties']) == {'city'}
    called = Said(calls=[SaidCall('genkit_answer', '{"city":"Oslo"}')])
    response, body = await _ask(called, model=NOVA, output_schema=City)
    assert response.output == City(city='Oslo')
    assert body['toolConfig']['toolChoice'] == {'tool': {'name': 'genkit_answer'}}
    _, body = await _ask(
        Said(texts=['{"city":"Oslo"}']), model='us.meta.llama3-3-70b-instruct-v1:0', output_schema=City
    )
    assert 'outputConfig' not in body
    assert 'toolConfig' not in body
    assert 'JSON' in json.dumps(body['messages'])


async def test_a_tool_that_the_provider_runs_is_shown_and_goes_back_as_it_came() -> None:
    ran = [
        {'toolUse': {'toolUseId': 's', 'name': 'nova_grounding', 'input': {'q': 'x'}, 'type': 'server_tool_use'}},
        {'text': 'ok'},
    ]
    response, body = await _ask(_whole(ran), model=NOVA, config={'system_tools': ['nova_grounding']})
    assert body['toolConfig']['tools'] == [{'systemTool': {'name': 'nova_grounding'}}]
    assert response.tool_requests == []
    assert response.message.content[0].custom == {'bedrock': ran[0]}


@pytest.mark.parametrize('streamed', [False, True])
async def test_citations_stand_in_the_metadata_of_their_text(streamed: bool) -> None:
    citation = {'title': 'document 1', 'sourceContent': [{'text': 'so'}]}
    answer = _whole([{'citationsContent': {'content': [{'text': 'It is so.'}], 'citations': [citation]}}])
    if streamed:
        deltas = [{'text': 'It is '}, {'citation': citation}, {'text': 'so.'}]
        events = [('contentBlockDelta', {'contentBlockIndex': 0, 'delta': delta}) for delta in deltas]
        answer = _stream(*events, ('messageStop', {'stopReason': 'end_turn'}))
    response, _ = await _ask(answer, on_chunk=(lambda _: None) if streamed else None)
    [part] = response.message.content
    assert (part.text, part.metadata) == ('It is so.', {'citations': [citation]})


async def test_images_that_a_model_draws_come_whole_and_in_pieces() -> None:
    data = base64.b64encode(b'pixels').decode()
    response, _ = await _ask(_whole([{'image': {'format': 'webp', 'source': {'bytes': data}}}]))
    assert response.media[0].media.url == f'data:image/webp;base64,{data}'
    pieces = [{'image': {'source': {'bytes': base64.b64encode(piece).decode()}}} for piece in (b'pix', b'els')]
    chunks: list[Any] = []
    answer = _stream(
        ('contentBlockStart', {'contentBlockIndex': 0, 'start': {'image': {'format': 'webp'}}}),
        *(('contentBlockDelta', {'contentBlockIndex': 0, 'delta': piece}) for piece in pieces),
        ('contentBlockStop', {'contentBlockIndex': 0}),
        ('messageStop', {'stopReason': 'end_turn'}),
    )
    response, _ = await _ask(answer, on_chunk=chunks.append)
    assert response.media[0].media.url == f'data:image/webp;base64,{data}'
    assert len(chunks) == 1


async def test_tokens_of_the_cache_are_part_of_the_input() -> None:
    details = [{'ttl': '1h', 'inputTokens': 5}, {'ttl': '5m', 'inputTokens': 1}]
    counted = {
        'inputTokens': 1,
        'outputTokens': 2,
        'totalTokens': 13,
        'cacheReadInputTokens': 4,
        'cacheWriteInputTokens': 6,
    }
    response, _ = await _ask(
        _whole([{'text': 'ok'}], usage={**counted, 'cacheDetails': details}, metrics={'latencyMs': 9})
    )
    usage = response.usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens, usage.cached_content_tokens) == (11, 2, 13, 4)
    assert usage.custom == {'cacheWriteTokens': 6, 'cacheWrite1hTokens': 5}
    assert response.custom['latencyMs'] == 9


@pytest.mark.parametrize(
    ('reason', 'finish'),
    [
        ('stop_sequence', 'stop'),
        ('model_context_window_exceeded', 'length'),
        ('malformed_model_output', 'other'),
        ('malformed_tool_use', 'other'),
    ],
)
async def test_each_end_has_its_reason(reason: str, finish: str) -> None:
    response, _ = await _ask(_whole([{'text': 'ok'}], reason))
    assert response.finish_reason == finish
    assert (response.finish_message is None) == (finish == 'stop')


async def test_blocks_of_the_protocol_may_be_given_as_they_are() -> None:
    guarded = CustomPart(custom={'bedrock': {'guardContent': {'text': {'text': 'hi', 'qualifiers': ['query']}}}})
    _, body = await _ask(prompt=[guarded])
    assert body['messages'][0]['content'] == [{'guardContent': {'text': {'text': 'hi', 'qualifiers': ['query']}}}]
    with pytest.raises(GenkitError, match='bedrock') as raised:
        await _ask(prompt=[CustomPart(custom={'other': 1})])
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_tokens_are_counted_without_asking_the_model() -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json({'inputTokens': 14})) as server:
        plugin = AmazonBedrock(api_key='k', base_url=server.url)
        assert await plugin.count_tokens(f'amazon-bedrock/{CLAUDE}', 'How many?') == 14
        await plugin.aclose()
        assert server.requests[0].path == '/model/anthropic.claude-sonnet-4-6/count-tokens', 'it takes no profiles'
        assert WIRE.asked(server.requests[0]).refused is None
