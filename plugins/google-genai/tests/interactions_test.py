# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents of the provider: what is said to them, and what their steps become."""

import base64
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from genkit.types import (
    CustomPart,
    FinishReason,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)
from genkit_google_genai import GoogleAI


AGENT = 'googleai/deep-research-preview-04-2026'


class Provider:
    """Answers one after another, and keeps what it was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[RecordedRequest] = []

    def __call__(self, request: RecordedRequest) -> CannedAnswer:
        self.asked.append(request)
        return CannedAnswer.of_json({'id': 'v1_abc', **self.answers.pop(0)})


async def ended(answer: dict[str, Any], **asked: Any) -> tuple[Any, dict[str, Any]]:
    """Return the operation that an answer becomes, and the body of the request."""
    provider = Provider(answer)
    with LoopbackServer(provider) as server:
        ai = Genkit(plugins=[GoogleAI('key', base_url=server.url)])
        options: Any = {'prompt': 'Why is the sky blue?', **asked}
        operation = await ai.generate_operation(model=AGENT, **options)
        await ai.aclose()
    return operation, provider.asked[0].json


async def test_every_kind_of_step_becomes_a_part():
    steps = [
        {'type': 'user_input', 'content': [{'type': 'text', 'text': 'Why is the sky blue?'}]},
        {'type': 'thought', 'summary': [{'type': 'text', 'text': 'I look it up.'}], 'signature': 'c2ln'},
        {'type': 'google_search_call', 'id': '1', 'arguments': {'queries': ['sky']}},
        {
            'type': 'model_output',
            'content': [
                {'type': 'text', 'text': 'Scattering.', 'annotations': [{'type': 'url_citation', 'url': 'https://x'}]},
                {'type': 'image', 'mime_type': 'image/png', 'data': 'cGl4ZWxz'},
            ],
        },
    ]
    usage = {
        'total_input_tokens': 7,
        'total_output_tokens': 5,
        'total_thought_tokens': 3,
        'total_tokens': 15,
        'total_cached_tokens': 2,
        'total_tool_use_tokens': 4,
    }
    operation, _ = await ended({'status': 'completed', 'steps': steps, 'usage': usage})
    assert operation.done
    assert operation.metadata['status'] == 'completed'
    response: Any = GenerateResponse.model_validate(operation.output)
    assert response.finish_reason == FinishReason.STOP
    assert response.message.content == [
        ReasoningPart(reasoning='I look it up.'),
        CustomPart(custom={'interactionStep': steps[2]}),
        TextPart(text='Scattering.', metadata={'annotations': [{'type': 'url_citation', 'url': 'https://x'}]}),
        MediaPart(media=Media(url='data:image/png;base64,cGl4ZWxz', content_type='image/png')),
    ]
    assert response.usage.input_tokens == 7
    assert response.usage.output_tokens == 8
    assert response.usage.thoughts_tokens == 3
    assert response.usage.total_tokens == 15
    assert response.usage.cached_content_tokens == 2
    assert response.usage.custom == {'toolUseTokens': 4}
    assert response.custom['interactionId'] == 'v1_abc'


async def test_a_conversation_its_instructions_media_and_options_are_sent():
    sound = f'data:audio/wav;base64,{base64.b64encode(b"la").decode()}'
    _, body = await ended(
        {'status': 'queued'},
        prompt=None,
        system='Be brief.',
        messages=[
            Message(role=Role.USER, content=[TextPart(text='Hear this'), MediaPart(media=Media(url=sound))]),
            Message(role=Role.MODEL, content=[TextPart(text='A song.')]),
            Message(
                role=Role.USER,
                content=[
                    TextPart(text='And this'),
                    MediaPart(media=Media(url='gs://b/report.pdf', content_type='application/pdf')),
                ],
            ),
        ],
        config={
            'agent_config': {'type': 'deep-research', 'visualization': 'off'},
            'tools': [{'type': 'google_search'}],
            'previous_interaction_id': 'v1_before',
            'webhook_config': {'uris': ['https://example.com']},
        },
    )
    assert body == {
        'agent': 'deep-research-preview-04-2026',
        'background': True,
        'system_instruction': 'Be brief.',
        'agent_config': {'type': 'deep-research', 'visualization': 'off'},
        'tools': [{'type': 'google_search'}],
        'previous_interaction_id': 'v1_before',
        'webhook_config': {'uris': ['https://example.com']},
        'input': [
            {
                'type': 'user_input',
                'content': [
                    {'type': 'text', 'text': 'Hear this'},
                    {'type': 'audio', 'mime_type': 'audio/wav', 'data': 'bGE='},
                ],
            },
            {'type': 'model_output', 'content': [{'type': 'text', 'text': 'A song.'}]},
            {
                'type': 'user_input',
                'content': [
                    {'type': 'text', 'text': 'And this'},
                    {'type': 'document', 'mime_type': 'application/pdf', 'uri': 'gs://b/report.pdf'},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ('status', 'reason'),
    [
        ('incomplete', FinishReason.LENGTH),
        ('budget_exceeded', FinishReason.LENGTH),
        ('requires_action', FinishReason.OTHER),
        ('something_new', FinishReason.OTHER),
    ],
)
async def test_an_end_that_is_not_complete_is_told(status, reason):
    operation, _ = await ended({'status': status, 'steps': []})
    assert operation.done
    response: Any = GenerateResponse.model_validate(operation.output)
    assert response.finish_reason == reason
    assert status in response.finish_message


async def test_an_agent_is_cancelled_under_its_own_revision_of_the_interface():
    provider = Provider({'status': 'in_progress'}, {'status': 'cancelled'})
    with LoopbackServer(provider) as server:
        ai = Genkit(plugins=[GoogleAI('key', base_url=server.url)])
        operation: Any = await ai.generate_operation(model=AGENT, prompt='Go')
        operation = await ai.cancel_operation(operation)
        await ai.aclose()
    assert operation.done
    assert operation.error.message == 'The interaction was cancelled.'
    assert [request.path for request in provider.asked] == [
        '/v1beta/interactions',
        '/v1beta/interactions/v1_abc/cancel',
    ]
    assert {request.headers['api-revision'] for request in provider.asked} == {'2026-05-20'}


async def test_a_call_of_a_tool_cannot_be_said_to_an_agent():
    call = ToolRequestPart(tool_request=ToolRequest(name='look', ref='1', input={}))
    with pytest.raises(GenkitError, match='takes text and media') as raised:
        await ended({}, prompt=None, messages=[Message(role=Role.MODEL, content=[call])])
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_an_answer_with_all_its_steps_can_be_gone_on_from():
    search = {'type': 'google_search_call', 'id': '1', 'arguments': {'queries': ['sky']}}
    novelty = {'type': 'hologram', 'points': [1]}
    steps = [
        {'type': 'thought', 'summary': [{'type': 'text', 'text': 'I look it up.'}]},
        search,
        {'type': 'model_output', 'content': [{'type': 'text', 'text': 'Scattering.'}, novelty]},
    ]
    operation, _ = await ended({'status': 'completed', 'steps': steps})
    response: Any = GenerateResponse.model_validate(operation.output)
    _, body = await ended({'status': 'queued'}, messages=[response.message], prompt='And at dusk?')
    assert body['input'] == [
        search,
        {'type': 'model_output', 'content': [{'type': 'text', 'text': 'Scattering.'}, novelty]},
        {'type': 'user_input', 'content': [{'type': 'text', 'text': 'And at dusk?'}]},
    ]
