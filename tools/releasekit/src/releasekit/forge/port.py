# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The port: what a release asks of a forge. Everything works without one."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Proposal:
    """What a request says: a branch to be merged into another, with a title, a text and labels."""

    branch: str
    base: str
    title: str
    body: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseRequest:
    """A request that is open on a forge."""

    number: int
    url: str
    body: str


class Forge(Protocol):
    """A forge; every method raises `RefusedError`, code `RK-FORGE`, where it cannot be used."""

    def find(self, branch: str) -> ReleaseRequest | None:
        """Return the open request of a branch, or None."""
        ...

    def propose(self, proposal: Proposal, known: ReleaseRequest | None) -> ReleaseRequest:
        """Open a request, or bring the known one up to date."""
        ...

    def release(self, tag: str, title: str, notes: str, *, is_prerelease: bool) -> bool:
        """Publish the notes of a tag that the forge has; False if that was done before."""
        ...
