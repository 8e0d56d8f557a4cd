# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit plan`: what the next release is, frozen in a file, and compared with another one."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from releasekit.model.documents import from_document, parse_json, to_document, to_text
from releasekit.model.errors import RefusedError, UsageError, WorkspaceError
from releasekit.model.history import LATEST
from releasekit.model.names import counted
from releasekit.model.plan import Plan, ReleaseKind
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.vcs.repository import Repository
from releasekit.version.difference import Difference, compare_plans
from releasekit.version.facts import gather
from releasekit.version.inputs import collect_inputs, refuse_stale
from releasekit.version.planning import make_plan
from releasekit.workspace.intents import Intent, read_intents
from releasekit.workspace.load import load_workspace
from releasekit.workspace.regular import read_file


_OFF = frozenset({'', '0', 'false', 'no', 'off'})
SCHEMA = 'releasekit.plan/1'


@dataclass(frozen=True)
class PlanOptions:
    """What is asked for: a kind of version, some members or all, or the plan in a file.

    Without a kind each package has its own. `to` is the index that is asked whether it knows names of first releases,
    without one that of the configuration; nobody is asked if `is_offline`.
    """

    kind: ReleaseKind | None = None
    only: tuple[str, ...] = ()
    file: Path | None = None
    to: str = ''
    is_offline: bool = False


@dataclass(frozen=True)
class Planned:
    """A plan with the workspace and the intent files that it was made of; `notes` say what could not be looked at."""

    workspace: Workspace
    intents: tuple[Intent, ...]
    plan: Plan
    notes: tuple[str, ...] = ()


def plan(start: Path, options: PlanOptions, repository: Repository | None = None) -> Planned:
    """Plan the next release of the workspace around a folder, or read the plan that the options name.

    Raises:
        UsageError: A name is no published member's.
        WorkspaceError: The workspace, its configuration or the plan's file cannot be read.
        RefusedError: The repository cannot be read, there is no release order, or the plan read is not of this state.
    """
    workspace = load_workspace(start)
    repository = repository or GitRepository(workspace.root)
    checkout = repository.checkout()
    if checkout.is_shallow:
        raise RefusedError(
            'RK-GIT-SHALLOW', 'the clone is shallow, so commits and tags are missing: `git fetch --unshallow --tags`'
        )
    intents = read_intents(workspace)
    inputs = collect_inputs(workspace, checkout, intents, options.kind, options.only)
    if options.file:
        frozen = read_plan(options.file)
        refuse_stale(frozen, inputs)
        return Planned(workspace, intents, frozen)
    facts = gather(workspace, repository, inputs, intents)
    made = make_plan(facts)
    foreign, note = _foreign(workspace, made, options)
    if foreign:
        inputs = replace(inputs, index=options.to or workspace.configuration.publish_to, published=foreign)
        made = make_plan(replace(facts, inputs=inputs))
    return Planned(workspace, intents, made, (note,) if note else ())


def _foreign(workspace: Workspace, made: Plan, options: PlanOptions) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return what an index has of names that would be released for the first time, but for what is planned; a note.

    So a plan that can be carried out is the same before and after a part of it was published, with or without an index.
    """
    to = options.to or workspace.configuration.publish_to
    first = {release.name: release.version for release in made.releases if release.old is None}
    is_offline = options.is_offline or os.environ.get('UV_OFFLINE', '0') not in _OFF
    if not to or (not options.to and (is_offline or not first)):
        return {}, ''
    from releasekit.index.addresses import LOCAL, address_of  # noqa: PLC0415 - slow to import, and few plans ask
    from releasekit.index.known import known_versions  # noqa: PLC0415 - see above
    from releasekit.index.port import IndexUnreachable  # noqa: PLC0415 - see above

    if to == LOCAL:
        return {}, ''
    try:
        address = address_of(workspace, to)
        known = {} if is_offline else asyncio.run(known_versions(address, first.keys()))
    except UsageError as error:
        if options.to:
            raise
        return {}, f'`publish-to`: {error}'
    except IndexUnreachable as error:
        return {}, f'{to} was not asked whether names of first releases are free: {error}'
    others = {
        name: tuple(str(version) for version in versions if str(version) != first[name])
        for name, versions in known.items()
    }
    return {name: versions for name, versions in others.items() if versions}, ''


def usable_plan(start: Path, options: PlanOptions, repository: Repository | None = None) -> Planned:
    """Plan, and refuse a plan with problems.

    Raises:
        RefusedError: It has some; so do all errors of `plan`.
    """
    planned = plan(start, options, repository)
    if problems := planned.plan.problems:
        first = f'{problems[0].code} in {problems[0].member}: {problems[0].message}'
        raise RefusedError('RK-PLAN-PROBLEMS', f'the plan has {counted(len(problems), "problem")}, first {first}')
    return planned


def plan_text(plan: Plan) -> str:
    """Return a plan as the text of its file, always the same for the same plan."""
    return to_text(SCHEMA, to_document(plan))


def plan_digest(plan: Plan) -> str:
    """Return the sha256 of a plan's text, which names the plan."""
    return hashlib.sha256(plan_text(plan).encode()).hexdigest()


def read_plan(path: Path) -> Plan:
    """Read a plan from its file.

    Raises:
        WorkspaceError: The file cannot be read, or holds no plan of this version.
    """
    try:
        document = parse_json(read_file(path))
        schema = document['schema']
        found = from_document(Plan, document)
    except OSError as error:
        raise WorkspaceError('RK-FILE', f'{path}: {error.strerror}') from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        text = f'{str(path)!r} is no plan of schema {SCHEMA}: {error}'
        raise WorkspaceError('RK-PLAN-UNREADABLE', f'{text}; make one with `releasekit plan --out FILE`') from error
    if schema != SCHEMA:
        raise WorkspaceError(
            'RK-PLAN-UNREADABLE', f'{str(path)!r} has schema {schema!r}, not {SCHEMA}; make a new plan'
        )
    if not 0 <= found.time <= LATEST:
        text = f'{str(path)!r} has the time {found.time}, which no commit has; make a new plan'
        raise WorkspaceError('RK-PLAN-UNREADABLE', text)
    return found


def difference(start: Path, options: PlanOptions, files: tuple[Path, ...]) -> tuple[Difference, ...]:
    """Return what the second of two plan files, or the present plan, releases otherwise than the first.

    Raises:
        WorkspaceError: A file is no plan.
    """
    before = read_plan(files[0])
    return compare_plans(before, read_plan(files[1]) if len(files) > 1 else plan(start, options).plan)
