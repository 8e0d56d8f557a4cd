# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The hashes of what a plan is made of, and the question whether they still hold."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from importlib.metadata import version

from releasekit.model.documents import to_document
from releasekit.model.errors import RefusedError, WorkspaceError
from releasekit.model.history import Checkout
from releasekit.model.plan import Inputs, Plan, ReleaseKind
from releasekit.model.workspace import Workspace
from releasekit.workspace.intents import Intent
from releasekit.workspace.regular import read_file
from releasekit.workspace.uv.lock import LOCK_FILE


_ASKED = frozenset({'kind', 'only', 'index', 'published'})


def collect_inputs(
    workspace: Workspace,
    checkout: Checkout,
    intents: Sequence[Intent],
    kind: ReleaseKind | None = None,
    only: Sequence[str] = (),
) -> Inputs:
    """Return the inputs of a plan of some kind, or of each package's own, for some members or all.

    Raises:
        WorkspaceError: The lock cannot be read.
    """
    lock = workspace.root / LOCK_FILE
    try:
        locked = hashlib.sha256(read_file(lock)).hexdigest() if lock.exists() else ''
    except OSError as error:
        raise WorkspaceError('RK-FILE', f'{lock}: {error.strerror}') from error
    return Inputs(
        version('releasekit'),
        checkout.commit,
        checkout.changed,
        locked,
        _digest(to_document(workspace.configuration)),
        _digest([[str(member.folder), member.manifest.text] for member in workspace.members]),
        _digest([[it.path.name, to_document(it.levels), it.text, to_document(it.replaced)] for it in intents]),
        kind,
        tuple(sorted({workspace.find(name).name for name in only})),
    )


def stale_inputs(plan: Plan, present: Inputs) -> tuple[str, ...]:
    """Return what differs between the state that a plan was made of and the present one, in words; nothing if fresh.

    What the plan was asked for, and what an index answered, is no part of the state.
    """
    return tuple(
        f'{field.name} was {_shown(before)}, is {_shown(after)}'
        for field in fields(Inputs)
        if field.name not in _ASKED
        and (before := getattr(plan.inputs, field.name)) != (after := getattr(present, field.name))
    )


def refuse_stale(plan: Plan, present: Inputs) -> None:
    """Refuse a plan that is not of the present state.

    Raises:
        RefusedError: It is not; the message lists what differs.
    """
    if differences := stale_inputs(plan, present):
        raise RefusedError(
            'RK-PLAN-STALE',
            f'the plan is not of this state: {"; ".join(differences)}. Make a new one: `releasekit plan --out FILE`.',
        )


def _digest(document: object) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value[:12])
    return json.dumps(value)
