# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about the workspace as a whole."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet

from releasekit.checks.release_workflow import PATH, release_workflow_text, without_commits
from releasekit.checks.repair import write_file
from releasekit.checks.rule import Problem, RuleFacts, Severity, workspace_rule
from releasekit.checks.site import Site
from releasekit.model.configuration import Profile
from releasekit.model.graph import Cycle
from releasekit.workspace.regular import read_file


@workspace_rule(RuleFacts('cycles', 'runtime and build requirements form no cycle'))
def cycles(site: Site) -> Iterator[Problem]:
    """Packages on a cycle cannot be published in any order: each needs another one to be there first.

    Requirements of extras and dependency groups may close a cycle; `releasekit graph` lists those.
    """
    for cycle in site.graph.hard_cycles:
        first = cycle.edges[0].requirement
        yield Problem(
            f'{" -> ".join(cycle.names)} is a cycle: {_lines(cycle)}',
            'remove one of these requirements, or move it to an extra or a dependency group',
            first.manifest.relative,
            first.line,
        )


def _lines(cycle: Cycle) -> str:
    return ', '.join(f'{edge.requirement.text!r} ({edge.requirement.place})' for edge in cycle.edges)


@workspace_rule(RuleFacts('duplicate-names', 'no two members share a name or, but for its case, a folder'))
def duplicate_names(site: Site) -> Iterator[Problem]:
    """An index knows one project per PEP 503 name, and some file systems one folder per name without its case."""
    for group in site.workspace.collisions():
        first, *others = group
        for member in others:
            yield Problem(
                f'{member.declared_name!r} in {member.folder} cannot be told from {first.declared_name!r} '
                f'({first.manifest.place("project", "name")})',
                'rename one of them',
                member.manifest.relative,
                member.manifest.line('project', 'name'),
            )


@workspace_rule(RuleFacts('lock-current', '`uv.lock` agrees with the manifests'))
def lock_current(site: Site) -> Iterator[Problem]:
    """With a stale lock, what was tested is not what the manifests say, and a release changes unrelated files."""
    state = site.lock.state(site.workspace.root)
    if not state.is_current:
        yield Problem(state.reason, state.way_out, 'uv.lock')


@workspace_rule(
    RuleFacts('requires-python-uniform', 'every member supports the same versions of Python', profile=Profile.HOUSE)
)
def requires_python_uniform(site: Site) -> Iterator[Problem]:
    """Uv locks for the versions that all members share, so one member's narrower range narrows everybody's."""
    ranges = {
        member.manifest.relative: (member, member.manifest.string('project', 'requires-python'))
        for member in site.workspace.members
    }
    parsed = {path: _specifiers(text) for path, (_, text) in ranges.items() if text}
    if not parsed:
        return
    usual = Counter(parsed.values()).most_common(1)[0][0]
    for path, specifiers in parsed.items():
        member, text = ranges[path]
        if specifiers != usual:
            usually = next(shown for place, (_, shown) in ranges.items() if parsed.get(place) == usual)
            yield Problem(
                f'requires-python is {text!r}, elsewhere in the workspace it is {usually!r}',
                f'write `requires-python = "{usually}"`',
                path,
                member.manifest.line('project', 'requires-python'),
            )


def _specifiers(text: str) -> frozenset[Specifier] | str:
    """Return what is equal for equal ranges; a range that cannot be read is equal to itself alone."""
    try:
        return frozenset(SpecifierSet(text))
    except InvalidSpecifier:
        return text


@workspace_rule(
    RuleFacts(
        'idle-member-patterns', 'every member pattern of the workspace matches a member', severity=Severity.WARNING
    )
)
def idle_member_patterns(site: Site) -> Iterator[Problem]:
    """Uv passes over a pattern that matches nothing, so a misspelt one leaves packages out in silence."""
    keys = ('tool', 'uv', 'workspace', 'members')
    patterns = site.workspace.manifest.strings(*keys)
    for pattern in site.workspace.idle_patterns:
        yield Problem(
            f'member pattern {pattern!r} matches no member',
            'correct the pattern, or remove it until there is something to match',
            site.workspace.manifest.relative,
            site.workspace.manifest.line(*keys, patterns.index(pattern)),
        )


@workspace_rule(RuleFacts('release-workflow', f'`{PATH}` is the one that the configuration asks for', is_fixable=True))
def release_workflow(site: Site) -> Iterator[Problem]:
    """The workflow that may publish is made from the configuration, so that no edit widens its rights unnoticed."""
    wanted = release_workflow_text(site.workspace)
    path = site.workspace.root / PATH
    if wanted is None:
        return
    found = read_file(path).decode(errors='replace').replace('\r\n', '\n') if path.is_file() else None
    message, line = 'there is no release workflow', None
    if found is not None:
        texts = (without_commits(text).split('\n') for text in (found, wanted))
        pairs = enumerate(zip_longest(*texts), 1)
        line, (here, there) = next(((number, pair) for number, pair in pairs if pair[0] != pair[1]), (None, ('', '')))
        if line is None:
            return
        message = f'the release workflow has {here!r} where {there!r} is wanted'
    way_out = 'write it anew; what it publishes to is `publish-to` of the configuration'
    yield Problem(message, way_out, PATH, line, write_file(path, PATH, wanted))


RULES = (cycles, duplicate_names, lock_current, requires_python_uniform, idle_member_patterns, release_workflow)
