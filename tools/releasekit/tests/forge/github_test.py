# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import time

import pytest
from releasekit.forge.choose import choose_forge
from releasekit.forge.github import API, GitHub
from releasekit.forge.port import Proposal
from releasekit.model.errors import RefusedError, UsageError

from .stand_in import StandIn


PROPOSAL = Proposal('releasekit/release', 'main', 'chore: release', 'notes', ('release: pending',))


@pytest.fixture
def house():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def waits():
    return []


@pytest.fixture
def github(house, waits):
    return GitHub('lights/house', 'hidden-token', house.url, waits.append)


def test_a_request_is_opened_once_and_then_brought_up_to_date(github, house):
    assert github.find(PROPOSAL.branch) is None
    made = github.propose(PROPOSAL, None)
    assert github.find(PROPOSAL.branch) == made
    house.pulls[1]['labels'].append('of people')
    later = Proposal(PROPOSAL.branch, 'main', 'chore: another', 'more', PROPOSAL.labels)
    assert github.propose(later, made).number == made.number
    assert house.pulls[1]['title'] == 'chore: another'
    assert house.pulls[1]['labels'] == ['release: pending', 'of people']


def test_the_notes_of_a_tag_are_shown_once(github, house):
    assert github.release('a/b@1.0rc1', 'a 1.0rc1', 'notes', is_prerelease=True)
    assert not github.release('a/b@1.0rc1', 'a 1.0rc1', 'others', is_prerelease=True)
    assert house.releases['a/b@1.0rc1']['body'] == 'notes'
    assert house.releases['a/b@1.0rc1']['prerelease'] is True


def test_notes_whose_answer_was_lost_are_shown(github, house):
    house.faults = [(404, {}, False), (502, {}, True)]
    assert github.release('a@1', 'a 1', 'notes', is_prerelease=False)
    assert list(house.releases) == ['a@1']


@pytest.mark.parametrize('is_done', [True, False])
def test_an_answer_that_is_lost_opens_no_second_request(github, house, is_done):
    house.faults = [(502, {}, is_done)]
    assert github.propose(PROPOSAL, None).number == 1
    assert list(house.pulls) == [1]


@pytest.mark.parametrize(
    ('status', 'headers', 'expected'),
    [
        (429, {'retry-after': '7'}, 7.0),
        (403, {'retry-after': '3'}, 3.0),
        (503, {}, 1.0),
    ],
)
def test_a_forge_that_asks_for_patience_is_given_some(github, house, waits, status, headers, expected):
    house.faults = [(status, headers, False)]
    github.find('x')
    assert waits == [pytest.approx(expected, abs=3)]


def test_a_limit_that_is_used_up_is_waited_for(github, house, waits):
    house.faults = [(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': str(int(time.time()) + 20)}, False)]
    github.find('x')
    assert waits == [pytest.approx(20, abs=5)]


def test_nobody_waits_for_an_hour(github, house, waits):
    house.faults = [(429, {'retry-after': '3600'}, False)]
    with pytest.raises(RefusedError, match='come back in 3600 s'):
        github.find('x')
    assert waits == []


@pytest.mark.parametrize(('status', 'times'), [(500, 4), (401, 1), (403, 1), (404, 1)])
def test_a_forge_that_refuses_is_quoted_and_no_token_is(github, house, status, times):
    house.faults = [(status, {}, False)] * times
    with pytest.raises(RefusedError, match=f'{status} no') as raised:
        github.find('x')
    assert raised.value.code.id == 'RK-FORGE'
    assert len(house.asked) == times
    assert 'hidden' not in f'{raised.value} {github!r}'


def test_a_forge_that_is_not_there_is_said(waits):
    with pytest.raises(RefusedError, match='ConnectError'):
        GitHub('lights/house', 'hidden-token', 'http://127.0.0.1:1', waits.append).find('x')


@pytest.mark.parametrize(
    'url', ['git@github.com:lights/house.git', 'https://github.com/lights/house', 'ssh://git@host:22/lights/house.git']
)
def test_the_environment_and_the_remote_say_which_forge(url):
    assert choose_forge(None, url, {}) is None
    assert choose_forge('none', url, {'GITHUB_TOKEN': 't'}) is None
    here = {'GITHUB_API_URL': 'https://host'} if '//git@host' in url else {}
    assert repr(choose_forge(None, url, {'GH_TOKEN': 't', **here})) == "GitHub('lights/house')"
    assert repr(choose_forge('github', url, {'GITHUB_TOKEN': 't', 'GITHUB_REPOSITORY': 'a/b'})) == "GitHub('a/b')"
    with pytest.raises(UsageError, match='GITHUB_TOKEN'):
        choose_forge('github', url, {})
    with pytest.raises(UsageError, match='GITHUB_REPOSITORY'):
        choose_forge('github', 'nowhere', {'GITHUB_TOKEN': 't'})
    assert API.startswith('https://')


@pytest.mark.parametrize(
    'url', ['/srv/lights/house.git', '../house.git', 'https://elsewhere.org/lights/house', 'file:///lights/house']
)
def test_a_token_is_not_sent_for_a_remote_of_somewhere_else(url):
    assert choose_forge(None, url, {'GITHUB_TOKEN': 't'}) is None
    with pytest.raises(UsageError, match='GITHUB_REPOSITORY'):
        choose_forge('github', url, {'GITHUB_TOKEN': 't'})
