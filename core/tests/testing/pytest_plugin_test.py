# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The fixtures come by the entry point, as in any project that has Genkit installed."""

import socket
from importlib.metadata import entry_points

import pytest
from genkit import Genkit, GenkitError


app = Genkit(model='provider/default')


def test_pytest_finds_the_fixtures():
    (found,) = entry_points(group='pytest11', name='genkit')
    assert found.value == 'genkit.testing.pytest_plugin'


async def test_replacements_hold_for_the_test(genkit_overridden):
    outer = genkit_overridden(app, model=['stand-in'])
    genkit_overridden(app, model={'provider/other': ['other']})
    assert await app.generate_text('hi') == 'stand-in'
    assert await app.generate_text('hi', model='provider/other') == 'other'
    assert len(outer.requests) == 1


async def test_replacements_end_with_the_test():
    with pytest.raises(GenkitError, match='not found'):
        await app.generate_text('hi')


@pytest.mark.usefixtures('genkit_no_real_requests')
def test_requests_are_forbidden_for_the_test():
    with pytest.raises(GenkitError, match='no_real_requests'):
        socket.getaddrinfo('api.example.com', 443)
