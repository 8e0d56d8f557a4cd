# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What rules look at: the workspace, its graph and lock, and the files of each member."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from releasekit.model.graph import Graph
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member, MemberKind
from releasekit.model.names import normalize_name
from releasekit.model.workspace import Workspace
from releasekit.workspace.tree import Tree
from releasekit.workspace.uv.lock import Lock


_DEPTH = len(('src', 'package', '__init__.py'))


@dataclass(frozen=True)
class MemberSite:
    """One member, with its files and the workspace around it."""

    workspace: Workspace
    member: Member
    tree: Tree

    @property
    def manifest(self) -> Manifest:
        """The member's manifest."""
        return self.member.manifest

    @property
    def import_name(self) -> str:
        """The name that the member's code should be imported under."""
        configuration = self.workspace.configuration
        if self.member.kind is MemberKind.CORE and configuration.core:
            return configuration.core.replace('-', '_')
        if self.member.kind is MemberKind.PLUGIN and configuration.import_prefix:
            return configuration.import_prefix + normalize_name(self.member.folder.name).replace('-', '_')
        return self.member.name.replace('-', '_')

    @property
    def import_folder(self) -> str | None:
        """The folder of the import package, relative to the member; None when no folder holds one."""
        candidates = [f'src/{self.import_name}', self.import_name, *self._packages()]
        return next((folder for folder in candidates if self.tree.has_file(f'{folder}/__init__.py')), None)

    def _packages(self) -> Iterator[str]:
        for file in self.tree.files:
            if file.match('src/*/__init__.py') and len(file.parts) == _DEPTH:
                yield str(file.parent)


class Site:
    """A workspace with everything that rules may ask about it; what they ask is worked out once."""

    def __init__(self, workspace: Workspace, lock: Lock) -> None:
        self.workspace = workspace
        self.lock = lock

    @cached_property
    def graph(self) -> Graph:
        """The graph of the members."""
        return Graph(tuple(self.workspace.by_name), self.workspace.edges)

    @cached_property
    def members(self) -> tuple[MemberSite, ...]:
        """Every member with its files; those of a nested member are its own alone."""
        paths = frozenset(member.path for member in self.workspace.members)
        return tuple(
            MemberSite(self.workspace, member, Tree(member.path, paths - {member.path}))
            for member in self.workspace.members
        )
