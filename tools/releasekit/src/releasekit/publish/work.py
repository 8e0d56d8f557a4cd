# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a run has to publish: packages with their files, and which of them wait for which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from graphlib import TopologicalSorter

from releasekit.model.plan import Artefact, Plan
from releasekit.model.workspace import Edge


class Stage(StrEnum):
    """How far a package has come; the last five are ends."""

    WAITING = 'waiting'
    SENDING = 'sending'
    CONFIRMING = 'confirming'
    PUBLISHED = 'published'
    FAILED = 'failed'
    BLOCKED = 'blocked'
    POSTPONED = 'postponed'
    REMOVED = 'removed'

    @property
    def is_end(self) -> bool:
        """Whether a run does nothing more for a package of this stage."""
        return self not in {Stage.WAITING, Stage.SENDING, Stage.CONFIRMING}


@dataclass(frozen=True)
class Parcel:
    """A package to be published.

    `needs` are packages of the same run that have to be installable before this one is sent.
    """

    package: str
    version: str
    files: tuple[Artefact, ...]
    needs: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Work:
    """All parcels of a run, by package."""

    parcels: Mapping[str, Parcel]

    @cached_property
    def dependants(self) -> Mapping[str, frozenset[str]]:
        """The packages that wait for a package, directly."""
        return {
            name: frozenset(other.package for other in self.parcels.values() if name in other.needs)
            for name in self.parcels
        }

    @cached_property
    def priority(self) -> Mapping[str, tuple[int, int, str]]:
        """What sorts packages that could be sent now: the longest chain behind them, then how many wait, then name."""
        longest: dict[str, int] = {}
        order = tuple(TopologicalSorter({name: parcel.needs for name, parcel in self.parcels.items()}).static_order())
        for name in reversed(order):
            longest[name] = 1 + max((longest[dependant] for dependant in self.dependants[name]), default=0)
        return {name: (-longest[name], -len(self.dependants[name]), name) for name in self.parcels}

    def behind(self, name: str) -> frozenset[str]:
        """Return every package that waits for a package, directly or not."""
        found: set[str] = set()
        pending = [name]
        while pending:
            for dependant in self.dependants[pending.pop()] - found:
                found.add(dependant)
                pending.append(dependant)
        return frozenset(found)


def make_work(plan: Plan, edges: Iterable[Edge], artefacts: Iterable[Artefact]) -> Work:
    """Return what is to be published of a plan, wheels before source distributions.

    Args:
        plan: What is released.
        edges: The requirements between members; those that order releases count.
        artefacts: The built files.
    """
    needs: dict[str, set[str]] = {name: set() for name in plan.by_name}
    for edge in edges:
        if edge.kind.orders_release and {edge.dependant, edge.dependency} <= needs.keys():
            needs[edge.dependant].add(edge.dependency)
    files: dict[str, list[Artefact]] = {name: [] for name in plan.by_name}
    for artefact in artefacts:
        files[artefact.package].append(artefact)
    return Work(
        {
            name: Parcel(
                name,
                plan.by_name[name].version,
                tuple(sorted(files[name], key=lambda file: (not file.is_wheel, file.file))),
                frozenset(needs[name] - {name}),
            )
            for name in plan.by_name
        }
    )
