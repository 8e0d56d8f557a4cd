# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a request fit a model that lacks something."""

from typing import Any

from genkit._base.errors import ErrorReason, GenkitError
from genkit._kinds.fit_request import simulate_constrained
from genkit._kinds.instructions import CONTEXT_PREFACE, augment_with_docs
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import (
    GenerateRequest,
    GenerateResponse,
    MediaPart,
    Message,
    Role,
    Supports,
    TextPart,
    WireModel,
)


class SimulateConstrainedGenerationConfig(WireModel):
    """Configuration of `SimulateConstrainedGeneration`.

    Attributes:
        instructions: The text before the schema.
    """

    instructions: str | None = None


class SimulateConstrainedGeneration(BaseMiddleware[SimulateConstrainedGenerationConfig]):
    """Puts the schema into the messages, for a model without constrained decoding."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Put the schema into the messages."""
        output = params.request.output
        if output is None or not output.constrained or output.schema_ is None:
            return await next_fn(params, ctx)
        return await next_fn(ModelHookParams(simulate_constrained(params.request, self.config.instructions)), ctx)


class SimulateSystemPromptConfig(WireModel):
    """Configuration of `SimulateSystemPrompt`.

    Attributes:
        preface: The text before the system message.
        acknowledgement: The text of the model's message that follows.
    """

    preface: str = 'SYSTEM INSTRUCTIONS:\n'
    acknowledgement: str = 'Understood.'


class SimulateSystemPrompt(BaseMiddleware[SimulateSystemPromptConfig]):
    """Turns the system message into a user and a model message, for a model without a system role."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Replace the first system message."""
        messages = params.request.messages
        place = next((n for n, message in enumerate(messages) if message.role == Role.SYSTEM), None)
        if place is None:
            return await next_fn(params, ctx)
        asked = Message(role=Role.USER, content=[TextPart(text=self.config.preface), *messages[place].content])
        agreed = Message(role=Role.MODEL, content=[TextPart(text=self.config.acknowledgement)])
        changed = [*messages[:place], asked, agreed, *messages[place + 1 :]]
        return await next_fn(ModelHookParams(params.request.replaced(messages=changed)), ctx)


class AugmentWithContextConfig(WireModel):
    """Configuration of `AugmentWithContext`.

    Attributes:
        preface: The text before the documents; empty for none.
        citation_key: The metadata key that names a document; None for its ``ref``, ``id``, ``source`` or number.
        cite: Whether documents are named at all.
    """

    preface: str = CONTEXT_PREFACE
    citation_key: str | None = None
    cite: bool = True


class AugmentWithContext(BaseMiddleware[AugmentWithContextConfig]):
    """Adds a request's documents to the last user message."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Write the documents down."""
        request = params.request
        if not request.docs:
            return await next_fn(params, ctx)
        config = self.config
        messages = augment_with_docs(
            request.messages, request.docs, preface=config.preface, key=config.citation_key, cite=config.cite
        )
        return await next_fn(ModelHookParams(request.replaced(messages=messages)), ctx)


class ValidateSupportConfig(WireModel):
    """Configuration of `ValidateSupport`.

    Attributes:
        name: The model's name, for messages.
        supports: The model's capabilities; only features declared False are rejected.
    """

    name: str = 'model'
    supports: Supports


class ValidateSupport(BaseMiddleware[ValidateSupportConfig]):
    """Rejects a request that uses unsupported features of a model, before it is sent."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Look at media, tools and turns."""
        missing = _unsupported(params.request, self.config.supports)
        if missing is not None:
            raise GenkitError(
                f'Model {self.config.name!r} does not support {missing}, but the request has some.',
                status='INVALID_ARGUMENT',
                reason=ErrorReason.UNSUPPORTED_BY_MODEL,
                details={'messages': len(params.request.messages), 'tools': len(params.request.tools or ())},
            )
        return await next_fn(params, ctx)


def _unsupported(request: GenerateRequest, supports: Supports) -> str | None:
    if supports.media is False and any(isinstance(p, MediaPart) for m in request.messages for p in m.content):
        return 'media'
    if supports.tools is False and request.tools:
        return 'tools'
    if supports.multiturn is False and len(request.messages) > 1:
        return 'more than one message'
    return None
