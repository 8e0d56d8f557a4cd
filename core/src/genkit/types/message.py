# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Messages and their roles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from pydantic import GetCoreSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema

from genkit.types.part import MediaPart, Part, ReasoningPart, TextPart, ToolRequest, ToolRequestPart, ToolResponsePart
from genkit.types.wire import WireEnum, WireModel


_ROLES: Final = "Input should be 'system', 'user', 'model' or 'tool'; an assistant speaks as 'model'"


class Role(WireEnum):
    """The author of a message."""

    SYSTEM = 'system'
    USER = 'user'
    MODEL = 'model'
    TOOL = 'tool'

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Name the roles where another is given."""
        inner = super().__get_pydantic_core_schema__(source, handler)
        return core_schema.custom_error_schema(
            inner,
            'role',
            custom_error_message=_ROLES,
            serialization=core_schema.simple_ser_schema('str'),
        )


class Message(WireModel):
    """One message of a conversation.

    ``content`` may be given as a string or a single part; it is stored as a list of parts.
    """

    role: Role
    content: list[Part]
    metadata: dict[str, Any] | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            role: Role | Literal['system', 'user', 'model', 'tool'],
            content: str | Part | Sequence[Part | str],
            metadata: dict[str, Any] | None = None,
        ) -> None: ...

    @field_validator('content', mode='before')
    @classmethod
    def _accept_shorthand(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [TextPart(text=value)]
        if isinstance(value, Part):
            return [value]
        parts: Any = value
        if value.__class__ is not list:
            if not isinstance(value, list | tuple):
                return value
            parts = list(cast('Sequence[Any]', value))
        if str not in map(type, parts):
            return parts
        return [TextPart(text=each) if isinstance(each, str) else each for each in parts]

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return text_of(self.content)

    @property
    def reasoning(self) -> str:
        """The reasoning parts, joined."""
        return ''.join(part.reasoning for part in self.content if isinstance(part, ReasoningPart))

    @property
    def media(self) -> list[MediaPart]:
        """The media parts."""
        return [part for part in self.content if isinstance(part, MediaPart)]

    @property
    def data(self) -> Any:
        """The first structured data in the message, or None."""
        return next((part.data for part in self.content if part.data is not None), None)

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """The tool requests in this message."""
        return [part for part in self.content if isinstance(part, ToolRequestPart)]

    @property
    def tool_responses(self) -> list[ToolResponsePart]:
        """The tool responses in this message."""
        return [part for part in self.content if isinstance(part, ToolResponsePart)]

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """The tool requests that wait for a human.

        An agent that was used as a tool waits because of requests inside it: those stand here in its place, each with a
        ref that begins with that of the agent's own request.
        """
        waiting = [part for part in self.tool_requests if part.metadata and 'interrupt' in part.metadata]
        return [leaf for part in waiting for leaf in (nested_interrupts(part) or [part])]


def nested_interrupts(part: ToolRequestPart) -> list[ToolRequestPart]:
    """Return the requests that wait inside a request; empty for a tool that waits by itself."""
    leaves: list[ToolRequestPart] = []
    for inside in _inside(part):
        request = inside.tool_request
        outer = inside.replaced(tool_request=request.replaced(ref=_ref_outside(part, request)))
        leaves += nested_interrupts(outer) or [outer]
    return leaves


def inner_ref(part: ToolRequestPart, ref: str | None) -> str | None:
    """Return the ref that a request has inside another, from the one that callers of the outer request see."""
    for inside in _inside(part):
        if ref == _ref_outside(part, inside.tool_request):
            return inside.tool_request.ref
    return (ref or '').removeprefix(f'{_ref(part.tool_request)}/')


def _inside(part: ToolRequestPart) -> list[ToolRequestPart]:
    interrupt: Any = (part.metadata or {}).get('interrupt')
    inside: Any = cast('dict[str, Any]', interrupt).get('interrupts') if isinstance(interrupt, dict) else None
    try:
        entries = cast('list[Any]', inside) if isinstance(inside, list) else []
        return [ToolRequestPart.model_validate(entry) for entry in entries]
    except ValueError:
        return []  # an application's own metadata that happens to have such a member


def _ref_outside(part: ToolRequestPart, inside: ToolRequest) -> str:
    return f'{_ref(part.tool_request)}/{_ref(inside)}'


def _ref(request: ToolRequest) -> str:
    return request.ref or request.name


def text_of(content: list[Part]) -> str:
    """Return the text parts of some content, joined."""
    if len(content) == 1 and isinstance(content[0], TextPart):
        return content[0].text
    return ''.join(part.text for part in content if isinstance(part, TextPart))
