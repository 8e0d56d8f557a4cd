# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents, sessions, chats and their stores."""

from genkit._action.bidi import BidiAction, BidiConnection, BidiRunContext
from genkit._agent.access import SessionAccess
from genkit._agent.agent import Agent
from genkit._agent.client import (
    AgentChat,
    AgentClient,
    AgentTransport,
    AgentTurn,
    DetachedTask,
)
from genkit._agent.events.calls import call_ids
from genkit._agent.events.event import (
    AgentEvent,
    ArtifactChange,
    CustomChange,
    PartAdded,
    ReasoningDelta,
    ReasoningEnd,
    ReasoningStart,
    RunEnd,
    StepEnd,
    StepStart,
    TextDelta,
    TextEnd,
    TextStart,
    ToolInput,
    ToolInputDelta,
    ToolInputStart,
    ToolOutput,
    Waiting,
    WaitingCall,
)
from genkit._agent.events.run import run_events, waiting_calls
from genkit._agent.json_patch import apply_patch
from genkit._agent.response import AgentError, AgentResponse
from genkit._agent.stores.file import FileSnapshots
from genkit._agent.stores.memory import MemorySnapshots
from genkit._agent.stores.snapshots import (
    SnapshotStore,
    StateChange,
    StoredSnapshot,
    ambiguous_session,
    apply_change,
    change_to_json,
    other_writer,
    snapshot_from_json,
    snapshot_to_json,
    time_of_snapshot,
    watch_by_asking,
)
from genkit._agent.stores.sqlite import SqliteSnapshots
from genkit._agent.turns import SessionRunner, TurnContext, TurnResult
from genkit._base.doors import present as _present
from genkit._base.doors import serve_older_names as _serve_older_names
from genkit._generate.bidi import BidiGeneration
from genkit._kinds.bidi_model import BidiModelAction
from genkit._session.chat import Chat
from genkit._session.session import Session
from genkit._session.store import FileSessionStore, InMemorySessionStore, SessionData, SessionStore


__all__ = [
    'Agent',
    'AgentChat',
    'AgentClient',
    'AgentError',
    'AgentEvent',
    'AgentResponse',
    'AgentTransport',
    'AgentTurn',
    'ArtifactChange',
    'BidiAction',
    'BidiConnection',
    'BidiGeneration',
    'BidiModelAction',
    'BidiRunContext',
    'Chat',
    'CustomChange',
    'DetachedTask',
    'FileSessionStore',
    'FileSnapshots',
    'InMemorySessionStore',
    'MemorySnapshots',
    'PartAdded',
    'ReasoningDelta',
    'ReasoningEnd',
    'ReasoningStart',
    'RunEnd',
    'Session',
    'SessionAccess',
    'SessionData',
    'SessionRunner',
    'SessionStore',
    'SnapshotStore',
    'SqliteSnapshots',
    'StateChange',
    'StepEnd',
    'StepStart',
    'StoredSnapshot',
    'TextDelta',
    'TextEnd',
    'TextStart',
    'ToolInput',
    'ToolInputDelta',
    'ToolInputStart',
    'ToolOutput',
    'TurnContext',
    'TurnResult',
    'Waiting',
    'WaitingCall',
    'ambiguous_session',
    'apply_change',
    'apply_patch',
    'call_ids',
    'change_to_json',
    'other_writer',
    'run_events',
    'snapshot_from_json',
    'snapshot_to_json',
    'time_of_snapshot',
    'waiting_calls',
    'watch_by_asking',
]

_present(__name__, __all__, globals())
_serve_older_names(__name__)
