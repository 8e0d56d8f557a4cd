# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import names
from .rules.finding import expect_none


def test_the_names_of_the_project_say_what_is_inside(project):
    expect_none(names.check(project))


@pytest.mark.parametrize(
    'place',
    ['core/src/genkit/_base/ids.py', 'core/src/genkit/plugin/media_data.py', 'core/tests/data/reply.json', 'main.py'],
)
def test_a_name_that_says_something_passes(tree, place):
    assert names.check(tree({place: ''})) == []


@pytest.mark.parametrize(
    'place',
    [
        'core/src/genkit/_base/utils.py',
        'core/src/genkit/plugin/http_helpers.py',
        'core/src/genkit/_agent/base.py',
        'core/src/genkit/_agent/_base.py',
        'plugins/groq/src/genkit_groq/constants.py',
        'tools/releasekit/src/releasekit/manager.py',
        'tests/smoke/common.py',
        'samples/web-chat/info.py',
    ],
)
def test_a_name_that_says_nothing_is_found(tree, place):
    [finding] = names.check(tree({place: ''}))
    assert finding.place == place


def test_a_folder_of_modules_is_named_like_a_module(tree):
    [finding] = names.check(tree({'core/src/genkit/_common/ids.py': '', 'core/src/genkit/_common/text.py': ''}))
    assert str(finding) == (
        "`core/src/genkit/_common` is called 'common': name it after what it holds; divide it if there is no name"
    )


def test_a_test_that_pytest_would_pass_by_is_found(tree):
    [finding] = names.check(tree({'core/tests/test_ids.py': ''}))
    assert finding.remedy == 'call it ids_test.py'


@pytest.mark.parametrize(
    'line',
    ['class C:\n    delay_ms: float = 1', 'def f(wait_seconds: float): ...', 'class C:\n    ttl_secs: int | None'],
)
def test_an_option_that_is_named_after_its_unit_is_found(tree, line):
    [finding] = names.check(tree({'core/src/genkit/middleware/retry.py': line}))
    assert finding.remedy == 'durations are seconds, and say no unit'
    assert names.check(tree({'core/src/genkit/types/model.py': line})) == []


@pytest.mark.parametrize('line', ['def f(wait_seconds: float | None = None): ...', 'class C:\n    ms: InitVar[int]'])
def test_an_older_name_may_have_its_unit(tree, line):
    assert names.check(tree({'core/src/genkit/web/server.py': line})) == []
