# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Questions to an ancestry, each answered for many packages in one walk: sets of packages are the bits of a number."""

from collections.abc import Collection, Iterator, Mapping

from releasekit.model.history import Ancestry


def newest(ancestry: Ancestry, marks: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Return for every mark the marked commits that are no ancestor of another commit with the same mark.

    Args:
        ancestry: The commits that HEAD reaches.
        marks: What marks which commit; commits that HEAD does not reach are passed over.
    """
    names = sorted({name for marked in marks.values() for name in marked})
    bit = {name: 1 << position for position, name in enumerate(names)}
    own = {sha: sum(bit[name] for name in set(marked)) for sha, marked in marks.items()}
    found: dict[str, set[str]] = {}
    for sha, seen in _descended(ancestry, own):
        for name in marks.get(sha, ()):
            if not seen & bit[name]:
                found.setdefault(name, set()).add(sha)
    return found


class Ranges:
    """For every name, the commits that its start does not reach; a start has to be a commit that HEAD reaches.

    `shas` are the commits in any range, children first.
    """

    def __init__(self, ancestry: Ancestry, starts: Mapping[str, str]) -> None:
        bits = {sha: 1 << position for position, sha in enumerate(sorted(set(starts.values())))}
        self._bit = {name: bits[start] for name, start in starts.items()}
        self._reached = {sha: seen | bits.get(sha, 0) for sha, seen in _descended(ancestry, bits)}
        every = sum(bits.values())
        self.shas = [sha for sha, reached in self._reached.items() if reached != every]

    def holds(self, name: str, sha: str) -> bool:
        """Tell whether a commit is in the range of a name."""
        return not self._reached[sha] & self._bit[name]

    def count(self, name: str) -> int:
        """Return how many commits are in the range of a name."""
        return sum(not reached & self._bit[name] for reached in self._reached.values())


def _descended(ancestry: Ancestry, own: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield every commit with the bits of all its descendants, without its own."""
    inherited: dict[str, int] = {}
    for sha, *parents in ancestry.order:
        seen = inherited.pop(sha, 0)
        yield sha, seen
        passed = seen | own.get(sha, 0)
        for parent in parents:
            inherited[parent] = inherited.get(parent, 0) | passed
