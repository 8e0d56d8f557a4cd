# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the service refuses, and what becomes of what its content filter blocks."""

import contextlib
import json

import pytest
from genkit import GenerationBlockedError, Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.testing import SAFE, filtered_prompt


MESSAGE = 'The API deployment for this resource does not exist.'
DEPLOYMENTS = {'my-gpt': 'gpt-5.4-mini', 'model-router': None, 'my-claude': 'claude-opus-5', 'ours': None}


@contextlib.asynccontextmanager
async def served(answer, **options):
    with LoopbackServer(lambda _: answer) as server:
        options = {'api_key': 'the-key', 'deployments': DEPLOYMENTS, **options}
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, **options)])
        try:
            yield ai, server
        finally:
            await ai.aclose()


def error(code, message='no', status=400, **more):
    return CannedAnswer.of_json({'error': {'code': code, 'message': message, **more}}, status)


async def fail(answer, model='model-router', **options):
    async with served(answer, **options) as (ai, server):
        with pytest.raises(GenkitError) as raised:
            await ai.generate(f'microsoft-foundry/{model}', 'hi')
    return raised.value, server.url


@pytest.mark.parametrize('model', ['gpt-5.4-mini', 'claude-opus-5', 'gpt-image-2', 'gpt-4o'])
async def test_a_deployment_that_does_not_exist_is_named_beside_those_that_were_declared(model):
    raised, url = await fail(error('DeploymentNotFound', MESSAGE, 404), model)
    assert raised.status == 'NOT_FOUND'
    assert MESSAGE in raised.message
    assert f"Deployment '{model}' does not exist at '{url}'" in raised.message
    declared = "'my-gpt' (gpt-5.4-mini), 'model-router', 'my-claude' (claude-opus-5), 'ours'"
    assert f'Declared are {declared}.' in raised.message
    assert "deployments={'name': 'model'}" in raised.message
    assert raised.details['http_status'] == 404


async def test_a_deployment_that_a_request_names_is_the_one_in_the_error():
    async with served(error('DeploymentNotFound', MESSAGE, 404), deployments=None) as (ai, _):
        with pytest.raises(GenkitError, match="Deployment 'another' does not exist") as raised:
            await ai.generate('microsoft-foundry/model-router', 'hi', config={'version': 'another'})
    assert 'None was declared.' in raised.value.message


async def test_another_404_asks_whether_the_endpoint_is_right():
    raised, url = await fail(error('404', 'Resource not found', 404))
    assert f'{url!r} is the endpoint' in raised.message


@pytest.mark.parametrize(
    'answer',
    [
        error('OperationNotSupported', 'The chatCompletion operation does not work with the specified model.'),
        error('BadRequest', 'The model is not available in region westeurope.'),
    ],
)
async def test_a_model_that_a_region_lacks_is_an_error_that_says_where_to_look(answer):
    raised, _ = await fail(answer)
    assert raised.status == 'INVALID_ARGUMENT'
    assert 'region-availability' in raised.message
    assert "config={'api': 'chat'}" in raised.message


async def test_a_resource_that_takes_no_keys_wants_a_credential():
    raised, _ = await fail(error('AuthenticationTypeDisabled', 'Key based authentication is disabled.', 403))
    assert raised.status == 'PERMISSION_DENIED'
    assert 'credential=DefaultAzureCredential()' in raised.message


@pytest.mark.parametrize('model', ['model-router', 'claude-opus-5'])
async def test_a_key_that_is_refused_is_not_repeated(model):
    raised, url = await fail(error('401', "The key 'the-key' is wrong.", 401), model)
    assert raised.status == 'UNAUTHENTICATED'
    assert 'the-key' not in raised.message
    assert url in raised.message


async def test_a_limit_says_when_to_try_again():
    answer = CannedAnswer.of_json({'error': {'code': '429', 'message': 'slow'}}, 429, {'retry-after-ms': '1250'})
    raised, _ = await fail(answer)
    assert raised.status == 'RESOURCE_EXHAUSTED'
    assert raised.details['retry_after_ms'] == 1250


@pytest.mark.parametrize('is_streamed', [False, True])
@pytest.mark.parametrize('model', ['model-router', 'my-gpt', 'gpt-image-2'])
async def test_a_prompt_that_is_filtered_is_an_answer_that_says_so(model, is_streamed):
    answer = filtered_prompt('violence', in_responses=model == 'my-gpt')
    response = await blocked(answer, model, is_streamed=is_streamed)
    assert response.finish_message.startswith('The content filter blocked the prompt for violence (medium). ')
    assert 'content management policy' in response.finish_message
    assert response.raw['error']['code'] == 'content_filter'
    assert response.text == ''


@pytest.mark.parametrize('status', [200, 400])
async def test_a_filter_that_repeats_the_key_does_not_put_it_into_the_answer(status):
    error = {'code': 'content_filter', 'message': 'no, the-key-of-azure', 'innererror': {'told': ['the-key-of-azure']}}
    async with served(CannedAnswer.of_json({'error': error}, status)) as (ai, _):
        with pytest.raises(GenerationBlockedError) as raised:
            await ai.generate('microsoft-foundry/model-router', 'hi', config={'api_key': 'the-key-of-azure'})
    response = raised.value.response
    assert response.raw['error']['innererror'] == {'told': ['<redacted>']}
    assert 'the-key-of-azure' not in f'{response.raw} {response.finish_message}'


async def test_an_attack_has_no_severity():
    found = {'jailbreak': {'filtered': True, 'detected': True}, 'custom_blocklists': {'filtered': False, 'details': []}}
    inner = {'code': 'ResponsibleAIPolicyViolation', 'content_filter_result': {**SAFE, **found}}
    response = await blocked(error('content_filter', 'filtered', innererror=inner))
    assert response.finish_message == 'The content filter blocked the prompt for jailbreak. filtered'


@pytest.mark.parametrize('inner', [None, 'x', [], {'content_filter_result': 'x'}, {'content_filter_result': {'a': 1}}])
async def test_a_filter_that_says_nothing_still_blocks(inner):
    response = await blocked(error('content_filter', 'filtered', innererror=inner))
    assert response.finish_message == 'The content filter blocked the prompt. filtered'


async def blocked(answer, model='ours', *, is_streamed=False):
    """Return the answer that a call is blocked with."""
    async with served(answer) as (ai, _):
        name = f'microsoft-foundry/{model}'
        call = ai.generate_stream(name, 'hi').response if is_streamed else ai.generate(name, 'hi')
        with pytest.raises(GenerationBlockedError) as raised:
            await call
    response = raised.value.response
    assert response.finish_reason == 'blocked'
    return response


def event(**members):
    return {'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', **members}


def delta(text, reason=None, **more):
    return event(choices=[{'index': 0, 'delta': {'content': text}, 'finish_reason': reason, **more}])


ABOUT_PROMPT = {
    'id': '',
    'object': '',
    'created': 0,
    'model': '',
    'choices': [],
    'prompt_filter_results': [{'prompt_index': 0, 'content_filter_results': SAFE}],
}


async def test_an_answer_that_is_filtered_later_keeps_what_was_streamed_and_says_why():
    results = {'protected_material_text': {'detected': True, 'filtered': True}}
    last = {'index': 0, 'finish_reason': 'content_filter', 'content_filter_results': results}
    judged = {'index': 0, 'finish_reason': None, 'content_filter_results': SAFE}
    events = [
        ABOUT_PROMPT,
        delta('Hey '),
        delta('Jude'),
        {**ABOUT_PROMPT, 'choices': [judged], 'usage': None},
        {'id': '', 'object': '', 'created': 0, 'model': '', 'choices': [last], 'usage': None},
    ]
    response = await blocked(CannedAnswer.of_events(events), is_streamed=True)
    assert response.text == 'Hey Jude'
    assert response.finish_message == 'The content filter blocked the answer for protected material text.'
    assert response.raw['prompt_filter_results'] == ABOUT_PROMPT['prompt_filter_results']
    assert (response.raw['id'], response.raw['model'], response.raw['created']) == ('c', 'm', 1)
    assert response.raw['choices'][0]['content_filter_results'] == results


async def test_a_judgement_after_the_end_is_kept_and_changes_nothing():
    judged = {'index': 0, 'finish_reason': None, 'content_filter_results': SAFE, 'content_filter_offsets': {}}
    events = [ABOUT_PROMPT, delta('Color'), delta('', 'stop'), {**ABOUT_PROMPT, 'choices': [judged]}]
    async with served(CannedAnswer.of_events(events)) as (ai, _):
        response = await ai.generate_stream(model='microsoft-foundry/ours', prompt='What is color?').response
    assert (response.text, response.finish_reason, response.finish_message) == ('Color', 'stop', None)
    assert response.raw['choices'][0]['content_filter_results'] == SAFE
    assert response.raw['choices'][0]['finish_reason'] == 'stop'


async def test_a_filter_in_the_middle_of_a_stream_blocks():
    inner = {'content_filter_result': {'hate': {'filtered': True, 'severity': 'high'}}}
    filtered = {'error': {'code': 'content_filter', 'message': 'filtered', 'innererror': inner}}
    answer = CannedAnswer.of_events([ABOUT_PROMPT, delta('Hey'), filtered])
    response = await blocked(answer, is_streamed=True)
    assert 'hate (high)' in response.finish_message


async def test_a_whole_answer_that_is_filtered_names_the_categories():
    choice = {
        'index': 0,
        'finish_reason': 'content_filter',
        'message': {'role': 'assistant'},
        'content_filter_results': {**SAFE, 'self_harm': {'filtered': True, 'severity': 'low'}},
    }
    response = await blocked(CannedAnswer.of_json(event(choices=[choice])))
    assert response.finish_message == 'The content filter blocked the answer for self harm (low).'


async def test_an_answer_of_responses_that_is_filtered_names_the_categories():
    results = {'sexual': {'filtered': True, 'severity': 'medium'}}
    body = {
        'id': 'r',
        'status': 'incomplete',
        'incomplete_details': {'reason': 'content_filter'},
        'output': [],
        'content_filters': [
            {'blocked': False, 'source_type': 'prompt', 'content_filter_results': SAFE},
            {'blocked': True, 'source_type': 'completion', 'content_filter_results': results},
        ],
    }
    response = await blocked(CannedAnswer.of_json(body), 'my-gpt')
    assert response.finish_message == 'The content filter blocked the answer for sexual (medium).'


async def test_a_filtered_text_of_another_kind_is_an_error_with_what_the_filter_says():
    async with served(filtered_prompt('hate')) as (ai, _):
        with pytest.raises(GenkitError, match=r'hate \(medium\)') as raised:
            await ai.embed('microsoft-foundry/text-embedding-3-small', 'hi')
    assert raised.value.details['content_filter']['code'] == 'content_filter'
    json.dumps(raised.value.details)


@pytest.mark.parametrize('body', [b'<html>gateway</html>', b'null', b'{}', b'[]'])
async def test_what_is_no_answer_is_unavailable(body):
    raised, _ = await fail(CannedAnswer(body))
    assert raised.status == 'UNAVAILABLE'
