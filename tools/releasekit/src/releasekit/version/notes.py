# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Release notes: a section per package, one document for all of them, and changelogs that keep their prose."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from releasekit.model.plan import Change, Level, Plan, Release


KEEP = '<!-- releasekit: keep -->'
END = '<!-- releasekit: end -->'

_HEADINGS = {'feat': 'Features', 'fix': 'Fixes', 'perf': 'Performance', 'revert': 'Reverts'}
_INTENT_KINDS = {Level.MINOR: 'feat', Level.PATCH: 'fix'}
_OTHER = 'Other changes'
_KEPT = re.compile(f'{re.escape(KEEP)}\n(.*?){re.escape(END)}', re.DOTALL)
_FENCES = re.compile(rf'(?:{re.escape(KEEP)}|{re.escape(END)})\n?')
_UNRELEASED = 'Unreleased'
# What is no HTML in Markdown: an escaped character, or code between as many backticks; and what may be some.
_MARKDOWN = re.compile(r'(?P<kept>\\[!-;=-~]|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|`+)|<', re.DOTALL)
_COMMIT = re.compile(r'[( ][0-9a-f]{7}\)$')  # as `_line` ends
_SECTION = re.compile(r'^## +\[?(?P<title>[^\]\s]+).*?(?=^## |\Z)', re.DOTALL | re.MULTILINE)


def without_html(text: str) -> str:
    """Return a text in which no element or comment of HTML begins, for a page that shows Markdown.

    Code in a line stays as it is. Code over several lines does not count: a page may see its end elsewhere.
    """
    if any('\n' in found['kept'] for found in _MARKDOWN.finditer(text) if found['kept']):
        return text.replace('<', '&lt;')
    return _MARKDOWN.sub(lambda found: found['kept'] or '&lt;', text)


def section(plan: Plan, release: Release, kept: str = '') -> str:
    """Return the changelog section of one release, with prose that a person wrote in its fence."""
    day = datetime.fromtimestamp(plan.time, UTC).date().isoformat()
    lines = [f'## {release.version} ({day})', '']
    if kept.strip():
        lines += [KEEP, kept.strip('\n'), END, '']
    lines += _body(plan, release, '###')
    return '\n'.join(lines).rstrip() + '\n'


def combined_notes(plan: Plan) -> str:
    """Return the notes of a whole release, package after package in publishing order."""
    lines = ['| package | version | before |', '|---|---|---|']
    lines += [f'| {release.name} | {release.version} | {release.old or "-"} |' for release in plan.releases]
    for release in plan.releases:
        lines += ['', f'## {release.name} {release.version}', '', *_body(plan, release, '###')]
    contributors = sorted({name for release in plan.releases for name in release.contributors})
    if contributors:
        lines += ['', f'Thanks to {", ".join(contributors)}.']
    return re.sub(r'\n{3,}', '\n\n', '\n'.join(lines)).rstrip() + '\n'


def updated_changelog(text: str, plan: Plan, release: Release, kept: str = '') -> str:
    """Return a changelog with the section of a release, before older ones; writing it twice changes nothing.

    What stands under `## Unreleased`, and between the fences of an earlier section for the same version, is kept, in
    the fences of the new section, behind the prose that is given. A section stays as it is where the new one says
    nothing more: neither a later day nor an intent file that was used is news. Lines end as they did.
    """
    ends = '\r\n' if '\r\n' in text else '\n'
    text = text.replace('\r\n', '\n')
    prose = [text for text in (kept, kept_prose(text, release.version)) if text]
    former = _former(text, release.version)
    for part in former:
        text = text.replace(part, '', 1)
    unreleased = next((found for found in _SECTION.finditer(text) if found['title'] == _UNRELEASED), None)
    if unreleased:
        written = unreleased.group().partition('\n')[2].strip('\n')
        prose += [written] if written else []
        head, tail = text[: unreleased.start()] + f'## {_UNRELEASED}\n\n', text[unreleased.end() :]
    else:
        first = _SECTION.search(text)
        head, tail = (text[: first.start()], text[first.start() :]) if first else (f'{text.rstrip()}\n\n', '')
    added = section(plan, release, _FENCES.sub('', '\n\n'.join(prose)))
    for part in former:
        if _says_no_more(added, part):
            added = f'{part.rstrip()}\n'
    return (f'{head}{added}\n{tail}'.rstrip() + '\n').replace('\n', ends)


def kept_prose(text: str, version: str) -> str:
    """Return what people wrote between the fences of a changelog's section."""
    parts = _former(text.replace('\r\n', '\n'), version)
    found = (kept.strip('\n') for part in parts for kept in _KEPT.findall(part))
    return '\n\n'.join(found).strip('\n')


def _says_no_more(section: str, former: str) -> bool:
    """Tell whether all lines of a section but its title are in a former one, which has no other commits besides."""
    lines, before = ({line for line in text.splitlines()[1:] if line.strip()} for text in (section, former))
    return lines <= before and not any(_COMMIT.search(line) for line in before - lines)


def _former(text: str, version: str) -> list[str]:
    """Return the sections that a changelog has for a version."""
    return [found.group() for found in _SECTION.finditer(text) if found['title'] == version]


def _body(plan: Plan, release: Release, level: str) -> Iterator[str]:
    if release.old is None:
        yield from ('First release.', '')
    breaks = [change for change in release.changes if change.level is Level.MAJOR]
    yield from _listed(f'{level} Breaking changes', (_line(change, change.breaking) for change in breaks))
    rest = [change for change in release.changes if change.level is not Level.MAJOR]
    for heading in (*_HEADINGS.values(), _OTHER):
        yield from _listed(f'{level} {heading}', (_line(change) for change in rest if _heading(change) == heading))
    followed = {reason.cause for reason in release.reasons if reason.cause}
    named = [other for other in plan.releases if other.name in followed]
    yield from _listed(f'{level} Dependencies', (f'- {other.name} {other.version}' for other in named))
    if release.contributors:
        yield from (f'Contributors: {", ".join(release.contributors)}.', '')


def _listed(heading: str, items: Iterable[str]) -> Sequence[str]:
    lines = list(items)
    return [heading, '', *lines, ''] if lines else []


def _heading(change: Change) -> str:
    kind = _INTENT_KINDS.get(change.level, '') if change.kind == 'intent' else change.kind
    return _HEADINGS.get(kind, _OTHER)


def _line(change: Change, breaking: str | None = None) -> str:
    scope = f'**{change.scope}:** ' if change.scope else ''
    pull = f'#{change.pull}' if change.pull else ''
    references = ', '.join(text for text in (pull, change.commit[:7]) if text)
    text = re.sub(r'\n(?=[^\n])', '\n  ', change.text) + (f' ({references})' if references else '')
    line = f'- {scope}{text}' + (f'\n  {breaking}' if breaking and breaking != change.text else '')
    return line if change.kind == 'intent' else without_html(line)
