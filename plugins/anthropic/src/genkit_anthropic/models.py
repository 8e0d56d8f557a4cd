# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Claude's models are capable of, as data.

Source: https://platform.claude.com/docs/en/about-claude/models/overview and the migration guides of Opus, Sonnet and
Haiku 5.5 beside it (November 2026).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from genkit.plugin import (
    ANTHROPIC_ANSWER_SCHEMAS,
    ANTHROPIC_TOOL_SCHEMAS,
    ModelEntry,
    ModelTable,
    SchemaDialect,
    chat_supports,
)
from genkit.types import Constrained, Stage

from genkit_anthropic.config import AnthropicConfig


Thinking = Literal['none', 'budget', 'any', 'adaptive', 'between', 'always']


@dataclass(frozen=True, kw_only=True)
class ClaudeEntry(ModelEntry):
    """One of Claude's models, or a family of them.

    Attributes:
        max_output: The most tokens of an answer, thoughts included.
        structured: How an answer is held to a schema: by the protocol, or by a tool that takes the answer.
        thinking: How it thinks: not at all, with a ``budget`` of tokens, as it sees fit (``adaptive``), or in ``any``
            of these ways. ``between`` means that it can do no less than think between tool calls, ``always`` that it
            cannot stop.
        forced: Whether it can be made to call a tool.
        samples: Whether it takes ``temperature``, ``top_p`` and ``top_k``.
    """

    config: type[Any] = AnthropicConfig
    max_output: int = 128_000
    structured: Literal['format', 'tool'] = 'format'
    thinking: Thinking = 'any'
    forced: bool = True
    samples: bool = True

    @property
    def schemas(self) -> SchemaDialect:
        """What it takes as the schema of an answer."""
        return ANTHROPIC_ANSWER_SCHEMAS if self.structured == 'format' else ANTHROPIC_TOOL_SCHEMAS


CHAT: Final = chat_supports()
BY_TOOL: Final = chat_supports(Constrained.NO_TOOLS)
ABILITIES: Final = frozenset({'citations', 'json-with-tools', 'pdf', 'prompt-caching', 'reasoning'})
EARLIER: Final = frozenset({'citations', 'pdf', 'prompt-caching'})


def _five(name: str, thinking: Thinking = 'always') -> ClaudeEntry:
    forced = thinking == 'adaptive'
    return ClaudeEntry(name=name, supports=CHAT, extras=ABILITIES, thinking=thinking, forced=forced, samples=False)


def _four(name: str, thinking: Thinking = 'budget', max_output: int = 64_000, **more: Any) -> ClaudeEntry:
    return ClaudeEntry(name=name, supports=CHAT, extras=ABILITIES, thinking=thinking, max_output=max_output, **more)


def _held_by_tool(name: str, thinking: Thinking, max_output: int) -> ClaudeEntry:
    extras = EARLIER if thinking == 'none' else EARLIER | {'reasoning'}
    return ClaudeEntry(
        name=name,
        supports=BY_TOOL,
        extras=extras,
        thinking=thinking,
        max_output=max_output,
        structured='tool',
        stage=Stage.LEGACY,
    )


# Names that are not listed, on this provider and on clouds that put something before them; the first that matches.
FAMILIES: Final = (
    _held_by_tool('*claude-3-7*', 'budget', 64_000),
    _held_by_tool('*claude-3-5*', 'none', 8_192),
    _held_by_tool('*claude-3-*', 'none', 4_096),
    _held_by_tool('*claude-*-4-0*', 'budget', 32_000),
    _held_by_tool('*claude-*-4-2025*', 'budget', 32_000),
    _held_by_tool('*claude-*-4@*', 'budget', 32_000),
    _four('*claude-opus-4-1*', max_output=32_000),
    _four('*claude-*-4-5*'),
    _four('*claude-*-4-6*', 'any'),
    _five('*claude-*-4-*', 'adaptive'),
    _five('*claude-haiku-5-[0-9]*', 'adaptive'),
    _five('*claude-sonnet-5-[0-9]*', 'between'),
    _five('*claude-*-5-[0-9]*'),
    _five('*claude-*-5*', 'adaptive'),
)
UNKNOWN: Final = ClaudeEntry(name='*', supports=CHAT, extras=ABILITIES)

MODELS: Final = ModelTable(
    [
        _five('claude-opus-5-5'),
        _five('claude-sonnet-5-5', 'between'),
        _five('claude-haiku-5-5', 'adaptive'),
        _five('claude-fable-5-2'),
        _five('claude-fable-5-1'),
        _five('claude-mythos-5-2'),
        _five('claude-mythos-5-1'),
        _five('claude-opus-5', 'adaptive'),
        _five('claude-sonnet-5', 'adaptive'),
        _five('claude-fable-5', 'adaptive'),
        _five('claude-mythos-5', 'adaptive'),
        _five('claude-opus-4-8', 'adaptive'),
        _five('claude-opus-4-7', 'adaptive'),
        _four('claude-opus-4-6', 'any', 128_000),
        _four('claude-sonnet-4-6', 'any'),
        _four('claude-haiku-4-5'),
        _four('claude-opus-4-5'),
        _four('claude-sonnet-4-5', stage=Stage.DEPRECATED),
    ],
    FAMILIES,
    UNKNOWN,
)
