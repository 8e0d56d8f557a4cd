# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a resource is asked, whichever of its addresses was copied, and which names are for what."""

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import Task
from genkit.testing import LoopbackServer, Said
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.endpoint import to_endpoint
from genkit_microsoft_foundry.models import MODELS
from genkit_microsoft_foundry.testing import FoundryChatWire, FoundryEmbedWire, FoundryResponsesWire


AZURE = 'https://r.openai.azure.com'
FOUNDRY = 'https://r.services.ai.azure.com'
CHAT = FoundryChatWire()


@pytest.mark.parametrize(
    'given',
    [
        AZURE,
        f'{AZURE}/',
        f'{AZURE}/openai',
        f'{AZURE}/openai/v1',
        f'{AZURE}/openai/v1/',
        f'{AZURE}/openai/v1/responses',
        f'{AZURE}/openai/responses?api-version=2025-04-01-preview',
        f'{AZURE}/openai/deployments/openai/chat/completions?api-version=2024-10-21',
        'r.openai.azure.com',
        'r',
        f'\ufeff "{AZURE}/"\u200b\n',
    ],
)
def test_every_address_of_a_resource_means_the_same(given):
    assert to_endpoint('p', given) == (AZURE, f'{AZURE}/openai/v1', FOUNDRY)


@pytest.mark.parametrize(
    'given',
    [
        FOUNDRY,
        f'{FOUNDRY}/models',
        f'{FOUNDRY}/models/chat/completions?api-version=2024-05-01-preview',
        f'{FOUNDRY}/api/projects/my-project',
        f'{FOUNDRY}/api/projects/my-project/openai/v1',
        f'{FOUNDRY}/anthropic/v1/messages',
        f'{FOUNDRY}/mai/v1/images/generations',
        f'{FOUNDRY}/providers/blackforestlabs/v1/flux-2-pro?api-version=preview',
    ],
)
def test_addresses_of_a_foundry_resource_mean_the_same(given):
    assert to_endpoint('p', given) == (FOUNDRY, f'{FOUNDRY}/openai/v1', FOUNDRY)


@pytest.mark.parametrize(
    ('given', 'v1'),
    [
        ('http://127.0.0.1:8080', 'http://127.0.0.1:8080/openai/v1'),
        ('https://gateway.example/azure', 'https://gateway.example/azure/openai/v1'),
        ('https://gateway.example/azure/openai/v1/', 'https://gateway.example/azure/openai/v1'),
        ('https://gateway.example/openai/team/openai/v1', 'https://gateway.example/openai/team/openai/v1'),
        ('https://gateway.example/v1', 'https://gateway.example/v1'),
        ('https://r.cognitiveservices.azure.com/', 'https://r.cognitiveservices.azure.com/openai/v1'),
    ],
)
def test_a_gateway_keeps_its_path(given, v1):
    assert to_endpoint('p', given).v1 == v1


@pytest.mark.parametrize('given', ['ftp://r.example', 'https://', 'https://r .example', 'https://r\u200b.de', '//'])
def test_what_is_no_address_is_refused_with_its_text(given):
    with pytest.raises(GenkitError, match='which is no URL of a resource') as raised:
        MicrosoftFoundry(api_key='k', endpoint=given)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_no_endpoint_is_an_error_that_names_the_variable(monkeypatch):
    for variable in ('AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_BASE_URL', 'AZURE_ENDPOINT'):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(GenkitError, match='AZURE_OPENAI_ENDPOINT') as raised:
        MicrosoftFoundry(api_key='k')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_the_variables_of_azure_openai_are_enough(monkeypatch):
    with LoopbackServer(lambda _: FoundryResponsesWire().answer(Said(texts=['ok']))) as server:
        monkeypatch.setenv('AZURE_OPENAI_ENDPOINT', f'{server.url}/')
        monkeypatch.setenv('AZURE_OPENAI_API_KEY', 'of-the-environment')
        monkeypatch.setenv('AZURE_OPENAI_DEPLOYMENT', 'gpt-5.4-of-mine')
        monkeypatch.setenv('OPENAI_API_VERSION', '2024-10-21')  # the current API takes none
        plugin = MicrosoftFoundry()
        ai = Genkit(plugins=[plugin], model='microsoft-foundry/gpt-5.4-of-mine')
        assert (await ai.generate(prompt='hi')).text == 'ok'
        listed = {metadata.name for metadata in await plugin.list_actions()}
        await ai.aclose()
    [request] = server.requests
    assert request.path == '/openai/v1/responses'
    assert request.headers['api-key'] == 'of-the-environment'
    assert 'authorization' not in request.headers
    assert 'microsoft-foundry/gpt-5.4-of-mine' in listed


@pytest.mark.parametrize('name', ['model-router', 'text-embedding-3-small'])
async def test_a_dated_version_asks_by_the_paths_of_deployments(name):
    wire = CHAT if name == 'model-router' else FoundryEmbedWire()
    answer = CHAT.answer(Said(texts=['ok'])) if wire is CHAT else FoundryEmbedWire().vectors([[1.0]])
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[MicrosoftFoundry('key', endpoint=server.url, api_version='2024-10-21')])
        full = f'microsoft-foundry/{name}'
        await (ai.generate(full, 'hi') if wire is CHAT else ai.embed(full, 'hi'))
        await ai.aclose()
    [request] = server.requests
    path = 'chat/completions' if wire is CHAT else 'embeddings'
    assert request.path == f'/openai/deployments/{name}/{path}?api-version=2024-10-21'
    assert request.headers['api-key'] == 'key'


async def test_a_version_without_a_date_goes_with_the_current_paths():
    with LoopbackServer(lambda _: CHAT.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[MicrosoftFoundry('key', endpoint=server.url, api_version='preview')])
        await ai.generate('microsoft-foundry/model-router', 'hi')
        await ai.aclose()
    assert server.requests[0].path == '/openai/v1/chat/completions?api-version=preview'


@pytest.mark.parametrize(
    ('name', 'task'),
    [
        ('my-gpt-image-2', Task.IMAGE),
        ('team-text-embedding-3-small', Task.EMBED),
        ('gpt-4o-mini-tts-eu', Task.SPEECH),
        ('whisper-eu', Task.TRANSCRIBE),
        ('sora-2', Task.VIDEO),
        ('Cohere-rerank-v4.0-fast-eu', Task.RERANK),
        ('claude-sonnet-5-5-eu', Task.CHAT),
        ('anything', Task.CHAT),
    ],
)
def test_what_a_deployment_is_for_follows_from_its_name(name, task):
    found = MODELS.find(name)
    assert found is not None
    assert found.task is task


@pytest.mark.parametrize(
    ('name', 'api'),
    [
        ('gpt-5.4-mini-eu', 'responses'),
        ('gpt-7-nova', 'responses'),
        ('prod-gpt-5', 'responses'),
        ('o3-pro', 'responses'),
        ('gpt-4.1-eu', 'chat'),
        ('gpt-oss-20b', 'chat'),
        ('DeepSeek-R2', 'chat'),
        ('ours', 'chat'),
    ],
)
def test_the_protocol_of_a_deployment_follows_from_its_name(name, api):
    plugin = MicrosoftFoundry('k', endpoint='r')
    entry = plugin.models.find(name)
    assert entry is not None
    assert plugin.api_for(entry, None) == api
    assert plugin.api_for(entry, {'api': 'chat'}) == 'chat'


async def test_declared_deployments_are_what_is_listed_with_the_capabilities_of_their_models():
    deployments = {'eyes': 'grok-4.7', 'blind': 'DeepSeek-V4-Pro', 'vectors': 'text-embedding-3-large', 'new': 'gpt-99'}
    listed = await MicrosoftFoundry('k', endpoint='r', deployments=deployments).list_actions()
    known = {metadata.name.partition('/')[2]: metadata.metadata or {} for metadata in listed}
    assert list(known) == list(deployments)
    assert known['eyes']['model']['supports']['media'] is True
    assert known['blind']['model']['supports']['media'] is False
    assert known['vectors']['embedder']['dimensions'] == 3072
    assert known['new']['model']['supports']['tools'] is True
