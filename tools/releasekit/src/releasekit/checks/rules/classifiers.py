# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about trove classifiers."""

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from releasekit.checks.repair import add_classifiers, remove_items
from releasekit.checks.rule import Fix, Problem, RuleFacts, Scope, Severity, member_rule
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile


_KEYS = ('project', 'classifiers')
_PRIVATE = 'Private :: Do Not Upload'
_TYPED = 'Typing :: Typed'


def _missing(site: MemberSite, classifiers: list[str]) -> Problem:
    quoted = ', '.join(f'"{classifier}"' for classifier in classifiers)
    return Problem(
        f'classifiers lack {quoted}',
        f'add {"it" if len(classifiers) == 1 else "them"} to project.classifiers',
        site.manifest.relative,
        site.manifest.line(*_KEYS),
        add_classifiers(site, classifiers),
    )


@member_rule(
    RuleFacts('python-classifiers', 'a classifier for every supported Python', is_fixable=True, profile=Profile.HOUSE)
)
def python_classifiers(site: MemberSite) -> Iterator[Problem]:
    """The index and its search tell which versions are supported from these lines, not from `requires-python`.

    The versions are `pythons` of `[tool.releasekit]` in the root manifest, as far as `requires-python` admits them.
    """
    lines = [f'Programming Language :: Python :: {version}' for version in _supported(site)]
    missing = [line for line in lines if line not in site.member.classifiers]
    if missing:
        yield _missing(site, missing)


def _supported(site: MemberSite) -> list[str]:
    try:
        admitted = SpecifierSet(site.manifest.string('project', 'requires-python') or '')
    except InvalidSpecifier:
        admitted = SpecifierSet()
    return [version for version in site.workspace.configuration.pythons if admitted.contains(f'{version}.99')]


@member_rule(RuleFacts('typed-classifier', f'the classifier `{_TYPED}`', is_fixable=True, profile=Profile.HOUSE))
def typed_classifier(site: MemberSite) -> Iterator[Problem]:
    """It tells people what `py.typed` tells type checkers."""
    if _TYPED not in site.member.classifiers:
        yield _missing(site, [_TYPED])


@member_rule(
    RuleFacts(
        'license-classifier',
        'no licence classifier beside a licence expression',
        severity=Severity.WARNING,
        is_fixable=True,
    )
)
def license_classifier(site: MemberSite) -> Iterator[Problem]:
    """PEP 639 deprecates the classifiers: some build backends refuse to build with both."""
    if not isinstance(site.manifest.value('project', 'license'), str):
        return
    for index, classifier in enumerate(site.member.classifiers):
        if classifier.startswith('License ::'):
            yield Problem(
                f'"{classifier}" stands beside the expression in project.license',
                'remove the classifier',
                site.manifest.relative,
                site.manifest.line(*_KEYS, index),
                _without(site, classifier),
            )


def _without(site: MemberSite, classifier: str) -> Fix:
    return remove_items(site, _KEYS, classifier)


@member_rule(
    RuleFacts(
        'private-classifier', f'the classifier `{_PRIVATE}`', (Scope.SAMPLE,), is_fixable=True, profile=Profile.HOUSE
    )
)
def private_classifier(site: MemberSite) -> Iterator[Problem]:
    """Indexes refuse an upload with this classifier, so a sample cannot be published by accident."""
    if _PRIVATE not in site.member.classifiers:
        yield _missing(site, [_PRIVATE])


RULES = (python_classifiers, typed_classifier, license_classifier, private_classifier)
