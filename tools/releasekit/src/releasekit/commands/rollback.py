# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit rollback`: what can honestly be done about a release; nothing is ever deleted."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from releasekit.commands.plan import PlanOptions, plan
from releasekit.commands.status import PackageState, status


@dataclass(frozen=True)
class Choice:
    """Something that can be done about a package: `abandon` what was not sent, or `yank` and publish a fixed one."""

    package: str
    version: str
    verb: str
    text: str


@dataclass(frozen=True)
class Choices:
    """What can be done; `intent` is the text of an intent file that plans fixed versions."""

    choices: tuple[Choice, ...]
    intent: str


def rollback(
    start: Path, options: PlanOptions, to: str, reason: str, *, write: bool = False
) -> tuple[Choices, Path | None]:
    """Return what can be done about each package of the present plan, and write the intent file if asked to.

    A file that an index has taken stays public; its name is never free again.
    """
    states = status(start, options, to).packages
    choices = Choices(tuple(_choice(state) for state in states), _intent(states, reason))
    if not write or not choices.intent:
        return choices, None
    workspace = plan(start, options).workspace
    name = hashlib.sha256(choices.intent.encode()).hexdigest()[:12]
    path = workspace.root / workspace.configuration.intents_folder / f'fix-{name}.md'
    path.parent.mkdir(exist_ok=True)
    path.write_text(choices.intent, encoding='utf-8', newline='')
    return choices, path


def _choice(state: PackageState) -> Choice:
    if not state.on_index:
        return Choice(state.name, state.version, 'abandon', 'nothing of it is public; leave it, or plan again')
    text = (
        f"{state.on_index} of {state.built} files are public and stay so. Yank {state.version} in the index's own "
        'pages (there is no interface for it), and publish a fixed version'
    )
    return Choice(state.name, state.version, 'yank', text)


def _intent(states: tuple[PackageState, ...], reason: str) -> str:
    public = [state for state in states if state.on_index]
    if not public:
        return ''
    lines = '\n'.join(f'{state.name}: patch' for state in public)
    versions = ', '.join(f'{state.name} {state.version}' for state in public)
    return f'---\n{lines}\n---\n{reason} (replaces {versions})\n'
