# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Approval of tool calls by a human."""

from typing import Any, cast

from pydantic import AliasChoices, Field

from genkit._base.errors import Interrupt
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ToolHookParams, ToolNext
from genkit.types import MultipartToolResponse, WireModel


class ToolApprovalConfig(WireModel):
    """Configuration of `ToolApproval`.

    Attributes:
        approved: Names of tools that run without approval; ``allowed_tools`` in other languages.
    """

    approved: list[str] = Field(
        default_factory=list, validation_alias=AliasChoices('approved', 'allowedTools', 'allowed_tools')
    )


class ToolApproval(BaseMiddleware[ToolApprovalConfig]):
    """Interrupts before a tool that is not approved; restart it with ``toolApproved`` to run it.

    ``restart_tool(part, resumed_metadata={'toolApproved': True})`` lets the one request run.
    """

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Let the tool run, or ask."""
        name = params.tool_request_part.tool_request.name
        if name in self.config.approved or params.tool.name in self.config.approved or _approved(ctx.resumed):
            return await next_fn(params, ctx)
        raise Interrupt({'message': f'Tool not in approved list: {name}'})


def _approved(resumed: Any) -> bool:
    if not isinstance(resumed, dict):
        return False
    said = cast('dict[str, Any]', resumed)
    return any(said.get(key) is True for key in ('toolApproved', 'tool_approved'))
