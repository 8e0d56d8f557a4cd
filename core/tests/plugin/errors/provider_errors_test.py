# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of vendors' libraries, by what they have in common."""

import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from genkit import GenkitError, StatusName
from genkit._base.errors import quotes_content
from genkit.plugin import (
    cut_short,
    error_in_body,
    misfit,
    no_answer,
    provider_error,
    provider_errors,
    retry_after_ms,
    reworded,
)


class ApiError(Exception):
    """What most vendors raise."""

    def __init__(self, code: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f'Error code: {code}')
        self.status_code = code
        self.body = body
        self.response = httpx.Response(code, headers=headers, request=httpx.Request('POST', 'https://x'))


class GoogleError(Exception):
    def __init__(self) -> None:
        super().__init__('429 RESOURCE_EXHAUSTED')
        self.code = 429
        self.status = 'RESOURCE_EXHAUSTED'
        retry = {'@type': 'type.googleapis.com/google.rpc.RetryInfo', 'retryDelay': '37.5s'}
        self.details = {'error': {'message': 'Quota exceeded.', 'details': [{'other': 1}, retry]}}


class GrpcError(Exception):
    class _Code:
        name = 'UNAUTHENTICATED'

    def code(self) -> Any:
        return self._Code()


class APITimeoutError(Exception):
    pass


@pytest.mark.parametrize(
    ('error', 'status'),
    [
        (ApiError(401), 'UNAUTHENTICATED'),
        (ApiError(402), 'RESOURCE_EXHAUSTED'),
        (ApiError(413), 'INVALID_ARGUMENT'),
        (ApiError(422), 'INVALID_ARGUMENT'),
        (ApiError(502), 'UNAVAILABLE'),
        (ApiError(529), 'UNAVAILABLE'),
        (ApiError(418), 'UNKNOWN'),
        (GoogleError(), 'RESOURCE_EXHAUSTED'),
        (GrpcError(), 'UNAUTHENTICATED'),
        (APITimeoutError(), 'DEADLINE_EXCEEDED'),
        (httpx.ConnectError('refused'), 'UNAVAILABLE'),
        (httpx.RemoteProtocolError('closed'), 'UNAVAILABLE'),
        (httpx.ReadTimeout('slow'), 'DEADLINE_EXCEEDED'),
        (TimeoutError(), 'DEADLINE_EXCEEDED'),
        (ConnectionResetError('reset'), 'UNAVAILABLE'),
        (KeyError('x'), 'INTERNAL'),
    ],
)
def test_an_error_has_the_status_of_what_it_is_about(error: Exception, status: str) -> None:
    assert provider_error('acme', error).status == status


def test_the_message_is_the_provider_s_own() -> None:
    assert provider_error('acme', ApiError(400, {'error': {'message': 'Too long.'}})).message == 'Too long.'
    assert provider_error('acme', ApiError(400, {'error': 'Too short.'})).message == 'Too short.'
    assert provider_error('acme', ApiError(400, {'message': 'Flat.'})).message == 'Flat.'
    assert provider_error('acme', ApiError(400)).message == 'Error code: 400'
    assert str(provider_error('acme', ApiError(400, {'message': 'Flat.'}))) == 'acme: INVALID_ARGUMENT: Flat.'


BODIES = [
    ({'error': {'message': 'slow down', 'code': 429}}, 'RESOURCE_EXHAUSTED', 'slow down'),
    ({'error': {'message': 'slow down', 'code': '429'}}, 'RESOURCE_EXHAUSTED', 'slow down'),
    ({'error': {'message': 'busy', 'code': 502}}, 'UNAVAILABLE', 'busy'),
    ({'error': {'message': 'busy', 'code': 503}}, 'UNAVAILABLE', 'busy'),
    ({'error': {'message': 'no credits', 'code': 402}}, 'RESOURCE_EXHAUSTED', 'no credits'),
    ({'error': {'message': 'quota', 'code': 429, 'status': 'RESOURCE_EXHAUSTED'}}, 'RESOURCE_EXHAUSTED', 'quota'),
    ({'error': {'message': 'who?', 'type': 'authentication_error'}}, 'UNAUTHENTICATED', 'who?'),
    (
        {'error': {'message': 'key', 'type': 'invalid_request_error', 'code': 'invalid_api_key'}},
        'UNAUTHENTICATED',
        'key',
    ),
    ({'error': 'over capacity'}, 'DATA_LOSS', 'over capacity'),
    ({'error': 'over capacity', 'code': 503}, 'UNAVAILABLE', 'over capacity'),
    ({'error': {'code': 400, 'own': 'x'}}, 'INVALID_ARGUMENT', '{"code":400,"own":"x"}'),
    ({'error': True, 'message': 'flat'}, 'DATA_LOSS', 'flat'),
    ({'error': {'error': {'message': 'nested'}}}, 'DATA_LOSS', 'nested'),
    ({'errors': [{'message': 'first', 'code': 404}]}, 'NOT_FOUND', 'first'),
    ([{'error': {'message': 'listed', 'code': 403}}], 'PERMISSION_DENIED', 'listed'),
    ({'message': 'bare'}, 'DATA_LOSS', 'bare'),
    ({'object': 'error', 'message': 'typed', 'type': 'not_found_error'}, 'NOT_FOUND', 'typed'),
    (
        {'object': 'error', 'message': {'detail': [{'loc': ['body', 'n'], 'msg': 'wrong'}]}},
        'DATA_LOSS',
        'body.n: wrong',
    ),
    ({'detail': 'Model not loaded'}, 'DATA_LOSS', 'Model not loaded'),
    (
        {'detail': [{'loc': ['body', 'n'], 'msg': 'not a number'}, {'msg': 'two'}]},
        'DATA_LOSS',
        'body.n: not a number; two',
    ),
    ('{"error": {"message": "as text", "code": 404}}', 'NOT_FOUND', 'as text'),
    (b'{"error": {"message": "as bytes", "code": 404}}', 'NOT_FOUND', 'as bytes'),
    ('upstream connect error', 'DATA_LOSS', 'upstream connect error'),
    ('<html><head><title>502 Bad &amp; Gateway</title></head></html>', 'DATA_LOSS', '502 Bad & Gateway'),
    ('<!DOCTYPE html><style>p {}</style><p>Sign <b>in</b></p>', 'DATA_LOSS', 'Sign in'),
]


@pytest.mark.parametrize(('body', 'status', 'text'), BODIES)
def test_an_error_in_a_body_has_the_provider_s_text_and_the_status_that_it_names(
    body: Any, status: str, text: str
) -> None:
    error = error_in_body('acme', body, status='DATA_LOSS')
    assert error is not None
    assert (error.status, error.message, error.source) == (status, text, 'acme')
    failed = provider_error('acme', ApiError(422, body))
    assert failed.message == text
    assert failed.status == 'INVALID_ARGUMENT' or 'RESOURCE_EXHAUSTED' in str(body)


@pytest.mark.parametrize(
    'body',
    [
        None,
        '',
        b' ',
        0,
        [],
        {},
        {'error': None},
        {'error': ''},
        {'error': {}},
        {'message': {'content': 'hi'}, 'error': None},
        {'message': {'content': 'hi'}, 'error': ''},
        {'choices': []},
        ['text'],
    ],
)
def test_a_body_without_an_error_is_none(body: Any) -> None:
    assert error_in_body('acme', body) is None


def test_an_error_without_a_status_is_unavailable_unless_the_answer_had_begun() -> None:
    error = error_in_body('acme', {'error': {'message': 'x', 'type': 'of_its_own'}})
    assert error is not None
    assert error.status == 'UNAVAILABLE'
    error = error_in_body('acme', {'error': {'type': 'Of_Its_Own'}}, kinds={'of_its_own': StatusName.ABORTED})
    assert error is not None
    assert error.status == 'ABORTED'


def test_the_status_line_decides_over_the_body() -> None:
    assert provider_error('acme', ApiError(400, {'error': {'message': 'x', 'code': 429}})).status == 'INVALID_ARGUMENT'


def test_texts_of_bodies_repeat_no_key_and_are_short() -> None:
    for error in (
        error_in_body('acme', {'error': 'my-own-key is wrong'}, secrets=('my-own-key', None)),
        no_answer('acme', 'my-own-key is wrong', secrets=('my-own-key',)),
        error_in_body('acme', 'x' * 100_000),
        error_in_body('acme', '<html>' + '<p' * 100_000),
        no_answer('acme', {'long': 'x' * 100_000}),
    ):
        assert error is not None
        assert 'my-own-key' not in error.message
        assert len(error.message) < 2_000


def test_a_key_that_is_as_short_as_a_word_is_not_cut_out_of_words() -> None:
    error = error_in_body('acme', {'error': 'chunked: the key k is wrong'}, secrets=('k',))
    assert error is not None
    assert error.message == 'chunked: the key <redacted> is wrong'


def test_an_answer_without_anything_of_the_protocol_says_how_it_begins() -> None:
    error = no_answer('acme', b'<html><title>Sign in</title></html>')
    assert error.status == 'UNAVAILABLE'
    assert "begins with 'Sign in'" in error.message
    assert 'base_url' in error.message
    assert 'is empty' in no_answer('acme', '  ').message


def test_a_page_without_any_text_is_shown_as_it_is() -> None:
    assert "begins with '<html>'" in no_answer('acme', b'<html>').message


def test_an_answer_that_stopped_is_lost() -> None:
    error = cut_short('acme', 'message_stop')
    assert error.status == 'DATA_LOSS'
    assert 'message_stop' in error.message


def test_an_error_of_ours_stays_as_it_is() -> None:
    ours = GenkitError('mine', status='ABORTED')
    assert provider_error('acme', ours) is ours


def test_hints_are_read_wherever_providers_put_them() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after_ms({'retry-after-ms': '250.4'}) == 250
    assert retry_after_ms({'retry-after': '7'}) == 7000
    assert retry_after_ms({'retry-after-ms': '5', 'retry-after': '7'}) == 5
    assert 28_000 <= (retry_after_ms({'retry-after': later}) or 0) <= 30_000
    assert retry_after_ms({'retry-after': 'soon'}) is None
    assert retry_after_ms({}) is None
    assert provider_error('acme', GoogleError()).details['retry_after_ms'] == 37_500


def test_a_key_in_a_provider_s_text_goes_no_further() -> None:
    key = 'not-shaped-like-a-key'
    with pytest.raises(GenkitError) as raised, provider_errors('acme', (key, None)):
        raise ApiError(401, {'error': {'message': f'{key} and sk-proj-1234567890abcdef are wrong'}})
    text = ''.join(traceback.format_exception(raised.value))
    assert key not in text
    assert 'sk-proj-1234567890abcdef' not in raised.value.message
    assert 'are wrong' in raised.value.message


def test_the_vendor_s_error_stays_as_the_cause() -> None:
    vendor = ApiError(500)
    with pytest.raises(GenkitError) as raised, provider_errors('acme'):
        raise vendor
    assert raised.value.__cause__ is vendor


def test_cancellation_is_no_error_of_a_provider() -> None:
    with pytest.raises(KeyboardInterrupt), provider_errors('acme'):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ('hint', 'milliseconds'),
    [
        ('9' * 400, 86_400_000),
        ('86401', 86_400_000),
        ('86400', 86_400_000),
        ('0', 0),
        ('1.5', 1500),
        ('-5', None),
        ('\u0665', None),
        ('\u00b2', None),
        ('.', None),
        ('nan', None),
        ('Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000),
        ('Mon, 01 Jan 1990 00:00:00 GMT', 0),
        ('Mon, 01 Jan 99999999999999999999 00:00:00 GMT', None),
    ],
)
def test_a_hint_is_a_wait_that_can_be_meant(hint: str, milliseconds: int | None) -> None:
    assert retry_after_ms({'retry-after': hint}) == milliseconds


def test_a_hint_in_a_body_is_bounded_too() -> None:
    assert retry_after_ms({}, {'error': {'details': [{'retryDelay': f'{"9" * 400}s'}]}}) == 86_400_000


@pytest.mark.parametrize('location', ['https://elsewhere.test/v1?key=abc', 'https://[', '/v2', ''])
def test_a_redirect_says_which_host_it_points_to_and_no_more(location: str) -> None:
    response = httpx.Response(307, headers={'location': location}, request=httpx.Request('POST', 'https://x'))
    with pytest.raises(httpx.HTTPStatusError) as answered:
        response.raise_for_status()
    error = provider_error('acme', answered.value)
    assert error.status == 'FAILED_PRECONDITION'
    assert ("'elsewhere.test'" in error.message) == ('elsewhere' in location)
    assert 'abc' not in ''.join(traceback.format_exception(error))
    assert error.details['http_status'] == 307


def test_an_error_is_reworded_and_keeps_its_cause():
    cause = ConnectionError('gone')
    known = provider_error('shelf', cause)

    raised = reworded(known, 'shelf', 'The shelf is gone. Build another.')
    assert (raised.status, raised.message) == ('UNAVAILABLE', 'The shelf is gone. Build another.')
    assert (raised.__cause__, raised.source) == (cause, 'shelf')

    raised = reworded(known, 'shelf', 'No shelf.', status='NOT_FOUND', details={'shelf': 3})
    assert (raised.status, raised.details['shelf']) == ('NOT_FOUND', 3)


def test_an_answer_that_refers_to_an_earlier_one_is_no_redirect() -> None:
    error = provider_error('acme', ApiError(304))
    assert (error.status, error.details['http_status']) == ('UNAVAILABLE', 304)
    assert 'redirect' not in error.message


def test_an_error_of_ours_that_quotes_a_key_is_raised_without_it() -> None:
    key = 'the-key-of-acme'
    details = {'told': [{'header': f'x {key}'}], 'count': 1}
    with pytest.raises(GenkitError) as raised, provider_errors('acme', [key, None]):
        raise GenkitError(f'It sent {key!r}.', status='INTERNAL', cause=ValueError(key), details=details)
    error = raised.value
    assert (error.message, error.status, error.details['count']) == ("It sent '<redacted>'.", 'INTERNAL', 1)
    assert key not in ''.join(traceback.format_exception(error)) + repr(error.details)


def test_what_a_plugin_says_itself_repeats_no_key_either() -> None:
    key = 'the-key-of-acme'

    def own(_: Exception) -> GenkitError:
        return GenkitError('blocked', status='INVALID_ARGUMENT', details={'told': {'message': f'x {key}'}})

    with pytest.raises(GenkitError) as raised, provider_errors('acme', [key], own):
        raise ApiError(400)
    assert raised.value.details['told'] == {'message': 'x <redacted>'}


@pytest.mark.parametrize('error', [no_answer('acme', 'private words'), misfit("'private words'", 'text', 'a number')])
def test_an_error_that_repeats_a_piece_of_an_answer_is_known_as_one(error: GenkitError) -> None:
    assert 'private' in error.message
    assert quotes_content(error)
    assert quotes_content(reworded(error, 'acme', f'{error.message} Ask again.'))
    assert not quotes_content(cut_short('acme'))


def test_an_error_of_ours_that_quotes_no_key_passes_as_it_is() -> None:
    error = GenkitError('The key of the house is missing.', status='NOT_FOUND')
    with pytest.raises(GenkitError) as raised, provider_errors('acme', ['the-key-of-acme', 'key']):
        raise error
    assert raised.value is error
