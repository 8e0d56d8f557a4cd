# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit init`: a first configuration, made of what the workspace and its tags show."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion

from releasekit.model.configuration import Configuration
from releasekit.model.errors import WorkspaceError
from releasekit.model.member import MemberKind
from releasekit.model.names import normalize_name
from releasekit.model.requirement import read_version
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.vcs.repository import Repository
from releasekit.workspace.configure import CONFIGURATION_FILE
from releasekit.workspace.edit import write_text
from releasekit.workspace.load import load_workspace


_BARE = ('{version}', 'v{version}')


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
    if core:
        yield f'core = "{core[0]}"'
    for key, kind in (('plugin-prefix', MemberKind.PLUGIN), ('sample-prefix', MemberKind.SAMPLE)):
        if prefix := _prefix(workspace, kind):
            yield f'{key} = "{prefix}"'
    forms = Counter(form for tag in tags if (form := _form(tag, workspace.by_name)))
    if not forms:
        yield f'tag = "{Configuration.tag}"'
        return
    usual, times = forms.most_common(1)[0]
    is_named = '{name}' in usual
    # Forms that name something else, such as another project of the repository, would be read as this one's.
    others = [form for form in forms if form != usual and ('{name}' in form if is_named else form in _BARE)]
    yield f'# {times} of {len(tags)} tags have this form.'
    yield f'tag = "{usual}"'
    if others:
        yield f'tags-read = [{", ".join(f"{chr(34)}{form}{chr(34)}" for form in others)}]'
    yield f'versioning = "{"independent" if is_named else "lockstep"}"'


def _prefix(workspace: Workspace, kind: MemberKind) -> str:
    """Return what all names of a kind have before the name of their folder; empty if one has another."""
    members = [member for member in workspace.members if member.kind is kind]
    prefixes = {member.name.removesuffix(normalize_name(member.folder.name)) for member in members}
    is_used = all(member.name != prefix for member in members for prefix in prefixes)
    return prefixes.pop() if is_used and len(prefixes) == 1 else ''


def _form(tag: str, names: Collection[str]) -> str | None:
    """Return a tag with `{name}` and `{version}` in place of both; None if it has no version, or quotes."""
    named = (name for name in sorted(names, key=len, reverse=True) if name in normalize_name(tag))
    for name in named:
        spelt = '[-_.]+'.join(name.split('-'))
        found = re.match(rf'(.*?){spelt}(.*)', tag, re.IGNORECASE | re.DOTALL)
        rest = _versioned(found[2]) if found else None
        if found and rest is not None:
            return _usable(f'{found[1]}{{name}}{rest}')
    rest = _versioned(tag)
    return None if rest is None else _usable(rest)


def _versioned(text: str) -> str | None:
    """Return a text with `{version}` in place of the version that it ends in."""
    for found in re.finditer(r'(?<![0-9.])[0-9]', text):
        try:
            read_version(text[found.start() :])
        except InvalidVersion:
            continue
        return f'{text[: found.start()]}{{version}}'
    return None


def _usable(form: str) -> str | None:
    rest = form.replace('{name}', '').replace('{version}', '')
    return form if re.fullmatch(r'[\w./@=+-]*', rest, re.ASCII) else None
