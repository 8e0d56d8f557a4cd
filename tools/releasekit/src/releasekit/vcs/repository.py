# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The port: what planning asks of a version control system. Every answer is about the workspace around one folder."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol, TypeAlias

from releasekit.model.history import Ancestry, Checkout, Commit, Tag


Tree: TypeAlias = Mapping[str, str]


class Repository(Protocol):
    """A history that can be read; every method raises `RefusedError` where it cannot be."""

    def checkout(self) -> Checkout:
        """Return what is checked out."""
        ...

    def tags(self) -> tuple[Tag, ...]:
        """Return every tag, whether HEAD reaches it or not."""
        ...

    def ancestry(self) -> Ancestry:
        """Return the commits that HEAD reaches."""
        ...

    def commits(self, shas: Collection[str]) -> Iterator[Commit]:
        """Yield some commits with messages and paths, in the order asked for; a merge has no paths."""
        ...

    def patch_ids(self, shas: Collection[str]) -> dict[str, str]:
        """Return for some commits an identity that copies share, whatever they were applied to."""
        ...

    def tag_messages(self, names: Collection[str]) -> Mapping[str, str]:
        """Return the messages of annotated tags by name; plain tags have none and are left out."""
        ...

    def texts_at(self, commit: str, paths: Collection[str]) -> dict[str, str]:
        """Return files as they were at a commit; those that were not there are left out."""
        ...

    def trees(self, places: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Tree]:
        """Return all files below folders at commits, each with the hash of its content; empty where there is none."""
        ...

    def blobs(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        """Return contents by hash."""
        ...
