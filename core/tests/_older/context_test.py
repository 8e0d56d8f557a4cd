# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import web
from genkit._older.context import ContextMetadata, RequestData


class Request:
    method = 'put'
    headers = {'X-User': 'Ada'}  # noqa: RUF012  (as frameworks have it)


@pytest.mark.parametrize('request_', [Request(), {'method': 'put', 'headers': {'X-User': 'Ada'}}])
def test_a_request_is_read_where_it_says_something(request_):
    data = RequestData(request_)
    assert isinstance(data, web.RequestData)
    assert (data.method, data.headers, data.input) == ('PUT', {'x-user': 'Ada'}, None)
    assert (data.request, data.metadata) == (request_, None)


def test_a_request_may_say_nothing_and_have_a_type():
    data = RequestData[dict[str, Any]]({'input': 1}, ContextMetadata(trace_id='t'))
    assert (data.method, data.headers, data.input) == ('POST', {}, 1)
    assert data.metadata == ContextMetadata('t')
