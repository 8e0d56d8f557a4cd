# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit discover`: the members of the workspace."""

from pathlib import Path

from releasekit.model.workspace import Workspace
from releasekit.workspace.load import load_workspace


def discover(start: Path) -> Workspace:
    """Return the workspace around a folder.

    Raises:
        WorkspaceError: There is none, or uv would refuse it.
    """
    return load_workspace(start)
