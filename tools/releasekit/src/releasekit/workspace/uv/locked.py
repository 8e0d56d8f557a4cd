# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What `uv.lock` knows of members that their manifests leave to the build backend: requirements and extras."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from packaging.requirements import InvalidRequirement, Requirement

from releasekit.model.names import normalize_name
from releasekit.model.toml_lines import parse_toml


_PACKAGE = '[[package]]\n'
_NAME = re.compile(r'name = "(?P<name>[^"]*)"\n')
_EXTRA = re.compile(r"(?: and )?extra == '(?P<name>[^']+)'(?: and )?")


@dataclass(frozen=True)
class Locked:
    """The requirements of a member as PEP 508 texts, each with the extra that asks for it, and its extras."""

    requirements: tuple[tuple[str, str | None], ...]
    extras: tuple[str, ...]


def locked_members(text: str, names: Collection[str]) -> dict[str, Locked]:
    """Return what a lock says of some members; those that it does not know are left out.

    Only the packages asked for are parsed, since a lock is long.

    Raises:
        TOMLDecodeError: One of them is not TOML.
    """
    found: dict[str, Locked] = {}
    for block in text.replace('\r\n', '\n').split(_PACKAGE)[1:]:
        header = _NAME.match(block)
        name = normalize_name(header['name']) if header else ''
        if name not in names:
            continue
        package: dict[str, Any] = parse_toml(_PACKAGE + block)['package'][0]
        if package.get('source', {}).keys() & {'editable', 'virtual', 'directory'}:
            metadata = package.get('metadata', {})
            listed = tuple(_requirements(metadata.get('requires-dist', ())))
            found[name] = Locked(listed, tuple(metadata.get('provides-extras', ())))
    return found


def _requirements(entries: Collection[Mapping[str, Any]]) -> Iterator[tuple[str, str | None]]:
    for entry in entries:
        extras = f'[{",".join(cast("list[str]", entry["extras"]))}]' if entry.get('extras') else ''
        marker = str(entry.get('marker', ''))
        extra = _EXTRA.search(marker)
        text = f'{entry["name"]}{extras}{entry.get("specifier", "")}'
        rest = f'{marker[: extra.start()]}{marker[extra.end() :]}' if extra else marker
        yield _text(text, rest, marker), extra['name'] if extra else None


def _text(text: str, rest: str, marker: str) -> str:
    """Return a requirement without the condition of its extra, if that leaves a marker."""
    for condition in (rest, marker):
        whole = f'{text} ; {condition}' if condition.strip() else text
        try:
            Requirement(whole)
        except InvalidRequirement:
            continue
        return whole
    return text
