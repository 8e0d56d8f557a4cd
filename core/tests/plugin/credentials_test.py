# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import Credentials, without_key
from genkit.types import GenerationCommonConfig


VARIABLES = ('ACME_API_KEY', 'ACME_KEY')


def test_the_request_wins_over_the_plugin_and_the_plugin_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ACME_KEY', 'environment')
    assert Credentials('acme', None, VARIABLES).key_for() == 'environment'
    given = Credentials('acme', 'plugin', VARIABLES)
    assert given.key_for() == 'plugin'
    assert given.key_for({'api_key': 'request'}) == 'request'
    assert given.key_for({'apiKey': 'request'}) == 'request'
    assert given.key_for(GenerationCommonConfig(api_key='request')) == 'request'
    monkeypatch.setenv('ACME_API_KEY', 'first')
    assert Credentials('acme', None, VARIABLES).key_for() == 'first'


async def test_a_context_may_bring_a_key() -> None:
    ai = Genkit()

    @ai.flow()
    async def key() -> str:
        return Credentials('acme', 'plugin', VARIABLES).key_for()

    assert (await key.action.arun(context={'secrets': {'api_key': 'theirs'}})).response == 'theirs'
    assert (await key.action.arun(context={'auth': 'somebody'})).response == 'plugin'


async def test_a_function_gives_a_key_for_each_request() -> None:
    keys = iter(['one', 'two'])

    async def later() -> str:
        return next(keys)

    assert await Credentials('acme', lambda: 'now', VARIABLES).fetch() == 'now'
    credentials = Credentials('acme', later, VARIABLES)
    assert [await credentials.fetch() for _ in range(2)] == ['one', 'two']
    assert await credentials.fetch({'api_key': 'request'}) == 'request'
    assert await Credentials('acme', 'plugin', VARIABLES).fetch() == 'plugin'


@pytest.mark.parametrize(('given', 'words'), [(None, 'a value of type NoneType'), ('', 'an empty text')])
async def test_a_function_that_gives_no_key_is_told(given: Any, words: str) -> None:
    with pytest.raises(GenkitError, match=f"that gives plugin 'acme' its keys returned {words}") as raised:
        await Credentials('acme', lambda: given, VARIABLES).fetch()
    assert raised.value.status == 'FAILED_PRECONDITION'


def test_a_missing_key_names_every_place_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(GenkitError, match='ACME_API_KEY or ACME_KEY') as raised:
        Credentials('acme', None, VARIABLES).key_for({})
    assert raised.value.status == 'FAILED_PRECONDITION'


def test_a_plugin_without_a_key_of_its_own_wants_one_from_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ACME_KEY', 'environment')
    credentials = Credentials('acme', False, VARIABLES)
    with pytest.raises(GenkitError, match='every request must bring one'):
        credentials.key_for()
    assert credentials.key_for({'api_key': 'request'}) == 'request'


def test_it_shows_no_key_and_a_configuration_can_be_sent_without_one() -> None:
    assert 'hunter2' not in repr(Credentials('acme', 'hunter2', VARIABLES))
    assert without_key({'api_key': 'a', 'apiKey': 'b', 'temperature': 0}) == {'temperature': 0}


@pytest.mark.parametrize('key', ['…', 'two words', 'line\n', 'tab\t', 'clé'])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(GenkitError, match='Copy it again') as raised:
        Credentials('acme', key, VARIABLES).key_for()
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert key not in str(raised.value)
