# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about files that a build or an editor left behind."""

from collections.abc import Iterator

from releasekit.checks.rule import Problem, RuleFacts, Scope, Severity, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile


_BACKUPS = ('.bak', '.orig', '.rej')


@member_rule(
    RuleFacts(
        'stale-artifacts',
        'no built or backup files in the tree',
        (Scope.MEMBER,),
        severity=Severity.WARNING,
        profile=Profile.HOUSE,
    )
)
def stale_artifacts(site: MemberSite) -> Iterator[Problem]:
    """An old dist/ is uploaded by a careless glob, an old *.egg-info shadows the metadata, backups end up in sdists."""
    for folder in sorted(site.tree.folders):
        if folder in {'dist', 'build'} or folder.endswith('.egg-info'):
            yield _leftover(site, folder)
    for file in site.tree.with_suffix(*_BACKUPS):
        yield _leftover(site, str(file))


def _leftover(site: MemberSite, path: str) -> Problem:
    return Problem(f'{path} is a leftover', 'delete it', site.member.inside(path))


RULES = (stale_artifacts,)
