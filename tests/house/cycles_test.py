# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from .rules import cycles
from .rules.finding import expect_none


def test_no_modules_of_the_project_import_each_other(project):
    expect_none(cycles.check(project))


def test_a_room_that_re_exports_its_modules_passes(tree):
    root = tree(
        {
            'core/src/genkit/_base/__init__.py': 'from .ids import new_id',
            'core/src/genkit/_base/ids.py': 'from .text import shorten\nfrom genkit._base.text import lower',
            'core/src/genkit/_base/text.py': 'import genkit_other._base.ids',
        }
    )
    assert cycles.check(root) == []


def test_a_circle_around_a_corner_and_through_types_is_found(tree):
    root = tree(
        {
            'tools/kit/src/kit/plan.py': 'from kit import run',
            'tools/kit/src/kit/run.py': 'def late():\n    from .report import show',
            'tools/kit/src/kit/report.py': 'if TYPE_CHECKING:\n    from .plan import Plan',
        }
    )
    [finding] = cycles.check(root)
    assert finding.place == 'tools/kit'
    chain = finding.problem.removeprefix('imports in a circle, ').replace('`', '').split(' → ')
    assert chain[0] == chain[-1]
    following = {'kit.plan': 'kit.run', 'kit.run': 'kit.report', 'kit.report': 'kit.plan'}
    assert chain[1:] == [following[name] for name in chain[:-1]]


def test_a_module_that_asks_its_own_package_for_a_name_is_in_a_circle(tree):
    root = tree(
        {
            'plugins/groq/src/genkit_groq/__init__.py': 'from .plugin import Groq\nVERSION = 1',
            'plugins/groq/src/genkit_groq/plugin.py': 'from . import VERSION',
        }
    )
    assert len(cycles.check(root)) == 1


def test_every_circle_is_reported(tree):
    pairs = [('a', 'b'), ('b', 'a'), ('c', 'd'), ('d', 'c')]
    root = tree({f'core/src/genkit/{module}.py': f'from genkit import {other}' for module, other in pairs})
    assert len(cycles.check(root)) == 2
