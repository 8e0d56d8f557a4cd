# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Forks a process that changes an index for every line it is given, and says what it has done.

A line is ``<directory> <run> <steps> <event>``; the fork answers ``start <pid>``, ``done <step>`` after each step that
returned, and this program ``end <exit status>`` when the fork is gone. At the event of that number, counted over all
that Python does with files in the folder, the fork kills itself; 0 is never. Forking spares the tests the imports.
"""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from genkit import Document
from genkit.plugin import Filter, StoreEntry
from genkit_hnsw import HnswIndex
from genkit_hnsw.engine import Engine, Limits
from usearch.index import Index


DIMENSIONS = 16
LIMITS = Limits(tail=24, fan=3, few=30)  # so that there are segments, graphs and removals after a few steps
EVENTS = ('open', 'os.rename', 'os.remove', 'os.truncate', 'os.mkdir', 'os.listdir', 'os.scandir')
Held = dict[str, tuple[int, int]]  # the version and the size of the text, by id


def engine(directory: Path, lock_timeout: float = 60.0) -> Engine:
    return Engine(HnswIndex(name='notes', embedder='none', directory=directory, lock_timeout=lock_timeout), LIMITS)


def entry(name: str, version: int, size: int) -> StoreEntry:
    vector = np.random.default_rng([version, size]).standard_normal(DIMENSIONS).tolist()
    document = Document.from_text(f'{name} {version} ' + 'x' * size, {'version': version, 'even': version % 2 == 0})
    return StoreEntry(name, document, vector)


def steps(run: int) -> Iterator[tuple[str, list[str], Held]]:
    """Yield what is done, to what, and what there must be afterwards; the same for every process of a run."""
    chance = random.Random(run)
    held: Held = {}
    version = 0
    while True:
        version += 1
        kind = chance.choices(['store', 'delete', 'delete meeting', 'compact', 'clear'], [20, 5, 1, 1, 1])[0]
        names: list[str] = []
        if kind == 'store':
            names = [f'document-{number}' for number in chance.sample(range(200), chance.randint(1, 12))]
            held = {**held, **{name: (version, chance.choice([1, 100, 5000])) for name in names}}
        elif kind == 'delete' and held:
            names = chance.sample(sorted(held), min(len(held), 7))
            held = {name: value for name, value in held.items() if name not in names}
        elif kind == 'delete meeting':
            held = {name: value for name, value in held.items() if value[0] % 2}
        elif kind == 'clear':
            held = {}
        yield kind, names, held


def do(kind: str, names: list[str], held: Held, index: Engine) -> None:
    if kind == 'store':
        index.upsert([entry(name, *held[name]) for name in names])
    elif kind == 'delete':
        index.delete(names)
    elif kind == 'delete meeting':
        index.delete_meeting(Filter({'even': True}).condition)
    elif kind == 'compact':
        index.compact()
    else:
        index.clear()


def work(directory: str, run: int, count: int, event: int, first: int) -> None:
    seen = 0

    def count_events(name: str, given: tuple[object, ...]) -> None:
        nonlocal seen
        if name in EVENTS and str(given[0]).startswith(directory):
            seen += 1
            if seen == event:
                os.kill(os.getpid(), signal.SIGKILL)

    index = engine(Path(directory))
    sys.addaudithook(count_events)
    for number, step in enumerate(steps(run)):
        if number == count:
            break
        if number >= first:
            do(*step, index)
            say(f'done {number}')
    say(f'events {seen}')


def say(line: str) -> None:
    os.write(1, f'{line}\n'.encode())


def main() -> None:
    Index(ndim=2)  # it is loaded before the forks
    for line in sys.stdin:
        directory, *numbers = line.split()
        child = os.fork()
        if child == 0:
            say(f'start {os.getpid()}')
            work(directory, *map(int, numbers))
            os._exit(0)
        say(f'end {os.waitpid(child, 0)[1]}')


if __name__ == '__main__':
    main()
