# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import floors
from .rules.finding import expect_none


def test_the_project_imports_downward(project):
    expect_none(floors.check(project))


def test_every_folder_that_the_tables_name_exists(project):
    home = project / floors.HOME
    rooms = {*floors.FLOOR_OF, *floors.AT_THE_TOP, floors.TESTING, *(room for pair in floors.BESIDE for room in pair)}
    assert [room for room in sorted(rooms) if not (home / room).is_dir() and not (home / f'{room}.py').is_file()] == []


def test_imports_of_lower_floors_and_of_the_own_room_pass(tree):
    root = tree(
        {
            'core/src/genkit/__init__.py': 'from ._genkit.app import Genkit',
            'core/src/genkit/_aliases.py': 'from importlib import import_module',
            'core/src/genkit/_base/errors.py': 'import json',
            'core/src/genkit/_generate/loop.py': """
                from genkit._base.errors import GenkitError
                from genkit.middleware import Hooks
                from ..types import Part
                from .request import build
            """,
            'core/src/genkit/_generate/request.py': 'import genkit._kinds.model',
            'core/src/genkit/agent/__init__.py': 'from .._agent.session import Session',
            'core/src/genkit/plugin/models.py': 'from genkit.middleware import Hooks',
            'core/src/genkit/testing/fakes.py': 'from genkit import Genkit, _generate',
        }
    )
    assert floors.check(root) == []


@pytest.mark.parametrize(
    'line',
    [
        'from genkit._agent.agent import Agent',
        'from genkit import _agent',
        'import genkit._agent',
        'from .._agent import session',
        'if TYPE_CHECKING:\n    from .._agent import Session',
        'def late():\n    from genkit._agent import Session',
        'agent = importlib.import_module("genkit._agent")',
    ],
)
def test_an_import_of_a_higher_floor_is_found_however_it_is_written(tree, line):
    root = tree({'core/src/genkit/_generate/loop.py': f'x = 1\n{line}\n'})
    [finding] = floors.check(root)
    number = 2 + line.count('\n')
    assert str(finding) == (
        f'`_generate/loop.py:{number}` imports `_agent` (floor 8) from floor 6: pass the value in, or move it down'
    )


def test_rooms_of_one_floor_stay_apart(tree):
    root = tree({'core/src/genkit/web/asgi.py': 'from genkit.client import run_flow'})
    [finding] = floors.check(root)
    assert 'imports `client` (floor 9) from floor 9' in str(finding)


def test_middleware_does_not_know_the_generation_that_calls_it(tree):
    root = tree({'core/src/genkit/middleware/retry.py': 'from genkit._generate import loop'})
    assert len(floors.check(root)) == 1


@pytest.mark.parametrize('line', ['from genkit._generate import loop', 'from genkit.middleware.retry import Retry'])
def test_the_toolkit_reaches_the_kinds_and_the_middleware_interface_only(tree, line):
    root = tree({'core/src/genkit/plugin/models.py': f'from genkit._kinds import model\n{line}\n'})
    [finding] = floors.check(root)
    assert finding.place == 'plugin/models.py:2'
    assert 'from the toolkit' in finding.problem


@pytest.mark.parametrize('line', ['from genkit import Genkit', 'import genkit', 'from genkit.testing import fakes'])
def test_nothing_imports_the_top_door_or_the_testing_door(tree, line):
    root = tree({'core/src/genkit/_genkit/app.py': line})
    assert [finding.place for finding in floors.check(root)] == ['_genkit/app.py:1']


@pytest.mark.parametrize('place', ['_core/loop.py', 'blocks/model.py', 'extra.py'])
def test_a_folder_without_a_floor_is_a_finding(tree, place):
    root = tree({f'core/src/genkit/{place}': ''})
    [finding] = floors.check(root)
    assert finding.place == f'core/src/genkit/{place.partition("/")[0]}'
    assert finding.problem == 'stands on no floor'
