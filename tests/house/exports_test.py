# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import inspect
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any, Unpack, get_args, get_origin

import pytest

from .rules import exports
from .rules.finding import Finding, expect_none
from .rules.syntax import module_name


DOOR = 'core/src/genkit/agent/__init__.py'
PLUGIN = 'plugins/groq/src/genkit_groq/__init__.py'


def test_the_doors_of_the_project_only_re_export_in_order(project):
    expect_none(exports.check(project))


def test_the_doors_of_core_hold_what_they_list_under_their_own_name(project):
    found: list[Finding] = []
    for path in exports.doors(project):
        found += exports.compare(import_module(module_name(path, project / 'core/src')))
    expect_none(found)


def test_the_options_that_public_signatures_name_are_exported(project):
    doors = {path: import_module(module_name(path, project / 'core/src')) for path in exports.doors(project)}
    names = {door.__name__ for door in doors.values()}
    expect_none(
        Finding(str(path), f'{said} takes `**options: Unpack[{options.__name__}]`, which no door exports', 'Export it')
        for path, door in doors.items()
        for said, options in named_options(door)
        if options.__module__ not in names
    )


def named_options(door: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the typed keywords of what a door exports."""
    for name in door.__all__:
        thing = getattr(door, name)
        found = inspect.getmembers(thing, inspect.isroutine) if isinstance(thing, type) else [('', thing)]
        for member, function in found:
            for parameter in parameters_of(function) if not member.startswith('_') or member == '__init__' else ():
                if get_origin(parameter.annotation) is Unpack:
                    yield f'{name}.{member}'.rstrip('.'), get_args(parameter.annotation)[0]


def parameters_of(function: Any) -> Iterable[inspect.Parameter]:
    try:
        return inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ()


def test_a_door_with_re_exports_and_lazy_ones_passes(tree):
    root = tree(
        {
            DOOR: '''
                """Agents."""
                from genkit._agent import Session
                _LAZY = {'serve': 'genkit._agent.server'}
                __all__ = ['MAX_TURNS', 'Session', 'serve']
                def __getattr__(name): ...
                def __dir__(): return __all__
                _publish(__name__)
            ''',
            PLUGIN: '__all__ = ["Groq"]\n_NAMES = {}\nclass Groq: ...\ndef _model(): ...',
        }
    )
    assert exports.check(root) == []


@pytest.mark.parametrize(
    ('place', 'text', 'problem'),
    [
        (DOOR, 'from genkit._agent import Session', 'has no `__all__`'),
        (DOOR, '__all__ = ["b", "a"]', 'lists `__all__` out of order'),
        (DOOR, '__all__ = ["C"]\nclass C: ...', 'defines `C`'),
        (DOOR, '__all__ = ["f"]\nasync def f(): ...', 'defines `f`'),
        (DOOR, '__all__: list[str] = ["LIMIT"]\nLIMIT: int = 1', 'defines `LIMIT`'),
        (PLUGIN, 'class Groq: ...', 'defines `Groq`'),
        (PLUGIN, '__all__ = ["Groq"]', 'lists `Groq` without holding it'),
    ],
)
def test_a_door_that_misleads_its_reader_is_found(tree, place, text, problem):
    assert problem in [finding.problem for finding in exports.check(tree({place: text}))]


def test_names_are_ordered_as_the_linter_orders_them():
    names = ['v10', 'v9', 'run', 'Genkit', 'Agent', 'MAX_TURNS', 'A', '__version__']
    assert sorted(names, key=exports.sort_key) == [
        'MAX_TURNS', 'A', 'Agent', 'Genkit', '__version__', 'run', 'v9', 'v10',
    ]  # fmt: skip


@pytest.fixture
def door(monkeypatch) -> ModuleType:
    """A door as the import system leaves it: an own function, a foreign class, a constant and a submodule."""
    module = ModuleType('genkit.agent')
    monkeypatch.setitem(sys.modules, module.__name__, module)
    vars(module).update(
        run=_object_of('run', 'genkit.agent'),
        Path=type('Path', (), {'__module__': 'pathlib'}),
        LIMIT=3,
        session=ModuleType('genkit.agent.session'),
        __all__=['LIMIT', 'Path', 'run'],
    )
    return module


def _object_of(name: str, module: str) -> FunctionType:
    def published(): ...

    published.__name__, published.__module__ = name, module
    return published


def test_a_door_that_holds_exactly_what_it_lists_passes(door):
    assert exports.compare(door) == []


@pytest.mark.parametrize(
    ('change', 'problem'),
    [
        ({'__all__': ['LIMIT', 'run']}, 'holds `Path`'),
        ({'__all__': ['LIMIT', 'Path', 'Session', 'run']}, 'lists `Session` without holding it'),
        ({'sys': ModuleType('sys')}, 'holds `sys`'),
        ({'run': _object_of('run', 'genkit._agent.turns')}, 'shows `run` as part of `genkit._agent.turns`'),
        ({'run': _object_of('run', 'genkit.web')}, 'shows `run` as part of `genkit.web`'),
    ],
)
def test_a_door_that_differs_from_its_list_is_found(door, change, problem):
    vars(door).update(change)
    assert [finding.problem for finding in exports.compare(door)] == [problem]


def test_a_door_without_a_list_is_found(door):
    del door.__all__
    assert [finding.problem for finding in exports.compare(door)] == ['has no `__all__`']
