# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where uv takes a requirement from: the workspace, a path, git, an index (`tool.uv.sources`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.names import normalize_name


class SourceKind(StrEnum):
    """The places uv knows; `registry` is what holds when nothing is said."""

    WORKSPACE = 'workspace'
    PATH = 'path'
    GIT = 'git'
    URL = 'url'
    INDEX = 'index'
    REGISTRY = 'registry'


@dataclass(frozen=True)
class Source:
    """One source of a requirement; `marker` limits it to some environments."""

    kind: SourceKind
    detail: str | None = None
    marker: str | None = None

    @property
    def label(self) -> str:
        """The source in a few words, as output shows it."""
        words = f'{self.kind} {self.detail}' if self.detail else str(self.kind)
        return f'{words} ; {self.marker}' if self.marker else words


REGISTRY = (Source(SourceKind.REGISTRY),)


def sources_of(name: str, member: Manifest, root: Manifest) -> tuple[Source, ...]:
    """Return the sources of a required name: the member's own entry, else the root's, else the registry.

    Raises:
        WorkspaceError: An entry names no source that uv knows.
    """
    for manifest in (member, root):
        for written, entry in manifest.table('tool', 'uv', 'sources').items():
            if normalize_name(written) == name:
                return tuple(_sources(manifest, written, entry))
    return REGISTRY


def _sources(manifest: Manifest, written: str, entry: object) -> Iterator[Source]:
    entries = cast('list[object]', entry) if isinstance(entry, list) else [entry]
    for item in entries:
        source = _source(cast('Mapping[str, object]', item)) if isinstance(item, Mapping) else None
        if source is None:
            place = manifest.place('tool', 'uv', 'sources', written)
            raise WorkspaceError(
                'RK-MANIFEST-SOURCE',
                f'{place}: source {item!r} of {written!r} names none of workspace, path, git, url and index',
            )
        yield source


def _source(item: Mapping[str, object]) -> Source | None:
    marker = item.get('marker')
    for kind in SourceKind:
        value = item.get(kind)
        if value is not None and value is not False:
            detail = None if value is True else str(value)
            return Source(kind, detail, str(marker) if marker else None)
    return Source(SourceKind.REGISTRY) if item.get('workspace') is False else None
