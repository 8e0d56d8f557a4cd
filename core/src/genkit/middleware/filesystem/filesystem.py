# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools with which a model works on the files of a folder."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field

from genkit._base.errors import ErrorReason, GenkitError
from genkit._registry.registry import AnyAction
from genkit.middleware.filesystem.sandbox import FileAccessError, Sandbox
from genkit.middleware.filesystem.tools import FileTools
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import (
    FinishReason,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    MultipartToolResponse,
    Part,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    WireModel,
)


class FilesystemConfig(WireModel):
    """Configuration of `Filesystem`.

    Attributes:
        root_dir: The folder; the tools cannot access anything outside of it.
        allow_write_access: Whether to provide tools that change files.
        tool_name_prefix: Prefix of the tools' names, to use several folders in one call.
    """

    root_dir: str = Field(min_length=1, validation_alias=AliasChoices('rootDir', 'root_dir', 'rootDirectory'))
    allow_write_access: bool = False
    tool_name_prefix: str = ''


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What a tool read, on its way into the conversation."""

    request: ToolRequest
    response: MultipartToolResponse

    @property
    def content(self) -> list[Part]:
        return self.response.content or []

    @property
    def inline(self) -> MultipartToolResponse:
        """The same as the tool's own answer, for when no message can follow it."""
        texts = [part.text for part in self.content if isinstance(part, TextPart)]
        media = [part for part in self.content if not isinstance(part, TextPart)]
        return MultipartToolResponse(output=texts[0] if texts else self.response.output, content=media or None)


class Filesystem(BaseMiddleware[FilesystemConfig]):
    """Provides the tools ``list_files`` and ``read_file``, and with write access ``write_file`` and ``edit_file``.

    What ``read_file`` reads comes to the model as a message of the user before its next turn, and is streamed as a
    chunk of the role ``user``. Where a turn is interrupted, or a tool is restarted, it is the tool's own answer. Files
    may have 10 MiB, one read returns at most 256 KiB. Errors are returned to the model as the tool's response.

    `genkit.middleware.filesystem.sandbox` tells how the folder is kept closed, and what does not hold on Windows.
    """

    def begin(self) -> None:
        """Have nothing to deliver."""
        self._offered: Sequence[AnyAction] = ()
        self._deliveries: list[_Delivery] = []

    def tools(self, ctx: GenerateMiddlewareContext) -> Sequence[AnyAction]:
        """Offer the tools."""
        config = self.config
        root = Path(config.root_dir).resolve()
        lock = ctx.shared(('filesystem', root), threading.Lock)
        tools = FileTools(Sandbox(root), lock)
        self._offered = tools.actions(config.tool_name_prefix, writable=config.allow_write_access)
        return self._offered

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Put what was read in the turn before into the conversation."""
        if deliveries := self._taken():
            message = Message(role=Role.USER, content=[part for each in deliveries for part in each.content])
            index = params.message_index
            ctx.send_chunk(GenerateResponseChunk(role=Role.USER, index=index, content=message.content))
            moved = params.with_options(messages=[*params.options.messages, message])
            params = replace(moved, message_index=index + 1)
        response = await next_fn(params, ctx)
        if response.finish_reason == FinishReason.INTERRUPTED and (deliveries := self._taken()):
            return _with_answers(response, deliveries)
        return response

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Keep what was read for the next turn; tell the model what went wrong."""
        if params.tool not in self._offered:
            return await next_fn(params, ctx)
        request = params.tool_request_part.tool_request
        try:
            response = await next_fn(params, ctx)
        except GenkitError as error:
            if not isinstance(error, FileAccessError) and error.reason != ErrorReason.INVALID_INPUT:
                raise
            return MultipartToolResponse(output=f'Tool {request.name!r} failed: {error.message}')
        if not response.content:
            return response
        delivery = _Delivery(request, response)
        if ctx.resumed is not None:
            return delivery.inline
        self._deliveries.append(delivery)
        return MultipartToolResponse(output=response.output)

    def _taken(self) -> list[_Delivery]:
        deliveries, self._deliveries = self._deliveries, []
        return deliveries


def _with_answers(response: GenerateResponse[Any], deliveries: Sequence[_Delivery]) -> GenerateResponse[Any]:
    """Return an interrupted response in which the tools that are done hold what they read."""
    assert response.message is not None
    content = [_with_answer(part, deliveries) for part in response.message.content]
    return response.replaced(message=response.message.replaced(content=content))


def _with_answer(part: Part, deliveries: Sequence[_Delivery]) -> Part:
    if not isinstance(part, ToolRequestPart) or 'pendingOutput' not in (part.metadata or {}):
        return part
    for delivery in deliveries:
        if part.tool_request == delivery.request:
            inline = delivery.inline
            metadata: dict[str, Any] = {**(part.metadata or {}), 'pendingOutput': inline.output}
            if inline.content:
                metadata['pendingContent'] = inline.content
            return part.replaced(metadata=metadata)
    return part
