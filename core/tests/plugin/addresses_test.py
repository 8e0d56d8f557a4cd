# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Addresses of providers, and what of headers is secret."""

import traceback

import pytest
from genkit import GenkitError
from genkit.plugin import header_secrets, url_path, without_credentials, without_query


@pytest.mark.parametrize('given', [None, 'https://api.test/v1', 'https://api.test/@scope/v1', 'api.test:80', 'x?a=b@c'])
def test_an_address_without_credentials_stays_as_it_is(given: str | None) -> None:
    assert without_credentials('acme', given) == given


@pytest.mark.parametrize(
    'given',
    [
        'https://ada:hush-hush@api.test/v1',
        'https://hush-hush@api.test',
        'ada:hush-hush@api.test',
        'http://a:hush-hush@[',
    ],
)
def test_an_address_with_credentials_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(GenkitError, match=r'base_url of plugin .acme.') as raised:
        without_credentials('acme', given)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert 'hush' not in ''.join(traceback.format_exception(raised.value))


def test_headers_are_secret_as_a_whole_and_in_parts() -> None:
    found = header_secrets(
        {'X-Token': 'abcdefghij', 'Authorization': 'Bearer 0123456789', 'Cookie': 'sid=klmnopqrst; a=b'}
    )
    assert {'abcdefghij', '0123456789', 'klmnopqrst'} <= set(found)
    assert header_secrets({'x-team': 'a'}) == header_secrets(None) == ()


@pytest.mark.parametrize(
    ('name', 'safe', 'path'),
    [
        ('meow-1', '', 'meow-1'),
        ('acme/meow-1', '/', 'acme/meow-1'),
        ('acme/meow-1', '', 'acme%2Fmeow-1'),
        ('meow..1', '', 'meow..1'),
        ('../meow', '', '..%2Fmeow'),
        ('meow?a=b#c d\n', '', 'meow%3Fa%3Db%23c%20d%0A'),
        ('%2e%2e', '', '%252e%252e'),
        ('miau\ud83d', '', 'miau%3F'),
    ],
)
def test_a_name_is_a_part_of_a_path(name: str, safe: str, path: str) -> None:
    assert url_path(name, safe=safe) == path


@pytest.mark.parametrize('name', ['', '.', '..', '../meow', 'acme/../../secrets', 'acme/.', './meow'])
def test_a_name_that_leads_elsewhere_is_no_part_of_a_path(name: str) -> None:
    with pytest.raises(GenkitError, match='cannot be part of an address') as raised:
        url_path(name, safe='/')
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('given', ['https://api.test/v1?key=hush-hush', 'https://api.test/v1#hush-hush', '/v1?'])
def test_an_address_behind_which_no_path_can_be_added_is_refused_and_not_repeated(given: str) -> None:
    assert without_query('acme', 'https://api.test/v1') == 'https://api.test/v1'
    with pytest.raises(GenkitError, match=r'base_url of plugin .acme.') as raised:
        without_query('acme', given)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert 'hush' not in ''.join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    'headers',
    [
        {'cf-aig-authorization': 'Bearer the-hushed-one'},
        {'X-Gateway': 'Bearer the-hushed-one'},
        {'X-Api-Keys': 'a=1; b=the-hushed-one'},
    ],
)
def test_credentials_of_a_gateway_are_secret_without_what_stands_before_them(headers: dict[str, str]) -> None:
    assert 'the-hushed-one' in header_secrets(headers)
