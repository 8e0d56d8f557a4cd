# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rules about the fields of `[project]` and `[build-system]`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import cast

from packaging.version import InvalidVersion

from releasekit.checks.repair import set_field
from releasekit.checks.rule import Problem, RuleFacts, Scope, Severity, member_rule
from releasekit.checks.rules.files import licence_files, readme_name
from releasekit.checks.site import MemberSite
from releasekit.model.configuration import Profile
from releasekit.model.requirement import LONGEST_VERSION, read_version


_FIELDS = {
    'description': 'one sentence that says what it does',
    'authors': 'a list of `{ name = "..." }`',
    'license': 'an SPDX expression, as in `license = "Apache-2.0"`',
    'keywords': 'a few words that people search for',
}
_CONTENT_TYPES = {'.md': 'text/markdown', '.rst': 'text/x-rst', '.txt': 'text/plain'}
_PLACEHOLDER = re.compile(
    r'example\.(?:com|org|net)|localhost|\bTODO\b|\bFIXME\b|your[-_]|<[^>]*>|://[^/]+/(?:user|org|owner)/[^/]+/?$',
    re.IGNORECASE,
)


def _in_project(site: MemberSite, field: str, message: str, way_out: str) -> Problem:
    return Problem(message, way_out, site.manifest.relative, site.manifest.line('project', field))


@member_rule(RuleFacts('metadata-complete', 'description, authors, license and keywords', profile=Profile.HOUSE))
def metadata_complete(site: MemberSite) -> Iterator[Problem]:
    """These fields are the package's entry in the index and what its search finds."""
    for field, way_out in _FIELDS.items():
        if not site.manifest.value('project', field):
            yield _in_project(site, field, f'project.{field} is missing', f'add {way_out}')


@member_rule(RuleFacts('requires-python', '`requires-python` is declared', (Scope.PACKAGE, Scope.SAMPLE)))
def requires_python(site: MemberSite) -> Iterator[Problem]:
    """Without it an installer takes the newest release for a Python that cannot run it."""
    if not site.manifest.string('project', 'requires-python'):
        way_out = 'add the range that the rest of the workspace has'
        yield _in_project(site, 'requires-python', 'project.requires-python is missing', way_out)


@member_rule(
    RuleFacts(
        'version-static', 'the version is written in the manifest', (Scope.PACKAGE, Scope.SAMPLE), profile=Profile.HOUSE
    )
)
def version_static(site: MemberSite) -> Iterator[Problem]:
    """A release plan reads and writes versions in manifests, without building anything."""
    if site.member.version is None:
        is_dynamic = 'version' in site.manifest.strings('project', 'dynamic')
        message = 'project.version is dynamic' if is_dynamic else 'project.version is missing'
        yield _in_project(site, 'dynamic' if is_dynamic else 'version', message, 'write `version = "..."` in [project]')


@member_rule(
    RuleFacts(
        'dependencies-static',
        'requirements are written in the manifest',
        (Scope.PACKAGE, Scope.SAMPLE),
        profile=Profile.HOUSE,
    )
)
def dependencies_static(site: MemberSite) -> Iterator[Problem]:
    """Requirements that only a build reveals are not in the graph, and may be published in the wrong order."""
    for field in ('dependencies', 'optional-dependencies'):
        if field in site.manifest.strings('project', 'dynamic'):
            yield _in_project(site, 'dynamic', f'project.{field} is dynamic', 'write the requirements in [project]')


@member_rule(RuleFacts('version-pep440', 'the version is a PEP 440 version', (Scope.MEMBER,)))
def version_pep440(site: MemberSite) -> Iterator[Problem]:
    """Installers can neither compare nor accept any other version."""
    if site.member.version is not None:
        try:
            read_version(site.member.version)
        except InvalidVersion:
            text = site.member.version
            message = f'{text if len(text) <= LONGEST_VERSION else text[:40]!r} is not a PEP 440 version'
            yield _in_project(site, 'version', message, 'write it like 1.2.3, 1.2.3rc1 or 1.2.3.post1')


@member_rule(RuleFacts('build-system', 'a build backend is declared'))
def build_system(site: MemberSite) -> Iterator[Problem]:
    """Without a backend builds fall back to setuptools.

    A member without the table is no package to uv, and is published only with `tool.uv.package = true`.
    """
    is_package = site.manifest.flag('tool', 'uv', 'package', default=False)
    if site.manifest.value('build-system') is None and not is_package:
        return
    if not site.manifest.string('build-system', 'build-backend') or not site.manifest.strings(
        'build-system', 'requires'
    ):
        yield Problem(
            '[build-system] names no backend, or nothing that provides it',
            'add `requires = ["hatchling"]` and `build-backend = "hatchling.build"`',
            site.manifest.relative,
            site.manifest.line('build-system'),
        )


def _readme(site: MemberSite) -> tuple[str | None, str | None]:
    """Return the file and the content type that the field names; both None when there is no field."""
    value = site.manifest.value('project', 'readme')
    if isinstance(value, Mapping):
        table = cast('Mapping[str, object]', value)
        return _text(table.get('file')), _text(table.get('content-type'))
    return _text(value), None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@member_rule(RuleFacts('readme-field', '`readme` names a file of the package', is_fixable=True))
def readme_field(site: MemberSite) -> Iterator[Problem]:
    """The index shows a package's README only when the metadata carries it."""
    if 'readme' in site.manifest.strings('project', 'dynamic'):
        return
    if site.manifest.value('project', 'readme') is None:
        name = readme_name(site)
        fix = set_field(site, 'readme', name) if name else None
        yield Problem(
            'project.readme is missing',
            f'add `readme = "{name or "README.md"}"`',
            site.manifest.relative,
            site.manifest.line('project'),
            fix,
        )
        return
    file, _ = _readme(site)
    if file is not None and not site.tree.has_file(file):
        yield _in_project(
            site, 'readme', f'project.readme names {file!r}, which is missing', 'name the file that exists'
        )


@member_rule(RuleFacts('readme-content-type', "the README's extension says how to render it"))
def readme_content_type(site: MemberSite) -> Iterator[Problem]:
    """The index refuses an upload whose description has a content type that it cannot render."""
    file, declared = _readme(site)
    if file is None:
        return
    implied = _CONTENT_TYPES.get(PurePosixPath(file).suffix.lower())
    if implied is None and declared is None:
        yield _in_project(
            site, 'readme', f'{file!r} has no extension that is known', f'use one of {", ".join(_CONTENT_TYPES)}'
        )
    elif implied and declared and declared.split(';')[0].strip() != implied:
        message = f'content-type {declared!r} contradicts the file {file!r}, which is {implied}'
        yield _in_project(site, 'readme', message, f'write `readme = "{file}"` and no content type')


@member_rule(RuleFacts('license-files', '`license-files` names the licence', is_fixable=True, profile=Profile.HOUSE))
def license_files(site: MemberSite) -> Iterator[Problem]:
    """It puts the licence's text into the wheel (PEP 639); backends differ in what they add unasked."""
    if not site.manifest.strings('project', 'license-files'):
        names = list(licence_files(site))
        shown = ', '.join(f'"{name}"' for name in names or ['LICENSE'])
        yield Problem(
            'project.license-files is missing',
            f'add `license-files = [{shown}]`' + ('' if names else ', and the file'),
            site.manifest.relative,
            site.manifest.line('project', 'license'),
            set_field(site, 'license-files', names) if names else None,
        )


@member_rule(RuleFacts('placeholder-urls', 'urls lead somewhere', severity=Severity.WARNING))
def placeholder_urls(site: MemberSite) -> Iterator[Problem]:
    """A url of a template in a published release cannot be corrected without another release."""
    for label, url in site.manifest.table('project', 'urls').items():
        text = str(url)
        if not text.startswith(('https://', 'http://')) or _PLACEHOLDER.search(text):
            yield Problem(
                f'url {label!r} is a placeholder: {text!r}',
                'write the real one, or remove it',
                site.manifest.relative,
                site.manifest.line('project', 'urls', label),
            )


RULES = (
    metadata_complete,
    requires_python,
    version_static,
    dependencies_static,
    version_pep440,
    build_system,
    readme_field,
    readme_content_type,
    license_files,
    placeholder_urls,
)
