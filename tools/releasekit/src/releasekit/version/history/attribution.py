# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Giving changes to members: by the folders that they touch, and by the configured owners of other paths."""

import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache

from releasekit.model.member import Member
from releasekit.model.names import normalize_name
from releasekit.model.plan import Change


# What users of a package never see, where it lies directly in the folder of a member. What has such a name further down
# may be a module that is installed.
_UNSEEN_FOLDERS = frozenset({'docs', 'tests'})
_UNSEEN_FILES = frozenset({'CHANGELOG.md', 'releasekit.toml', 'uv.lock'})


class Attribution:
    """Tells whom paths belong to: the owners of the first pattern that fits, else the member of the deepest folder."""

    def __init__(
        self,
        members: Collection[Member],
        patterns: Mapping[str, tuple[str, ...]],
        moved: Mapping[str, str],
        intents: str = '',
    ) -> None:
        """Take members, owners by pattern, the names of members by former folder, and the folder of intent files."""
        self._intents = intents.strip('/')
        self._folders = {**moved, **{str(member.folder): member.name for member in members}}
        self._owners = [
            (re.compile(path_pattern(pattern)), _chosen(self._folders.values(), owners))
            for pattern, owners in patterns.items()
        ]
        self._scopes = {
            normalize_name(scope): member.name for member in members for scope in (member.folder.name, member.name)
        }
        self.members_of = cache(self._members_of)

    def is_owner(self, name: str, owners: Iterable[str]) -> bool:
        """Return whether a member is one of some owners, which may be patterns."""
        return any(fnmatchcase(name, owner) for owner in owners)

    def of_paths(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the members that a commit with these paths belongs to."""
        return frozenset[str]().union(*(self.members_of(path) for path in paths))

    def of_scopes(self, scopes: Iterable[str]) -> frozenset[str]:
        """Return the members that the scopes of a commit name."""
        named = (self._scopes.get(normalize_name(scope)) for scope in scopes)
        return frozenset(name for name in named if name)

    def of_changes(self, changes: tuple[Change, ...], touched: frozenset[str], name: str) -> tuple[Change, ...]:
        """Return those changes of a commit that belong to one of the members that it touched.

        All of them; but of several changes in one commit, one whose scope names a touched member belongs to that member
        alone.
        """
        if len(changes) == 1 or len(touched) == 1:
            return changes
        named = [self._scopes.get(normalize_name(change.scope or '')) for change in changes]
        return tuple(it for it, scope in zip(changes, named, strict=True) if scope == name or scope not in touched)

    def _members_of(self, path: str) -> frozenset[str]:
        for pattern, owners in self._owners:
            if pattern.fullmatch(path):
                return owners
        folder = path  # itself too: a submodule is a path
        while True:
            if (name := self._folders.get(folder or '.')) is not None:
                inside = path[len(folder) + 1 :] if folder else path
                return frozenset() if self._is_unseen(inside) else frozenset({name})
            if not folder:
                return frozenset()
            folder = folder.rpartition('/')[0]

    def _is_unseen(self, inside: str) -> bool:
        """Tell whether a path below the folder of its member holds nothing that the member's users get."""
        top, _, rest = inside.partition('/')
        is_intent = bool(self._intents) and inside.startswith(f'{self._intents}/')
        return is_intent or (top in _UNSEEN_FOLDERS if rest else top in _UNSEEN_FILES)


def path_pattern(pattern: str) -> str:
    """Return the regular expression of a path pattern: `*` stays within a folder, `**` does not."""
    parts = re.split(r'(\*\*/|\*\*|\*|\?)', pattern)
    words = {'**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]'}
    return ''.join(words.get(part) or re.escape(part) for part in parts)


def _chosen(names: Iterable[str], owners: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in names if any(fnmatchcase(name, owner) for owner in owners))
