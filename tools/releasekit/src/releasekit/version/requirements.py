# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rewriting requirements on members: only the versions change; extras, markers and spaces stay as they are written."""

import re
from fnmatch import fnmatchcase

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from releasekit.model.configuration import Configuration, EdgePolicy, PinStyle, Propagation, ZeroPolicy
from releasekit.model.workspace import Edge
from releasekit.version.numbers import next_break


_SHAPE = re.compile(
    r'(?P<head>\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\s*\[[^\]]*\])?)\s*'
    r'(?P<versions>[^;@]*?)(?P<tail>\s*(?:;.*)?)',
    re.DOTALL,
)


def rewritten(text: str, style: PinStyle, version: Version, zero: ZeroPolicy) -> str:
    """Return a requirement that asks for a version in some style; a URL, and what is kept, stays as it is.

    Of a local version the public one is asked for, which admits it.

    ```python
    exact = rewritten('genkit[web] >=1 ; os_name == "nt"', PinStyle.EXACT, Version('2.0'), ZeroPolicy.MINOR)
    assert exact == 'genkit[web]==2.0 ; os_name == "nt"'
    ```
    """
    found = _SHAPE.fullmatch(text)
    if found is None or style is PinStyle.KEEP:
        return text
    versions = _versions(style, Version(version.public), zero, found['versions'].strip('() '))
    return f'{found["head"]}{versions}{found["tail"]}'


def admits(versions: SpecifierSet, version: Version) -> bool:
    """Tell whether a version, a prerelease too, is among those asked for."""
    return versions.contains(version, prereleases=True)


def style_of(edge: Edge, configuration: Configuration) -> PinStyle:
    """Return the pin style of an edge; a requirement that is not written in the manifest cannot but be kept."""
    if edge.requirement.is_dynamic:
        return PinStyle.KEEP
    policies = _policies(edge.dependant, edge.dependency, configuration)
    return next((policy.pin for policy in policies if policy.pin), configuration.pin)


def propagation_of(dependant: str, dependency: str, configuration: Configuration) -> Propagation:
    """Return when one package makes another one follow."""
    policies = _policies(dependant, dependency, configuration)
    return next((policy.propagation for policy in policies if policy.propagation), configuration.propagation)


def _policies(dependant: str, dependency: str, configuration: Configuration) -> list[EdgePolicy]:
    found: list[EdgePolicy] = []
    for pattern, policy in configuration.edges.items():
        start, _, end = (part.strip() for part in pattern.partition('->'))
        if fnmatchcase(dependant, start) and fnmatchcase(dependency, end):
            found.append(policy)
    return found


def _versions(style: PinStyle, version: Version, zero: ZeroPolicy, written: str) -> str:
    if style is PinStyle.EXACT:
        return f'=={version}'
    others = [
        item for item in SpecifierSet(written) if item.operator == '!=' and admits(SpecifierSet(str(item)), version)
    ]
    excluded = ''.join(f',{item}' for item in sorted(map(str, others)))
    if style is PinStyle.COMPATIBLE:
        return f'~={_two_places(version)}{excluded}'
    limit = re.sub(r'(\.0)+$', '', str(next_break(version, zero)))
    return f'>={version},<{limit}{excluded}'


def _two_places(version: Version) -> str:
    """Return a version with at least two numbers, which `~=` asks for."""
    return re.sub(r'^((?:\d+!)?\d+)(?![\d!]|\.\d)', r'\1.0', str(version))
