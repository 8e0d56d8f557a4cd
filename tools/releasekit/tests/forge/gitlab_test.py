# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from releasekit.forge.choose import choose_forge
from releasekit.forge.gitlab import GitLab
from releasekit.forge.port import Proposal
from releasekit.model.errors import RefusedError, UsageError

from .stand_in import GitLabStandIn


PROPOSAL = Proposal('releasekit/release', 'main', 'chore: release', 'notes', ('release: pending',))


@pytest.fixture
def house():
    with GitLabStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def gitlab(house):
    return GitLab('lights/tall/house', 'hidden-token', house.url, lambda _: None)


def test_a_request_is_opened_once_and_then_brought_up_to_date(gitlab, house):
    assert gitlab.find(PROPOSAL.branch) is None
    made = gitlab.propose(PROPOSAL, None)
    assert (made.body, gitlab.find(PROPOSAL.branch)) == ('notes', made)
    house.pulls[1]['labels'].append('of people')
    later = Proposal(PROPOSAL.branch, 'main', 'chore: another', 'more', PROPOSAL.labels)
    assert gitlab.propose(later, made).number == made.number
    assert house.pulls[1]['title'] == 'chore: another'
    assert house.pulls[1]['labels'] == ['release: pending', 'of people']


@pytest.mark.parametrize('is_done', [True, False])
def test_an_answer_that_is_lost_opens_no_second_request(gitlab, house, is_done):
    house.faults = [(502, {}, is_done)]
    assert gitlab.propose(PROPOSAL, None).number == 1
    assert list(house.pulls) == [1]


def test_the_notes_of_a_tag_are_shown_once(gitlab, house):
    assert gitlab.release('a/b@1.0rc1', 'a 1.0rc1', 'notes', is_prerelease=True)
    assert not gitlab.release('a/b@1.0rc1', 'a 1.0rc1', 'others', is_prerelease=True)
    assert house.releases['a/b@1.0rc1']['description'] == 'notes'


def test_notes_whose_answer_was_lost_are_shown(gitlab, house):
    house.faults = [(404, {}, False), (502, {}, True)]
    assert gitlab.release('a@1', 'a 1', 'notes', is_prerelease=False)
    assert list(house.releases) == ['a@1']


def test_a_refusal_is_quoted_and_no_token_is(gitlab, house):
    house.faults = [(403, {}, False)]
    with pytest.raises(RefusedError, match='403 no') as raised:
        gitlab.find('x')
    assert 'hidden' not in f'{raised.value} {gitlab!r}'


def test_the_environment_and_the_remote_say_which_project():
    url = 'git@gitlab.com:lights/tall/house.git'
    assert choose_forge(None, url, {}) is None
    assert repr(choose_forge(None, url, {'GITLAB_TOKEN': 't'})) == "GitLab('lights/tall/house')"
    assert choose_forge(None, url, {'GITHUB_TOKEN': 't'}) is None
    own = {'GITLAB_TOKEN': 't', 'CI_API_V4_URL': 'https://host/api/v4'}
    assert repr(choose_forge(None, 'https://host/a/b', own)) == "GitLab('a/b')"
    assert repr(choose_forge('gitlab', 'nowhere', {**own, 'CI_PROJECT_PATH': 'c/d'})) == "GitLab('c/d')"
    with pytest.raises(UsageError, match='GITLAB_TOKEN'):
        choose_forge('gitlab', url, {'GITHUB_TOKEN': 't'})
    with pytest.raises(UsageError, match='CI_PROJECT_PATH'):
        choose_forge('gitlab', 'https://elsewhere.org/a/b', {'GITLAB_TOKEN': 't'})
