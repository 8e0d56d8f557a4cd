# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The kinds of actions, and the keys they are addressed by."""

from enum import StrEnum

from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean


class ActionKind(StrEnum):
    """The kind of an action, such as flow, tool or model."""

    AGENT = 'agent'
    AGENT_ABORT = 'agent-abort'
    AGENT_SNAPSHOT = 'agent-snapshot'
    BACKGROUND_MODEL = 'background-model'
    CANCEL_OPERATION = 'cancel-operation'
    CHECK_OPERATION = 'check-operation'
    CUSTOM = 'custom'
    DYNAMIC_ACTION_PROVIDER = 'dynamic-action-provider'
    EMBEDDER = 'embedder'
    EVALUATOR = 'evaluator'
    EXECUTABLE_PROMPT = 'executable-prompt'
    FLOW = 'flow'
    INDEXER = 'indexer'
    MODEL = 'model'
    PROMPT = 'prompt'
    RERANKER = 'reranker'
    RESOURCE = 'resource'
    RETRIEVER = 'retriever'
    TOOL = 'tool'
    TOOL_V2 = 'tool.v2'
    UTIL = 'util'


def is_action_kind(name: str) -> bool:
    """Return whether there is a kind of that name."""
    return name in ActionKind.__members__.values()


def create_action_key(kind: ActionKind | str, name: str) -> str:
    """Return ``/<kind>/<name>``."""
    return f'/{kind}/{name}'


def parse_action_key(key: str) -> tuple[ActionKind, str]:
    """Return the kind and the name in a key; the name may hold further slashes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the key is not of the form or its kind is unknown.
    """
    empty, _, rest = key.partition('/')
    kind, _, name = rest.partition('/')
    if empty or not kind or not name:
        raise GenkitError(
            f'Action key {key!r} is not of the form /<kind>/<name>, such as /flow/hello.', status='INVALID_ARGUMENT'
        )
    if not is_action_kind(kind):
        raise GenkitError(
            f'Action key {key!r} names the unknown kind {kind!r}.{did_you_mean(kind, list(ActionKind))}',
            status='INVALID_ARGUMENT',
        )
    return ActionKind(kind), name
