# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers the requests of servers for a model, where the application allows it."""

import logging
from typing import TYPE_CHECKING, Any, Final

from genkit import FinishReason, Genkit, GenkitError, Message, Role, TextPart
from genkit.types import Part

from genkit_mcp.convert.results import to_part
from genkit_mcp.settings import ClientSettings


if TYPE_CHECKING:
    from mcp.types import CreateMessageRequestParams

_LOGGER: Final = logging.getLogger('genkit.mcp')
_REASONS: Final = {FinishReason.STOP: 'endTurn', FinishReason.LENGTH: 'maxTokens'}
_INTERNAL: Final = -32603
_INVALID: Final = -32602


async def sample(settings: ClientSettings, context: Any, params: 'CreateMessageRequestParams') -> Any:
    """Return what a model of the application says, or the error for the server; no error of ours says more."""
    from mcp.types import ErrorData  # noqa: PLC0415  (a slow import)

    if not isinstance(settings.sampling, Genkit):
        return await settings.sampling(context, params)
    if params.tools:
        return ErrorData(code=_INVALID, message='Sampling with tools is not supported by this client.')
    try:
        return await _generated(settings.sampling, settings.sampling_model, params)
    except Exception as error:  # whatever the model raises: the server gets no detail, the log does
        _LOGGER.warning('A model that an MCP server asked for failed.', exc_info=error)
        status = error.status if isinstance(error, GenkitError) else 'INTERNAL'
        return ErrorData(code=_INTERNAL, message=f'The model failed with {status}.')


async def _generated(ai: Genkit, model: str | None, params: 'CreateMessageRequestParams') -> Any:
    from mcp.types import CreateMessageResult, TextContent  # noqa: PLC0415  (a slow import)

    config = {
        'maxOutputTokens': params.max_tokens,
        'temperature': params.temperature,
        'stopSequences': params.stop_sequences,
    }
    response = await ai.generate(
        model=model,
        system=params.system_prompt,
        messages=[
            Message(role=Role.MODEL if each.role == 'assistant' else Role.USER, content=_parts(each.content_as_list))
            for each in params.messages
        ],
        config={name: value for name, value in config.items() if value is not None},
    )
    return CreateMessageResult(
        role='assistant',
        content=TextContent(type='text', text=response.text),
        model=model or getattr(ai.model, 'name', None) or str(ai.model or 'unknown'),
        stop_reason=_REASONS.get(response.finish_reason or FinishReason.STOP),
    )


def _parts(blocks: list[Any]) -> list[Part]:
    known = ('text', 'image', 'audio')
    return [
        to_part(block) if block.type in known else TextPart(text=block.model_dump_json(by_alias=True))
        for block in blocks
    ]
