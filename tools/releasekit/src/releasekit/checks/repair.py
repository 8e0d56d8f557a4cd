# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The changes that `check --fix` makes, each built by the rule that asks for it and made only when it is called."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from releasekit.checks.rule import Fix
from releasekit.checks.site import MemberSite


if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Array, Table

_LINE_LENGTH = 80


def create_file(site: MemberSite, name: str, text: str) -> Fix:
    """Write a file of a member."""
    return write_file(site.member.path / name, site.member.inside(name), text)


def write_file(path: Path, shown: str, text: str) -> Fix:
    """Write a file, under the name by which it is reported."""

    def apply() -> None:
        from releasekit.workspace.edit import write_text  # noqa: PLC0415 - only a fix writes

        write_text(path, text)

    return Fix(f'write {shown}', apply)


def make_executable(site: MemberSite, name: str) -> Fix:
    """Set the executable bits of a file of a member."""

    def apply() -> None:
        from releasekit.workspace.edit import make_executable as set_bits  # noqa: PLC0415 - only a fix writes

        set_bits(site.member.path / name)

    return Fix(f'make {site.member.inside(name)} executable', apply)


def change_manifest(site: MemberSite, summary: str, change: Callable[['TOMLDocument'], None]) -> Fix:
    """Change a member's manifest and keep its comments and layout."""

    def apply() -> None:
        from releasekit.workspace.edit import edit_manifest  # noqa: PLC0415 - tomlkit is slow to import

        edit_manifest(site.manifest.path, change)

    return Fix(f'{summary} in {site.manifest.relative}', apply)


def set_field(site: MemberSite, field: str, value: str | list[str]) -> Fix:
    """Set a field of `[project]`."""

    def change(document: 'TOMLDocument') -> None:
        _table(document, 'project')[field] = value

    return change_manifest(site, f'set {field}', change)


def add_classifiers(site: MemberSite, classifiers: list[str]) -> Fix:
    """Add classifiers, before the first one that sorts after each, or at the end."""

    def change(document: 'TOMLDocument') -> None:
        project = _table(document, 'project')
        if 'classifiers' not in project:
            project['classifiers'] = []
        array = cast('Array', project['classifiers'])
        for classifier in classifiers:
            present = [str(item) for item in cast('list[object]', array)]
            place = next((index for index, item in enumerate(present) if item > classifier), len(present))
            array.insert(place, classifier)
        if len(array.as_string()) > _LINE_LENGTH and '\n' not in array.as_string():
            array.multiline(multiline=True)

    return change_manifest(site, f'add {", ".join(classifiers)}', change)


def remove_items(site: MemberSite, keys: tuple[str, ...], text: str, *, keep_first: bool = False) -> Fix:
    """Remove the items of a list that are a text, or all but the first of them."""

    def change(document: 'TOMLDocument') -> None:
        array = cast('Array', _table(document, *keys[:-1])[keys[-1]])
        places = [index for index, item in enumerate(cast('list[object]', array)) if str(item) == text]
        for index in reversed(places[1:] if keep_first else places):
            del array[index]

    return change_manifest(site, f'remove {text!r} from `{".".join(keys)}`', change)


def add_workspace_source(site: MemberSite, name: str) -> Fix:
    """Say that a requirement is taken from the workspace."""

    def change(document: 'TOMLDocument') -> None:
        from tomlkit import parse  # noqa: PLC0415 - slow to import

        _table(document, 'tool', 'uv', 'sources')[name] = parse('source = { workspace = true }')['source']

    return change_manifest(site, f'add the workspace source of {name}', change)


def _table(document: 'TOMLDocument', *keys: str) -> 'Table':
    """Return a table, made of as many headers as it takes when it is absent."""
    import tomlkit  # noqa: PLC0415 - slow to import

    here = cast('Table', document)
    for position, key in enumerate(keys):
        if key not in here:
            here[key] = tomlkit.table(is_super_table=position < len(keys) - 1)
        here = cast('Table', here[key])
    return here
