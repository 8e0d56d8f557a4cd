# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit init`: a first configuration, made of what the workspace and its tags show."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from releasekit.model.configuration import Configuration
from releasekit.model.errors import WorkspaceError
from releasekit.model.member import MemberKind
from releasekit.model.names import normalize_name
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.vcs.repository import Repository
from releasekit.version.history.tags import TagReader
from releasekit.workspace.configure import CONFIGURATION_FILE
from releasekit.workspace.edit import write_text
from releasekit.workspace.load import load_workspace


@dataclass(frozen=True)
class InitReport:
    """The configuration as TOML, and whether it was written."""

    text: str
    path: Path | None


def init(
    start: Path, *, is_released: bool = False, write: bool = False, repository: Repository | None = None
) -> InitReport:
    """Propose a configuration.

    Args:
        start: A folder of the workspace.
        is_released: The versions in the manifests are already on the index, though no tag says so.
        write: Create `releasekit.toml`; no file is changed.
        repository: Stands in for git.

    Raises:
        WorkspaceError: There is no workspace, or it has a configuration already.
        RefusedError: The repository cannot be read.
    """
    workspace = load_workspace(start)
    path = workspace.root / CONFIGURATION_FILE
    if path.exists() or workspace.manifest.value('tool', 'releasekit') is not None:
        raise WorkspaceError(
            'RK-CONFIG-TWICE', f'{workspace.root} has a configuration already; change it, or remove it first'
        )
    repository = repository or GitRepository(workspace.root)
    lines = list(_lines(workspace, [tag.name for tag in repository.tags()]))
    if is_released:
        lines += ['# Versions in the manifests of this commit count as released.']
        lines += [f'bootstrap = "{repository.checkout().commit}"']
    text = '\n'.join(lines) + '\n'
    if write:
        write_text(path, text)
    return InitReport(text, path if write else None)


def _lines(workspace: Workspace, tags: Sequence[str]) -> Iterator[str]:
    core = [member.name for member in workspace.members if member.kind is MemberKind.CORE]
    yield f'core = "{(core or [Configuration.core])[0]}"'
    yield f'plugin-prefix = "{_prefix(workspace, MemberKind.PLUGIN) or Configuration.plugin_prefix}"'
    yield f'sample-prefix = "{_prefix(workspace, MemberKind.SAMPLE) or Configuration.sample_prefix}"'
    grammars = (Configuration.tag, *Configuration.tags_read)
    counts = {grammar: sum(TagReader([grammar]).read(tag) is not None for tag in tags) for grammar in grammars}
    usual = max(grammars, key=lambda grammar: counts[grammar])
    yield f'# {counts[usual]} of {len(tags)} tags have this form.'
    yield f'tag = "{usual}"'
    yield f'versioning = "{"independent" if "{name}" in usual else "lockstep"}"'


def _prefix(workspace: Workspace, kind: MemberKind) -> str:
    """Return what most names of a kind have before the name of their folder."""
    members = [member for member in workspace.members if member.kind is kind]
    prefixes = Counter(member.name.removesuffix(normalize_name(member.folder.name)) for member in members)
    return prefixes.most_common(1)[0][0] if prefixes else ''
