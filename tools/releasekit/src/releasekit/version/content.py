# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a package's users get, before and now: whether it changed at all, and whether its public interface did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from releasekit.model.configuration import PackagePolicy, PublicApi
from releasekit.model.plan import ApiChange
from releasekit.model.toml_lines import parse_toml
from releasekit.model.workspace import Workspace
from releasekit.vcs.repository import Repository, Tree
from releasekit.version.history.attribution import Attribution
from releasekit.workspace.root import MANIFEST


# Tables of a manifest that no build looks at.
_TOOLS = frozenset({'uv', 'pytest', 'ruff', 'pyright', 'mypy', 'coverage', 'releasekit'})
Compare = Callable[[Mapping[str, bytes], Mapping[str, bytes]], ApiChange]


@dataclass(frozen=True)
class Content:
    """How a package differs from what was released.

    `is_same` says whether a build would give what it gave; `api` what became of its public interface.
    """

    is_same: bool
    api: ApiChange = field(default_factory=ApiChange)


def contents_of(
    workspace: Workspace, repository: Repository, starts: Mapping[str, str], attribution: Attribution, compare: Compare
) -> dict[str, Content]:
    """Return how packages differ from what they were, two questions to the repository for all.

    A package that owns files outside of its folder, by a pattern of the configuration, is left out: what those files
    become of in a build is not known.

    Args:
        workspace: What is checked out.
        repository: Its history.
        starts: The commit of each package's last release, by name.
        attribution: Who owns which path.
        compare: Compares two versions of the files below ``src/``, by path.
    """
    owners = {name for owned in workspace.configuration.paths.values() for name in owned}
    names = [name for name in starts if not attribution.is_owner(name, owners)]
    head = {name: ('HEAD', str(workspace.by_name[name].folder)) for name in names}
    before = {name: [(starts[name], folder) for folder in _folders(workspace, name)] for name in names}
    trees = repository.trees([*head.values(), *(place for places in before.values() for place in places)])
    pairs: dict[str, tuple[Tree, Tree]] = {}
    for name in names:
        former = [trees[place] for place in before[name] if MANIFEST in trees[place]]
        old = former[0] if former else dict[str, str]()
        new = trees[head[name]]
        folder = head[name][1]
        pairs[name] = (_own(old, name, folder, attribution), _own(new, name, folder, attribution))
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    watches = workspace.configuration.public_api is not PublicApi.IGNORE
    texts = repository.blobs({oid for old, new in changed.values() for oid in _wanted(old, new, watches=watches)})
    found = {name: Content(is_same=True) for name in names}
    for name, (old, new) in changed.items():
        if _is_same(old, new, texts):
            continue
        api = compare(_sources(old, texts), _sources(new, texts)) if watches else ApiChange()
        found[name] = Content(is_same=False, api=api)
    return found


def _folders(workspace: Workspace, name: str) -> list[str]:
    moved = workspace.configuration.packages.get(name, PackagePolicy()).moved_from
    return [str(workspace.by_name[name].folder), *moved]


def _own(tree: Tree, name: str, folder: str, attribution: Attribution) -> Tree:
    inside = '' if folder == '.' else f'{folder}/'
    return {path: oid for path, oid in tree.items() if name in attribution.members_of(f'{inside}{path}')}


def _wanted(old: Tree, new: Tree, *, watches: bool) -> set[str]:
    wanted = {tree[MANIFEST] for tree in (old, new) if MANIFEST in tree}
    sources = {path for path in old.keys() | new.keys() if _is_source(path)}
    if watches and any(old.get(path) != new.get(path) for path in sources):
        wanted |= {tree[path] for tree in (old, new) for path in sources if path in tree}
    return wanted


def _is_source(path: str) -> bool:
    return path.startswith('src/') and PurePosixPath(path).suffix in {'.py', '.pyi'}


def _sources(tree: Tree, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: texts[oid] for path, oid in tree.items() if _is_source(path) and oid in texts}


def _is_same(old: Tree, new: Tree, texts: Mapping[str, bytes]) -> bool:
    """Return whether two trees differ in nothing but what a build does not look at, such as the version."""
    if {**old, MANIFEST: ''} != {**new, MANIFEST: ''}:
        return False
    return _built(old, texts) == _built(new, texts)


def _built(tree: Tree, texts: Mapping[str, bytes]) -> object:
    text = texts.get(tree.get(MANIFEST, ''), b'')
    try:
        manifest: dict[str, Any] = parse_toml(text.decode())
    except ValueError:
        return text
    project = {key: value for key, value in manifest.get('project', {}).items() if key != 'version'}
    tools = {key: value for key, value in manifest.get('tool', {}).items() if key not in _TOOLS}
    return project, manifest.get('build-system'), tools
