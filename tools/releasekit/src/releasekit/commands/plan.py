# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit plan`: what the next release is, frozen in a file, and compared with another one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from releasekit.model.documents import from_document, to_document, to_text
from releasekit.model.errors import RefusedError, WorkspaceError
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


SCHEMA = 'releasekit.plan/1'


@dataclass(frozen=True)
class PlanOptions:
    """What is asked for: a kind of version, some members or all, or the plan in a file.

    Without a kind each package has its own.
    """

    kind: ReleaseKind | None = None
    only: tuple[str, ...] = ()
    file: Path | None = None


@dataclass(frozen=True)
class Planned:
    """A plan with the workspace and the intent files that it was made of."""

    workspace: Workspace
    intents: tuple[Intent, ...]
    plan: Plan


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
    return Planned(workspace, intents, make_plan(gather(workspace, repository, inputs, intents)))


def usable_plan(start: Path, options: PlanOptions, repository: Repository | None = None) -> Planned:
    """Plan, and refuse a plan with problems.

    Raises:
        RefusedError: It has some; so do all errors of `plan`.
    """
    planned = plan(start, options, repository)
    if problems := planned.plan.problems:
        first = f'{problems[0].code} in {problems[0].member}: {problems[0].message}'
        raise RefusedError('RK-PLAN-PROBLEMS', f'the plan has {len(problems)} problem(s), first {first}')
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
        document = json.loads(path.read_bytes())
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
    return found


def difference(start: Path, options: PlanOptions, files: tuple[Path, ...]) -> tuple[Difference, ...]:
    """Return what the second of two plan files, or the present plan, releases otherwise than the first.

    Raises:
        WorkspaceError: A file is no plan.
    """
    before = read_plan(files[0])
    return compare_plans(before, read_plan(files[1]) if len(files) > 1 else plan(start, options).plan)
