# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import GenkitError
from genkit.plugin import Maker, ModelEntry, ModelTable, ProviderPlugin, Task, whole_request
from genkit.types import GenerateRequest, Message, Role, TextPart


class Meow(ProviderPlugin):
    name = 'meow'
    label = 'Meow'
    models = ModelTable([ModelEntry(name='cat-1')])
    key_variables = ('MEOW_API_KEY',)
    base_url_variable = 'MEOW_BASE_URL'
    default_base_url = 'https://api.example.com'

    def makers(self) -> dict[Task, Maker]:
        return {}

    def _connect(self) -> Any:
        return self._base_url, self._timeout, self._max_retries, self._headers


async def test_a_client_has_the_settings_of_the_provider(monkeypatch):
    monkeypatch.delenv('MEOW_BASE_URL', raising=False)
    assert Meow().clients.get() == ('https://api.example.com', 600.0, 0, {})


async def test_the_environment_is_laid_over_them_and_the_arguments_over_both(monkeypatch):
    monkeypatch.setenv('MEOW_BASE_URL', 'https://of.example.com')
    assert Meow().clients.get()[0] == 'https://of.example.com'
    plugin = Meow(base_url='https://my.example.com', timeout=1.5, max_retries=2, headers={'a': 'b'})
    assert plugin.clients.get() == ('https://my.example.com', 1.5, 2, {'a': 'b'})


def test_models_are_listed_beside_the_own_ones_with_prefix_or_without():
    plugin = Meow(name='purr', models=['cat-2', 'purr/cat-3'])
    assert [entry.name for entry in plugin.models] == ['cat-1', 'cat-2', 'cat-3']
    assert [entry.name for entry in Meow.models] == ['cat-1']


def test_an_address_with_credentials_is_refused():
    with pytest.raises(GenkitError, match='base_url'):
        Meow(base_url='https://user:s3cret@example.com')


def test_a_request_is_meant_by_its_messages_or_by_a_prompt():
    request = GenerateRequest(messages=[Message(role=Role.USER, content=[TextPart(text='Meow?')])])
    assert whole_request(request) is request
    assert whole_request(request.messages) == whole_request('Meow?') == request
