# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of vendors' libraries, by what they have in common."""

import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from genkit import GenkitError
from genkit.plugin import provider_error, provider_errors, retry_after_ms


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
