# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of a request; every body is checked against the types that the vendor's library declares."""

import json
import warnings
from typing import Any, Literal

import pytest
from anthropic.types import ContentBlockParam
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from genkit import (
    GenkitError,
    Media,
    MediaPart,
    Message,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)
from genkit.plugin import ToolNames
from genkit.types import (
    CustomPart,
    GenerateRequest,
    OutputConfig,
    Part,
    ReasoningPart,
    ToolChoice,
    ToolDefinition,
    ToolRequest,
    ToolResponse,
)
from genkit_anthropic import AnthropicConfig, ClaudeEntry, to_request
from genkit_anthropic.models import MODELS
from pydantic import BaseModel, Field, TypeAdapter


BLOCK: TypeAdapter[Any] = TypeAdapter(ContentBlockParam)
PARAMS: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsNonStreaming)
PNG = 'data:image/png;base64,iVBORw0K'
WEATHER = ToolDefinition(
    name='weather',
    description='Of a city.',
    input_schema={'type': 'object', 'properties': {'city': {'type': 'string'}}},
)


def _as_declared(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as the vendor's types read it; what they do not know is missing or an error."""
    sampling = ('temperature', 'top_p', 'top_k')  # the client names them no longer, older models take them
    plain = [{'role': 'user', 'content': 'hi'}]
    known = {name: value for name, value in body.items() if name not in sampling}
    messages = [
        {**message, 'content': [_read(BLOCK, block) for block in message['content']]} for message in body['messages']
    ]
    rest = {name: body[name] for name in sampling if name in body}
    return {**_read(PARAMS, {**known, 'messages': plain}), **rest, 'messages': messages}


def _read(kind: TypeAdapter[Any], value: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        return json.loads(kind.dump_json(kind.validate_python(value)))


def _body(*messages: Message, model: str = 'claude-haiku-4-5', **members: Any) -> dict[str, Any]:
    entry = MODELS.find(model)
    assert isinstance(entry, ClaudeEntry)
    request = GenerateRequest(messages=list(messages) or [Message(role='user', content='hi')], **members)
    body = to_request(entry, request, ToolNames(request.tools))
    assert _as_declared(body) == body
    return body


def _said(*parts: Part, role: Any = 'user', metadata: dict[str, Any] | None = None) -> Message:
    return Message(role=role, content=list(parts), metadata=metadata)


def _content(*parts: Part, role: Any = 'user') -> list[dict[str, Any]]:
    return _body(_said(*parts, role=role))['messages'][0]['content']


def test_a_request_has_the_members_that_were_asked_for_and_no_others() -> None:
    assert _body(_said(TextPart(text='be brief'), role='system'), _said(TextPart(text='hi'))) == {
        'model': 'claude-haiku-4-5',
        'max_tokens': 32_000,
        'system': [{'type': 'text', 'text': 'be brief'}],
        'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}],
    }


def test_options_have_the_protocol_s_names_and_places() -> None:
    config = AnthropicConfig(
        version='claude-haiku-4-5-20251001',
        effort='low',
        max_output_tokens=5,
        stop_sequences=['END'],
        top_k=3,
        metadata={'user_id': 'u'},
        service_tier='standard_only',
        cache_control={'type': 'ephemeral'},
    )
    assert _body(config=config) == {
        'model': 'claude-haiku-4-5-20251001',
        'max_tokens': 5,
        'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}],
        'output_config': {'effort': 'low'},
        'top_k': 3,
        'stop_sequences': ['END'],
        'cache_control': {'type': 'ephemeral'},
        'metadata': {'user_id': 'u'},
        'service_tier': 'standard_only',
    }


def test_options_in_either_spelling_and_unknown_ones_are_sent() -> None:
    entry = MODELS.find('claude-opus-5-5')
    assert isinstance(entry, ClaudeEntry)
    config = {'maxOutputTokens': 4, 'apiKey': 'sk-x', 'context_management': {'edits': []}}
    request = GenerateRequest(messages=[Message(role='user', content='hi')], config=config)
    body = to_request(entry, request, ToolNames(None))
    assert (body['max_tokens'], body['context_management']) == (4, {'edits': []})
    assert 'sk-x' not in str(body)


def test_an_option_that_is_wrong_is_named() -> None:
    with pytest.raises(GenkitError, match=r'effort.*enormous') as raised:
        _body(config={'effort': 'enormous'})
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('model', 'given', 'sent'),
    [
        ('claude-haiku-4-5', {'budget_tokens': 2048}, {'type': 'enabled', 'budget_tokens': 2048}),
        ('claude-haiku-4-5', {'enabled': True, 'budgetTokens': 2048}, {'type': 'enabled', 'budget_tokens': 2048}),
        ('claude-haiku-4-5', {'adaptive': True}, {'type': 'enabled', 'budget_tokens': 8192}),
        ('claude-haiku-4-5', {'enabled': False}, {'type': 'disabled'}),
        ('claude-opus-4-6', {'budget_tokens': 2048}, {'type': 'enabled', 'budget_tokens': 2048}),
        ('claude-opus-4-6', {'adaptive': True}, {'type': 'adaptive'}),
        ('claude-opus-5', {'budget_tokens': 2048}, {'type': 'adaptive'}),
        ('claude-opus-5', {'type': 'disabled'}, {'type': 'disabled'}),
        ('claude-opus-5-5', {'enabled': True, 'display': 'summarized'}, {'type': 'adaptive', 'display': 'summarized'}),
        ('claude-sonnet-5-5', {'enabled': False}, {'type': 'between_tools'}),
        ('claude-sonnet-5-5', {'type': 'between_tools'}, {'type': 'between_tools'}),
        ('claude-opus-5-5', {}, None),
        ('claude-3-haiku-20240307', {'enabled': False}, None),
    ],
)
def test_thinking_is_asked_for_as_the_model_can(model: str, given: dict[str, Any], sent: dict[str, Any] | None) -> None:
    assert _body(model=model, config={'thinking': given}).get('thinking') == sent


def test_a_budget_for_thoughts_leaves_room_for_the_answer_and_no_room_for_sampling() -> None:
    body = _body(config={'thinking': {'budget_tokens': 20_000}, 'temperature': 0.5, 'top_k': 1, 'top_p': 0.95})
    assert body['max_tokens'] == 52_000
    assert 'temperature' not in body
    assert 'top_k' not in body
    assert body['top_p'] == 0.95


@pytest.mark.parametrize(('model', 'given'), [('claude-opus-5-5', False), ('claude-3-haiku-20240307', True)])
def test_a_way_to_think_that_the_model_does_not_have_is_refused(model: str, given: bool) -> None:
    with pytest.raises(GenkitError, match='thinking') as raised:
        _body(model=model, config={'thinking': {'enabled': given}})
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_media_are_images_and_documents_inline_or_by_address() -> None:
    cited = {'title': 'Logbook', 'context': 'of 1921', 'citations': True}
    assert _content(
        MediaPart(media=Media(url=PNG)),
        MediaPart(media=Media(url='https://example.com/a.webp')),
        MediaPart(media=Media(url='https://example.com/picture')),
        MediaPart(media=Media(url='data:application/pdf;base64,AAAA')),
        MediaPart(media=Media(url='https://example.com/a.pdf'), metadata=cited),
        MediaPart(media=Media(url='data:text/plain;base64,QWhveQ=='), metadata={'citations': True}),
    ) == [
        {'type': 'image', 'source': {'type': 'base64', 'media_type': 'image/png', 'data': 'iVBORw0K'}},
        {'type': 'image', 'source': {'type': 'url', 'url': 'https://example.com/a.webp'}},
        {'type': 'image', 'source': {'type': 'url', 'url': 'https://example.com/picture'}},
        {'type': 'document', 'source': {'type': 'base64', 'media_type': 'application/pdf', 'data': 'AAAA'}},
        {
            'type': 'document',
            'source': {'type': 'url', 'url': 'https://example.com/a.pdf'},
            'title': 'Logbook',
            'context': 'of 1921',
            'citations': {'enabled': True},
        },
        {
            'type': 'document',
            'source': {'type': 'text', 'media_type': 'text/plain', 'data': 'Ahoy'},
            'citations': {'enabled': True},
        },
    ]


@pytest.mark.parametrize(
    'url', ['data:image/svg+xml;base64,AAAA', 'data:image/png,plain', 'data:audio/wav;base64,AAAA']
)
def test_media_that_the_protocol_does_not_take_are_refused(url: str) -> None:
    with pytest.raises(GenkitError) as raised:
        _content(MediaPart(media=Media(url=url)))
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_blocks_of_the_protocol_go_through() -> None:
    file = {'type': 'image', 'source': {'type': 'file', 'file_id': 'file_1'}}
    source = {'type': 'text', 'media_type': 'text/plain', 'data': 'Ahoy'}
    assert _content(
        CustomPart(custom={'anthropic': file}), CustomPart(custom={'anthropicDocument': {'source': source}})
    ) == [file, {'type': 'document', 'source': source}]
    with pytest.raises(GenkitError, match='CustomPart'):
        _content(CustomPart(custom={'somebody': 'else'}))


def test_white_space_alone_is_not_sent_because_the_protocol_refuses_it() -> None:
    body = _body(_said(TextPart(text='hi'), TextPart(text='\n')), _said(TextPart(text=''), role='model'))
    assert body['messages'] == [{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}]


def test_thoughts_without_a_signature_and_parts_of_others_are_not_sent_back() -> None:
    message = _said(
        ReasoningPart(reasoning='hm'),
        ReasoningPart(reasoning='hm', metadata={'thoughtSignature': 'of another'}),
        ReasoningPart(reasoning='', metadata={'signature': 'c2ln'}),
        MediaPart(media=Media(url=PNG)),
        CustomPart(custom={'somebody': 'else'}),
        TextPart(text='Ahoy'),
        role='model',
    )
    assert _body(message)['messages'][0]['content'] == [
        {'type': 'thinking', 'thinking': '', 'signature': 'c2ln'},
        {'type': 'text', 'text': 'Ahoy'},
    ]


def test_cache_marks_stand_where_they_were_put() -> None:
    tool = WEATHER.replaced(metadata={'cache': {'ttlSeconds': 3600}})
    body = _body(
        _said(TextPart(text='rules', metadata={'cache': True}), TextPart(text='more'), role='system'),
        _said(TextPart(text='long'), MediaPart(media=Media(url=PNG)), metadata={'cache': {'ttlSeconds': 60}}),
        _said(
            TextPart(text='so'),
            ReasoningPart(reasoning='', metadata={'signature': 's'}),
            role='model',
            metadata={'cache': True},
        ),
        tools=[tool, WEATHER.replaced(name='other')],
    )
    assert [block.get('cache_control') for block in body['system']] == [{'type': 'ephemeral'}, None]
    assert [[block.get('cache_control') for block in message['content']] for message in body['messages']] == [
        [None, {'type': 'ephemeral', 'ttl': '5m'}],
        [{'type': 'ephemeral'}, None],
    ]
    assert [entry.get('cache_control') for entry in body['tools']] == [{'type': 'ephemeral', 'ttl': '1h'}, None]


def _call(city: str, ref: str | None = None) -> Part:
    return ToolRequestPart(tool_request=ToolRequest(name='weather', input={'city': city}, ref=ref))


def _result(output: Any, ref: str | None = None, content: list[Any] | None = None) -> Part:
    return ToolResponsePart(tool_response=ToolResponse(name='weather', output=output, ref=ref, content=content))


def test_all_answers_of_tools_come_first_in_one_message() -> None:
    body = _body(
        _said(TextPart(text='hi')),
        _said(_call('Oslo', 'a'), _call('Rome', 'b/1'), role='model'),
        _said(_result('rain', 'a'), role='tool'),
        _said(_result({'degrees': 30}, 'b/1'), role='tool'),
        _said(TextPart(text='and now?')),
        tools=[WEATHER],
    )
    assert [(message['role'], len(message['content'])) for message in body['messages']] == [
        ('user', 1),
        ('assistant', 2),
        ('user', 3),
    ]
    assert [block['id'] for block in body['messages'][1]['content']] == ['a', 'b_1']
    assert body['messages'][2]['content'] == [
        {'type': 'tool_result', 'tool_use_id': 'a', 'content': 'rain'},
        {'type': 'tool_result', 'tool_use_id': 'b_1', 'content': '{"degrees":30}'},
        {'type': 'text', 'text': 'and now?'},
    ]


def test_calls_of_one_tool_without_ids_are_told_apart() -> None:
    body = _body(
        _said(TextPart(text='hi')),
        _said(_call('Oslo'), _call('Rome'), role='model'),
        _said(_result('rain'), _result('sun'), role='tool'),
    )
    ids = [block['id'] for block in body['messages'][1]['content']]
    assert len(set(ids)) == 2
    assert [block['tool_use_id'] for block in body['messages'][2]['content']] == ids


def test_answers_of_tools_hold_media_also_after_they_have_travelled() -> None:
    image = MediaPart(media=Media(url=PNG))
    source = {'type': 'base64', 'media_type': 'image/png', 'data': 'iVBORw0K'}
    for piece in (image, image.to_wire()):
        body = _body(_said(_call('Oslo', 'a'), role='model'), _said(_result('see', 'a', [piece]), role='tool'))
        assert body['messages'][1]['content'][0]['content'] == [
            {'type': 'text', 'text': 'see'},
            {'type': 'image', 'source': source},
        ]


@pytest.mark.parametrize('nothing', [None, '', '  '])
def test_an_answer_of_media_alone_has_no_empty_text_which_the_protocol_refuses(nothing: str | None) -> None:
    piece = MediaPart(media=Media(url=PNG))
    body = _body(_said(_call('Oslo', 'a'), role='model'), _said(_result(nothing, 'a', [piece]), role='tool'))
    assert [block['type'] for block in body['messages'][1]['content'][0]['content']] == ['image']


@pytest.mark.parametrize(('given', 'sent'), [(None, {}), ('{"city": "Oslo"}', {'city': 'Oslo'}), ('nonsense', None)])
def test_the_arguments_of_a_call_are_always_an_object(given: Any, sent: dict[str, Any] | None) -> None:
    call = ToolRequestPart(tool_request=ToolRequest(name='weather', input=given, ref='a'))
    (block,) = _content(call, role='model')
    assert isinstance(block['input'], dict)
    assert sent is None or block['input'] == sent


@pytest.mark.parametrize(
    ('model', 'choice', 'config', 'sent', 'told'),
    [
        ('claude-haiku-4-5', 'required', {}, {'type': 'any'}, None),
        ('claude-haiku-4-5', None, {}, None, None),
        (
            'claude-haiku-4-5',
            None,
            {'parallel_tool_calls': False},
            {'type': 'auto', 'disable_parallel_tool_use': True},
            None,
        ),
        ('claude-haiku-4-5', 'none', {'parallel_tool_calls': False}, {'type': 'none'}, None),
        (
            'claude-haiku-4-5',
            None,
            {'tool_choice': {'type': 'tool', 'name': 'mcp/x'}},
            {'type': 'tool', 'name': 'mcp_x'},
            None,
        ),
        ('claude-haiku-4-5', 'required', {'thinking': {'budget_tokens': 1024}}, {'type': 'auto'}, 'at least one'),
        ('claude-opus-5-5', None, {'tool_choice': {'type': 'tool', 'name': 'mcp/x'}}, {'type': 'auto'}, 'mcp_x'),
        ('claude-sonnet-5-5', 'required', {}, {'type': 'auto'}, 'at least one'),
        ('claude-haiku-5-5', 'required', {}, {'type': 'any'}, None),
    ],
)
def test_a_tool_is_forced_where_the_model_can_be(
    model: str, choice: str | None, config: dict[str, Any], sent: dict[str, Any] | None, told: str | None
) -> None:
    tool = WEATHER.replaced(name='mcp/x')
    body = _body(model=model, tools=[tool], tool_choice=choice and ToolChoice(choice), config=config)
    assert body.get('tool_choice') == sent
    assert (told is None and 'system' not in body) or str(told) in body['system'][0]['text']


def test_tools_of_the_provider_stand_beside_those_of_the_application() -> None:
    search = {'type': 'web_search_20260318', 'name': 'web_search', 'max_uses': 2}
    body = _body(tools=[WEATHER], config={'server_tools': [search]})
    assert [tool['name'] for tool in body['tools']] == ['weather', 'web_search']
    assert body['tools'][1] == search


class Keeper(BaseModel):
    name: str = Field(max_length=20)
    age: int = Field(ge=18)


class Lighthouse(BaseModel):
    colour: Literal['red', 'white']
    keepers: list[Keeper] = Field(min_length=2, description='Who lives there.')


class Tree(BaseModel):
    branches: list['Tree']


class Prices(BaseModel):
    prices: dict[str, float]


def _held(model: type[BaseModel], name: str = 'claude-opus-5-5', **members: Any) -> dict[str, Any]:
    output = OutputConfig(format='json', schema=model.model_json_schema(), constrained=True)
    return _body(model=name, output=output, **members)


def test_a_schema_is_closed_and_its_limits_are_told() -> None:
    schema = _held(Lighthouse)['output_config']['format']['schema']
    keeper = schema['$defs']['Keeper']
    assert (schema['additionalProperties'], keeper['additionalProperties']) == (False, False)
    assert keeper['properties']['age'] == {'type': 'integer', 'title': 'Age', 'description': '{minimum: 18}'}
    assert schema['properties']['keepers'] == {
        'type': 'array',
        'title': 'Keepers',
        'items': {'$ref': '#/$defs/Keeper'},
        'description': 'Who lives there.\n\n{minItems: 2}',
    }


@pytest.mark.parametrize('model', [Tree, Prices])
def test_a_schema_that_the_protocol_cannot_express_is_not_sent(model: type[BaseModel]) -> None:
    assert 'output_config' not in _held(model)


def test_models_that_are_not_held_to_a_schema_answer_by_a_tool() -> None:
    body = _held(Lighthouse, 'claude-3-7-sonnet-latest')
    assert body['tools'][-1]['name'] == body['tool_choice']['name'] == 'genkit_answer'
    thinking = _held(Lighthouse, 'claude-3-7-sonnet-latest', config={'thinking': {'budget_tokens': 1024}})
    assert 'tool_choice' not in thinking
    assert 'genkit_answer' in thinking['system'][0]['text']


def test_a_free_answer_is_not_held_to_anything() -> None:
    output = OutputConfig(format='json', schema=Lighthouse.model_json_schema())
    assert 'output_config' not in _body(output=output)
