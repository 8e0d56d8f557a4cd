# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bidirectional models: requests and chunks in both directions, in real time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias, TypedDict, Unpack

from genkit._action.action import ActionResponse, CallOptions
from genkit._action.bidi import BidiAction, BidiRunContext
from genkit._action.function import refuse_generator
from genkit._action.kind import ActionKind
from genkit._kinds.fit_request import adapt_request
from genkit._kinds.model import ModelAction, model_metadata
from genkit._registry.registry import Registry
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk, ModelInfo


BidiModelFn: TypeAlias = Callable[
    [AsyncIterator[GenerateRequest], BidiRunContext[GenerateResponseChunk[Any], GenerateRequest]],
    Awaitable[GenerateResponse[Any]],
]


class BidiModelAction(
    BidiAction[GenerateRequest, GenerateResponse[Any], GenerateResponseChunk[Any], GenerateRequest], ModelAction
):
    """A bidirectional model. Any other call of a model, such as `generate`, sends it a single request."""

    async def _run_traced(self, value: Any, call: CallOptions) -> ActionResponse[GenerateResponse[Any]]:
        options: Any = call
        if options.get('inputs') is None and options.get('init') is None:
            options = {**call, 'init': value}
        return await super()._run_traced(value, options)


class BidiModelOptions(TypedDict, total=False):
    """Options of a bidirectional model besides its function.

    Attributes:
        config_schema: The type, or JSON schema, of its configuration.
        info: The model's capabilities; requests are adapted to them, as for any other model.
        description: Description for users. Default: the function's docstring.
        metadata: Metadata for the developer tools.
    """

    config_schema: Any
    info: ModelInfo | None
    description: str | None
    metadata: dict[str, Any] | None


def make_bidi_model(name: str, fn: BidiModelFn, **options: Unpack[BidiModelOptions]) -> BidiModelAction:
    """Create a bidirectional model without registering it.

    Args:
        name: The full name; a plugin's models begin with the plugin's name.
        fn: ``async fn(requests, context)``: ``context.init`` is a request with the configuration, the tools, the system
            message and the conversation so far; each request that follows holds what is new. In a call that is no
            conversation, ``context.inputs`` is None and the only request is ``context.init``. What it returns is the
            whole answer; its ``request``, if it sets one, holds the messages before the last.
        options: See `BidiModelOptions`.
    """
    refuse_generator(fn)
    info = options.get('info') or ModelInfo()
    config_schema, description = options.get('config_schema'), options.get('description')

    async def run(
        requests: AsyncIterator[GenerateRequest], context: BidiRunContext[Any, GenerateRequest]
    ) -> GenerateResponse[Any]:
        return await fn((adapt_request(request, action.supports) async for request in requests), context)

    action = BidiModelAction(
        ActionKind.MODEL,
        name,
        run,
        init_schema=GenerateRequest,
        description=description if description is not None else fn.__doc__,
        metadata=model_metadata(name, info, config_schema, options.get('metadata')),
        input_schema=GenerateRequest,
        output_schema=GenerateResponse,
        chunk_schema=GenerateResponseChunk,
    )
    action.info = info
    action.config_schema = config_schema
    return action


def define_bidi_model(
    registry: Registry, name: str, fn: BidiModelFn, **options: Unpack[BidiModelOptions]
) -> BidiModelAction:
    """Register a bidirectional model.

    Args:
        registry: The registry to add it to.
        name: The full name.
        fn: As for `make_bidi_model`.
        options: See `BidiModelOptions`.
    """
    action = make_bidi_model(name, fn, **options)
    registry.register_action(action)
    return action
