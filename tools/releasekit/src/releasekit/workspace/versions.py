# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a member's version is written: the manifest, the file that its build backend reads, files that repeat it."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from releasekit.model.configuration import Configuration, PackagePolicy
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.names import normalize_name
from releasekit.model.requirement import LONGEST_VERSION, read_version
from releasekit.workspace.edit import edited
from releasekit.workspace.regular import read_text


_LINE = re.compile(
    r'^(?P<before>\s*(?:__version__|VERSION|version)\s*(?::[^=\n]+)?=\s*(?P<quote>["\']))(?P<version>[^"\'\n]*)(?P=quote)',
    re.MULTILINE,
)


_SCM = ('SETUPTOOLS_SCM_PRETEND_VERSION', 'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}')
# What each plugin takes a version from; nothing for those that take none.
_VARIABLES = {
    'setuptools-scm': _SCM,
    'hatch-vcs': _SCM,
    'flit-scm': _SCM,
    'uv-dynamic-versioning': ('UV_DYNAMIC_VERSIONING_BYPASS',),
    'pdm-backend': ('PDM_BUILD_SCM_VERSION',),
    'poetry-dynamic-versioning': ('POETRY_DYNAMIC_VERSIONING_BYPASS',),
    'versioningit': (),
}
_HATCH_SOURCES = {'vcs': 'hatch-vcs', 'uv-dynamic-versioning': 'uv-dynamic-versioning', 'versioningit': 'versioningit'}
_BY_REQUIREMENT = (('setuptools-scm', 'simple'), ('flit-scm', None))
_REQUIRED = re.compile(r'(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[(?P<extra>[a-z]+)\])?')


def written_version(member: Member, configuration: Configuration) -> Version:
    """Return the version that a member's files say it has.

    Raises:
        WorkspaceError: No version is written where one is looked for, or it is not PEP 440.
    """
    if (text := member.version) is not None:
        with suppress(InvalidVersion):
            return read_version(text)
        return parsed_version(member.manifest.place('project', 'version'), text)
    files = _files(member, configuration)
    if not files:
        raise WorkspaceError(
            'RK-VERSION-PLACE',
            f'{member.manifest.place("project")}: {member.name} has no version; write `version`, or name the file '
            f'that holds it in `version-files` of [tool.releasekit.packages.{member.name}]',
        )
    return parsed_version(member.inside(files[0]), _found(member, files[0])['version'])


def has_history_version(member: Member) -> bool:
    """Tell whether a member's build backend works its version out from the history, by whatever plugin."""
    return member.version is None and bool(_history_plugin(member.manifest))


def version_variables(member: Member, version: str) -> dict[str, str]:
    """Return the environment variables by which a build backend that reads versions from the history is given one.

    There are none for a member whose version is written in its files. Sources:
    https://setuptools-scm.readthedocs.io/en/latest/overrides/, https://github.com/ninoseki/uv-dynamic-versioning,
    https://backend.pdm-project.org/metadata/, https://github.com/mtkennerly/poetry-dynamic-versioning

    Raises:
        WorkspaceError: The plugin of the backend takes no version from outside.
    """
    plugin = _history_plugin(member.manifest) if member.version is None else ''
    if not plugin:
        return {}
    if not _VARIABLES[plugin]:
        raise WorkspaceError(
            'RK-VERSION-PLACE',
            f'{member.manifest.place("project")}: {member.name} has its version from {plugin}, which cannot be given '
            'one; write `version`, or use another plugin, e.g. hatch-vcs or setuptools-scm',
        )
    name = member.name.replace('-', '_').upper()
    return {variable.format(name=name): version for variable in _VARIABLES[plugin]}


def _history_plugin(manifest: Manifest) -> str:
    """Return the plugin that works a version out from the history, by the table that configures it; '' for none."""
    hatch = manifest.string('tool', 'hatch', 'version', 'source')
    if hatch is not None:
        return _HATCH_SOURCES.get(hatch, '')
    if manifest.string('tool', 'pdm', 'version', 'source') == 'scm':
        return 'pdm-backend'
    tables = (('setuptools_scm',), ('poetry-dynamic-versioning',), ('versioningit',))
    for keys in tables:
        if manifest.value('tool', *keys) is not None:
            return keys[0].replace('_', '-')
    for text in manifest.strings('build-system', 'requires'):
        found = _REQUIRED.match(text)
        if found and (normalize_name(found['name']), found['extra']) in _BY_REQUIREMENT:
            return normalize_name(found['name'])
    return ''


def parsed_version(place: str, text: str) -> Version:
    """Return a version.

    Raises:
        WorkspaceError: It is not PEP 440.
    """
    try:
        return read_version(text)
    except InvalidVersion as error:
        shown = text if len(text) <= LONGEST_VERSION else f'{text[:40]}…'
        raise WorkspaceError('RK-VERSION-PLACE', f'{place}: {shown!r} is not a PEP 440 version, e.g. 1.2.0') from error


def version_edits(member: Member, configuration: Configuration, version: str) -> Mapping[Path, str]:
    """Return the new texts of the files that hold or repeat a member's version; nothing is written.

    Raises:
        WorkspaceError: A file has no line such as `__version__ = "1.0"`.
    """
    edits: dict[Path, str] = {}
    if member.version is not None:

        def write(document: Any) -> None:
            document['project']['version'] = version

        edits[member.manifest.path] = edited(read_text(member.manifest.path), write)
    for name in _files(member, configuration):
        found = _found(member, name)
        edits[member.path / name] = (
            f'{found.string[: found.start("version")]}{version}{found.string[found.end("version") :]}'
        )
    return edits


def _files(member: Member, configuration: Configuration) -> tuple[str, ...]:
    manifest = member.manifest
    files = configuration.packages.get(member.name, PackagePolicy()).version_files
    source = manifest.string('tool', 'hatch', 'version', 'path') if member.version is None else None
    return tuple(dict.fromkeys((*((source,) if source else ()), *files)))


def _found(member: Member, name: str) -> re.Match[str]:
    try:
        found = _LINE.search(read_text(member.path / name))
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError('RK-VERSION-PLACE', f'{member.inside(name)}: cannot be read: {error}') from error
    if not found:
        raise WorkspaceError(
            'RK-VERSION-PLACE', f'{member.inside(name)}: no line such as `__version__ = "1.0"` holds the version'
        )
    return found
