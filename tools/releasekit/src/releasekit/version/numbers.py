# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of PEP 440 versions. Pure, and closed: what comes out is a version that sorts where it should."""

import re
from collections.abc import Iterable

from packaging.version import Version

from releasekit.model.configuration import ZeroPolicy
from releasekit.model.plan import Level, ReleaseKind


_LETTERS = {ReleaseKind.ALPHA: 'a', ReleaseKind.BETA: 'b', ReleaseKind.RC: 'rc'}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_PLACES = 3


def kind_of(version: Version) -> ReleaseKind:
    """Return the kind of a version; the dev release of anything is a dev release."""
    if version.is_devrelease:
        return ReleaseKind.DEV
    if version.pre:
        return _KINDS[version.pre[0]]
    return ReleaseKind.POST if version.is_postrelease else ReleaseKind.FINAL


def base_of(version: Version) -> Version:
    """Return the final version that a version leads to or comes from."""
    return Version(version.base_version)


def without_dev(version: Version) -> Version:
    """Return the version that a dev release leads to; any other one is returned as it is."""
    return Version(re.sub(r'\.dev\d+', '', str(version))) if version.is_devrelease else version


def raised(version: Version, level: Level, zero: ZeroPolicy) -> Version:
    """Return the final version that a change of some level makes of a version; without a change, its base.

    ```python
    assert raised(Version('1.2.3'), Level.MINOR, ZeroPolicy.MINOR) == Version('1.3.0')
    assert raised(Version('0.2.3'), Level.MAJOR, ZeroPolicy.MINOR) == Version('0.3.0')
    ```
    """
    if level is Level.NONE:
        return base_of(version)
    if version.major == 0:
        level = _below_one(level, zero)
    place = Level.MAJOR - level
    release = [*version.release, *(0,) * _PLACES][:_PLACES]
    raised_release = [*release[:place], release[place] + 1, *(0,) * (_PLACES - place - 1)]
    return Version(_text(version.epoch, raised_release))


def next_break(version: Version, zero: ZeroPolicy) -> Version:
    """Return the first version that may break users of a version."""
    return raised(base_of(version), Level.MAJOR, zero)


def numbered(target: Version, kind: ReleaseKind, taken: Iterable[Version], distance: int) -> Version:
    """Return the version of a kind for a final version: the next number after those that are taken.

    The number of a dev release is the distance in commits from the last release, so that it grows along a branch.
    """
    if kind is ReleaseKind.FINAL:
        return target
    if kind is ReleaseKind.DEV:
        return Version(f'{target}.dev{distance}')
    if kind is ReleaseKind.POST:
        numbers = [version.post or 0 for version in taken if base_of(version) == target and version.post is not None]
        return Version(f'{target}.post{max(numbers, default=0) + 1}')
    letter = _LETTERS[kind]
    numbers = [
        version.pre[1] for version in taken if version.pre and version.pre[0] == letter and base_of(version) == target
    ]
    return Version(f'{target}{letter}{max(numbers, default=0) + 1}')


def _below_one(level: Level, zero: ZeroPolicy) -> Level:
    if zero is ZeroPolicy.MAJOR:
        return level
    if zero is ZeroPolicy.SHIFT:
        return max(Level.PATCH, Level(level - 1))
    return min(Level.MINOR, level)


def _text(epoch: int, release: Iterable[int]) -> str:
    text = '.'.join(str(number) for number in release)
    return f'{epoch}!{text}' if epoch else text
