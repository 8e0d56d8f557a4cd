# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a version control system says about a workspace, as data."""

import re
from dataclasses import dataclass


# Sequences that a terminal obeys, then whatever else is not printed: control characters but line breaks and tabs, and
# the marks that turn the direction of text around.
_SEQUENCE = re.compile(r'\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X].*?(?:\x1b\\|\x07|\Z)|[ -/]*[0-~]?)', re.DOTALL)
_CONTROL = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')

# The last moment that compressed archives can hold, in seconds since 1970: a day of 2106.
LATEST = 2**32 - 1


def printable(text: str) -> str:
    """Return untrusted text without what would act on a terminal, or hide in a changelog."""
    if text.isprintable():
        return text
    return _CONTROL.sub('', _SEQUENCE.sub('', text.replace('\r\n', '\n')))


def escaped(document: str) -> str:
    """Return a JSON text, which means the same, with escapes for what would act on a terminal."""
    if document.isprintable():
        return document
    return _CONTROL.sub(lambda found: f'\\u{ord(found[0]):04x}', document)


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
