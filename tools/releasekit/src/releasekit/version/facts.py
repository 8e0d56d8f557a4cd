# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that a plan is made of, gathered from the workspace and its repository."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from packaging.version import Version

from releasekit.model.configuration import Configuration, IntentMode, PackagePolicy, Versioning
from releasekit.model.errors import WorkspaceError
from releasekit.model.graph import Graph
from releasekit.model.history import Ancestry, Tag
from releasekit.model.names import normalize_name
from releasekit.model.plan import Change, Inputs, Level, ReleaseKind
from releasekit.model.toml_lines import parse_toml
from releasekit.model.workspace import Edge, Workspace
from releasekit.vcs.repository import Repository
from releasekit.version.content import Content, contents_of
from releasekit.version.history.ancestry import Ranges
from releasekit.version.history.attribution import Attribution
from releasekit.version.history.changes import Entry, ReleaseAs, entries_by_member, settled
from releasekit.version.history.tags import FINAL_KINDS, Line, Released, TagReader, find_lines, find_released
from releasekit.version.kinds import kinds_of
from releasekit.version.numbers import kind_of
from releasekit.version.public_api import compare_api
from releasekit.version.published import INSTALLED, PublishedRequirement, manifest_paths, published_requirements
from releasekit.workspace.intents import Intent
from releasekit.workspace.root import MANIFEST
from releasekit.workspace.versions import has_history_version, parsed_version, written_version


_FIRST = Version('0.1.0')  # of a package whose version stands nowhere and that has no tag


@dataclass(frozen=True)
class Facts:
    """What planning looks at; all mappings are by the name of a published member.

    `written` are the versions in the files, `taken` those that exist anywhere, tagged or on the index. `since_final`
    and `since_newest` are the changes after the releases of the line. `distance` counts commits since the final one;
    only dev releases ask for it. `contents` say how what users get differs from the release that changes count from.
    `published` is what the newest release of each package requires of other members. `asked` are versions that commits
    ask for, `burnt` those that an intent file replaces, which are never planned. `uncommitted` are members whose
    manifest HEAD does not have.
    """

    workspace: Workspace
    inputs: Inputs
    time: int
    written: Mapping[str, Version]
    lines: Mapping[str, Line] = field(default_factory=dict[str, Line])
    taken: Mapping[str, frozenset[Version]] = field(default_factory=dict[str, frozenset[Version]])
    since_final: Mapping[str, tuple[Change, ...]] = field(default_factory=dict[str, tuple[Change, ...]])
    since_newest: Mapping[str, tuple[Change, ...]] = field(default_factory=dict[str, tuple[Change, ...]])
    distance: Mapping[str, int] = field(default_factory=dict[str, int])
    removed: Mapping[str, str] = field(default_factory=dict[str, str])
    contents: Mapping[str, Content] = field(default_factory=dict[str, Content])
    published: Mapping[str, tuple[PublishedRequirement, ...]] = field(
        default_factory=dict[str, tuple[PublishedRequirement, ...]]
    )
    asked: Mapping[str, ReleaseAs] = field(default_factory=dict[str, ReleaseAs])
    burnt: Mapping[str, frozenset[Version]] = field(default_factory=dict[str, frozenset[Version]])
    uncommitted: frozenset[str] = frozenset()

    @cached_property
    def kinds(self) -> dict[str, ReleaseKind]:
        """The kind of version that each package gets."""
        return kinds_of(self.workspace.configuration, self.inputs.kind, self.lines, self.written)

    @cached_property
    def installed_edges(self) -> tuple[Edge, ...]:
        """The edges by which installing one published package asks for another one, always or with an extra."""
        return tuple(edge for edge in self.workspace.edges if self.is_installed(edge))

    def is_installed(self, edge: Edge) -> bool:
        """Tell whether installing one published package asks for another one by an edge."""
        is_published = edge.dependant in self.written and edge.dependency in self.written
        return is_published and edge.kind in INSTALLED and edge.dependant != edge.dependency

    def changes(self, name: str) -> tuple[Change, ...]:
        """Return the changes that a release of a package brings."""
        since = self.since_final if self.kinds[name] is ReleaseKind.FINAL else self.since_newest
        return since.get(name, ())

    def is_announced(self, name: str) -> bool:
        """Tell whether the level or the version of a package was set by hand."""
        return name in self.asked or any(change.kind == 'intent' for change in self.changes(name))

    @cached_property
    def graph(self) -> Graph:
        """The graph of the members."""
        return Graph(tuple(self.workspace.by_name), self.workspace.edges)


def gather(workspace: Workspace, repository: Repository, inputs: Inputs, intents: Sequence[Intent] = ()) -> Facts:
    """Return the facts.

    Raises:
        RefusedError: The repository cannot be read.
        WorkspaceError: A version is missing, or the bootstrap commit is not among the ancestors of HEAD.
    """
    configuration = workspace.configuration
    names = tuple(member.name for member in workspace.members if member.is_published)
    ancestry = repository.ancestry()
    released = _released(workspace, repository.tags(), names)
    lines = find_lines(ancestry, released)
    lines.update(_bootstrapped(workspace, repository, ancestry, [name for name in names if name not in lines]))
    known = {name: lines[name] for name in names if name in lines}
    written = {name: _written(workspace, name, known.get(name)) for name in names}
    kinds = kinds_of(configuration, inputs.kind, known, written)
    starts = {name: (line.final or line.newest).commit for name, line in known.items()}
    tips = {name: line.newest.commit for name, line in known.items()}
    final = Ranges(ancestry, starts)
    newest = Ranges(ancestry, tips) if tips != starts else final
    needed = {*final.shas, *newest.shas}
    attribution = _attribution(workspace)
    entries = _entries(workspace, repository, attribution, [sha for sha, *_ in ancestry.order if sha in needed])
    is_final = {name: kind is ReleaseKind.FINAL for name, kind in kinds.items()}
    origins = {name: (starts if is_final[name] else tips)[name] for name in known}
    since_final = _since(configuration, known, final, entries, intents)
    heads = {name: ('HEAD', str(workspace.by_name[name].folder)) for name in names if name not in known}
    trees = repository.trees(list(heads.values()))
    burnt = [replaced for intent in intents for replaced in intent.replaces]
    return Facts(
        workspace,
        inputs,
        ancestry.time,
        written,
        known,
        {name: frozenset(it.version for it in released.get(name, ())) for name in names},
        since_final,
        since_final if newest is final else _since(configuration, known, newest, entries, intents),
        {
            name: final.count(name) if name in known else len(ancestry.order)
            for name in names
            if kinds[name] is ReleaseKind.DEV
        },
        {name: str(line.newest.version) for name, line in sorted(lines.items()) if name not in names},
        contents_of(workspace, repository, origins, attribution, compare_api),
        published_requirements(workspace, repository, known),
        {
            name: asked
            for name in known
            if (asked := _asked(entries.get(name, ()), name, final if is_final[name] else newest))
        },
        {name: frozenset(version for meant, version in burnt if meant == name) for name, _ in burnt},
        frozenset(name for name, place in heads.items() if MANIFEST not in trees[place]),
    )


def _written(workspace: Workspace, name: str, line: Line | None) -> Version:
    """Return the version in the files of a member; where a backend reads it from the history, that of its line."""
    member = workspace.by_name[name]
    if not has_history_version(member):
        return written_version(member, workspace.configuration)
    return line.newest.version if line else _FIRST


def _asked(entries: Sequence[Entry], name: str, ranges: Ranges) -> ReleaseAs | None:
    """Return the version that the newest of some commits asks for."""
    asking = (entry for entry in entries if entry.release_as and ranges.holds(name, entry.sha))
    return next((ReleaseAs(entry.release_as, entry.sha) for entry in asking), None)


def _released(workspace: Workspace, tags: Sequence[Tag], names: Sequence[str]) -> dict[str, list[Released]]:
    configuration = workspace.configuration
    aliases = {
        normalize_name(old): name
        for name in names
        for old in (name, *configuration.packages.get(name, PackagePolicy()).formerly)
    }
    is_shared = configuration.versioning is Versioning.LOCKSTEP or len(names) == 1
    if '{name}' not in configuration.tag and not is_shared:
        text = f'`tag` is {configuration.tag!r}, which names no package; write {{name}} into it, or version in lockstep'
        raise WorkspaceError('RK-CONFIG-VALUE', text)
    shared = names if is_shared else [name for name in names if has_history_version(workspace.by_name[name])]
    return find_released(tags, TagReader((configuration.tag, *configuration.tags_read)), aliases, shared)


def _bootstrapped(
    workspace: Workspace, repository: Repository, ancestry: Ancestry, names: Sequence[str]
) -> dict[str, Line]:
    """Return lines that begin at the bootstrap commit, for members that were there and have no tag."""
    short = workspace.configuration.bootstrap
    if not short or not names:
        return {}
    commit = next((sha for sha, *_ in ancestry.order if sha.startswith(short)), None)
    if commit is None:
        raise WorkspaceError(
            'RK-CONFIG-VALUE', f'bootstrap {short!r} is no commit that HEAD reaches; name one that is, or leave it out'
        )
    paths = {name: manifest_paths(workspace, name) for name in names}
    texts = repository.texts_at(commit, [path for found in paths.values() for path in found])
    lines: dict[str, Line] = {}
    for name, candidates in paths.items():
        path = next((path for path in candidates if path in texts), None)
        version = _version_in(texts[path], path, commit) if path else None
        if path and version:
            released = Released(Version(parsed_version(f'{path} at {commit[:7]}', version).public), commit)
            lines[name] = Line(released, released if kind_of(released.version) in FINAL_KINDS else None)
    return lines


def _attribution(workspace: Workspace) -> Attribution:
    configuration = workspace.configuration
    moved = {folder: name for name, policy in configuration.packages.items() for folder in policy.moved_from}
    return Attribution(workspace.members, configuration.paths, moved, configuration.intents_folder)


def _entries(
    workspace: Workspace, repository: Repository, attribution: Attribution, shas: Sequence[str]
) -> dict[str, list[Entry]]:
    types = workspace.configuration.types
    return entries_by_member(repository.commits(shas), types, attribution, repository.patch_ids)


def _since(
    configuration: Configuration,
    known: Mapping[str, Line],
    ranges: Ranges,
    entries: Mapping[str, Sequence[Entry]],
    intents: Sequence[Intent],
) -> dict[str, tuple[Change, ...]]:
    """Return what changed in each member after its start, from commits, intent files or both."""
    changes: dict[str, tuple[Change, ...]] = {}
    for name in known:
        announced = tuple(
            Change('', 'intent', None, intent.text, intent.levels[name])
            for intent in intents
            if intent.levels.get(name, Level.NONE) > Level.NONE
        )
        is_named = any(name in intent.levels for intent in intents)
        mode = configuration.intents
        if mode is IntentMode.ONLY or (mode is IntentMode.OVERRIDE and is_named):
            changes[name] = announced
        else:
            committed = [entry for entry in entries.get(name, ()) if ranges.holds(name, entry.sha)]
            changes[name] = (*announced, *settled(committed))
    return changes


def _version_in(text: str, path: str, commit: str) -> str | None:
    try:
        project: object = parse_toml(text).get('project')
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError('RK-MANIFEST-UNREADABLE', f'{path} at {commit[:7]}: not TOML: {error}') from error
    version = cast('dict[str, object]', project).get('version') if isinstance(project, dict) else None
    return version if isinstance(version, str) else None
