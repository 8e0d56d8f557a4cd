# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import inspect
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.web import (
    FlowsApp,
    Server,
    ServerManager,
    flow_source,
    join_headers,
    read_up_to,
    select_flows,
    select_routes,
    serve_flows,
)


@pytest.fixture
def ai() -> Genkit:
    return Genkit()


@pytest.fixture
def soup(ai):
    @ai.flow('hot-soup')
    async def soup(bowls: int) -> str:
        """Serve soup."""
        return 'soup' * bowls

    return soup


class TestSelection:
    def test_all_flows_are_served_unless_some_are_chosen(self, ai, soup):
        bread = ai.flow('bread')(lambda: 'bread')
        assert select_flows(ai) == [soup.action, bread.action]
        for chosen in (['bread'], [bread], [bread.action]):
            assert select_flows(ai, chosen) == [bread.action]

    def test_no_application_is_needed_where_no_name_is_given(self, soup):
        assert select_flows(None, [soup]) == [soup.action]
        with pytest.raises(GenkitError, match="No flow or agent 'hot-soup' is defined"):
            select_flows(None, ['hot-soup'])

    @pytest.mark.parametrize('flows', [None, []])
    def test_nothing_to_serve_is_a_mistake(self, ai, flows):
        with pytest.raises(GenkitError, match='Define them first') as refused:
            select_flows(ai, flows)
        assert refused.value.status == 'FAILED_PRECONDITION'

    def test_an_unknown_name_is_told_which_was_meant(self, ai, soup):
        with pytest.raises(
            GenkitError, match=r"No flow or agent 'hot-soap' is defined\. Did you mean 'hot-soup'"
        ) as refused:
            select_flows(ai, ['hot-soap'])
        assert refused.value.status == 'NOT_FOUND'

    @pytest.mark.parametrize('thing', [42, None, b'hot-soup', object])
    def test_what_is_no_flow_is_refused(self, ai, thing):
        with pytest.raises(GenkitError, match='cannot be served') as refused:
            select_flows(ai, [thing])
        assert refused.value.status == 'INVALID_ARGUMENT'

    def test_one_flow_in_place_of_a_list_is_told_so(self, ai, soup):
        for one in (soup, soup.action, 'hot-soup'):
            with pytest.raises(
                GenkitError, match='is one flow, and a list of them is expected: write flows='
            ) as refused:
                select_routes(ai, one)
            assert refused.value.status == 'INVALID_ARGUMENT'
        with pytest.raises(GenkitError, match=r'flows=3 is no list'):
            select_flows(ai, 3)  # pyright: ignore[reportArgumentType]


class TestSources:
    async def test_a_flow_is_its_own_source_whatever_it_is_asked_with(self, ai, soup):
        for served in (soup, soup.action, 'hot-soup'):
            find = flow_source(ai, served)
            assert await find() is soup.action
            assert await find('request', path=1) is soup.action
            assert not inspect.signature(find).parameters
            assert find.__doc__ == 'Serve soup.'
        assert [flow_source(ai, served).__name__ for served in (soup, soup.action)] == ['soup', 'hot-soup']

    async def test_a_function_is_asked_each_time(self, ai, soup):
        bread = ai.flow('bread')(lambda: 'bread')

        def choose(name: str, *, hot: bool = True) -> object:
            """Choose."""
            return {'soup': soup, 'bread': bread.action, 'name': 'bread'}[name]

        async def choose_later(name: str) -> object:
            return choose(name)

        find = flow_source(ai, choose)
        assert await find('soup', hot=False) is soup.action
        assert await find('name') is bread.action
        assert await flow_source(ai, choose_later)('bread') is bread.action
        assert (find.__name__, find.__doc__, list(inspect.signature(find).parameters)) == (
            'choose',
            'Choose.',
            ['name', 'hot'],
        )

    async def test_what_a_function_raises_or_returns_amiss_comes_out(self, ai):
        def fail() -> object:
            raise LookupError('no table')

        with pytest.raises(LookupError, match='no table'):
            await flow_source(ai, fail)()
        with pytest.raises(GenkitError, match='None cannot be served'):
            await flow_source(ai, lambda: None)()

    def test_what_is_neither_is_refused_at_once(self, ai):
        with pytest.raises(GenkitError, match='42 cannot be served'):
            flow_source(ai, 42)


def test_headers_have_names_in_lower_case_and_one_value():
    given = [('X-Tag', 'one'), ('Accept', '*/*'), ('x-tag', 'two')]
    assert join_headers(given) == {'x-tag': 'one, two', 'accept': '*/*'}


async def test_a_body_is_kept_as_far_as_it_is_needed_and_the_rest_is_dropped_within_reason():
    read = []

    async def pieces():
        for piece in (b'abc', b'def', b'ghi'):
            read.append(piece)
            yield piece

    assert await read_up_to(pieces(), 9) == b'abcdefghi'
    read.clear()
    assert await read_up_to(pieces(), 5) == b'abcdef'
    assert read == [b'abc', b'def', b'ghi']

    async def endless():
        while True:
            read.append(b'')
            yield bytes(30_000_000)

    read.clear()
    assert len(await read_up_to(endless(), 5)) == 30_000_000
    assert len(read) == 4


class TestApplications:
    """What is given in place of an application."""

    @pytest.mark.parametrize(
        ('given', 'way_out'),
        [
            (object(), 'expected the application whose flows are served, such as ai = Genkit'),
            (Genkit, 'expected the application itself, such as ai = Genkit'),
            (lambda: 'x', 'a decorator is given the application first'),
        ],
    )
    def test_are_refused_wherever_flows_are_served(self, given, way_out):
        for serve in (FlowsApp, select_flows, select_routes):
            with pytest.raises(GenkitError) as raised:
                serve(given)
            assert way_out in raised.value.message
        with pytest.raises(GenkitError, match='The first argument'):
            serve_flows(given).send(None)

    def test_a_flow_comes_after_its_application(self, soup):
        with pytest.raises(GenkitError, match=r'the application comes first, and flows are listed: \(ai, flows='):
            FlowsApp(soup)

    def test_a_context_provider_is_a_function(self, ai):
        given: Any = {'context_provider': 's3cret'}
        with pytest.raises(GenkitError, match=r"context_provider=api_key\('…'\)"):
            FlowsApp(ai, **given)

    def test_a_server_is_given_an_application_and_a_manager_servers(self, ai):
        app: Any = FlowsApp(ai)
        with pytest.raises(GenkitError, match=r'write Server\(app=FlowsApp\(ai\), …\)'):
            Server(app=ai)
        with pytest.raises(GenkitError, match=r'servers\[0\] is .*write ServerManager\(\[Server\(app=…\)\]\)'):
            ServerManager(app)
        assert ServerManager(Server(app=FlowsApp(ai))).urls == []
