# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `discover` shows the members."""

from releasekit.model.member import Member
from releasekit.model.workspace import Workspace
from releasekit.ui.screen import Screen


def show_table(screen: Screen, workspace: Workspace) -> None:
    """Print a line for every member."""
    screen.table(('name', 'version', 'kind', 'published', 'folder'), [_row(member) for member in workspace.members])


def _row(member: Member) -> tuple[str, ...]:
    return (
        member.name,
        member.version or 'dynamic',
        member.kind,
        'yes' if member.is_published else 'no',
        str(member.folder),
    )


def show_json(screen: Screen, workspace: Workspace) -> None:
    """Print the members as a document, `releasekit.discover/1`."""
    members = [
        {
            'name': member.name,
            'declared_name': member.declared_name,
            'version': member.version,
            'kind': member.kind,
            'published': member.is_published,
            'folder': str(member.folder),
        }
        for member in workspace.members
    ]
    document: dict[str, object] = {
        'root': str(workspace.root),
        'members': members,
        'idle_patterns': list(workspace.idle_patterns),
    }
    screen.json('releasekit.discover/1', document)
