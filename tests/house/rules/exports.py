# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A door shows what it says it shows: `__all__`, sorted, is the whole of it, and its objects name the door."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from .finding import Finding
from .syntax import parse
from .tree import files, place


DOORS = ('', 'types', 'plugin', 'middleware', 'agent', 'web', 'client', 'testing')
LAZY = ('__getattr__', '__dir__')


def check(root: Path) -> list[Finding]:
    """Reads the doors of core and of the plugins without importing them."""
    findings: list[Finding] = []
    for path in doors(root):
        findings += _order(place(root, path), _declared(parse(path)))
        findings += _definitions(place(root, path), parse(path))
    for path in files(root, 'plugins/*/src/*/__init__.py'):
        findings += _order(place(root, path), _declared(parse(path)))
        findings += _unlisted(place(root, path), parse(path))
    return findings


def doors(root: Path) -> list[Path]:
    home = root / 'core/src/genkit'
    return [path for door in DOORS if (path := home / door / '__init__.py').is_file()]


def compare(door: ModuleType) -> list[Finding]:
    """Compares what an imported door declares with what it holds."""
    name = door.__name__
    declared: list[str] | None = getattr(door, '__all__', None)
    if declared is None:
        return [Finding(name, 'has no `__all__`', 'list there what it exports')]
    # A name that begins with @ is pytest's, which rewrites the assertions of a package that brings it a plugin.
    held = {
        public
        for public, value in vars(door).items()
        if not public.startswith(('_', '@')) and not _is_room(value, door)
    }
    unlisted = [
        Finding(name, f'holds `{extra}`', 'list it in `__all__`, or do not import it here')
        for extra in sorted(held - set(declared))
    ]
    absent = [
        Finding(name, f'lists `{missing}` without holding it', 'import it, or take it off `__all__`')
        for missing in declared
        if not hasattr(door, missing)
    ]
    leaking = [
        Finding(name, f'shows `{public}` as part of `{getattr(door, public).__module__}`', f'publish it as `{name}`')
        for public in declared
        if _leaks(getattr(door, public, None), public)
    ]
    return [*unlisted, *absent, *leaking]


def sort_key(name: str) -> tuple[int, list[tuple[int, int, str]]]:
    """Orders as ruff's RUF022 does: constants, classes, the rest; digits by their value."""
    rank = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    pieces = re.findall(r'\d+|\D+', name)
    return rank, [(0, int(piece), '') if piece.isdigit() else (1, 0, piece) for piece in pieces]


def _is_room(value: object, door: ModuleType) -> bool:
    """The import system binds submodules in their package; that alone does not export them."""
    return isinstance(value, ModuleType) and value.__name__.startswith(f'{door.__name__}.')


def _leaks(value: object, name: str) -> bool:
    """Whether an object of ours names a module from which users cannot import it."""
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return False
    package, *rooms = value.__module__.split('.')
    if package != 'genkit':
        return False
    is_door = '.'.join(rooms) in DOORS
    return not is_door or getattr(sys.modules.get(value.__module__), name, None) is not value


def _declared(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id='__all__')], value=ast.List() | ast.Tuple() as value)
                | ast.AnnAssign(target=ast.Name(id='__all__'), value=ast.List() | ast.Tuple() as value)
            ):
                return [
                    item.value for item in value.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)
                ]
            case _:
                pass
    return None


def _order(where: str, declared: list[str] | None) -> Iterator[Finding]:
    if declared is None:
        yield Finding(where, 'has no `__all__`', 'list there what it exports')
    elif declared != sorted(declared, key=sort_key):
        yield Finding(where, 'lists `__all__` out of order', 'constants, classes, the rest, each by alphabet')


def _definitions(where: str, tree: ast.Module) -> Iterator[Finding]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                is_own = name not in LAZY
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                is_own = not name.startswith('_')
            case _:
                continue
        if is_own:
            yield Finding(f'{where}:{node.lineno}', f'defines `{name}`', 'define it in a room; a door only re-exports')


def _unlisted(where: str, tree: ast.Module) -> Iterator[Finding]:
    """A small plugin may live in its `__init__.py`: its public definitions are what it exports."""
    declared = set(_declared(tree) or ())
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith('_') and node.name not in declared:
            yield Finding(f'{where}:{node.lineno}', f'defines `{node.name}`', 'list it in `__all__`, or underscore it')
    bound = {name for node in tree.body for name in _bound_names(node)}
    for name in sorted(declared - bound if '__getattr__' not in bound else ()):
        yield Finding(where, f'lists `{name}` without holding it', 'import it, or take it off `__all__`')


def _bound_names(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []
