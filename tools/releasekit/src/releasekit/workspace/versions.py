# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a member's version is written: the manifest, the file that its build backend reads, files that repeat it."""

import re
from collections.abc import Mapping
from pathlib import Path

from packaging.version import InvalidVersion, Version

from releasekit.model.configuration import Configuration, PackagePolicy
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.requirement import LONGEST_VERSION, read_version
from releasekit.workspace.regular import read_text


_LINE = re.compile(
    r'^(?P<before>\s*(?:__version__|VERSION|version)\s*(?::[^=\n]+)?=\s*(?P<quote>["\']))(?P<version>[^"\'\n]*)(?P=quote)',
    re.MULTILINE,
)


def written_version(member: Member, configuration: Configuration) -> Version:
    """Return the version that a member's files say it has.

    Raises:
        WorkspaceError: No version is written where one is looked for, or it is not PEP 440.
    """
    place = member.manifest.place('project', 'version')
    text = member.version
    if text is None:
        files = _files(member, configuration)
        if not files:
            raise WorkspaceError(
                'RK-VERSION-PLACE',
                f'{member.manifest.place("project")}: {member.name} has no version; write `version`, or name the file '
                f'that holds it in `version-files` of [tool.releasekit.packages.{member.name}]',
            )
        place, text = files[0], _found(member, files[0])['version']
    return parsed_version(place, text)


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
        import tomlkit  # noqa: PLC0415 - slow to import, and a plan writes nothing

        document = tomlkit.parse(read_text(member.manifest.path))
        document['project']['version'] = version
        edits[member.manifest.path] = tomlkit.dumps(document)
    for name in _files(member, configuration):
        found = _found(member, name)
        edits[member.path / name] = (
            f'{found.string[: found.start("version")]}{version}{found.string[found.end("version") :]}'
        )
    return edits


def version_variables(member: Member, version: str) -> dict[str, str]:
    """Return the variables by which a backend that asks a repository for the version is given one instead.

    Sources: https://setuptools-scm.readthedocs.io/en/latest/overrides/,
    https://github.com/ninoseki/uv-dynamic-versioning, https://backend.pdm-project.org/metadata/,
    https://github.com/mtkennerly/poetry-dynamic-versioning

    Args:
        member: A package; one whose manifest has a version needs none.
        version: That its files are to have.
    """
    if member.version is not None:
        return {}
    name = member.name.replace('-', '_').upper()
    return {
        'SETUPTOOLS_SCM_PRETEND_VERSION': version,
        f'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}': version,
        'UV_DYNAMIC_VERSIONING_BYPASS': version,
        'PDM_BUILD_SCM_VERSION': version,
        'POETRY_DYNAMIC_VERSIONING_BYPASS': version,
    }


def _files(member: Member, configuration: Configuration) -> tuple[str, ...]:
    manifest: Manifest = member.manifest
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
