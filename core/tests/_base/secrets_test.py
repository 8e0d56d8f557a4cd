# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import copy
import json

import pytest
from genkit._base.secrets import REDACTED, is_secret, redact, redact_json
from hypothesis import given
from hypothesis import strategies as st


HIDDEN = [
    'apiKey',
    'api_key',
    'API-KEY',
    'apikey',
    'x-api-key',
    'X_API_KEY',
    'authorization',
    'Authorization',
    'proxy-authorization',
    'password',
    'passwd',
    'passphrase',
    'secret',
    'token',
    'clientSecret',
    'client_secret',
    'accessToken',
    'access_token',
    'refresh-token',
    'idToken',
    'auth_token',
    'bearer_token',
    'session_token',
    'secretKey',
    'secret_key',
    'privateKey',
    'private_key',
    'accessKey',
    'credential',
    'credentials',
    'cookie',
    'Set-Cookie',
    'secrets',
    'tokens',
    'apiKeys',
    'x_token',
    'x-auth-token',
    'openai_api_key',
    'OPENAI_API_KEY',
    'googleApiKey',
    'github_token',
    'db_password',
    'user_password',
    'aws_secret_access_key',
    'jwt',
    'pwd',
]

SHOWN = [
    'key',
    'inputTokens',
    'maxOutputTokens',
    'totalTokens',
    'tokenCount',
    'keyboard',
    'author',
    'secretary',
    'passwordless',
    'cookies_accepted',
    'name',
    '',
]

SECRET = 'sk-0123456789-unguessable'

plain_names = st.sampled_from(['name', 'items', 'inputTokens', 'x', 'ä', 'tokenCount'])
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
plain_data = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_names, inner, max_size=3)
)


def around(hidden: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return JSON values with secrets somewhere in them."""
    member = st.dictionaries(st.sampled_from(HIDDEN), hidden, min_size=1, max_size=2)
    return st.recursive(
        member,
        lambda inner: (
            st.lists(inner | plain, min_size=1, max_size=3)
            | st.dictionaries(plain_names, inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )


@pytest.mark.parametrize('name', HIDDEN)
def test_names_of_credentials_are_known_in_every_spelling(name):
    assert is_secret(name)
    assert redact({name: SECRET}) == {name: REDACTED}


@pytest.mark.parametrize('name', SHOWN)
def test_names_that_only_look_alike_are_shown(name):
    assert not is_secret(name)
    assert redact({name: 'value'}) == {name: 'value'}


@given(
    around(st.just(SECRET) | st.lists(st.just(SECRET), min_size=1) | st.fixed_dictionaries({'inner': st.just(SECRET)}))
)
def test_no_secret_is_left_at_any_depth(value):
    text = json.dumps(value)
    assert SECRET not in redact_json(text)
    assert SECRET not in json.dumps(redact(value))
    assert json.loads(redact_json(text)) == redact(value)


@given(plain_data)
def test_nothing_else_changes(value):
    text = json.dumps(value, ensure_ascii=False)
    assert redact(value) == value
    assert redact_json(text) == text


@given(around(st.just(SECRET)))
def test_the_given_value_is_left_as_it_is(value):
    before = copy.deepcopy(value)
    redact(value)
    assert value == before


def test_members_beside_a_secret_are_kept():
    assert redact({'user': 'ada', 'apiKey': SECRET, 'n': 1}) == {'user': 'ada', 'apiKey': REDACTED, 'n': 1}


@pytest.mark.parametrize('empty', [None, ''])
def test_an_absent_credential_is_seen_to_be_absent(empty):
    assert redact({'apiKey': empty}) == {'apiKey': empty}


def test_names_that_are_no_text_are_not_looked_at():
    assert redact({1: 'a'}) == {1: 'a'}


def test_text_that_only_mentions_a_name_is_not_parsed():
    assert redact_json('not json, but "apiKey" is a word') == 'not json, but "apiKey" is a word'


def test_characters_survive_redaction():
    assert redact_json('{"ä":"€","token":"x"}') == '{"ä":"€","token":"<redacted>"}'


def test_json_within_json_is_looked_at():
    assert SECRET not in redact_json(json.dumps({'body': json.dumps({'apiKey': SECRET})}))
