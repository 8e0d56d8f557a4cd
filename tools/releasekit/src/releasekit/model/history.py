# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a version control system says about a workspace, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Checkout:
    """What is checked out.

    `branch` is None where HEAD is detached. `changed` are tracked files that differ from the commit, relative to the
    workspace root, sorted.
    """

    commit: str
    branch: str | None
    is_shallow: bool
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """A tag and the commit that it leads to."""

    name: str
    commit: str


@dataclass(frozen=True)
class Ancestry:
    """The commits that HEAD reaches, by hash alone, every commit before its parents.

    Each entry of `order` is a commit followed by its parents. `time` is when HEAD was committed, in seconds since 1970.
    """

    order: tuple[tuple[str, ...], ...]
    time: int


@dataclass(frozen=True)
class Commit:
    """One commit with its whole message; `paths` are relative to the workspace root and leave out what is outside."""

    sha: str
    author: str
    message: str
    paths: tuple[str, ...]
