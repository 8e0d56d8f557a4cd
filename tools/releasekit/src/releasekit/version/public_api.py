# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What became of the public interface of a package: read from its source, without running any of it."""

import ast
import hashlib
import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from releasekit.model.documents import from_document, parse_json, to_document
from releasekit.model.plan import ApiChange
from releasekit.workspace.places import cache_folder


Sources: TypeAlias = Mapping[str, bytes]

_MOST = 20  # of each; the rest is found in the source


def compare_api(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> ApiChange:
    """Return what is gone or asks for more, and what is new.

    Public is what `__all__` names or, where there is none, what does not begin with an underscore. The answer is kept
    by the hash of what was asked.

    Args:
        before: The files of import packages, by path below the folder that holds the packages.
        after: The files of the package after the change, in the same form.
    """
    if before == after:
        return ApiChange()
    asked = hashlib.sha256(_reader().encode())
    for files in (before, after):
        for path, content in sorted(files.items()):
            asked.update(f'{path} {len(content)} '.encode() + content)
        asked.update(b'\0')
    kept = cache_folder() / 'api' / f'{asked.hexdigest()}.json'
    try:
        return from_document(ApiChange, parse_json(kept.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        found = _compared(before, after)
        _keep(kept, found)
        return found


@cache
def _reader() -> str:
    """Return what reads the source, as part of what an answer is kept by."""
    return f'{version("griffelib")} {sys.version_info[:2]}'


def _compared(before: Sources, after: Sources) -> ApiChange:
    if unread := _unread(before, after):
        return ApiChange(unread=unread)
    import griffe  # noqa: PLC0415  (most plans have nothing new to compare)

    logging.getLogger('griffe').setLevel(logging.CRITICAL)  # what it cannot resolve belongs to others
    try:
        return _differences(griffe.find_breaking_changes, before, after)
    except Exception as error:  # noqa: BLE001  (a source may be of any form, and a guard must not stop a plan)
        return ApiChange(unread=f'its source could not be compared ({type(error).__name__}: {_one_line(error)})')


def _differences(find: Callable[[Any, Any], Iterable[Any]], before: Sources, after: Sources) -> ApiChange:
    """Return what two readable sources do not have in common; `find` yields the breaks between two packages."""
    with tempfile.TemporaryDirectory(prefix='releasekit-api-') as folder:
        old, new = (_loaded(Path(folder, place), files) for place, files in (('old', before), ('new', after)))
        broken: list[str] = []
        added: list[str] = []
        for top, package in old.items():
            if top not in new:
                broken.append(f'{top} is gone')
                continue
            for breakage in find(package, new[top]):
                detail = _one_line(breakage.details or breakage.new_value or '')
                what = str(breakage.kind.value).lower()
                broken.append(f'{breakage.obj.path}: {what}{f" ({detail})" if detail else ""}')
        for top, package in new.items():
            known = set(_public(old[top])) if top in old else set[str]()
            added += [path for path in _public(package) if path not in known]
    return ApiChange(tuple(sorted(set(broken))[:_MOST]), tuple(sorted(set(added))[:_MOST]))


def _unread(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """Return why two interfaces cannot be compared: a file that changed and that this Python does not read."""
    for files, others in ((after, before), (before, after)):
        for path, content in sorted(files.items()):
            if content != others.get(path) and not _is_python(content):
                return f'{path} is no source that Python {sys.version_info[0]}.{sys.version_info[1]} reads'
    return ''


def _is_python(content: bytes) -> bool:
    with warnings.catch_warnings(action='ignore'):
        try:
            ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _loaded(folder: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    import griffe  # noqa: PLC0415  (see above)

    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    tops = sorted({path.split('/')[0].removesuffix('.pyi').removesuffix('.py') for path in files})
    loaded: dict[str, Any] = {}
    for top in tops:
        loader = griffe.GriffeLoader(search_paths=[folder], allow_inspection=False, store_source=False)
        try:
            loaded[top] = loader.load(top, try_relative_path=False)
        except (ImportError, SyntaxError, KeyError, griffe.GriffeError):
            continue
        loader.resolve_aliases(implicit=False, external=False)
    return loaded


def _public(owner: Any) -> Iterator[str]:
    """Yield the paths of what an object offers, and of what that offers."""
    for member in owner.members.values():
        if not member.is_public or member.is_alias:
            if member.is_alias and member.is_public:
                yield member.path
            continue
        yield member.path
        if member.is_module or member.is_class:
            yield from _public(member)


def _one_line(value: object) -> str:
    return ' '.join(str(value).split())[:80]


def _keep(path: Path, found: ApiChange) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(to_document(found)), encoding='utf-8')
    except OSError:
        return  # it will be compared again
