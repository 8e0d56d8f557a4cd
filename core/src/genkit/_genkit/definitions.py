# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The half of the façade that defines things."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from pydantic import BaseModel

from genkit._action.action import Action
from genkit._generate.formats import FormatDef
from genkit._kinds.embedder import EmbedderOptions, define_embedder
from genkit._kinds.flow import FlowWrapper, define_flow
from genkit._kinds.indexer import define_indexer
from genkit._kinds.model import ModelAction, ModelFn, ModelMiddleware, define_model
from genkit._kinds.retriever import define_retriever
from genkit._kinds.tool import Tool, define_tool, make_tool
from genkit._registry.dynamic import DynamicActionProvider, Provided
from genkit._registry.registry import Registry
from genkit.middleware.interface import BaseMiddleware, define_middleware, model_middleware
from genkit.types import EmbedRequest, EmbedResponse, IndexerRequest, ModelInfo, RetrieverRequest, RetrieverResponse


P = ParamSpec('P')
R = TypeVar('R')
MiddlewareT = TypeVar('MiddlewareT', bound=BaseMiddleware[Any])
ClassT = TypeVar('ClassT', bound=type[BaseModel])


class Definitions:
    """Decorators and ``define_…`` methods; each registers an action or a value.

    Attributes:
        registry: Where they go.
    """

    registry: Registry

    def flow(
        self, name: str | None = None, description: str | None = None, *, chunk_type: Any = None
    ) -> Callable[[Callable[P, R]], FlowWrapper[P, R]]:
        """Make a function a flow: traced, listed, runnable from the tools, ready to be served.

        Args:
            name: The function's name unless stated.
            description: The docstring unless stated.
            chunk_type: The type of what the flow streams.
        """
        return lambda fn: define_flow(self.registry, fn, name, description, chunk_schema=chunk_type)

    def tool(
        self,
        name: str | None = None,
        description: str | None = None,
        *,
        multipart: bool = False,
        input_schema: Any = None,
    ) -> Callable[[Callable[P, R]], Tool[P, R]]:
        """Make a function a tool that models may call.

        Args:
            name: The function's name unless stated.
            description: What the model is told; the docstring unless stated.
            multipart: Whether it returns a `MultipartToolResponse`.
            input_schema: A type or a JSON schema in place of the parameter's annotation.
        """
        return lambda fn: define_tool(
            self.registry, fn, name, description, multipart=multipart, input_schema=input_schema
        )

    def dynamic_tool(
        self,
        name: str,
        fn: Callable[P, R],
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Tool[P, R]:
        """Return a tool that is not registered; pass it to ``generate(tools=[…])``."""
        return make_tool(fn, name, description, metadata={**(metadata or {}), 'dynamic': True})

    def define_model(
        self,
        name: str,
        fn: ModelFn,
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        info: ModelInfo | None = None,
        description: str | None = None,
        *,
        use: Sequence[BaseMiddleware[Any] | ModelMiddleware] = (),
    ) -> ModelAction:
        """Define a model: a function from `GenerateRequest` to `GenerateResponse`.

        ``use`` is middleware around every call of this model, inside what a call brings itself.
        """
        return define_model(
            self.registry,
            name,
            fn,
            config_schema=config_schema,
            metadata=metadata,
            info=info,
            description=description,
            use=[model_middleware(entry, self.registry) for entry in use],
        )

    def define_middleware(
        self, middleware: type[MiddlewareT], *, name: str | None = None, description: str | None = None
    ) -> type[MiddlewareT]:
        """Register a middleware class, so that ``use=['name']``, ``.prompt`` files and the tools can name it."""
        return define_middleware(self.registry, middleware, name=name, description=description)

    def middleware(
        self, *, name: str | None = None, description: str | None = None
    ) -> Callable[[type[MiddlewareT]], type[MiddlewareT]]:
        """Register the decorated middleware class."""
        return lambda cls: self.define_middleware(cls, name=name, description=description)

    def define_embedder(
        self,
        name: str,
        fn: Callable[..., Any],
        options: EmbedderOptions | None = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[EmbedRequest, EmbedResponse]:
        """Define an embedder: a function from `EmbedRequest` to `EmbedResponse`."""
        return define_embedder(self.registry, name, fn, options, metadata=metadata, description=description)

    def define_retriever(
        self,
        name: str,
        fn: Callable[..., Any],
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[RetrieverRequest, RetrieverResponse]:
        """Define a retriever: ``fn(query, options[, context])`` to `RetrieverResponse`."""
        return define_retriever(self.registry, name, fn, config_schema, metadata=metadata, description=description)

    def define_indexer(
        self,
        name: str,
        fn: Callable[..., Any],
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[IndexerRequest, None]:
        """Define an indexer: ``fn(documents, options[, context])``."""
        return define_indexer(self.registry, name, fn, config_schema, metadata=metadata, description=description)

    def define_dynamic_action_provider(
        self,
        name: str,
        fn: Callable[[], Awaitable[Provided]],
        *,
        description: str | None = None,
        cache_ttl_millis: int | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> DynamicActionProvider:
        """Define a source of actions that live elsewhere; its tools are named ``<name>:tool/<tool>`` or ``…/*``.

        Args:
            name: The host part.
            fn: Returns the actions by kind, such as ``{'tool': [my_tool.action]}``.
            description: For people.
            cache_ttl_millis: How long a fetch holds; 3000 unless stated, negative to fetch every time.
            metadata: For the developer tools.
        """
        provider = DynamicActionProvider(
            name, fn, description=description, cache_ttl_millis=cache_ttl_millis, metadata=metadata
        )
        self.registry.register_action(provider)
        return provider

    def define_format(self, definition: FormatDef) -> FormatDef:
        """Define an output format that ``output_format`` may name."""
        self.registry.register_value('format', definition.name, definition)
        return definition

    def define_schema(self, name: str, schema: ClassT) -> ClassT:
        """Give a Pydantic class a name that ``output_schema`` and prompts may use."""
        self.registry.register_schema(name, schema)
        return schema

    def define_json_schema(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        """Give a JSON schema a name that ``output_schema`` and prompts may use."""
        self.registry.register_schema(name, schema)
        return schema
