# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A release, decided and written down before anything happens."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property


class Level(IntEnum):
    """The part of a version that a change raises; the larger one of two wins."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> str:
        """The level as it is written in files and output."""
        return self.name.lower()


LEVELS = {level.label: level for level in Level}


class ReleaseKind(StrEnum):
    """The kinds of versions of PEP 440, in the order in which they sort before their final version, and after it."""

    DEV = 'dev'
    ALPHA = 'alpha'
    BETA = 'beta'
    RC = 'rc'
    FINAL = 'final'
    POST = 'post'


@dataclass(frozen=True)
class Change:
    """Something that users of a package may notice.

    `kind` is the type of a conventional commit, or `intent`, whose `commit` is empty. `breaking` says what to do about
    a break, empty where nobody said. `authors` are the names of the author and of co-authors.
    """

    commit: str
    kind: str
    scope: str | None
    text: str
    level: Level
    breaking: str | None = None
    pull: int | None = None
    authors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The change in one line: type, scope, text and the beginning of its commit."""
        scope = f'({self.scope})' if self.scope else ''
        bang = '!' if self.level is Level.MAJOR else ''
        reference = f' ({self.commit[:7]})' if self.commit else ''
        return f'{self.kind}{scope}{bang}: {self.text.splitlines()[0]}{reference}'


@dataclass(frozen=True)
class ApiChange:
    """What became of a public interface: what is gone or asks for more of its users, and what is new.

    `unread` says why it was not compared, if it was not.
    """

    broken: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    unread: str = ''

    @property
    def level(self) -> Level:
        """The least level that such a change asks for."""
        if self.broken:
            return Level.MAJOR
        return Level.MINOR if self.added else Level.NONE


@dataclass(frozen=True)
class Reason:
    """Why a package is released; `cause` names the member that it follows, if it follows one."""

    text: str
    level: Level
    cause: str | None = None


@dataclass(frozen=True)
class Rewrite:
    """A requirement as the manifest has it, and as built metadata will; `section` is an extra's name, or None."""

    section: str | None
    old: str
    new: str


@dataclass(frozen=True)
class Release:
    """One package of a plan.

    `tier` orders publishing: a package needs only packages of lower tiers. `old` is the newest version that HEAD
    reaches, None for a first release; `tag` is the tag to be written.
    """

    name: str
    folder: str
    tier: int
    old: str | None
    version: str
    level: Level
    tag: str
    reasons: tuple[Reason, ...] = ()
    changes: tuple[Change, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def contributors(self) -> tuple[str, ...]:
        """The authors of its changes, without bots, sorted."""
        names = {author for change in self.changes for author in change.authors}
        return tuple(sorted(name for name in names if not name.endswith('[bot]')))


@dataclass(frozen=True)
class Artefact:
    """A file of a release; `file` is its name, `sha256` and `size` are those of its bytes."""

    package: str
    version: str
    file: str
    sha256: str
    size: int

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel; else it is a source distribution."""
        return self.file.endswith('.whl')


@dataclass(frozen=True)
class Problem:
    """Something that keeps a plan from being carried out; `message` says where, and what to do."""

    code: str
    member: str
    message: str


@dataclass(frozen=True)
class Inputs:
    """What a plan was made of; files are given by sha256, an absent one by an empty text.

    `kind` is None where each package has its own. `index` is the one that was asked about first releases, and
    `published` the versions that it has of them beside the planned ones.
    """

    tool: str
    commit: str
    changed: tuple[str, ...]
    lock: str
    configuration: str
    manifests: str
    intents: str
    kind: ReleaseKind | None
    only: tuple[str, ...]
    index: str = ''
    published: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True)
class Plan:
    """Everything that a release will do. `time` is when its commit was made, in seconds since 1970.

    `unchanged` gives the last version of each package that stays; `removed` that of each package which has tags but is
    published no more. `held` says of packages that commits speak of why they are not released; `unannounced` are
    packages whose content changed without a commit that says so. `proposed` says where the public interface asks for
    more than the commits do, `uncompared` why it was not compared. `waves` are new names by the day on which an index
    takes them, if it takes so many a day.
    """

    inputs: Inputs
    time: int
    releases: tuple[Release, ...]
    unchanged: dict[str, str | None]
    removed: dict[str, str]
    problems: tuple[Problem, ...]
    held: dict[str, str] = field(default_factory=dict[str, str])
    unannounced: tuple[str, ...] = ()
    proposed: dict[str, str] = field(default_factory=dict[str, str])
    uncompared: dict[str, str] = field(default_factory=dict[str, str])
    waves: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Release]:
        """The releases by name."""
        return {release.name: release for release in self.releases}

    @property
    def tiers(self) -> tuple[tuple[str, ...], ...]:
        """The names in publishing order; those of one tier do not need one another."""
        tiers = sorted({release.tier for release in self.releases})
        return tuple(tuple(release.name for release in self.releases if release.tier == tier) for tier in tiers)

    def chain(self, name: str) -> tuple[Reason, ...]:
        """Return why a package is released: its strongest reason, and that of each package which it follows in turn."""
        reasons: list[Reason] = []
        seen: set[str] = set()
        following: str | None = name
        while following in self.by_name and following not in seen:
            seen.add(following)
            strongest = max(self.by_name[following].reasons, key=lambda reason: reason.level)
            reasons.append(strongest)
            following = strongest.cause
        return tuple(reasons)
