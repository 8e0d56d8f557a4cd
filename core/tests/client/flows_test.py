# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
from dataclasses import dataclass
from datetime import date

import httpx
import pytest
from genkit import GenkitError
from genkit.client import ClientOptions, run_flow
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import Part, TextPart
from pydantic import BaseModel, Field


class Dish(BaseModel):
    name: str
    price_cents: int = Field(alias='priceCents')
    note: str | None = None


@dataclass
class Order:
    dish: str
    table: int | None = None


def echo() -> LoopbackServer:
    return LoopbackServer(lambda request: CannedAnswer.of_json({'result': request.json['data']}))


class TestTheRequest:
    async def test_is_a_post_of_the_input(self):
        with echo() as server:
            assert await run_flow(f'{server.url}/menu?day=1', {'guests': 2}) == {'guests': 2}
        (request,) = server.requests
        assert (request.method, request.path) == ('POST', '/menu?day=1')
        assert request.body == b'{"data":{"guests":2}}'

    async def test_says_what_it_sends_and_wants(self):
        with echo() as server:
            await run_flow(server.url)
        headers = server.requests[0].headers
        assert headers['content-type'] == 'application/json'
        assert headers['accept'] == 'application/json'
        assert headers['x-goog-api-client'].startswith('genkit-python/')

    @pytest.mark.parametrize(
        ('value', 'wire'),
        [
            (None, None),
            ('text', 'text'),
            (Dish(name='soup', priceCents=300), {'name': 'soup', 'priceCents': 300}),
            (Order('soup'), {'dish': 'soup', 'table': None}),
            ([TextPart(text='hi')], [{'text': 'hi'}]),
            ({'day': date(2026, 1, 2), 'raw': b'soup'}, {'day': '2026-01-02', 'raw': 'c291cA=='}),
        ],
    )
    async def test_holds_values_as_they_travel(self, value, wire):
        with echo() as server:
            await run_flow(server.url, value)
        assert server.requests[0].json == {'data': wire}

    async def test_holds_init_only_if_it_was_given(self):
        with echo() as server:
            await run_flow(server.url, 1, init=None)
            await run_flow(server.url, 1, init={'sessionId': 's'})
        assert [request.json for request in server.requests] == [
            {'data': 1},
            {'data': 1, 'init': {'sessionId': 's'}},
        ]

    async def test_carries_headers_of_the_caller_who_cannot_change_the_way_of_answering(self):
        with echo() as server:
            await run_flow(
                server.url,
                headers={'Authorization': 'Bearer t', 'X-Goog-Api-Client': 'mine', 'Accept': 'text/html'},
            )
        headers = server.requests[0].headers
        assert headers['authorization'] == 'Bearer t'
        assert headers['x-goog-api-client'] == 'mine'
        assert headers['accept'] == 'application/json'

    async def test_carries_credentials_of_the_address(self):
        with echo() as server:
            await run_flow(server.url.replace('//', '//ada:pw@'))
        assert server.requests[0].headers['authorization'] == 'Basic YWRhOnB3'

    async def test_of_one_caller_carries_no_cookie_that_came_for_another(self, answering):
        answer = CannedAnswer.of_json({'result': 1}, headers={'set-cookie': 'session=ada; Path=/'})
        with answering(answer) as server:
            await run_flow(server.url)
            await run_flow(server.url)
        assert 'cookie' not in server.requests[1].headers

    async def test_goes_through_the_client_of_the_caller_which_stays_open(self):
        async with httpx.AsyncClient(headers={'x-mine': '1'}) as client:
            with echo() as server:
                assert await run_flow(server.url, 'a', http_client=client) == 'a'
            assert not client.is_closed
        assert server.requests[0].headers['x-mine'] == '1'

    async def test_needs_a_client_that_is_open(self):
        client = httpx.AsyncClient()
        await client.aclose()
        with pytest.raises(GenkitError, match='http_client was closed') as caught:
            await run_flow('http://127.0.0.1:9/flow', http_client=client)
        assert caught.value.status == 'FAILED_PRECONDITION'


class TestTheResult:
    @pytest.mark.parametrize('result', [None, 0, '', [], {}, {'error': 'of the chef'}, 'ä𝄞\u2028'])
    async def test_is_json_as_it_came(self, answering, result):
        with answering(CannedAnswer.of_json({'result': result})) as server:
            assert await run_flow(server.url) == result

    async def test_that_is_undefined_in_javascript_is_none(self, answering):
        with answering(CannedAnswer.of_json({})) as server:
            assert await run_flow(server.url) is None

    @pytest.mark.parametrize('status', [200, 500])
    async def test_is_bounded_once_it_is_unpacked(self, answering, status):
        packed = gzip.compress(json.dumps({'result': 'x' * 200_000}).encode())
        headers = {'content-type': 'application/json', 'content-encoding': 'gzip'}
        with answering(CannedAnswer(packed, status, headers)) as server:
            with pytest.raises(GenkitError, match='larger than max_bytes=100000') as caught:
                await run_flow(server.url, max_bytes=100_000)
            assert caught.value.status == 'OUT_OF_RANGE'
            if status == 200:
                assert len(await run_flow(server.url)) == 200_000
            assert server.requests[0].headers['accept-encoding'] == 'identity'

    async def test_is_of_the_type_asked_for(self, answering):
        with answering(CannedAnswer.of_json({'result': {'name': 'soup', 'priceCents': 300}})) as server:
            assert await run_flow(server.url, output_type=Dish) == Dish(name='soup', priceCents=300)
            assert await run_flow(server.url, output_type=Dish | None) == Dish(name='soup', priceCents=300)

    async def test_may_be_of_a_plain_type(self, answering):
        with answering(CannedAnswer.of_json({'result': ['2026-01-02']})) as server:
            assert await run_flow(server.url, output_type=list[date]) == [date(2026, 1, 2)]

    async def test_may_be_a_union_of_parts(self, answering):
        with answering(CannedAnswer.of_json({'result': {'text': 'hi'}})) as server:
            assert await run_flow(server.url, output_type=Part) == TextPart(text='hi')

    async def test_of_another_type_is_an_error_that_keeps_it(self, answering):
        answer = CannedAnswer.of_json({'result': {'name': 'soup', 'apiKey': 'hunter2'}})
        with answering(answer) as server, pytest.raises(GenkitError) as caught:
            await run_flow(f'{server.url}/menu', output_type=Dish)
        error = caught.value
        assert error.message == (
            f"The result of '{server.url}/menu' is not of the type asked for: priceCents: Field required "
            "(got {'name': 'soup', 'apiKey': '<redacted>'})"
        )
        assert (error.status, error.reason) == ('INTERNAL', 'INVALID_OUTPUT')
        assert error.details['value'] == {'name': 'soup', 'apiKey': '<redacted>'}

    @pytest.mark.parametrize('body', [b'', b'<html>', b'[1]', b'{"answer": 1}', b'{"result": 1', b'\xff', b'null'])
    async def test_that_cannot_be_read_is_an_error_that_shows_it(self, answering, body):
        with answering(CannedAnswer(body)) as server, pytest.raises(GenkitError) as caught:
            await run_flow(server.url)
        assert caught.value.status == 'DATA_LOSS'
        assert f'{body.decode(errors="replace")!r}' in caught.value.message
        assert 'is it the address of a flow?' in caught.value.message

    async def test_that_is_cut_short_is_an_error(self, serve):
        async def cut(_, writer):
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"result": 1}')

        with pytest.raises(GenkitError, match='lost before the answer was complete') as caught:
            await run_flow(await serve(cut))
        assert caught.value.status == 'UNAVAILABLE'

    async def test_in_a_wrong_encoding_is_an_error(self, answering):
        answer = CannedAnswer(b'{"result": 1}', headers={'content-encoding': 'gzip'})
        with answering(answer) as server, pytest.raises(GenkitError, match='content-encoding') as caught:
            await run_flow(server.url)
        assert caught.value.status == 'DATA_LOSS'


class TestWhatCannotBeSent:
    @pytest.mark.parametrize(
        ('url', 'shown'),
        [
            ('ftp://ada:pw@host/flow', 'What was given'),
            ('ada:pw@host', 'What was given'),
            ('http://ada:p/w@host', 'What was given'),
            ('//host/flow?key=pw', 'What was given'),
            ('localhost:3400/flow', "'localhost:3400/flow'"),
            ('http://', "'http://'"),
            ('http://host:port/', "'http://host:port/'"),
            ('', "''"),
            (None, 'A value of type NoneType'),
        ],
    )
    async def test_is_an_address_of_something_else(self, url, shown):
        with pytest.raises(GenkitError) as caught:
            await run_flow(url)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert caught.value.message.startswith(f'{shown} is not the address of a flow. Give one that begins with http')
        assert 'pw' not in caught.value.message

    async def test_is_an_input_that_contains_itself(self):
        endless: list = []
        endless.append(endless)
        with pytest.raises(GenkitError, match='of type list, cannot be written as JSON') as caught:
            await run_flow('http://127.0.0.1:9', endless)
        assert caught.value.status == 'INVALID_ARGUMENT'

    @pytest.mark.parametrize(
        'value', ['Bearer hunter2\n', 'hunter2 ä', ' hunter2', 'hunter2\r\nx: y', b'hunter2', None]
    )
    async def test_is_a_header_with_a_value_that_no_error_shows(self, value):
        with pytest.raises(GenkitError, match="header 'authorization'") as caught:
            await run_flow('http://127.0.0.1:9', headers={'authorization': value})
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert caught.value.cause is None
        assert 'hunter2' not in str(caught.value)

    @pytest.mark.parametrize('name', ['', 'two words', 'ä', 'a:b', 1])
    async def test_is_a_header_without_a_name(self, name):
        with pytest.raises(GenkitError, match='is not the name of a header') as caught:
            await run_flow('http://127.0.0.1:9', headers={name: 'v'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_is_a_header_of_the_callers_own_client_which_no_error_shows_either(self):
        async with httpx.AsyncClient(headers={'authorization': 'Bearer hunter2\n'}) as client:
            with echo() as server, pytest.raises(GenkitError, match='headers of the http_client') as caught:
                await run_flow(server.url, http_client=client)
        assert caught.value.__cause__ is None
        assert 'hunter2' not in str(caught.value)

    async def test_is_an_option_that_does_not_exist(self):
        options: ClientOptions = json.loads('{"heders": {}}')
        with pytest.raises(TypeError, match="unexpected keyword argument 'heders'"):
            await run_flow('http://127.0.0.1:9', **options)

    async def test_is_a_type_without_a_schema(self):
        with pytest.raises(GenkitError, match='has no schema') as caught:
            await run_flow('http://127.0.0.1:9', output_type=LoopbackServer)
        assert caught.value.status == 'INVALID_ARGUMENT'
