# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prompt definitions, from Python or from a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypedDict

from typing_extensions import TypeVar

from genkit._generate.hooks import MiddlewareArgument
from genkit._generate.options import ContentArgument, ModelArgument, OutputArgument
from genkit._generate.tools import ToolArgument
from genkit._kinds.options import DocumentsArgument
from genkit.types import GenerateResponseChunk, Message, ToolChoice


InputT = TypeVar('InputT', default=Any)

Content: TypeAlias = ContentArgument | Callable[..., Any]
Messages: TypeAlias = str | Sequence[Message] | Callable[..., Any] | None
Documents: TypeAlias = DocumentsArgument | Callable[..., Any] | None


@dataclass(frozen=True)
class Input(Generic[InputT]):
    """The input of a prompt: schema and default values.

    Attributes:
        schema: A type, a JSON schema, Picoschema, or the name of a registered schema.
        default: Default values, which the input of a call is merged into.
    """

    schema: type[InputT] | dict[str, Any] | str | None = None
    default: Mapping[str, Any] | None = None


class PromptGenerateOptions(TypedDict, total=False):
    """Options of one call of a prompt.

    Attributes:
        model: Replaces the prompt's model.
        config: Merged into the prompt's configuration.
        messages: The conversation so far.
        docs: Added to the prompt's documents.
        tools: Replace the prompt's tools.
        output: Replaces the prompt's output.
        resume: ``{'respond': […], 'restart': […], 'metadata': {…}}`` after an interrupt.
        metadata: Merged into the prompt's metadata; templates read it as ``@metadata``.
    """

    model: ModelArgument
    config: Any
    messages: Sequence[Message] | Message | None
    docs: DocumentsArgument | None
    tools: 'Sequence[ToolArgument] | ToolArgument | None'
    tool_choice: ToolChoice | str | None
    output: OutputArgument
    resume: Mapping[str, Any] | None
    return_tool_requests: bool | None
    max_turns: int | None
    on_chunk: Callable[[GenerateResponseChunk[Any]], Any] | None
    use: Sequence[MiddlewareArgument] | MiddlewareArgument | None
    context: Mapping[str, Any] | None
    step_name: str | None
    metadata: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class PromptDefinition:
    """The definition of a prompt.

    Attributes:
        system: A template, parts, or a function of ``(input, context)``.
        messages: A template of a whole conversation, messages, or a function of ``(input, {context, history})``.
        prompt: A template, parts, or a function of ``(input, context)``.
        docs: Documents, or a function of ``(input, context)``.
        source: The text of a ``.prompt`` file without its frontmatter counts as ``messages``.
    """

    name: str | None = None
    variant: str | None = None
    model: ModelArgument = None
    config: Any = None
    description: str | None = None
    input: Input[Any] = field(default_factory=Input[Any])
    system: Content = None
    messages: Messages = None
    prompt: Content = None
    output: OutputArgument = None
    max_turns: int | None = None
    return_tool_requests: bool | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tools: Sequence[ToolArgument] = ()
    tool_choice: ToolChoice | str | None = None
    use: Sequence[MiddlewareArgument] = ()
    docs: Documents = None

    @property
    def key(self) -> str:
        """``name[.variant]``."""
        return f'{self.name}.{self.variant}' if self.variant else self.name or ''

    @cached_property
    def options(self) -> dict[str, Any]:
        """What `generate` is given with every call, unless the call says otherwise."""
        return {
            'tools': self.tools or None,
            'tool_choice': self.tool_choice,
            'max_turns': self.max_turns,
            'return_tool_requests': self.return_tool_requests,
            'use': self.use or None,
        }
