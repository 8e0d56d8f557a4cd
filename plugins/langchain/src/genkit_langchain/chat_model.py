# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A model of Genkit as a chat model of LangChain."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, Literal, TypeVar, cast

from genkit import ActionKind, Genkit, GenkitError, ModelRef
from genkit.plugin import redact
from genkit.types import GenerateRequest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import Field, model_validator

from genkit_langchain import bridge
from genkit_langchain.chat_request import to_option, to_output, to_request, to_tools
from genkit_langchain.convert.stream import Answer, ChunkWriter
from genkit_langchain.tracing import inside, traced_metadata


T = TypeVar('T')
Method = Literal['json_schema', 'json_mode', 'function_calling']

_PASSING: Final = ('UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', 'ABORTED', 'DATA_LOSS')
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0


class GenkitChatModel(BaseChatModel):
    """A chat model of LangChain that asks a model of a Genkit application.

    One call is one request to the model: tools are offered and not run. Errors are those of Genkit, `GenkitError`.
    Options of a call (``invoke(…, temperature=0, model='…')``, ``bind(…)``) win over those of the object, and those
    that have no field here are members of the model's configuration.

    Attributes:
        ai: The application.
        model: The model's name, such as ``mistral/mistral-small-latest``, or a reference. Default: the application's.
        temperature: As the model takes it. Default: the model's.
        max_tokens: The most that an answer has. Default: the model's.
        stop: Texts at which an answer ends.
        timeout: Seconds until a call is cancelled with ``DEADLINE_EXCEEDED``. Default: none.
        max_retries: How often a call is repeated after a passing error, with growing delays; a stream only before its
            first chunk. Default: 0, as most plugins of Genkit retry by themselves.
        streaming: Whether ``invoke`` streams, too.
        config: Further configuration of the model, under Genkit's names.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if neither this nor the application names a model.

    Example:
        ```python
        from genkit import Genkit
        from genkit.testing import define_echo_model
        from genkit_langchain import GenkitChatModel

        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')
        assert GenkitChatModel(ai=ai).invoke('Hello').text == '[ECHO] user: Hello'
        ```
    """

    ai: Genkit = Field(exclude=True, repr=False)
    model: str
    temperature: float | None = None
    max_tokens: int | None = None
    stop: list[str] | None = None
    timeout: float | None = None
    max_retries: int = Field(default=0, ge=0)
    streaming: bool = False
    config: dict[str, Any] = Field(default_factory=dict, repr=False)

    @model_validator(mode='before')
    @classmethod
    def _named(cls, values: dict[str, Any]) -> dict[str, Any]:
        given: Any = values.get('model') or getattr(values.get('ai'), 'model', None)
        if isinstance(given, ModelRef):
            ref = cast('ModelRef[Any]', given)
            return {**values, 'model': ref.name, 'config': ref.merged_config(values.get('config')) or {}}
        if not given:
            raise GenkitError(
                "GenkitChatModel has no model: write GenkitChatModel(ai=ai, model='<plugin>/<model>'), or give the "
                'application a default, Genkit(model=…).',
                status='INVALID_ARGUMENT',
            )
        return {**values, 'model': given}

    @model_validator(mode='after')
    def _marked(self) -> 'GenkitChatModel':
        self.metadata = traced_metadata(self.metadata)
        return self

    @property
    def _llm_type(self) -> str:
        return 'genkit'

    @property
    def _identifying_params(self) -> dict[str, Any]:
        options = {'temperature': self.temperature, 'max_tokens': self.max_tokens, 'stop': self.stop}
        return {'model': self.model, **options, 'config': redact(dict(self.config))}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop or self.stop, **kwargs)
        params['ls_provider'] = 'genkit'
        return params

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return this model with tools that it may ask for.

        Args:
            tools: Functions, tools of LangChain, Pydantic classes, TypedDicts, or schemas.
            tool_choice: ``auto``, ``any`` or ``required``, ``none``, True, or the name of the one to be called, which
                is then the only one that is offered.
            kwargs: Options of the calls.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for what is no tool.
        """
        offered = [
            {
                'type': 'function',
                'function': {'name': tool.name, 'description': tool.description, 'parameters': tool.input_schema},
            }
            for tool in to_tools(tools)
        ]
        return self.bind(tools=offered, **({} if tool_choice is None else {'tool_choice': tool_choice}), **kwargs)

    def with_structured_output(
        self,
        schema: Any = None,
        *,
        include_raw: bool = False,
        method: Method = 'json_schema',
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Return this model with its answer read as structured output.

        Args:
            schema: A Pydantic class, a TypedDict, or a JSON schema with a title.
            include_raw: Whether the result is a dictionary with ``raw``, ``parsed`` and ``parsing_error``.
            method: ``json_schema``: the request asks for the schema, and the model is held to it where it can be, or
                reads it in the prompt; ``json_mode``: it asks for JSON; ``function_calling``: a tool is offered.
            kwargs: Options of the calls; ``strict`` of other providers changes nothing.
        """
        if method == 'function_calling':
            return super().with_structured_output(schema, include_raw=include_raw, **kwargs)
        described = {'kwargs': {'method': method}, 'schema': schema} if schema is not None else None
        output = to_output(None if method == 'json_mode' else schema)
        model = self.bind(output=output, ls_structured_output_format=described, **kwargs)
        is_class = isinstance(schema, type) and is_basemodel_subclass(schema)
        read = cast('Any', PydanticOutputParser)
        parser: Any = read(pydantic_object=schema) if is_class else JsonOutputParser()
        if not include_raw:
            return model | parser
        parsed = RunnablePassthrough.assign(
            parsed=lambda found: parser.invoke(found['raw']), parsing_error=lambda _: None
        )
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableMap(raw=model) | parsed.with_fallbacks([failed], exception_key='parsing_error')

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return bridge.run(self._answer(messages, stop, run_manager, kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await self._answer(messages, stop, run_manager, kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        return bridge.iterate(lambda: self._chunks(messages, stop, run_manager, kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in self._chunks(messages, stop, run_manager, kwargs):
            yield chunk

    async def _answer(
        self, messages: list[BaseMessage], stop: list[str] | None, run_manager: Any, options: dict[str, Any]
    ) -> ChatResult:
        name, request = self._asked(messages, stop, options)
        action = await self.ai.registry.require_action(ActionKind.MODEL, name)

        async def ask() -> Any:
            with inside(run_manager):
                return (await action.arun(request, timeout=self.timeout)).response

        message = Answer(await self._retrying(ask), name).message()
        return ChatResult(generations=[ChatGeneration(message=message)], llm_output={'model_name': name})

    async def _chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, run_manager: Any, options: dict[str, Any]
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        name, request = self._asked(messages, stop, options)
        action = await self.ai.registry.require_action(ActionKind.MODEL, name)

        async def begin() -> tuple[Any, Any]:
            with inside(run_manager):
                stream = action.stream(request, timeout=self.timeout)
            try:
                return stream, await anext(stream, None)
            except BaseException:
                await stream.aclose()
                raise

        stream, chunk = await self._retrying(begin)
        writer = ChunkWriter(name)
        async with stream:
            while chunk is not None:
                written = writer.write(chunk)
                if written is not None:
                    yield written
                chunk = await anext(stream, None)
            yield writer.finish(await stream.response)

    def _asked(
        self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any]
    ) -> tuple[str, GenerateRequest]:
        own = {'temperature': self.temperature, 'max_tokens': self.max_tokens, 'stop': stop or self.stop}
        given = {to_option(name): value for name, value in {**self.config, **_set(own)}.items()}
        model: Any = options.get('model') or self.model
        if isinstance(model, ModelRef):
            ref = cast('ModelRef[Any]', model)
            model, given = ref.name, ref.merged_config(given)
        return str(model), to_request(messages, {**given, **{to_option(name): each for name, each in options.items()}})

    async def _retrying(self, call: Callable[[], Awaitable[T]]) -> T:
        attempt = 0
        while True:
            try:
                return await call()
            except GenkitError as error:
                if attempt >= self.max_retries or error.status not in _PASSING:
                    raise
                hint = error.details.get('retry_after_ms')
                delay = max(_FIRST_DELAY * 2**attempt, hint / 1000 if isinstance(hint, int | float) else 0.0)
                await asyncio.sleep(min(delay, _LONGEST_DELAY))
                attempt += 1


def _set(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
