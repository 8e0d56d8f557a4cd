# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Media that providers make, and what comes in their place."""

import base64
from typing import Any

import pytest
from genkit import GenkitError
from genkit.plugin import bytes_of, is_of_other_kind, made_address, made_media


DOT = base64.b64encode(b'a dot').decode()


@pytest.mark.parametrize(
    ('value', 'url', 'kind'),
    [
        (DOT, f'data:image/png;base64,{DOT}', 'image/png'),
        (f'{DOT[:4]}\r\n{DOT[4:]}', f'data:image/png;base64,{DOT}', 'image/png'),
        (f'data:image/webp;base64,{DOT}', f'data:image/webp;base64,{DOT}', 'image/webp'),
        (f'data:;base64,{DOT}', f'data:image/png;base64,{DOT}', 'image/png'),
    ],
)
def test_a_medium_comes_as_base64_or_as_a_data_url(value: str, url: str, kind: str) -> None:
    made = made_media(value, 'image/png', 'data')
    assert (made.url, made.content_type) == (url, kind)


@pytest.mark.parametrize(
    'value',
    [
        '<html>busy</html>',
        'abc',
        7,
        {'a': 1},
        'data:text/html,<script>',
        f'data:text/html;base64,{DOT}',
        'data:image/png,x',
    ],
)
def test_what_is_no_medium_is_an_error_that_names_the_member(value: Any) -> None:
    with pytest.raises(GenkitError, match="as 'member'") as raised:
        made_media(value, 'image/png', 'member')
    assert raised.value.status == 'INTERNAL'


def test_a_type_that_is_none_is_an_error() -> None:
    with pytest.raises(GenkitError, match='media type'):
        made_media(DOT, 'image/png;base64,x', 'data')


def test_bytes_that_are_not_there_are_none() -> None:
    assert bytes_of(None, 'data') == b''


@pytest.mark.parametrize('address', ['https://x.test/a?b=c', 'http://x.test', 's3://bucket/a.mp4', 'gs://bucket/a.mp4'])
def test_a_medium_may_be_elsewhere(address: str) -> None:
    assert made_address(address, 'video/mp4', 'url').url == address
    assert made_address(f'data:video/mp4;base64,{DOT}', 'video/mp4', 'url').content_type == 'video/mp4'


@pytest.mark.parametrize('address', ['file:///etc/passwd', 'javascript:alert(1)', '/a.mp4', '', 7, 'data:text/html,x'])
def test_an_address_of_this_machine_is_an_error(address: Any) -> None:
    with pytest.raises(GenkitError, match="'url'") as raised:
        made_address(address, 'video/mp4', 'url')
    assert raised.value.status == 'INTERNAL'


@pytest.mark.parametrize(
    ('kind', 'content', 'is_other'),
    [
        ('audio/mpeg', b'ID3', False),
        ('audio/mpeg', b'', True),
        ('', b'ID3', False),
        ('application/octet-stream', b'{"not": "closed', False),
        ('application/octet-stream', b'{"error": {"message": "x"}}', True),
        ('binary/octet-stream', b'<!DOCTYPE html>', True),
        ('', b' <html>', True),
        ('text/html; charset=utf-8', b'ID3', True),
        ('image/png', b'ID3', True),
        ('application/problem+json', b'{}', True),
        ('application/xml', b'ID3', True),
        ('video/mp4', b'x', False),
    ],
)
def test_an_answer_that_is_no_sound_is_known(kind: str, content: bytes, is_other: bool) -> None:
    assert is_of_other_kind(kind, 'audio', content) is is_other
