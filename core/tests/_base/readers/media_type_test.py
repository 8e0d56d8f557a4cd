# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit._base.readers.media_type import check_media_type, essence, is_accepted


@pytest.mark.parametrize('text', ['image/png', 'audio/L16;rate=16000', 'text/plain; charset=utf-8', 'image/svg+xml'])
def test_a_media_type_is_returned_as_it_is(text):
    assert check_media_type(text) == text


@pytest.mark.parametrize(
    'text',
    [
        '',
        'png',
        'image/',
        '/png',
        'image/png"><script>',
        'image/png,',
        'image/png\r\nx: y',
        'image/png\n',
        'im age/png',
        'image/png;base64,AAAA',
        'image/png; a="b"',
        'image/png;',
        'image/' + 'a' * 128,
        'image/pñg',
        '*/*',
    ],
)
def test_what_is_none_is_refused(text):
    with pytest.raises(GenkitError, match='expected a type such as image/png') as refused:
        check_media_type(text)
    assert (refused.value.status, refused.value.reason) == ('INVALID_ARGUMENT', 'INVALID_PART')


def test_the_essence_of_a_header_is_its_type_in_lower_case():
    assert essence('Image/PNG; charset="x y"') == 'image/png'
    assert essence('') == essence(' ; a=b') == ''
    with pytest.raises(GenkitError):
        essence('image/png"><script>; a=b')


def test_families_end_with_a_slash_and_types_are_whole():
    assert is_accepted('image/png', ['image/'])
    assert is_accepted('application/pdf', ['Application/PDF'])
    assert not is_accepted('application/pdfx', ['application/pdf'])
    assert not is_accepted('', ['image/'])
