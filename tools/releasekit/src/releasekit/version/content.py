# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a package's users get, before and now: whether it changed at all, and whether its public interface did."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, cast

from releasekit.model.configuration import PackagePolicy, PublicApi
from releasekit.model.plan import ApiChange
from releasekit.model.toml_lines import parse_toml
from releasekit.model.workspace import Workspace
from releasekit.vcs.repository import Repository, Tree
from releasekit.version.history.attribution import Attribution
from releasekit.workspace.root import MANIFEST


# Tables under `tool` that no build looks at; whatever is not listed may be a build backend's.
_HARMLESS = frozenset({
    'bandit', 'basedpyright', 'black', 'codespell', 'commitizen', 'coverage', 'deptry', 'docformatter', 'flake8',
    'hypothesis', 'interrogate', 'isort', 'mutmut', 'mypy', 'nox', 'poe', 'pylint', 'pyrefly', 'pyright', 'pytest',
    'pyupgrade', 'releasekit', 'ruff', 'semantic_release', 'taskipy', 'towncrier', 'tox', 'ty', 'typos', 'vulture',
    'yapf',
})  # fmt: skip
# The same under `tool.uv`: how a workspace is resolved, locked and synchronised.
_HARMLESS_UV = frozenset({
    'cache-dir', 'cache-keys', 'conflicts', 'constraint-dependencies', 'default-groups', 'dependency-groups',
    'dev-dependencies', 'environments', 'exclude-newer', 'exclude-newer-package', 'extra-index-url', 'find-links',
    'index', 'index-strategy', 'index-url', 'keyring-provider', 'link-mode', 'managed', 'offline',
    'override-dependencies', 'package', 'pip', 'preview', 'publish-url', 'python-downloads', 'python-preference',
    'required-environments', 'required-version', 'sources', 'trusted-publishing', 'workspace',
})  # fmt: skip
# Folders beside a manifest that are no import packages.
_NO_PACKAGES = frozenset({
    'benchmark', 'benchmarks', 'bin', 'build', 'ci', 'dist', 'doc', 'docs', 'documentation', 'example', 'examples',
    'exercises', 'integration_tests', 'news', 'samples', 'scripts', 'test', 'tests', 'tools', 'unit_tests', 'util',
    'utils',
})  # fmt: skip
_INIT = re.compile(r'/__init__\.pyi?$')
_MANIFESTS = frozenset({MANIFEST, 'setup.py', 'setup.cfg'})
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
        compare: Compares two versions of the files of import packages, by path.
    """
    owners = {name for owned in workspace.configuration.paths.values() for name in owned}
    names = [name for name in starts if not attribution.is_owner(name, owners)]
    head = {name: ('HEAD', str(workspace.by_name[name].folder)) for name in names}
    before = {name: [(starts[name], folder) for folder in _folders(workspace, name)] for name in names}
    trees = repository.trees([*head.values(), *(place for places in before.values() for place in places)])
    pairs: dict[str, tuple[Tree, Tree]] = {}
    for name in names:
        former = [trees[place] for place in before[name] if trees[place].keys() & _MANIFESTS]
        old = former[0] if former else dict[str, str]()
        new = trees[head[name]]
        if not new:
            continue  # another repository's
        folder = head[name][1]
        pairs[name] = (_own(old, name, folder, attribution), _own(new, name, folder, attribution))
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    watches = workspace.configuration.public_api is not PublicApi.IGNORE
    texts = repository.blobs({oid for old, new in changed.values() for oid in _wanted(old, new, watches=watches)})
    found = {name: Content(is_same=True) for name in pairs}
    for name, (old, new) in changed.items():
        if _is_same(old, new, texts):
            continue
        api = _compared(old, new, texts, compare) if watches else ApiChange()
        found[name] = Content(is_same=False, api=api)
    return found


def _compared(old: Tree, new: Tree, texts: Mapping[str, bytes], compare: Compare) -> ApiChange:
    if not old:
        return ApiChange(unread='its last release had no manifest in this place')
    if not source_paths(old) or not source_paths(new):
        return ApiChange(unread='no import package was found in src/ or beside the manifest')
    return compare(_sources(old, texts), _sources(new, texts))


def _folders(workspace: Workspace, name: str) -> list[str]:
    moved = workspace.configuration.packages.get(name, PackagePolicy()).moved_from
    return [str(workspace.by_name[name].folder), *moved]


def _own(tree: Tree, name: str, folder: str, attribution: Attribution) -> Tree:
    inside = '' if folder == '.' else f'{folder}/'
    return {path: oid for path, oid in tree.items() if name in attribution.members_of(f'{inside}{path}')}


def _wanted(old: Tree, new: Tree, *, watches: bool) -> set[str]:
    wanted = {tree[MANIFEST] for tree in (old, new) if MANIFEST in tree}
    before, after = source_paths(old), source_paths(new)
    if watches and {it: old[path] for it, path in before.items()} != {it: new[path] for it, path in after.items()}:
        wanted |= {old[path] for path in before.values()} | {new[path] for path in after.values()}
    return wanted


def source_paths(paths: Collection[str]) -> dict[str, str]:
    """Return the files of import packages: where they lie, by what they are called below the folder of packages.

    That folder is ``src/``; without one it is the package's own, where whatever has the name of tests, documentation or
    the like is left out, as build backends do.
    """
    python = [path for path in paths if PurePosixPath(path).suffix in {'.py', '.pyi'}]
    inside = {path.removeprefix('src/'): path for path in python if path.startswith('src/')}
    if inside:
        return inside
    tops = {path.split('/')[0] for path in python if path.count('/') == 1 and _INIT.search(path)}
    tops |= {path.split('/')[0] for path in python if path.count('/') > 1}
    kept = {top for top in tops if top.isidentifier() and top.lower() not in _NO_PACKAGES}
    return {path: path for path in python if path.split('/')[0] in kept}


def _sources(tree: Tree, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {it: texts[tree[path]] for it, path in source_paths(tree.keys()).items() if tree[path] in texts}


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
    tools = _without(manifest.get('tool', {}), _HARMLESS)
    uv = _without(tools.pop('uv', {}), _HARMLESS_UV)
    return _without(manifest.get('project', {}), {'version'}), manifest.get('build-system'), tools, uv


def _without(table: object, keys: Collection[str]) -> dict[str, Any]:
    """Return a table without some of its keys; what should be a table and is none is kept under an empty key."""
    if not isinstance(table, dict):
        return {'': table}
    return {key: value for key, value in cast('dict[str, Any]', table).items() if key not in keys}
