# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading tags by several grammars, and finding the line of versions that each package stands on."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from releasekit.model.history import Ancestry, Tag
from releasekit.model.names import normalize_name
from releasekit.model.plan import ReleaseKind
from releasekit.model.requirement import read_version
from releasekit.version.history.ancestry import newest
from releasekit.version.numbers import kind_of


_VERSION = '(?P<version>[0-9][0-9A-Za-z.!+_-]*)'
_NAME = '(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)'
FINAL_KINDS = (ReleaseKind.FINAL, ReleaseKind.POST)


@dataclass(frozen=True)
class Released:
    """A version that was released, and the commit that it was released from; `tag` is empty for a bootstrap."""

    version: Version
    commit: str
    tag: str = ''


@dataclass(frozen=True)
class Line:
    """What a package was released as, on the way to HEAD: the newest final version, and the newest of any kind.

    Newest by place in the history; where two places do not follow one another, the higher version counts.
    """

    newest: Released
    final: Released | None = None


class TagReader:
    """Reads names and versions out of tags; the first grammar that fits decides.

    A local part, such as the build metadata of semantic versions, is left out: no index has a version with one.
    """

    def __init__(self, grammars: Sequence[str]) -> None:
        self._patterns = [re.compile(_pattern(grammar)) for grammar in grammars]

    def read(self, tag: str) -> tuple[str | None, Version] | None:
        """Return the normalised name, None where the grammar has none, and the version; None for another tag."""
        for pattern in self._patterns:
            found = pattern.fullmatch(tag)
            if found:
                name = found.groupdict().get('name')
                try:
                    return name and normalize_name(name), Version(read_version(found['version']).public)
                except InvalidVersion:
                    continue
        return None


def find_released(
    tags: Iterable[Tag], reader: TagReader, aliases: Mapping[str, str], shared: Iterable[str] = ()
) -> dict[str, list[Released]]:
    """Return what the tags say was released, by name; names that `aliases` does not know stay as they are.

    Args:
        tags: All tags.
        reader: The grammars.
        aliases: The member that each name, today's or a former one, stands for.
        shared: The members that a tag without a name stands for.
    """
    released: defaultdict[str, list[Released]] = defaultdict(list)
    for tag in tags:
        found = reader.read(tag.name)
        if found is None:
            continue
        name, version = found
        for member in shared if name is None else (aliases.get(name, name),):
            released[member].append(Released(version, tag.commit, tag.name))
    return released


def find_lines(ancestry: Ancestry, released: Mapping[str, Sequence[Released]]) -> dict[str, Line]:
    """Return the line of every name that has a release which HEAD reaches."""
    final = _newest(ancestry, {name: _final(versions) for name, versions in released.items()})
    every = _newest(ancestry, released)
    return {name: Line(found, final.get(name)) for name, found in every.items()}


def _final(released: Iterable[Released]) -> list[Released]:
    return [release for release in released if kind_of(release.version) in FINAL_KINDS]


def _newest(ancestry: Ancestry, released: Mapping[str, Sequence[Released]]) -> dict[str, Released]:
    marks: defaultdict[str, list[str]] = defaultdict(list)
    for name, releases in released.items():
        for release in releases:
            marks[release.commit].append(name)
    tips = newest(ancestry, marks)
    return {
        name: max((release for release in released[name] if release.commit in shas), key=lambda it: it.version)
        for name, shas in tips.items()
    }


def _pattern(grammar: str) -> str:
    return re.escape(grammar).replace(r'\{name\}', _NAME).replace(r'\{version\}', _VERSION)
