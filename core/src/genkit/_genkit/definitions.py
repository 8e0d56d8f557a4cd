# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The methods of `Genkit` that define actions and values."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from pydantic import BaseModel

from genkit._action.action import Action
from genkit._base.errors import GenkitError, Interrupt
from genkit._base.json_schema import require_json_schema
from genkit._base.serialize import dump_dict
from genkit._base.suggest import refuse
from genkit._generate.formats import FormatDef
from genkit._kinds.background_model import BackgroundAction, define_background_model
from genkit._kinds.embedder import EmbedderOptions, define_embedder
from genkit._kinds.evaluator import EvaluatorInfo, make_batch_evaluator, make_evaluator
from genkit._kinds.flow import FlowWrapper, define_flow
from genkit._kinds.indexer import define_indexer
from genkit._kinds.model import ModelAction, ModelFn, ModelMiddleware, define_model
from genkit._kinds.reranker import define_reranker
from genkit._kinds.resource import ResourceAction, define_resource
from genkit._kinds.retriever import define_retriever
from genkit._kinds.simple_retriever import SimpleRetrieverOptions, define_simple_retriever
from genkit._kinds.tool import Tool, define_tool, make_tool
from genkit._registry.dynamic import DapConfig, DynamicActionProvider, Provided
from genkit._registry.registry import Registry
from genkit.middleware.interface import BaseMiddleware, define_middleware, model_middleware
from genkit.types import (
    EmbedRequest,
    EmbedResponse,
    EvalRequest,
    EvalResponse,
    IndexerRequest,
    ModelInfo,
    RerankerRequest,
    RerankerResponse,
    RetrieverRequest,
    RetrieverResponse,
)


ActionT = TypeVar('ActionT', bound=Action[Any, Any, Any])
P = ParamSpec('P')
R = TypeVar('R')
ChunkT = TypeVar('ChunkT')
MiddlewareT = TypeVar('MiddlewareT', bound=BaseMiddleware[Any])
ClassT = TypeVar('ClassT', bound=type[BaseModel])


def name_or_function(name: Any, decorator: str) -> str | None:
    """Return the name that a decorator was given; None if it was given the function itself, or nothing.

    Raises:
        TypeError: It is neither.
    """
    if name is None or isinstance(name, str):
        return name
    if callable(name):
        return None
    raise TypeError(f"@ai.{decorator}({name!r}) names no function. Write @ai.{decorator} or @ai.{decorator}('name').")


class Definitions:
    """Decorators and ``define_…`` methods; each registers an action or a value.

    Attributes:
        registry: Where they go.
    """

    registry: Registry

    @overload
    def flow(self, name: Callable[P, R]) -> FlowWrapper[P, R]: ...

    @overload
    def flow(
        self, name: str | None = None, description: str | None = None, *, chunk_type: type[ChunkT]
    ) -> Callable[[Callable[P, R]], FlowWrapper[P, R, ChunkT]]: ...

    @overload
    def flow(
        self, name: str | None = None, description: str | None = None, *, chunk_type: Any = None
    ) -> Callable[[Callable[P, R]], FlowWrapper[P, R]]: ...

    def flow(
        self, name: str | Callable[..., Any] | None = None, description: str | None = None, *, chunk_type: Any = None
    ) -> Any:
        """Define a function as a flow, which is traced, runnable from the developer tools and ready to serve.

        Write ``@ai.flow`` or ``@ai.flow('name', …)``.

        Args:
            name: Default: the function's name.
            description: Default: the docstring.
            chunk_type: The type of the flow's chunks.

        Raises:
            TypeError: The type of an input cannot be resolved, or the name is not text.
        """

        def define(fn: Callable[..., Any]) -> FlowWrapper[..., Any]:
            return define_flow(self.registry, fn, named, description, chunk_schema=chunk_type)

        named = name_or_function(name, 'flow')
        return define(name) if callable(name) else define

    @overload
    def tool(self, name: Callable[P, R]) -> Tool[P, R]: ...

    @overload
    def tool(
        self,
        name: str | None = None,
        description: str | None = None,
        *,
        multipart: bool = False,
        input_schema: Any = None,
    ) -> Callable[[Callable[P, R]], Tool[P, R]]: ...

    def tool(
        self,
        name: str | Callable[..., Any] | None = None,
        description: str | None = None,
        *,
        multipart: bool = False,
        input_schema: Any = None,
    ) -> Any:
        """Define a function as a tool that models may call.

        The function's parameters are the members of the tool's input, described by its docstring; a single parameter
        is the input itself. A parameter that is a `ToolRunContext` gets the context. Write ``@ai.tool`` or
        ``@ai.tool('name', …)``; in a class, the method of an instance is the tool.

        Args:
            name: Default: the function's name.
            description: Description for the model. Default: the docstring.
            multipart: Whether it returns a `MultipartToolResponse`.
            input_schema: A type or a JSON schema in place of the parameter's annotation.

        Raises:
            TypeError: The type of an input cannot be resolved, or the name is not text.
        """

        def define(fn: Callable[..., Any]) -> Tool[..., Any]:
            return define_tool(self.registry, fn, named, description, multipart=multipart, input_schema=input_schema)

        named = name_or_function(name, 'tool')
        return define(name) if callable(name) else define

    def dynamic_tool(
        self,
        name: str,
        fn: Callable[P, R],
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        *,
        multipart: bool = False,
        input_schema: Any = None,
    ) -> Tool[P, R]:
        """Return a tool that is not registered; pass it to ``generate(tools=[…])``.

        Args:
            name: Models see its last segment, or what the metadata holds as ``modelName``.
            fn: The function.
            description: Description for the model. Default: the docstring.
            metadata: Metadata for the developer tools.
            multipart: Whether it returns a `MultipartToolResponse`.
            input_schema: A type or a JSON schema in place of the parameter's annotation.
        """
        described = {**(metadata or {}), 'dynamic': True}
        return make_tool(fn, name, description, multipart=multipart, input_schema=input_schema, metadata=described)

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

        ``use`` is middleware around every call of this model, inside the middleware of the call.
        """
        return define_model(
            self.registry,
            name,
            fn,
            config_schema=config_schema,
            metadata=metadata,
            info=info,
            description=description,
            use=[model_middleware(entry, self.registry, name) for entry in use],
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

    def define_simple_retriever(
        self, options: SimpleRetrieverOptions | str, handler: Callable[..., Any], description: str | None = None
    ) -> Action[RetrieverRequest, RetrieverResponse]:
        """Define a retriever whose function returns plain items, such as rows of a database."""
        return define_simple_retriever(self.registry, options, handler, description)

    def define_reranker(
        self,
        name: str,
        fn: Callable[..., Any],
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[RerankerRequest, RerankerResponse]:
        """Define a reranker: ``fn(query, documents, options[, context])`` to `RerankerResponse`."""
        return define_reranker(self.registry, name, fn, config_schema, metadata=metadata, description=description)

    def define_evaluator(
        self,
        name: str,
        display_name: str,
        definition: str,
        fn: Callable[..., Any],
        is_billed: bool = False,  # noqa: FBT001, FBT002  (the contract's signature)
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[EvalRequest, EvalResponse]:
        """Define an evaluator that scores one case at a time: ``fn(case, options[, context])`` to `EvalFnResponse`.

        Args:
            name: Its name.
            display_name: The name shown to users.
            definition: What the evaluator measures.
            fn: Scores one case.
            is_billed: Whether running it costs money.
            config_schema: The type, or JSON schema, of the options.
            metadata: Metadata for the developer tools.
            description: Description for users.
        """
        info = EvaluatorInfo(
            display_name=display_name, definition=definition, is_billed=is_billed, config_schema=config_schema
        )
        return self._registered(make_evaluator(name, info, fn, metadata=metadata, description=description))

    def define_batch_evaluator(
        self,
        name: str,
        display_name: str,
        definition: str,
        fn: Callable[..., Any],
        is_billed: bool = False,  # noqa: FBT001, FBT002  (the contract's signature)
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> Action[EvalRequest, EvalResponse]:
        """Define an evaluator that scores a dataset at once: ``fn(request, options[, context])`` to its responses.

        The arguments are those of `define_evaluator`.
        """
        info = EvaluatorInfo(
            display_name=display_name, definition=definition, is_billed=is_billed, config_schema=config_schema
        )
        return self._registered(make_batch_evaluator(name, info, fn, metadata=metadata, description=description))

    def define_background_model(  # noqa: PLR0917  (the contract's signature)
        self,
        name: str,
        start: Callable[..., Any],
        check: Callable[..., Any],
        cancel: Callable[..., Any] | None = None,
        label: str | None = None,
        info: ModelInfo | None = None,
        config_schema: Any = None,
        metadata: dict[str, Any] | None = None,
        description: str | None = None,
    ) -> BackgroundAction:
        """Define a background model: ``start``, ``check`` and ``cancel`` return operations.

        Args:
            name: Its name.
            start: From `GenerateRequest` to `Operation`.
            check: From `Operation` to `Operation`.
            cancel: From `Operation` to `Operation`. Default: the work cannot be cancelled.
            label: The name shown to users.
            info: The model's capabilities.
            config_schema: The type, or JSON schema, of its configuration.
            metadata: Metadata for the developer tools.
            description: Description for users.
        """
        known = info or ModelInfo()
        return define_background_model(
            self.registry,
            name,
            start,
            check,
            cancel=cancel,
            info=known if label is None else known.replaced(label=label),
            config_schema=config_schema,
            metadata=metadata,
            description=description,
        )

    def define_resource(
        self,
        opts: Mapping[str, Any] | None = None,
        fn: Callable[..., Any] | None = None,
        *,
        name: str | None = None,
        uri: str | None = None,
        template: str | None = None,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> ResourceAction:
        """Define the content behind a URI, or behind a template such as ``file://{name}`` or ``web://{+path}``.

        Args:
            opts: The keywords below, as a mapping.
            fn: From an input with ``uri`` and the template's variables to parts.
            name: The resource's name. Default: the URI or the template.
            uri: The one URI.
            template: The template; either this or ``uri``.
            description: Description for users.
            metadata: Metadata for the developer tools.
        """
        if opts is not None and not isinstance(opts, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            refuse('The first argument', opts, 'expected a mapping; write fn=… for the function.')
        told = {
            'name': name,
            'uri': uri,
            'template': template,
            'description': description,
            'metadata': metadata,
        }
        given = {**(opts or {}), **{key: value for key, value in told.items() if value is not None}}
        if fn is None:
            raise GenkitError(
                f'Resource {given.get("name")!r} needs a function: define_resource(fn=…, uri=…).',
                status='INVALID_ARGUMENT',
            )
        return define_resource(self.registry, fn, **given)

    def define_interrupt(self, name: str, input_schema: Any = None, description: str | None = None) -> Tool[..., Any]:
        """Define a tool that always interrupts the generation, for a human to respond.

        The interrupt's metadata holds the model's input to the tool, as ``input``.
        """

        def interrupt(value: Any) -> None:
            raise Interrupt(None if value is None else {'input': dump_dict(value)})

        return define_tool(
            self.registry, interrupt, name, description or 'Asks a human.', input_schema=input_schema or {}
        )

    def define_dynamic_action_provider(
        self,
        config: DapConfig | str,
        fn: Callable[[], Awaitable[Provided]],
        *,
        description: str | None = None,
        cache_ttl_millis: int | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> DynamicActionProvider:
        """Define a provider of actions that live elsewhere; its tools are named ``<name>:tool/<tool>`` or ``…/*``.

        Args:
            config: The host part, alone or with the rest.
            fn: Returns the actions by kind, such as ``{'tool': [my_tool.action]}``.
            description: Description for users.
            cache_ttl_millis: How long to cache fetched actions, in milliseconds; negative for no cache. Default: 3000.
            metadata: Metadata for the developer tools.
        """
        known = DapConfig(config) if isinstance(config, str) else config
        ttl = known.cache_config.ttl_millis if known.cache_config else None
        return self._registered(
            DynamicActionProvider(
                known.name,
                fn,
                description=description or known.description,
                cache_ttl_millis=ttl if cache_ttl_millis is None else cache_ttl_millis,
                metadata={**known.metadata, **(metadata or {})},
            )
        )

    def _registered(self, action: ActionT) -> ActionT:
        self.registry.register_action(action)
        return action

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
        require_json_schema('schema', schema)
        self.registry.register_schema(name, schema)
        return schema
