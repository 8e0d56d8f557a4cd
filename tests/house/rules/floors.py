# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Imports inside core run downward: a room knows the floors below its own and nothing beside or above it."""

from pathlib import Path

from .finding import Finding
from .syntax import Import, imports
from .tree import files, place


HOME = 'core/src/genkit'

FLOORS: dict[int, tuple[str, ...]] = {
    0: ('_base',),
    1: ('types',),
    2: ('_trace',),
    3: ('_action',),
    4: ('_registry',),
    5: ('_kinds',),
    6: ('_generate', 'middleware', 'plugin'),
    7: ('_prompt',),
    8: ('_session', '_agent', 'agent'),
    9: ('_reflect', 'web', 'client'),
    10: ('_genkit',),
    11: ('_older',),
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}

# Imports between two rooms of one floor, each with what makes it harmless.
BESIDE = {
    ('_generate', 'middleware'): 'generation calls the hooks that the interface declares',
    ('agent', '_agent'): 'the door of that room',
    ('agent', '_session'): 'the door of that room, too',
}

TESTING = 'testing'  # may import anything, is imported by nothing
TOP = 'genkit'  # the door of applications, above every floor
AT_THE_TOP = {'__init__': 'the door of applications', '_aliases': 'the table of older import paths'}

PLUGIN_REACHES = 5
MIDDLEWARE_INTERFACE = ('genkit.middleware', 'genkit.middleware.interface')


def check(root: Path) -> list[Finding]:
    home = root / HOME
    findings: list[Finding] = []
    strangers: set[str] = set()
    for path in files(root, f'{HOME}/**/*.py'):
        inside = place(home, path)
        room = inside.partition('/')[0].removesuffix('.py')
        if room in FLOOR_OF or room == TESTING:
            findings += _upward(path, inside, room, home.parent)
        elif inside.removesuffix('.py') not in AT_THE_TOP:
            strangers.add(inside.partition('/')[0])
    return findings + [_stranger(name) for name in sorted(strangers)]


def _upward(path: Path, inside: str, room: str, source: Path) -> list[Finding]:
    found = ((item, _room_of(item)) for item in imports(path, source))
    return [
        Finding(f'{inside}:{item.line}', *_verdict(room, target))
        for item, target in found
        if target and not _may_import(room, target, item)
    ]


def _room_of(item: Import) -> str | None:
    package, _, rest = item.target.partition('.')
    if package != TOP:
        return None
    room = rest.partition('.')[0]
    return room if room in FLOOR_OF or room == TESTING else TOP


def _may_import(room: str, target: str, item: Import) -> bool:
    if room in {target, TESTING}:
        return True
    if target in {TOP, TESTING}:
        return False
    if room == 'plugin':
        return FLOOR_OF[target] <= PLUGIN_REACHES or item.module in MIDDLEWARE_INTERFACE
    return FLOOR_OF[target] < FLOOR_OF[room] or (room, target) in BESIDE


def _verdict(room: str, target: str) -> tuple[str, str]:
    here = f'from floor {FLOOR_OF[room]}'
    if target == TESTING:
        return f'imports `{target}` {here}', 'nothing in the source may; move what is shared down'
    if target == TOP:
        return f'imports the top door `{target}` {here}', 'import the room that defines the name'
    if room == 'plugin':
        remedy = f'the toolkit reaches floors 0 to {PLUGIN_REACHES} and {MIDDLEWARE_INTERFACE[-1]}; take the value in'
        return f'imports `{target}` (floor {FLOOR_OF[target]}) from the toolkit', remedy
    return f'imports `{target}` (floor {FLOOR_OF[target]}) {here}', 'pass the value in, or move it down'


def _stranger(name: str) -> Finding:
    return Finding(f'{HOME}/{name}', 'stands on no floor', 'move it into a room, or give it a floor in rules/floors.py')
