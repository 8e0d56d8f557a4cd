# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes public objects name the door they are taken from, in tracebacks and in documentation."""

from collections.abc import Iterable, Mapping
from typing import Any


def present(door: str, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
    """Set ``__module__`` of the classes and functions behind some names to the door, unless a door has them already."""
    for name in names:
        thing = namespace[name]
        module = getattr(thing, '__module__', None)
        if isinstance(module, str) and module.startswith('genkit.') and _is_inside(module) and callable(thing):
            thing.__module__ = door


def _is_inside(module: str) -> bool:
    """Whether a module is a room behind a door rather than a door."""
    rooms = module.split('.')[1:]
    return rooms[0].startswith('_') or len(rooms) > 1
