# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes public objects name the door they are taken from, in tracebacks and in documentation, and opens rooms late."""

import importlib
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


def _is_inside(module: str) -> bool:
    """Whether a module is a room behind a door rather than a door."""
    rooms = module.split('.')[1:]
    return rooms[0].startswith('_') or len(rooms) > 1
