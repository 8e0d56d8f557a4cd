# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A whole workspace as data: its root, its members, and the edges between them."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from releasekit.model.configuration import Configuration
from releasekit.model.errors import UsageError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.names import normalize_name, suggestion
from releasekit.model.requirement import DeclaredRequirement, RequirementKind
from releasekit.model.sources import Source, sources_of


@dataclass(frozen=True)
class Edge:
    """One requirement of a member on another member."""

    dependant: str
    dependency: str
    requirement: DeclaredRequirement
    sources: tuple[Source, ...]

    @property
    def kind(self) -> RequirementKind:
        """What the requirement is for."""
        return self.requirement.kind


@dataclass(frozen=True)
class Workspace:
    """What uv discovers under a root, sorted by folder.

    `idle_patterns` are the member patterns that match nothing, in the order in which they are written. `unread` are the
    names of members whose requirements are dynamic, and not in the lock.
    """

    root: Path
    manifest: Manifest
    configuration: Configuration
    members: tuple[Member, ...]
    idle_patterns: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """Members by normalised name; of several with one name, the first."""
        return {member.name: member for member in reversed(self.members)}

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every requirement between members, in the order of members and of their manifests."""
        return tuple(
            Edge(member.name, requirement.name, requirement, self.sources(member, requirement))
            for member in self.members
            for requirement in member.requirements
            if requirement.name in self.by_name
        )

    def sources(self, member: Member, requirement: DeclaredRequirement) -> tuple[Source, ...]:
        """Return where uv takes a member's requirement from."""
        return sources_of(requirement.name, member.manifest, self.manifest)

    def find(self, name: str) -> Member:
        """Return the member with a name, in whatever spelling.

        Raises:
            UsageError: There is none; the message names the nearest one.
        """
        member = self.by_name.get(normalize_name(name))
        if member is None:
            hint = suggestion(normalize_name(name), self.by_name)
            raise UsageError(
                'RK-MEMBER-UNKNOWN', f'no member is called {name!r}.{hint} List them with `releasekit discover`.'
            )
        return member

    def collisions(self) -> list[tuple[Member, ...]]:
        """Return the groups of members that one index or one file system cannot tell apart.

        That is: equal names after normalisation, and folders that differ in case only.
        """
        names: defaultdict[str, list[Member]] = defaultdict(list)
        folders: defaultdict[str, list[Member]] = defaultdict(list)
        for member in self.members:
            names[member.name].append(member)
            folders[str(member.folder).casefold()].append(member)
        groups = {
            tuple(str(member.folder) for member in group): group for group in (*names.values(), *folders.values())
        }
        return [tuple(group) for group in groups.values() if len(group) > 1]
