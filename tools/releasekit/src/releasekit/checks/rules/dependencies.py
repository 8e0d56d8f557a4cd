# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about what a member requires."""

from collections.abc import Iterator

from releasekit.checks.repair import add_workspace_source, remove_items
from releasekit.checks.rule import Fix, Problem, RuleFacts, Scope, Severity, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.model.names import normalize_name
from releasekit.model.requirement import DeclaredRequirement, RequirementKind
from releasekit.model.sources import SourceKind


_SHIPPED = frozenset({RequirementKind.RUNTIME, RequirementKind.EXTRA})


def _at(requirement: DeclaredRequirement, message: str, way_out: str, fix: Fix | None = None) -> Problem:
    return Problem(message, way_out, requirement.manifest.relative, requirement.line, fix)


def _removal(site: MemberSite, requirement: DeclaredRequirement) -> Fix:
    *keys, _ = requirement.keys
    return remove_items(site, tuple(str(key) for key in keys), requirement.text)


@member_rule(RuleFacts('self-deps', 'no member requires itself', (Scope.MEMBER,), is_fixable=True))
def self_deps(site: MemberSite) -> Iterator[Problem]:
    """A package that needs itself to be installed or built can never be the first one. Extras and groups may."""
    for requirement in site.member.requirements:
        if requirement.name == site.member.name and requirement.kind.orders_release:
            message = f'{site.member.declared_name!r} requires itself: {requirement.text!r} ({requirement.label})'
            yield _at(requirement, message, 'remove the line', _removal(site, requirement))


@member_rule(RuleFacts('orphan-deps', 'what looks internal is a member', (Scope.MEMBER,), severity=Severity.WARNING))
def orphan_deps(site: MemberSite) -> Iterator[Problem]:
    """A requirement with one of the workspace's prefixes, or with a workspace source, that no member satisfies.

    It is a misspelt name or a package that was removed, and a stranger may own the name on the index.
    """
    configuration = site.workspace.configuration
    for requirement in site.member.requirements:
        if requirement.name in site.workspace.by_name:
            continue
        kinds = {source.kind for source in site.workspace.sources(site.member, requirement)}
        is_internal = requirement.name.startswith(configuration.internal_prefixes)
        if is_internal or requirement.name == configuration.core or SourceKind.WORKSPACE in kinds:
            message = f'{requirement.text!r} ({requirement.label}) looks internal, but no member is called so'
            yield _at(requirement, message, 'correct the name, or remove the requirement')


@member_rule(
    RuleFacts(
        'workspace-sources', 'requirements on members are taken from the workspace', (Scope.MEMBER,), is_fixable=True
    )
)
def workspace_sources(site: MemberSite) -> Iterator[Problem]:
    """Without `NAME = { workspace = true }` in `tool.uv.sources` uv refuses to lock: it would ask the index instead."""
    seen: set[str] = set()
    for requirement in site.member.requirements:
        if requirement.name not in site.workspace.by_name or requirement.name in {site.member.name, *seen}:
            continue
        seen.add(requirement.name)
        sources = site.workspace.sources(site.member, requirement)
        if all(source.kind is SourceKind.REGISTRY for source in sources):
            message = f'{requirement.text!r} ({requirement.label}) is a member without a workspace source'
            way_out = f'add `{requirement.name} = {{ workspace = true }}` under [tool.uv.sources]'
            yield _at(requirement, message, way_out, add_workspace_source(site, requirement.name))


@member_rule(RuleFacts('known-extras', 'members are required with extras that they have', (Scope.MEMBER,)))
def known_extras(site: MemberSite) -> Iterator[Problem]:
    """Installers warn about an unknown extra and go on, so what it should have brought is missing at run time."""
    for requirement in site.member.requirements:
        target = site.workspace.by_name.get(requirement.name)
        if target is None or 'optional-dependencies' in target.manifest.strings('project', 'dynamic'):
            continue
        declared = {normalize_name(extra) for extra in target.manifest.table('project', 'optional-dependencies')}
        for extra in sorted(requirement.parsed.extras):
            if normalize_name(extra) not in declared:
                known = ', '.join(sorted(declared)) or 'none'
                message = f'{requirement.text!r} ({requirement.label}): {target.name} has no extra {extra!r}'
                yield _at(requirement, message, f'use one that it has: {known}')


@member_rule(RuleFacts('private-deps', 'nothing published requires what is not'))
def private_deps(site: MemberSite) -> Iterator[Problem]:
    """The wheel would ask the index for a package that no release uploads, and could not be installed."""
    for requirement in site.member.requirements:
        target = site.workspace.by_name.get(requirement.name)
        if requirement.kind in _SHIPPED and target is not None and not target.is_published:
            message = f'{requirement.text!r} ({requirement.label}) is not published: {target.folder} is private'
            yield _at(requirement, message, 'move it to a dependency group, or publish it')


@member_rule(
    RuleFacts(
        'duplicate-dependencies',
        'nothing is required twice in one list',
        (Scope.MEMBER,),
        severity=Severity.WARNING,
        is_fixable=True,
    )
)
def duplicate_dependencies(site: MemberSite) -> Iterator[Problem]:
    """Two lines for one package drift apart; `--fix` removes a line that says exactly what an earlier one says.

    Lines with other extras or markers ask for something else.
    """
    seen: dict[tuple[str, str | None, str, frozenset[str], str | None], DeclaredRequirement] = {}
    for requirement in site.member.requirements:
        extras = frozenset(map(normalize_name, requirement.parsed.extras))
        key = (requirement.kind, requirement.section, requirement.name, extras, requirement.marker)
        first = seen.setdefault(key, requirement)
        if first is not requirement:
            message = f'{requirement.text!r} ({requirement.label}) repeats {first.text!r} of line {first.line}'
            is_same = requirement.text == first.text
            yield _at(requirement, message, 'keep one line', _repetition(site, requirement) if is_same else None)


def _repetition(site: MemberSite, requirement: DeclaredRequirement) -> Fix:
    *keys, _ = requirement.keys
    return remove_items(site, tuple(str(key) for key in keys), requirement.text, keep_first=True)


@member_rule(
    RuleFacts('pinned-dependencies', 'a library pins nothing with ==', severity=Severity.WARNING, profile=Profile.HOUSE)
)
def pinned_dependencies(site: MemberSite) -> Iterator[Problem]:
    """An exact pin of a library conflicts with every other package that needs another version of the same thing."""
    for requirement in site.member.requirements:
        pins = [part for part in requirement.parsed.specifier if part.operator in {'==', '==='}]
        if requirement.kind in _SHIPPED and any(not pin.version.endswith('.*') for pin in pins):
            message = f'{requirement.text!r} ({requirement.label}) is an exact pin'
            yield _at(requirement, message, 'write a lower bound (>=) or a compatible range (~=)')


RULES = (
    self_deps,
    orphan_deps,
    workspace_sources,
    known_extras,
    private_deps,
    duplicate_dependencies,
    pinned_dependencies,
)
