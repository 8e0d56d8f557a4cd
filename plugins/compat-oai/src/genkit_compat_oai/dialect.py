# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How providers of the protocol differ, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from genkit.plugin import EmbedPurpose
from genkit.types import FinishReason, MediaPart


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a provider speaks the protocol.

    Attributes:
        max_tokens: The name of the limit on the answer.
        system_role: The role of instructions.
        structured: How a schema is sent: held to it, as an object with the schema told in words, or only in words.
        structured_streams: Whether an answer that is held to a schema can be streamed; else it comes in one piece.
        stream_usage: Whether to ask for the usage of a stream.
        reasoning: The members in which reasoning comes, the first that is there counts.
        replay_reasoning: Whether reasoning must be sent back with the tool calls that it led to.
        finish_reasons: Words of its own, in lower case.
        extra_body: Members of every request.
        options: Its names of options, where they differ from the protocol's; None for one that it does not know.
        counts: What it counts beside tokens in the usage, with the names of the custom counts that they become.
        cost: The member of the usage that says what an answer cost, and how many of its units a US dollar has.
        kept: Members of an answer beside its message that become members of ``custom``.
        items: The name under which parts keep what came as an item of Responses, to be sent back as it came.
        media: Converts a medium of a message in its way; the second argument is how closely images are looked at.
        most_inputs: How many texts one request for embeddings may hold.
        input_types: What is sent as ``input_type`` of texts that are stored and of queries, as indexers and retrievers
            embed them; for embedders that tell them apart.
        pieces: Whether what a model says may be a list of pieces (text, ``thinking``, ``reference`` and others), which
            keep their order, and go back as they came.
    """

    max_tokens: Literal['max_completion_tokens', 'max_tokens'] = 'max_tokens'
    system_role: Literal['system', 'developer'] = 'system'
    structured: Literal['schema', 'object', 'none'] = 'schema'
    structured_streams: bool = True
    stream_usage: bool = True
    reasoning: tuple[str, ...] = ('reasoning_content', 'reasoning')
    replay_reasoning: bool = False
    finish_reasons: Mapping[str, FinishReason] = field(default_factory=dict[str, FinishReason])
    extra_body: Mapping[str, object] = field(default_factory=dict[str, object])
    options: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    counts: Mapping[str, str] = field(default_factory=dict[str, str])
    cost: tuple[str, int] | None = None
    kept: tuple[str, ...] = ()
    items: str = 'openai'
    media: Callable[[MediaPart, Any], dict[str, Any]] | None = None
    most_inputs: int = 2048
    input_types: Mapping[EmbedPurpose, str] = field(default_factory=dict[EmbedPurpose, str])
    pieces: bool = False


def kept_members(answer: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the members of an answer that are kept beside its message; None if there are none."""
    return {name: answer[name] for name in names if answer.get(name)} or None
