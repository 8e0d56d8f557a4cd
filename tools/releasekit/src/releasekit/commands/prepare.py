# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit prepare`: the next versions and their notes on a branch, proposed as one request.

Made again from the base each time, in a separate working tree: the same history gives the same commit, so that doing
it twice does nothing. What people wrote between the fences, in a changelog or in the request, stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from releasekit.commands.changelog import CHANGELOG, write_notes
from releasekit.commands.plan import Planned, PlanOptions, usable_plan
from releasekit.commands.version import write_planned
from releasekit.forge.port import Forge, Proposal, ReleaseRequest
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Plan
from releasekit.vcs.git import GitRepository
from releasekit.version.notes import END, KEEP, combined_notes, kept_prose
from releasekit.workspace.intents import read_intents
from releasekit.workspace.load import load_workspace


BRANCH = 'releasekit/release'
LABEL = 'release: pending'
_LONGEST_BODY = 60_000  # characters; GitHub takes 65,536


@dataclass(frozen=True)
class PrepareRequest:
    """What is prepared: the versions of `plan`, sent to `remote`, to be merged into `base` (the branch of HEAD)."""

    plan: PlanOptions = field(default_factory=PlanOptions)
    remote: str = 'origin'
    base: str | None = None
    is_dry: bool = False


@dataclass(frozen=True)
class Prepared:
    """What came of it.

    `commit` is None if there is nothing to propose: nothing to release, or the base holds all versions and notes
    already. `sent` says whether the branch changed, `is_dry` that it may not.
    """

    plan: Plan
    base: str
    commit: str | None = None
    sent: bool = False
    request: ReleaseRequest | None = None
    is_dry: bool = False


def prepare(start: Path, asked: PrepareRequest, forge_of: Callable[[str], Forge | None]) -> Prepared:
    """Put the next release on a branch, send it, and propose it.

    Args:
        start: A folder of the workspace.
        asked: What, and where to.
        forge_of: Gives the forge of the remote's address.

    Raises:
        RefusedError: The tree is not as committed, HEAD is on no branch, the branch was changed meanwhile,
            or git, the lock or the forge refuses.
    """
    planned = usable_plan(start, asked.plan)
    root = planned.workspace.root
    repository = GitRepository(root)
    base = asked.base or repository.checkout().branch
    if planned.plan.inputs.changed:
        raise RefusedError('RK-TREE-DIRTY', f'not committed: {", ".join(planned.plan.inputs.changed)}')
    if base is None:
        raise RefusedError('RK-GIT-DETACHED', 'HEAD is on no branch; check one out, or name the base with --base')
    if not planned.plan.releases:
        return Prepared(planned.plan, base)
    before = repository.remote_branch(asked.remote, BRANCH)
    commit = _committed(planned, repository, before)
    if commit is None:
        return Prepared(planned.plan, base)
    if asked.is_dry:
        return Prepared(planned.plan, base, commit, is_dry=True)
    forge = forge_of(repository.remote_url(asked.remote))
    sent = before != commit
    if sent:
        repository.send_branch(commit, asked.remote, BRANCH, before)
    if forge is None:
        return Prepared(planned.plan, base, commit, sent)
    known = forge.find(BRANCH)
    proposal = Proposal(BRANCH, base, _title(planned.plan), _body(planned.plan, known), (LABEL,))
    return Prepared(planned.plan, base, commit, sent, forge.propose(proposal, known))


def _committed(planned: Planned, repository: GitRepository, before: str | None) -> str | None:
    """Return a commit with the versions and the notes, which no branch has yet; None if the base has all of it."""
    plan = planned.plan
    with repository.worktree(plan.inputs.commit) as there:
        workspace = load_workspace(there)
        copy = Planned(workspace, read_intents(workspace), plan)
        write_notes(copy, _prose(planned, repository, before))
        write_planned(copy)
        return GitRepository(there).commit_all(_title(plan), plan.time)


def _prose(planned: Planned, repository: GitRepository, before: str | None) -> dict[str, str]:
    """Return what people wrote between the fences of the changelogs on the branch as it was, by package."""
    if before is None:
        return {}
    places = {r.name: planned.workspace.by_name[r.name].inside(CHANGELOG) for r in planned.plan.releases}
    texts = repository.texts_at(before, sorted(places.values()))
    return {
        release.name: kept_prose(texts.get(places[release.name], ''), release.version)
        for release in planned.plan.releases
    }


def _title(plan: Plan) -> str:
    first = plan.releases[0]
    more = f' and {len(plan.releases) - 1} more' if len(plan.releases) > 1 else ''
    return f'chore: release {first.name} {first.version}{more}'


def _body(plan: Plan, known: ReleaseRequest | None) -> str:
    """Return the text of the request: what people wrote, then the notes, as many as there is room for."""
    prose = known.body.partition(KEEP)[2].partition(END)[0].strip('\n') if known else ''
    notes = combined_notes(plan)
    if len(notes) > _LONGEST_BODY:
        notes = f'{notes[:_LONGEST_BODY].rpartition(chr(10))[0]}\n\nThe rest is in the changelogs.\n'
    return f'{KEEP}\n{prose}\n{END}\n\n{notes}'
