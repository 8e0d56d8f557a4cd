# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Gives distributions other names, in manifests and in the texts that say how they are installed."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from releasekit.model.names import normalize_name
from releasekit.workspace.edit import edited


if TYPE_CHECKING:
    from tomlkit import TOMLDocument


Names: TypeAlias = Mapping[str, str]  # the new name of each distribution, by its old one in normal form

_INSTALLS: Final = re.compile(
    r'\b(?:uv add|uv remove|(?:uv )?pip3? install|pipx install|uv tool install|poetry add|pdm add|uv run --with)\b'
)
_RUNS: Final = re.compile(r'\b(?P<command>uvx|uv tool run|pipx run) (?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)')
_REQUIRED: Final = re.compile(r'\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)')
# A name as a word of its own: no part of a path, an address, an import or a longer name.
_WORD: Final = re.compile(r'(?<![\w./@-])(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?![\w/@-])')


def renamed_manifest(text: str, names: Names, prefix: str) -> str:
    """Return a manifest with other names: its own, those that it requires, and those of its tools for a workspace.

    Args:
        text: The text of a ``pyproject.toml``.
        names: The new names.
        prefix: The prefix that new names have, for settings that are prefixes themselves.
    """
    return edited(text, lambda document: _rename(document, names, prefix))


def _rename(document: 'TOMLDocument', names: Names, prefix: str) -> None:
    project = _table(document, 'project')
    if (own := names.get(normalize_name(str(project.get('name', ''))))) is not None:
        project['name'] = own
    for listed in _lists(document):
        for place, entry in enumerate(listed):
            if isinstance(entry, str) and (changed := renamed_requirement(entry, names)) != entry:
                listed[place] = changed
    _rename_keys(_table(document, 'tool', 'uv', 'sources'), names)
    _rename_settings(_table(document, 'tool', 'releasekit'), names, prefix)


def renamed_requirement(text: str, names: Names) -> str:
    """Return a requirement (PEP 508) on the distribution's new name."""
    found = _REQUIRED.match(text)
    new = names.get(normalize_name(found['name'])) if found else None
    return text if found is None or new is None else f'{text[: found.start("name")]}{new}{text[found.end("name") :]}'


def renamed_text(text: str, names: Names) -> str:
    """Return a text that names distributions by their new names.

    A name with a dash is replaced wherever it is a word of its own. Any other may be a common word, and is replaced
    with extras (``name[extra]``), and in commands that install.
    """
    return ''.join(_renamed_line(line, names) for line in text.splitlines(keepends=True))


def _renamed_line(line: str, names: Names) -> str:
    line = _RUNS.sub(lambda found: _run(found, names), line)
    installs = _INSTALLS.search(line)

    def rename(found: re.Match[str]) -> str:
        name = found['name']
        new = names.get(normalize_name(name))
        is_meant = '-' in name or line[found.end() :].startswith('[') or (installs and found.start() >= installs.end())
        return new if new is not None and is_meant else name

    return _WORD.sub(rename, line)


def _run(found: re.Match[str], names: Names) -> str:
    new = names.get(normalize_name(found['name']))
    return found[0] if new is None else f'{found["command"]} --from {new} {found["name"]}'


def _lists(document: 'TOMLDocument') -> Iterator[Any]:
    """Yield the lists of requirements of a manifest."""
    project = _table(document, 'project')
    build, uv = _table(document, 'build-system'), _table(document, 'tool', 'uv')
    groups = (_table(project, 'optional-dependencies'), _table(document, 'dependency-groups'))
    found = (project.get('dependencies'), build.get('requires'), uv.get('dev-dependencies'))
    for each in (*found, *(listed for group in groups for listed in group.values())):
        if isinstance(each, list):
            yield each


def _table(document: Any, *keys: str) -> Any:
    found: Any = document
    for key in keys:
        found = cast('dict[str, Any]', found).get(key) if isinstance(found, dict) else None
    return cast('Any', found) if isinstance(found, dict) else {}


def _rename_keys(table: Any, names: Names) -> None:
    for key in list(table):
        if (new := names.get(normalize_name(key))) is not None:
            table[new] = table.pop(key)


def _rename_settings(settings: Any, names: Names, prefix: str) -> None:
    if (core := names.get(normalize_name(str(settings.get('core', ''))))) is not None:
        settings['core'] = core
    if settings.get('plugin-prefix'):
        settings['plugin-prefix'] = f'{prefix}{settings["plugin-prefix"]}'
    _rename_keys(_table(settings, 'packages'), names)
    for group in _table(settings, 'groups').values():
        members = group.get('members', [])
        for place, entry in enumerate(members):
            members[place] = names.get(normalize_name(entry), entry)
