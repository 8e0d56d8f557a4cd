# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What one plan releases that another one does not."""

from dataclasses import dataclass

from releasekit.model.plan import Change, Plan, Release


@dataclass(frozen=True)
class Difference:
    """How the release of one package differs; a version is None where a plan leaves the package out."""

    name: str
    before: str | None
    after: str | None
    added: tuple[Change, ...] = ()
    dropped: tuple[Change, ...] = ()


def compare_plans(before: Plan, after: Plan) -> tuple[Difference, ...]:
    """Return the packages whose version or changes differ, by name; equal plans give none."""
    names = sorted({*before.by_name, *after.by_name})
    found = [_difference(name, before.by_name.get(name), after.by_name.get(name)) for name in names]
    return tuple(it for it in found if it.before != it.after or it.added or it.dropped)


def _difference(name: str, before: Release | None, after: Release | None) -> Difference:
    old, new = before.changes if before else (), after.changes if after else ()
    return Difference(
        name,
        before.version if before else None,
        after.version if after else None,
        tuple(change for change in new if change not in set(old)),
        tuple(change for change in old if change not in set(new)),
    )
