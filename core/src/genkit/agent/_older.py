# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Types of agents, which stand in `genkit.types` and were once found here."""

from typing import Final

from genkit.types import (
    AgentFinishReason,
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResult,
    AgentStreamChunk,
    Artifact,
    SessionSnapshot,
    SessionState,
    SnapshotStatus,
    TurnEnd,
)


OLDER_MODULES: Final = ()

__all__ = [
    'AgentFinishReason',
    'AgentInit',
    'AgentInput',
    'AgentOutput',
    'AgentResult',
    'AgentStreamChunk',
    'Artifact',
    'SessionSnapshot',
    'SessionState',
    'SnapshotStatus',
    'TurnEnd',
]
