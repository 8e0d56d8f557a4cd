# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Durations are seconds, and options that had their unit in the name are taken as before."""

from typing import Any

import pytest
from genkit import Genkit
from genkit._base.readers.older_options import MILLISECOND, with_newer_names
from genkit.client import Retries
from genkit.middleware import Cache, DownloadRequestMedia, RateLimit, Retry
from genkit.plugin import CacheMark
from genkit.testing import CannedAnswer
from genkit.web import FlowsApp, ServerManager, harden


RENAMED = {'delay_ms': ('delay', MILLISECOND)}


@pytest.mark.parametrize(
    ('given', 'known'),
    [
        ({'delay_ms': 1500}, {'delay': 1.5}),
        ({'delayMs': 1500}, {'delay': 1.5}),
        ({'delay': 1.5, 'more': 1}, {'delay': 1.5, 'more': 1}),
        ({'delay_ms': None}, {'delay': None}),
        ({}, {}),
        ('text', 'text'),
    ],
)
def test_an_older_name_becomes_the_newer_one_in_its_unit(given, known):
    assert with_newer_names(given, RENAMED) == known


@pytest.mark.parametrize('both', [{'delay_ms': 1, 'delay': 1}, {'delayMs': 1, 'delay': 1}])
def test_both_names_at_once_are_refused(both):
    with pytest.raises(ValueError, match=r"give 'delay' or 'delay_?[mM]s', not both"):
        with_newer_names(both, RENAMED)


@pytest.mark.parametrize(
    ('older', 'newer'),
    [
        (Retry(initial_delay_ms=10, max_delay_ms=2000), Retry(initial_delay=0.01, max_delay=2)),
        (Retry({'initialDelayMs': 10}), Retry(initial_delay=0.01)),
        (Cache(ttl_seconds=60), Cache(ttl=60)),
        (Cache(ttl_seconds=None), Cache(ttl=None)),
        (RateLimit(requests_per_minute=1, max_wait_seconds=3), RateLimit(requests_per_minute=1, max_wait=3)),
        (DownloadRequestMedia(timeout_seconds=3), DownloadRequestMedia(timeout=3)),
    ],
)
def test_middleware_takes_the_older_names(older, newer):
    assert older.config == newer.config


def test_a_mistake_names_the_newer_option():
    with pytest.raises(Exception, match=r'initial_delay|initialDelay'):
        Retry(initial_delay_ms=-1)


def test_the_client_the_servers_and_answers_of_tests_take_the_older_names():
    assert Retries(initial_delay_ms=10, max_delay_ms=2000) == Retries(initial_delay=0.01, max_delay=2)
    assert CannedAnswer(delay_seconds=2) == CannedAnswer(delay=2)
    assert CacheMark(300).ttl_seconds == 300
    assert ServerManager([], graceful_seconds=3)._graceful == 3
    older: Any = {'body_seconds': 3.0}
    assert FlowsApp(Genkit(), **older)._options == {'body_timeout': 3.0}
    older |= {'breaker_threshold': 5, 'breaker_seconds': 3.0}
    harden(FlowsApp(Genkit()), **older)
