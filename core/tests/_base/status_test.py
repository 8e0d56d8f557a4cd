# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import StatusName
from genkit.plugin import from_http_code


TABLE = {
    'OK': (0, 200),
    'CANCELLED': (1, 499),
    'UNKNOWN': (2, 500),
    'INVALID_ARGUMENT': (3, 400),
    'DEADLINE_EXCEEDED': (4, 504),
    'NOT_FOUND': (5, 404),
    'ALREADY_EXISTS': (6, 409),
    'PERMISSION_DENIED': (7, 403),
    'RESOURCE_EXHAUSTED': (8, 429),
    'FAILED_PRECONDITION': (9, 400),
    'ABORTED': (10, 409),
    'OUT_OF_RANGE': (11, 400),
    'UNIMPLEMENTED': (12, 501),
    'INTERNAL': (13, 500),
    'UNAVAILABLE': (14, 503),
    'DATA_LOSS': (15, 500),
    'UNAUTHENTICATED': (16, 401),
}

FROM_HTTP = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    408: 'DEADLINE_EXCEEDED',
    409: 'ABORTED',
    429: 'RESOURCE_EXHAUSTED',
    499: 'CANCELLED',
    500: 'INTERNAL',
    501: 'UNIMPLEMENTED',
    503: 'UNAVAILABLE',
    504: 'DEADLINE_EXCEEDED',
    502: 'INTERNAL',
    599: 'INTERNAL',
    200: 'UNKNOWN',
    301: 'UNKNOWN',
    402: 'UNKNOWN',
    418: 'UNKNOWN',
}


def test_every_status_has_its_code_and_its_http_status():
    assert {status.value: (status.code, status.http_code) for status in StatusName} == TABLE


@pytest.mark.parametrize(('http_code', 'status'), FROM_HTTP.items())
def test_an_http_answer_stands_for_a_status(http_code, status):
    assert from_http_code(http_code) == StatusName(status)


def test_a_status_is_its_name():
    assert StatusName.NOT_FOUND == 'NOT_FOUND'
    assert f'{StatusName.NOT_FOUND}' == 'NOT_FOUND'
