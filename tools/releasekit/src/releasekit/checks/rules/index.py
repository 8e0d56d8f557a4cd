# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about what an index accepts, and what its pages show."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from releasekit.checks.rule import Problem, RuleFacts, Severity, member_rule
from releasekit.checks.rules.files import readme_name
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.model.requirement import RequirementKind
from releasekit.workspace.acceptance import Described, Objection, broken_links, objections


_SHIPPED = frozenset({RequirementKind.RUNTIME, RequirementKind.EXTRA})
# What the index shows with a sign of its own, by labels without blanks and punctuation (specification of well-known
# project urls): any of a line will do.
_URLS = {
    'Source': {'source', 'sourcecode', 'repository', 'github', 'gitlab', 'code'},
    'Changelog': {'changelog', 'changes', 'releasenotes', 'whatsnew', 'history'},
    'Issues': {'issues', 'issue', 'bugs', 'bugtracker', 'tracker', 'issuetracker', 'bugreports'},
    'Documentation': {'documentation', 'docs'},
}
_ELSEWHERE = frozenset({'download', 'funding', 'sponsor', 'donate', 'donation'})


@member_rule(RuleFacts('index-metadata', 'metadata that the public index accepts'))
def index_metadata(site: MemberSite) -> Iterator[Problem]:
    """The public index has rules of its own, and answers 400 in the middle of a release where one is broken.

    They are: no local versions, no direct references, a summary of one line of up to 512 characters, labels of urls of
    up to 32, and classifiers that it knows. The same is asked of every built file before the first one is sent.
    """
    requirements = {it.text: it for it in site.member.requirements if it.kind in _SHIPPED}
    for found in objections(_described(site, tuple(requirements))):
        requirement = requirements.get(found.item) if found.field == 'dependencies' else None
        if requirement is not None:
            yield Problem(found.message, found.way_out, requirement.manifest.relative, requirement.line)
        else:
            yield Problem(found.message, found.way_out, site.manifest.relative, _line(site, found))


def _line(site: MemberSite, found: Objection) -> int:
    keys: tuple[str | int, ...] = ('project', found.field)
    if found.field == 'classifiers':
        keys = (*keys, site.member.classifiers.index(found.item))
    elif found.field == 'urls':
        keys = (*keys, found.item)
    return site.manifest.line(*keys)


def _described(site: MemberSite, requirements: tuple[str, ...]) -> Described:
    urls = site.manifest.table('project', 'urls')
    return Described(
        version=site.member.version or '',
        summary=site.manifest.string('project', 'description') or '',
        classifiers=site.member.classifiers,
        urls=tuple((label, str(url)) for label, url in urls.items()),
        emails=tuple(_emails(site)),
        requirements=requirements,
    )


def _emails(site: MemberSite) -> Iterator[str]:
    for field in ('authors', 'maintainers'):
        people = site.manifest.value('project', field)
        for person in cast('list[object]', people) if isinstance(people, list) else ():
            email = cast('Mapping[str, object]', person).get('email') if isinstance(person, Mapping) else None
            if isinstance(email, str):
                yield email


@member_rule(RuleFacts('readme-links', 'a README whose links lead somewhere on the page of an index'))
def readme_links(site: MemberSite) -> Iterator[Problem]:
    """A path is right in the repository, and leads nowhere on the page that the index makes of the README."""
    name = readme_name(site)
    if name is None or not name.lower().endswith('.md') or site.manifest.value('project', 'readme') is None:
        return
    for target, line in broken_links(site.tree.text(name) or ''):
        message = f'{target!r} is a path, which leads nowhere on the page of an index'
        yield Problem(message, 'write the whole address, with https://', site.member.inside(name), line)


@member_rule(RuleFacts('project-urls', 'a url of the source or the home page', severity=Severity.WARNING))
def project_urls(site: MemberSite) -> Iterator[Problem]:
    """The page of an index has no other way to lead a visitor there.

    A url under any label counts, but for those of changelogs, issues, documentation, downloads and funding.
    """
    elsewhere = _ELSEWHERE.union(*(known for name, known in _URLS.items() if name != 'Source'))
    if not _has_dynamic_urls(site) and _labels(site) <= elsewhere:
        yield _missing(site, 'url of the source or the home page', 'add Source or Homepage to [project.urls]')


@member_rule(
    RuleFacts(
        'well-known-urls',
        'urls of source, changelog, issues and documentation',
        severity=Severity.WARNING,
        profile=Profile.HOUSE,
    )
)
def well_known_urls(site: MemberSite) -> Iterator[Problem]:
    """The page of an index shows each with a sign of its own."""
    missing = [name for name, known in _URLS.items() if not known & _labels(site)]
    if missing and not _has_dynamic_urls(site):
        yield _missing(site, ', '.join(missing), 'add them to [project.urls]')


def _missing(site: MemberSite, what: str, way_out: str) -> Problem:
    line = site.manifest.line('project', 'urls')
    return Problem(f'project.urls has no {what}', way_out, site.manifest.relative, line)


def _has_dynamic_urls(site: MemberSite) -> bool:
    return 'urls' in site.manifest.strings('project', 'dynamic')


def _labels(site: MemberSite) -> set[str]:
    return {re.sub(r'[\W_]', '', label).lower() for label in site.manifest.table('project', 'urls')}


RULES = (index_metadata, readme_links, project_urls, well_known_urls)
