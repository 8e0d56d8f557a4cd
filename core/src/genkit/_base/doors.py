# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sets `__module__` of public objects to their public package, and imports private packages on first use."""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def present(door: str, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
    """Set ``__module__`` of the classes and functions behind some names to the door, unless a door has them already."""
    for name in names:
        thing = namespace[name]
        module = getattr(thing, '__module__', None)
        if isinstance(module, str) and module.startswith('genkit.') and _is_inside(module) and callable(thing):
            thing.__module__ = door


def opener(door: str, rooms: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for a door, which loads a room when something in it is asked for.

    Args:
        door: The door's name.
        rooms: The names that are found in each module.
    """
    modules = {name: module for module, names in rooms.items() for name in names}

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f'module {door!r} has no attribute {name!r}')
        room = vars(importlib.import_module(modules[name]))
        present(door, rooms[modules[name]], room)
        return room[name]

    return get


def serve_older_names(package: str) -> None:
    """Let a package, and its path under ``genkit.plugins``, also have the public names of its module ``_older``.

    The module is loaded when such a name is asked for. It holds what earlier releases called otherwise, and in
    ``OLDER_MODULES`` the paths of the modules in which they had it, such as ``('models', 'models.gemini')``.

    Args:
        package: The package's ``__name__``.
    """

    def get(name: str) -> Any:
        older = {} if name.startswith('_') else vars(importlib.import_module(f'{package}._older'))
        if name not in older or name == 'OLDER_MODULES':
            raise AttributeError(f'module {package!r} has no attribute {name!r}')
        return older[name]

    vars(sys.modules[package])['__getattr__'] = get


def _is_inside(module: str) -> bool:
    """Whether a module is a room behind a door rather than a door."""
    rooms = module.split('.')[1:]
    return rooms[0].startswith('_') or len(rooms) > 1
