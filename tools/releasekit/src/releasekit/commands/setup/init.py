# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit init`: a first configuration, made of what the workspace and its tags show."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion

from releasekit.model.configuration import Configuration, PinStyle, Versioning
from releasekit.model.errors import WorkspaceError
from releasekit.model.member import MemberKind
from releasekit.model.names import counted, normalize_name
from releasekit.model.requirement import RequirementKind, read_version
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.vcs.repository import Repository
from releasekit.version.history.tags import TagReader
from releasekit.workspace.configure import CONFIGURATION_FILE
from releasekit.workspace.edit import write_text
from releasekit.workspace.load import load_workspace
from releasekit.workspace.versions import has_history_version, written_version


_DEFAULTS = Configuration.tags_read
_SHIPPED = frozenset({RequirementKind.RUNTIME, RequirementKind.EXTRA})
_NEARLY_ALL = 0.9


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
    yield from _tag_lines(workspace, tags)
    yield from _pin_lines(workspace)


def _tag_lines(workspace: Workspace, tags: Sequence[str]) -> Iterator[str]:
    found = [form for tag in tags if (form := _form(tag, workspace.by_name))]
    if not found:
        yield f'tag = "{Configuration.tag}"'
        return
    usual, times = Counter(form for form, _ in found).most_common(1)[0]
    yield f'# The form of {times} of {counted(len(tags), "tag")}: {usual}'
    chosen, versioning = _versioning(workspace, usual, [literal for form, literal in found if form == usual])
    yield f'tag = "{chosen}"'
    if others := _others(tags, chosen, [usual, *(form for form, _ in found)]):
        yield f'tags-read = [{", ".join(f"{chr(34)}{form}{chr(34)}" for form in others)}]'
    yield f'versioning = "{versioning}"'


def _versioning(workspace: Workspace, usual: str, literals: Sequence[str]) -> tuple[str, Versioning]:
    """Return the form of new tags, and how versions go together.

    Args:
        workspace: Whose members have versions.
        usual: The form that most tags have.
        literals: The tags of that form, with `{version}` alone in place of what they say.
    """
    is_equal = _has_equal_versions(workspace)
    if '{name}' not in usual:
        return (usual, Versioning.LOCKSTEP) if is_equal else (Configuration.tag, Versioning.INDEPENDENT)
    literal, times = Counter(literals).most_common(1)[0]
    is_shared = times >= _NEARLY_ALL * len(literals) and sum(it.is_published for it in workspace.members) > 1
    return (literal, Versioning.LOCKSTEP) if is_equal and is_shared else (usual, Versioning.INDEPENDENT)


def _has_equal_versions(workspace: Workspace) -> bool:
    """Tell whether all published members have one version; those that have it from the history count as equal."""
    members = [it for it in workspace.members if it.is_published and not has_history_version(it)]
    try:
        return len({written_version(member, workspace.configuration) for member in members}) <= 1
    except WorkspaceError:  # a version that cannot be read is no version of all
        return False


def _others(tags: Sequence[str], chosen: str, found: Iterable[str]) -> list[str]:
    """Return the forms that are read beside the chosen one: of those found and the defaults, all that some tag has.

    Forms without a name are among them only if they are defaults, or the usual one, which comes first: others name
    something else, such as another project of the repository, and would be read as this one's.
    """
    usual, *others = found
    candidates = (usual, *(it for it in others if '{name}' in it), Configuration.tag, *_DEFAULTS)
    read = TagReader((chosen,)).read
    rest = [tag for tag in tags if read(tag) is None]
    forms = (form for form in dict.fromkeys(candidates) if form != chosen)
    return [form for form in forms if any(map(TagReader((form,)).read, rest))]


def _pin_lines(workspace: Workspace) -> Iterator[str]:
    """Propose a pin style that keeps what the manifests say, where they say something about versions of members."""
    published = {member.name for member in workspace.members if member.is_published}
    specifiers = [
        edge.requirement.parsed.specifier
        for edge in workspace.edges
        if {edge.dependant, edge.dependency} <= published
        and edge.kind in _SHIPPED
        and not edge.requirement.is_dynamic
        and edge.requirement.parsed.specifier
    ]
    if specifiers:
        is_exact = all(it.operator == '==' and not it.version.endswith('.*') for each in specifiers for it in each)
        yield '# Without this line built metadata asks for >=NEW,<NEXT BREAK of other members.'
        yield f'pin = "{PinStyle.EXACT if is_exact else PinStyle.KEEP}"'


def _prefix(workspace: Workspace, kind: MemberKind) -> str:
    """Return what all names of a kind have before the name of their folder; empty if one has another."""
    members = [member for member in workspace.members if member.kind is kind]
    prefixes = {member.name.removesuffix(normalize_name(member.folder.name)) for member in members}
    is_used = all(member.name != prefix for member in members for prefix in prefixes)
    return prefixes.pop() if is_used and len(prefixes) == 1 else ''


def _form(tag: str, names: Collection[str]) -> tuple[str, str] | None:
    """Return a tag with `{name}` and `{version}` in place of both, and with `{version}` alone.

    None if it has no version, or quotes.
    """
    whole = _versioned(tag)
    named = (name for name in sorted(names, key=len, reverse=True) if name in normalize_name(tag))
    for name in named:
        spelt = '[-_.]+'.join(name.split('-'))
        found = re.match(rf'(.*?)({spelt})(.*)', tag, re.IGNORECASE | re.DOTALL)
        rest = _versioned(found[3]) if found else None
        if found and rest is not None:
            form = f'{found[1]}{{name}}{rest}'
            return (form, f'{found[1]}{found[2]}{rest}') if _is_usable(form) else None
    return (whole, whole) if whole is not None and _is_usable(whole) else None


def _versioned(text: str) -> str | None:
    """Return a text with `{version}` in place of the version that it ends in."""
    for found in re.finditer(r'(?<![0-9.])[0-9]', text):
        try:
            read_version(text[found.start() :])
        except InvalidVersion:
            continue
        return f'{text[: found.start()]}{{version}}'
    return None


def _is_usable(form: str) -> bool:
    rest = form.replace('{name}', '').replace('{version}', '')
    return re.fullmatch(r'[\w./@=+-]*', rest, re.ASCII) is not None
