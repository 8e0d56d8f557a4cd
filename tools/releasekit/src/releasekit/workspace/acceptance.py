# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the public index refuses in metadata, and what its pages cannot show: for manifests and for built files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion

from releasekit.model.names import suggestion
from releasekit.model.requirement import read_version


LONGEST_SUMMARY = 512
LONGEST_LABEL = 32
_PRIVATE = 'Private :: '
_EMAIL = re.compile(r'[^@\s]+@[^@\s]+\.[^@\s]+')
# What may be a link to another place than the web; most texts have none, and are not parsed.
_CANDIDATE = re.compile(
    r'\]\(\s*<?(?!https?:|#|mailto:)|^\s*\[[^\]]+\]:\s*<?(?!https?:|#|mailto:)'
    r'|(?:src|href)\s*=\s*["\']?(?!https?:|#|mailto:)',
    re.MULTILINE | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r'<[^>]*?\s(?:src|href)\s*=\s*["\']?([^"\'\s>]+)', re.IGNORECASE)


@dataclass(frozen=True)
class Described:
    """What a package says of itself: in its manifest, or in the metadata of a file that was built."""

    version: str = ''
    summary: str = ''
    classifiers: tuple[str, ...] = ()
    urls: tuple[tuple[str, str], ...] = ()
    emails: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Objection:
    """What the index answers 400 to: the field of `[project]`, the item in it, what is wrong, and the way out."""

    field: str
    message: str
    way_out: str
    item: str = ''


def objections(described: Described) -> Iterator[Objection]:
    """Yield what the public index would refuse.

    These are its own rules, beyond those of the metadata's specification: no local versions, no direct references, a
    summary of one line of up to 512 characters, labels of urls of up to 32, classifiers that it knows.
    """
    if _is_local(described.version):
        message = f'version {described.version!r} has a local part, which no public index takes'
        yield Objection('version', message, 'leave out the `+` and what follows it')
    if '\n' in described.summary.strip():
        yield Objection('description', 'the summary has more than one line', 'write one sentence')
    if len(described.summary) > LONGEST_SUMMARY:
        message = f'the summary has {len(described.summary)} characters, the index takes {LONGEST_SUMMARY}'
        yield Objection('description', message, 'write one sentence; the README holds the rest')
    yield from _urls(described)
    for email in described.emails:
        if not _EMAIL.fullmatch(email):
            yield Objection('authors', f'{email!r} is no email address', 'correct it, or leave it out', email)
    yield from _classifiers(described)
    for text in described.requirements:
        if _is_direct(text):
            message = f'{text!r} is a direct reference, and the index takes requirements on its own packages only'
            way_out = 'require a released version; an address for development belongs into [tool.uv.sources]'
            yield Objection('dependencies', message, way_out, text)


def _urls(described: Described) -> Iterator[Objection]:
    for label, url in described.urls:
        if len(label) > LONGEST_LABEL:
            message = f'the label {label!r} of a url has {len(label)} characters, the index takes {LONGEST_LABEL}'
            yield Objection('urls', message, 'shorten it', label)
        if urlsplit(url).scheme not in {'http', 'https'} or not urlsplit(url).netloc:
            yield Objection('urls', f'the url {url!r} is no address on the web', 'begin it with https://', label)


def _classifiers(described: Described) -> Iterator[Objection]:
    from trove_classifiers import classifiers, deprecated_classifiers  # noqa: PLC0415 - a thousand lines

    for classifier in described.classifiers:
        if classifier in deprecated_classifiers:
            others = ', '.join(deprecated_classifiers[classifier]) or 'nothing'
            yield Objection(
                'classifiers', f'the classifier {classifier!r} is deprecated', f'write {others} instead', classifier
            )
        elif classifier not in classifiers and not classifier.startswith(_PRIVATE):
            message = f'the index knows no classifier {classifier!r}.{suggestion(classifier, classifiers)}'.rstrip('.')
            yield Objection('classifiers', message, 'take one of the list of trove classifiers', classifier)


def _is_local(version: str) -> bool:
    try:
        return bool(version) and read_version(version).local is not None
    except InvalidVersion:
        return False


def _is_direct(text: str) -> bool:
    try:
        return Requirement(text).url is not None
    except InvalidRequirement:
        return False


def broken_links(markdown: str) -> list[tuple[str, int]]:
    """Return what a README links to, or shows, by a path, with the line: on the page of an index it leads nowhere."""
    if not _CANDIDATE.search(markdown):
        return []
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to import, and most texts need no parser

    found: list[tuple[str, int]] = []
    for token in MarkdownIt('commonmark').enable('table').parse(markdown):
        line = token.map[0] + 1 if token.map else 1
        if token.type == 'html_block':
            found += [(target, line) for target in _ATTRIBUTE.findall(token.content)]
        for inner in token.children or ():
            if inner.type == 'html_inline':
                found += [(target, line) for target in _ATTRIBUTE.findall(inner.content)]
            target = inner.attrGet('href') or inner.attrGet('src')
            if target:
                found.append((str(target), line))
            line += inner.type in {'softbreak', 'hardbreak'}
    return [(target, line) for target, line in found if _is_relative(target)]


def _is_relative(target: str) -> bool:
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc and bool(parts.path)
