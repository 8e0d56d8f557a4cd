# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From commits to what changed in each member: copies count once, a revert takes away what it reverts."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from releasekit.model.history import Commit
from releasekit.model.plan import Change, Level
from releasekit.version.history.attribution import Attribution
from releasekit.version.history.commits import DEFAULT_TYPES, Message, read_message


@dataclass(frozen=True)
class Entry:
    """What one commit means to one member. `identity` is shared by copies; so are the identities that it reverts.

    `release_as` is the version that it asks for, as it is written.
    """

    sha: str
    identity: str
    changes: tuple[Change, ...]
    reverts: tuple[str, ...]
    release_as: str = ''


@dataclass(frozen=True)
class ReleaseAs:
    """A version that a commit asks for, as it is written."""

    version: str
    commit: str


def entries_by_member(
    commits: Iterable[Commit],
    types: Mapping[str, Level],
    attribution: Attribution,
    patch_ids: Callable[[Collection[str]], Mapping[str, str]],
) -> dict[str, list[Entry]]:
    """Return what each member got from some commits, in their order.

    Args:
        commits: Every commit before its parents.
        types: Levels of types of conventional commits, beside the usual ones.
        attribution: Whom paths belong to.
        patch_ids: Asked once, for commits that may be copies of one another.
    """
    levels = {**DEFAULT_TYPES, **{kind.lower(): level for kind, level in types.items()}}
    read = [_read(commit, levels, attribution) for commit in commits]
    messages = {sha: message for sha, message, _ in read}
    identities = _identities(messages, patch_ids)
    known = sorted(messages)
    pulls = {f'#{change.pull}': sha for sha, message in messages.items() for change in message.changes if change.pull}
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for sha, message, touched in read:
        shas = [pulls.get(name) or _full(known, name) for name in message.reverts]
        reverted = tuple(identities.get(sha, sha) for sha in shas)
        for name in touched:
            changes = attribution.of_changes(message.changes, touched, name)
            entries[name].append(Entry(sha, identities.get(sha, sha), changes, reverted, message.release_as))
    return entries


def _read(commit: Commit, levels: Mapping[str, Level], attribution: Attribution) -> tuple[str, Message, frozenset[str]]:
    """Return a commit's message and its members; one without paths that asks for a version has those of its scopes."""
    message = read_message(commit, levels)
    touched = attribution.of_paths(commit.paths)
    if message.release_as and not commit.paths:
        touched = attribution.of_scopes(change.scope or '' for change in message.changes)
        message = replace(message, changes=())
    return commit.sha, message, touched


def settled(entries: Sequence[Entry]) -> tuple[Change, ...]:
    """Return the changes that are left of the entries of one member, newest first.

    A revert and what it reverts cancel out if both are among the entries; a revert of something older is a change
    itself. A revert that was reverted in turn does nothing. Changes that do not matter to users are left out.
    """
    place = {entry.identity: position for position, entry in enumerate(entries)}
    gone: set[str] = set()
    seen: set[str] = set()
    changes: list[Change] = []
    for position, entry in enumerate(entries):
        if entry.identity in gone or entry.identity in seen:
            continue
        here = [identity for identity in entry.reverts if place.get(identity, -1) > position]
        gone.update(here)
        if not here or len(here) < len(entry.reverts):
            seen.add(entry.identity)
            changes.extend(change for change in entry.changes if change.level > Level.NONE)
    return tuple(changes)


def _identities(
    messages: Mapping[str, Message], patch_ids: Callable[[Collection[str]], Mapping[str, str]]
) -> dict[str, str]:
    """Return an identity for every commit that has a copy: one that says the same in the same pull request or patch."""
    alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for sha, message in messages.items():
        if message.changes and max(change.level for change in message.changes) > Level.NONE:
            first = message.changes[0]
            alike[first.kind, first.scope, first.text].append(sha)
    groups = [shas for shas in alike.values() if len(shas) > 1]
    patches = patch_ids([sha for shas in groups for sha in shas])
    identities: dict[str, str] = {}
    for shas in groups:
        owner: dict[object, str] = {}
        for sha in shas:
            keys = [key for key in (patches.get(sha), messages[sha].changes[0].pull) if key is not None]
            identities[sha] = next((owner[key] for key in keys if key in owner), sha)
            for key in keys:
                owner.setdefault(key, identities[sha])
    return identities


def _full(known: Sequence[str], short: str) -> str:
    """Return the commit whose hash begins so, or what was given where none does."""
    position = bisect_left(known, short)
    found = known[position] if position < len(known) else ''
    return found if found.startswith(short) else short
