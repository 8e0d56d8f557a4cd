# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One member of a workspace: its folder, its manifest, and what both say about it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath

from releasekit.model.manifest import Manifest
from releasekit.model.names import normalize_name
from releasekit.model.requirement import DeclaredRequirement


class MemberKind(StrEnum):
    """What a member is, told by the folder that it stands in."""

    ROOT = 'root'
    CORE = 'core'
    PLUGIN = 'plugin'
    SAMPLE = 'sample'
    TOOL = 'tool'
    PACKAGE = 'package'


_KIND_OF_FOLDER = {'plugins': MemberKind.PLUGIN, 'samples': MemberKind.SAMPLE, 'tools': MemberKind.TOOL}


def kind_of_folder(folder: PurePosixPath) -> MemberKind:
    """Return the kind that a folder, relative to the workspace root, makes of its member."""
    if folder == PurePosixPath():
        return MemberKind.ROOT
    if folder == PurePosixPath('core'):
        return MemberKind.CORE
    return _KIND_OF_FOLDER.get(folder.parts[0], MemberKind.PACKAGE)


@dataclass(frozen=True)
class Member:
    """A project that uv counts to the workspace.

    `folder` is relative to the workspace root, with forward slashes; `.` for the root project. `dynamic_extras` are
    those that the build backend says, as the lock has them. `is_withheld` says that the configuration keeps it from
    being published.
    """

    folder: PurePosixPath
    manifest: Manifest
    requirements: tuple[DeclaredRequirement, ...]
    dynamic_extras: tuple[str, ...] = ()
    is_withheld: bool = False

    @cached_property
    def declared_name(self) -> str:
        """The distribution's name as written."""
        return self.manifest.string('project', 'name') or ''

    @cached_property
    def name(self) -> str:
        """The distribution's name in its PEP 503 form."""
        return normalize_name(self.declared_name)

    @cached_property
    def kind(self) -> MemberKind:
        """What the folder makes of it."""
        return kind_of_folder(self.folder)

    @property
    def path(self) -> Path:
        """The absolute folder."""
        return self.manifest.path.parent

    @property
    def version(self) -> str | None:
        """The version as written, None when it is dynamic or missing."""
        return self.manifest.string('project', 'version')

    @cached_property
    def classifiers(self) -> tuple[str, ...]:
        """The trove classifiers."""
        return self.manifest.strings('project', 'classifiers')

    @property
    def is_private(self) -> bool:
        """Whether the manifest forbids uploading: a `Private ::` classifier, or no package at all.

        As for uv, a project without a build system is no package, unless it says `tool.uv.package = true`.
        """
        is_built = self.manifest.value('build-system') is not None
        is_package = self.manifest.flag('tool', 'uv', 'package', default=is_built)
        return not is_package or any(line.startswith('Private ::') for line in self.classifiers)

    @property
    def is_published(self) -> bool:
        """Whether a release uploads it: everything but samples and what is private."""
        return self.kind is not MemberKind.SAMPLE and not self.is_private and not self.is_withheld

    def inside(self, *parts: str) -> str:
        """Return a path inside the member as messages show it: relative to the workspace root."""
        return str(self.folder.joinpath(*parts))
