# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about names: folder, distribution and import name follow from one another."""

from collections.abc import Iterator

from releasekit.checks.rule import Problem, RuleFacts, Scope, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.model.member import MemberKind
from releasekit.model.names import normalize_name


@member_rule(
    RuleFacts('distribution-name', 'the distribution is named after the folder', (Scope.PACKAGE, Scope.SAMPLE))
)
def distribution_name(site: MemberSite) -> Iterator[Problem]:
    """Who knows the folder knows what to install, and the other way round.

    The names are `core`, `plugin-prefix` and `sample-prefix` of `[tool.releasekit]` in the root manifest; where one is
    empty, nothing is asked.
    """
    expected = _expected_name(site)
    if expected and site.member.declared_name != expected:
        yield Problem(
            f'{site.member.folder} is the distribution {site.member.declared_name!r}, expected {expected!r}',
            f'write `name = "{expected}"`, or rename the folder',
            site.manifest.relative,
            site.manifest.line('project', 'name'),
        )


def _expected_name(site: MemberSite) -> str | None:
    configuration = site.workspace.configuration
    if site.member.kind is MemberKind.CORE:
        return configuration.core or None
    prefixes = {MemberKind.PLUGIN: configuration.plugin_prefix, MemberKind.SAMPLE: configuration.sample_prefix}
    prefix = prefixes.get(site.member.kind)
    return normalize_name(prefix + site.member.folder.name) if prefix else None


@member_rule(
    RuleFacts('import-name', 'the import package is named after the folder and lies in src/', profile=Profile.HOUSE)
)
def import_name(site: MemberSite) -> Iterator[Problem]:
    """An import name that follows from the folder cannot collide with another package's, and is guessed right.

    Plugins are imported as `import-prefix` (of `[tool.releasekit]`) and the folder's name with underscores.
    """
    expected = f'src/{site.import_name}'
    if site.import_folder != expected:
        found = f'found {site.import_folder}' if site.import_folder else 'found no package'
        yield Problem(
            f'{expected}/__init__.py is missing, {found}',
            f'put the code in {site.member.inside(expected)}',
            site.member.inside(expected),
        )


RULES = (distribution_name, import_name)
