# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading commit messages: conventional commits 1.0.0, squash bodies with several of them, reverts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from releasekit.model.configuration import COMMIT_TYPE
from releasekit.model.history import Commit
from releasekit.model.plan import Change, Level


DEFAULT_TYPES: Mapping[str, Level] = {
    'feat': Level.MINOR,
    'fix': Level.PATCH,
    'perf': Level.PATCH,
    'revert': Level.PATCH,
    **dict.fromkeys(('build', 'chore', 'ci', 'docs', 'refactor', 'style', 'test', 'tests'), Level.NONE),
}

_HEADER = re.compile(
    rf'(?P<bullet>[*-] +)?(?P<type>{COMMIT_TYPE})(?:\((?P<scope>[^()]*)\))?(?P<bang>!)?: +(?P<text>\S.*)'
)
_PULL = re.compile(r' *\(#(\d+)\)$')
_BREAK = re.compile(r'BREAKING[ -]CHANGE(?:: +| +#)(.*)')
_FOOTER = re.compile(r'[A-Za-z][A-Za-z-]*(?:: +| +#)\S')
_AUTHOR = re.compile(r'^Co-authored-by: *([^<\n]*[^<\s])', re.IGNORECASE | re.MULTILINE)
_RELEASE_AS = re.compile(r'^Release-As: *(\S+) *$', re.IGNORECASE | re.MULTILINE)
_GIT_REVERT = re.compile(r'Revert "(?P<text>.*)"( \(#\d+\))?')
_GIT_REAPPLY = re.compile(r'Re(?:apply|vert "Revert) "(?P<text>.*?)"+( \(#\d+\))?')
_REVERTED = re.compile(r'^(?:This reverts commit|Refs:|and commit) +((?:[0-9a-f]{7,40}[,\s]*)+)', re.MULTILINE)
_REVERTED_PULL = re.compile(r'^Reverts +\S*(#\d+)', re.MULTILINE)


@dataclass(frozen=True)
class Message:
    """What a commit says: its changes, and what it reverts, as beginnings of hashes and pull requests such as `#12`.

    `release_as` is the version that it asks for, as it is written.
    """

    changes: tuple[Change, ...]
    reverts: tuple[str, ...] = ()
    release_as: str = ''


def read_message(commit: Commit, types: Mapping[str, Level]) -> Message:
    """Read a commit's message.

    Its first line may be a header, and so may later lines, as pull requests are squashed: in the form `* fix: text`, or
    at the start of a line; there the type has to be a known one, so that prose is not taken for a header.
    """
    lines = commit.message.strip().splitlines()
    if not lines:
        return Message(())
    others = _AUTHOR.findall(commit.message) if 'authored-by' in commit.message.lower() else ()
    authors = tuple(dict.fromkeys([commit.author, *others]))
    pull = _PULL.search(lines[0]) if lines[0].endswith(')') else None
    changes: dict[tuple[str, str | None, str], Change] = {}
    for header, body in _segments(lines, types):
        kind, scope, text = header['type'].lower(), header['scope'] or None, _PULL.sub('', header['text'])
        breaking = _breaking(body) if 'BREAKING' in commit.message else None
        level = Level.MAJOR if header['bang'] or breaking is not None else types.get(kind, Level.NONE)
        change = Change(commit.sha, kind, scope, text, level, breaking, int(pull[1]) if pull else None, authors)
        same = changes.setdefault((kind, scope, text), change)
        if change.level > same.level:
            changes[kind, scope, text] = change
    asked = _RELEASE_AS.findall(commit.message) if 'elease-' in commit.message else ()
    return Message(tuple(changes.values()), _reverted(commit, lines[0], changes), asked[-1] if asked else '')


def _reverted(commit: Commit, first: str, changes: Mapping[tuple[str, str | None, str], Change]) -> tuple[str, ...]:
    if not first.startswith(('Revert "', 'Reapply "')) and not any(kind == 'revert' for kind, _, _ in changes):
        return ()
    shas = [sha for found in _REVERTED.findall(commit.message) for sha in re.findall('[0-9a-f]+', found)]
    return (*shas, *_REVERTED_PULL.findall(commit.message))


def _segments(lines: list[str], types: Mapping[str, Level]) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield each header with the lines up to the next one."""
    header: dict[str, str] | None = None
    body: list[str] = []
    reapplied = _GIT_REAPPLY.fullmatch(lines[0])
    for number, line in enumerate([reapplied['text'] if reapplied else lines[0], *lines[1:]]):
        found = _HEADER.fullmatch(line.rstrip()) if ': ' in line else None
        is_header = found and (found['type'].lower() in types if number else not found['bullet'])
        if found and is_header:
            if header:
                yield header, body
            header, body = found.groupdict(''), []
        elif number == 0 and (revert := _GIT_REVERT.fullmatch(line)):
            header = {'type': 'revert', 'scope': '', 'bang': '', 'text': revert['text']}
        else:
            body.append(line)
    if header:
        yield header, body


def _breaking(body: list[str]) -> str | None:
    """Return the text of a `BREAKING CHANGE` footer with its continuation lines, None when there is none."""
    for number, line in enumerate(body):
        if found := _BREAK.match(line):
            words = [found[1].strip()]
            for following in body[number + 1 :]:
                if not following.strip() or _FOOTER.match(following) or _BREAK.match(following):
                    break
                words.append(following.strip())
            return ' '.join(word for word in words if word)
    return None
