# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models for tests that need no provider."""

import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from genkit._action.context import ActionRunContext
from genkit._base.secrets import redact
from genkit._base.serialize import dump_dict
from genkit._kinds.model import ModelAction, define_model
from genkit._registry.registry import Registry
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    ModelInfo,
    Role,
    Supports,
    TextPart,
)


class HasRegistry(Protocol):
    """A `Genkit` instance, or anything else with a registry."""

    registry: Registry


CAPABLE: Final = ModelInfo(
    supports=Supports(multiturn=True, media=True, tools=True, system_role=True, tool_choice=True)
)


def define_echo_model(ai: HasRegistry, name: str = 'echo') -> ModelAction:
    """Define a model that echoes its request: ``role: text`` of each message, and its config.

    While streaming it sends ``3``, ``2``, ``1`` first.
    """

    async def echo(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        for countdown in ('3', '2', '1') if context.is_streaming else ():
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=countdown)]))
        said = ', '.join(f'{message.role}: {message.text}' for message in request.messages)
        config = f' config: {json.dumps(redact(dump_dict(request.config)))}' if request.config else ''
        answer = Message(role=Role.MODEL, content=[TextPart(text=f'[ECHO] {said}{config}')])
        return GenerateResponse(message=answer, finish_reason=FinishReason.STOP)

    return define_model(ai.registry, name, echo, info=CAPABLE)


Answer = (
    str | GenerateResponse[Any] | Callable[[GenerateRequest], Any] | Callable[[GenerateRequest, ActionRunContext], Any]
)


@dataclass
class ProgrammableModel:
    """A model with programmed responses, which records its requests.

    Attributes:
        responses: One for each call from when they are set, in order; the last is repeated. A text is answered as it
            is; a function is called with the request and, if it takes two arguments, the context, and returns a text
            or a response.
        chunks: What each call from when they are set streams before it answers; a text that is answered without any
            is streamed as one chunk.
        requests: The requests the model received.
    """

    responses: Sequence[Answer] = ()
    chunks: Sequence[Sequence[GenerateResponseChunk[Any]]] = ()
    requests: list[GenerateRequest] = field(default_factory=list[GenerateRequest])
    _begun: dict[str, tuple[object, int]] = field(default_factory=dict[str, tuple[object, int]], init=False, repr=False)

    async def __call__(self, request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        """Answer one request."""
        call, streamed = self._calls_since('responses', self.responses), self._calls_since('chunks', self.chunks)
        self.requests.append(request.model_copy(deep=True))
        chunks = self.chunks[streamed] if streamed < len(self.chunks) else None
        for chunk in chunks or ():
            context.send_chunk(chunk)
        if not self.responses:
            raise AssertionError(f'The programmable model was asked {request.messages!r} and has no response.')
        answer = self.responses[min(call, len(self.responses) - 1)]
        result: Any = answer(*_taken(answer, request, context)) if callable(answer) else answer
        return _answered(await result if hasattr(result, '__await__') else result, context, is_streamed=bool(chunks))

    def _calls_since(self, name: str, value: object) -> int:
        """Return how many calls there were since a member got its value, or since the requests were cleared."""
        calls = len(self.requests)
        known, first = self._begun.get(name, (None, 0))
        if known is not value or calls < first:
            first = calls
            self._begun[name] = (value, first)
        return calls - first


def _answered(result: Any, context: ActionRunContext, *, is_streamed: bool) -> GenerateResponse[Any]:
    if not isinstance(result, str):
        return result
    text = TextPart(text=result)
    if context.is_streaming and not is_streamed:
        context.send_chunk(GenerateResponseChunk(content=[text]))
    return GenerateResponse(message=Message(role=Role.MODEL, content=[text]), finish_reason=FinishReason.STOP)


def define_programmable_model(
    ai: HasRegistry, name: str = 'programmableModel', info: ModelInfo | None = None
) -> tuple[ProgrammableModel, ModelAction]:
    """Define a programmable model, and return its program and its action."""
    script = ProgrammableModel()
    return script, define_model(ai.registry, name, script, info=info or CAPABLE)


def _taken(answer: Callable[..., Any], request: GenerateRequest, context: ActionRunContext) -> tuple[Any, ...]:
    """Return what a function is called with."""
    try:
        inspect.signature(answer).bind(request, context)
    except TypeError:
        return (request,)
    except ValueError:  # it does not tell its parameters
        pass
    return request, context
