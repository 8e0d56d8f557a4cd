# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The middleware interface: up to three hooks around a generate call, and additional tools.

A hook receives its parameters and a function that continues the call. It may change the request, change the result,
continue several times or not at all.
"""

import copy
import inspect
import re
import weakref
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Generic, Protocol, Self, TypeAlias, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from typing_extensions import TypeVar

from genkit._action.context import ActionRunContext
from genkit._action.function import function_name
from genkit._action.kind import ActionKind
from genkit._action.schema import describe_problems, to_json_schema
from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean
from genkit._kinds.model import ModelMiddleware
from genkit._registry.plugin import Plugin
from genkit._registry.registry import AnyAction, Registry
from genkit.types import (
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    MiddlewareDesc,
    MultipartToolResponse,
    ToolRequestPart,
)


ConfigT = TypeVar('ConfigT', bound=BaseModel, default=Any)
MiddlewareT = TypeVar('MiddlewareT', bound='BaseMiddleware[Any]')
T = TypeVar('T')

_SHARED: Final[weakref.WeakKeyDictionary[Registry, dict[Hashable, Any]]] = weakref.WeakKeyDictionary()
_HOOKS: Final = ('wrap_generate', 'wrap_model', 'wrap_tool')
_NAME: Final = re.compile(r'[^\s/:\\\x00-\x1f\x7f]+')


@dataclass(slots=True)
class GenerateHookParams:
    """The parameters of the hook around a turn of the generate loop.

    Attributes:
        options: The options of the turn; its messages grow from turn to turn.
        iteration: The turn's number, counted from 0.
        message_index: The index of the next streamed message.
    """

    options: GenerateActionOptions
    iteration: int = 0
    message_index: int = 0

    def with_options(self, **members: Any) -> Self:
        """Return the same turn with some of its options replaced."""
        return replace(self, options=self.options.replaced(**members))


@dataclass(slots=True)
class ModelHookParams:
    """The parameters of the hook around a model call."""

    request: GenerateRequest


@dataclass(slots=True)
class ToolHookParams:
    """The parameters of the hook around a tool execution.

    Attributes:
        tool_request_part: The tool request of the model, or the one being restarted.
        tool: The tool.
    """

    tool_request_part: ToolRequestPart
    tool: AnyAction


@dataclass(frozen=True, slots=True)
class GenerateMiddlewareContext:
    """The context of a hook.

    Attributes:
        registry: The registry of models and tools.
        custom_context: The context of the call, such as its authentication data.
        on_chunk: The callback that receives chunks; None if the caller does not stream.
        resumed: Metadata given when the tool was restarted; only for tool hooks.
        model: The full name of the called model; only for model hooks.
    """

    registry: Registry
    custom_context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    on_chunk: Callable[[Any], None] | None = None
    resumed: Any = None
    model: str | None = None

    @property
    def is_streaming(self) -> bool:
        """Whether the caller streams."""
        return self.on_chunk is not None

    def send_chunk(self, chunk: Any) -> None:
        """Send an additional chunk to the caller."""
        if self.on_chunk is not None:
            self.on_chunk(chunk)

    def replace_on_chunk(self, on_chunk: Callable[[Any], None] | None) -> Self:
        """Return a context with another chunk callback; pass it on to observe or change the chunks."""
        return replace(self, on_chunk=on_chunk)

    def shared(self, key: Hashable, create: Callable[[], T]) -> T:
        """Return a value that all calls of one application share, created on first use.

        A middleware that is named, or created for each call, keeps state there that has to outlive a call.
        """
        root = self.registry
        while root.parent is not None:
            root = root.parent
        values = _SHARED.setdefault(root, {})
        return values[key] if key in values else values.setdefault(key, create())


class GenerateNext(Protocol):
    """Continues with the turn and those after it."""

    def __call__(
        self, params: GenerateHookParams | None = None, ctx: GenerateMiddlewareContext | None = None, /
    ) -> Awaitable[GenerateResponse[Any]]:
        """Go on; what is left out stays as it is."""
        ...


class ModelNext(Protocol):
    """Continues with the model call."""

    def __call__(
        self, params: ModelHookParams | None = None, ctx: GenerateMiddlewareContext | None = None, /
    ) -> Awaitable[GenerateResponse[Any]]:
        """Go on; what is left out stays as it is."""
        ...


class ToolNext(Protocol):
    """Continues with the tool execution."""

    def __call__(
        self, params: ToolHookParams | None = None, ctx: GenerateMiddlewareContext | None = None, /
    ) -> Awaitable[MultipartToolResponse]:
        """Go on; what is left out stays as it is."""
        ...


class BaseMiddleware(Generic[ConfigT]):
    """Base class of middleware: override hooks and pass an instance to ``generate(use=[…])``.

    ``BaseMiddleware[MyConfig]`` gives it a configuration: ``Mine(field=1)`` or ``Mine(config=MyConfig(field=1))``. Each
    generate call works on its own copy, so attributes set in `begin` are state of that call, shared by its turns.

    Attributes:
        name: Its name in requests and in ``.prompt`` files. Default: the class's name in snake case.
        description: Description for users. Default: the docstring's first line.
        config: The configuration.
    """

    name: ClassVar[str]
    description: ClassVar[str | None] = None
    config_type: ClassVar[type[BaseModel] | None] = None
    config: ConfigT

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take the configuration's type from the base, and a name from the class."""
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, '__orig_bases__', ()):
            arguments = get_args(base) if isinstance(get_origin(base), type) else ()
            if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], BaseModel):
                cls.config_type = arguments[0]
        for name in cls.__dict__:
            if name.startswith('wrap_') and name not in _HOOKS and (way_out := did_you_mean(name, _HOOKS)):
                raise GenkitError(f'{cls.__name__} has no hook {name!r}.{way_out}', status='INVALID_ARGUMENT')
        if 'name' not in cls.__dict__:
            cls.name = re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', cls.__name__).lower()

    def __init__(self, config: Any = None, **fields: Any) -> None:
        kind = type(self)
        if config is not None and fields:
            raise GenkitError(
                f'{kind.__name__} got both config= and {sorted(fields)!r}: give one or the other.',
                status='INVALID_ARGUMENT',
            )
        if kind.config_type is None:
            if fields or config is not None:
                given = sorted(fields) or config
                raise GenkitError(f'{kind.__name__} takes no configuration; got {given!r}.', status='INVALID_ARGUMENT')
            return
        try:
            self.config = kind.config_type.model_validate(fields if config is None else config)  # pyright: ignore[reportAttributeAccessIssue]  (of the declared type)
        except ValidationError as error:
            raise GenkitError(
                f'The configuration of {kind.__name__} does not fit: {describe_problems(error)}.'
                f'{_config_way_out(kind, config, fields)}',
                status='INVALID_ARGUMENT',
            ) from None

    def __repr__(self) -> str:
        """Return the class with the members of the configuration that were given, such as ``Retry(max_retries=5)``."""
        config = getattr(self, 'config', None)
        given = config.model_fields_set if isinstance(config, BaseModel) else ()
        return f'{type(self).__name__}({", ".join(f"{name}={getattr(config, name)!r}" for name in sorted(given))})'

    @classmethod
    def plugin(cls) -> Plugin:
        """Return a plugin that registers this class by its name: ``Genkit(plugins=[Mine.plugin()])``."""
        return _MiddlewarePlugin(cls)

    @classmethod
    def describe(cls) -> MiddlewareDesc:
        """Return the description that the developer tools show."""
        summary = (cls.__doc__ or '').strip().partition('\n')[0] or None
        return MiddlewareDesc(
            name=cls.name,
            description=cls.description or summary,
            config_schema=None if cls.config_type is None else to_json_schema(cls.config_type),
        )

    def for_call(self) -> Self:
        """Return the copy that one generate call works on."""
        instance = copy.copy(self)
        instance.begin()
        return instance

    def begin(self) -> None:
        """Set up the state of one generate call."""

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Wrap a turn and those after it: turn n + 1 runs inside turn n's ``next_fn``."""
        return await next_fn(params, ctx)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Wrap each call of the model."""
        return await next_fn(params, ctx)

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Wrap each execution of a tool, restarts included."""
        return await next_fn(params, ctx)

    def tools(self, ctx: GenerateMiddlewareContext) -> Sequence[AnyAction]:
        """Return tools to offer in addition to the caller's."""
        _ = ctx
        return ()

    def overrides(self, hook: str) -> bool:
        """Return whether a hook does anything."""
        return getattr(type(self), hook) is not getattr(BaseMiddleware, hook)


def _config_way_out(kind: type[BaseMiddleware[Any]], config: Any, fields: Mapping[str, Any]) -> str:
    """Return a hint what to write in place of an invalid configuration, if there is one."""
    known = list(kind.config_type.model_fields) if kind.config_type else []
    if not isinstance(config, Mapping | BaseModel | None):
        return f' Write its members by name: {kind.__name__}({", ".join(f"{name}=…" for name in known)}).'
    given = fields if config is None else dict(cast('Any', config))
    fields_of: Any = kind.config_type.model_fields.values() if kind.config_type else ()
    wire = {field.alias for field in fields_of}
    unknown = next((name for name in given if name not in known and name not in wire), None)
    return '' if unknown is None else did_you_mean(unknown, known) or f' It has {", ".join(map(repr, known))}.'


def model_middleware(
    entry: 'BaseMiddleware[Any] | ModelMiddleware', registry: Registry, model: str | None = None
) -> ModelMiddleware:
    """Return a middleware's model hook in the form that models keep; a plain function is that already.

    Args:
        entry: The middleware.
        registry: Given to its hook.
        model: The full name of the model that keeps it, given to its hook.
    """
    if not isinstance(entry, BaseMiddleware):
        return entry

    async def wrapped(
        request: GenerateRequest, context: ActionRunContext, following: Callable[..., Awaitable[GenerateResponse[Any]]]
    ) -> GenerateResponse[Any]:
        ctx = GenerateMiddlewareContext(registry, context.context, context.streaming_callback, model=model)

        async def next_fn(
            params: ModelHookParams | None = None, other: GenerateMiddlewareContext | None = None, /
        ) -> GenerateResponse[Any]:
            inner = context
            if other is not None and other.on_chunk is not context.streaming_callback:
                inner = ActionRunContext(other.custom_context, other.on_chunk)
            return await following(request if params is None else params.request, inner)

        return await entry.for_call().wrap_model(ModelHookParams(request), ctx, next_fn)

    return wrapped


PlainMiddleware: TypeAlias = Callable[..., Awaitable[GenerateResponse[Any]]]


class _MiddlewarePlugin(Plugin):
    """Brings one class of middleware."""

    def __init__(self, middleware: type[BaseMiddleware[Any]]) -> None:
        self.name = middleware.name
        self._middleware = middleware

    def middleware(self) -> Sequence[type[Any]]:
        """Return the class."""
        return (self._middleware,)

    async def resolve(self, action_type: ActionKind, name: str) -> None:  # noqa: ARG002  (the interface's)
        """Return None: it brings no action."""
        return


class FunctionMiddleware(BaseMiddleware):
    """A plain ``async (request, context, next)`` function as a model hook.

    Args:
        function: ``await next(request)`` asks the model; ``next()`` does so with the request as it is.
    """

    def __init__(self, function: PlainMiddleware) -> None:
        self.function = function

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Call the function."""

        async def following(
            request: GenerateRequest | None = None, other: GenerateMiddlewareContext | None = None
        ) -> GenerateResponse[Any]:
            return await next_fn(params if request is None else ModelHookParams(request), other or ctx)

        try:
            answer: Any = self.function(params.request, ctx, following)
        except TypeError as error:
            raise self._misfit() or error from None
        return await answer if inspect.isawaitable(answer) else answer

    def _misfit(self) -> GenkitError | None:
        """Return the error for a function that does not take what it is given."""
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):
            return None
        try:
            signature.bind(None, None, None)
        except TypeError:
            return GenkitError(
                f'Middleware {function_name(self.function)} takes {signature}, and is given (request, context, next): '
                'write `async def f(request, context, next)`, and in it `return await next(request)`.',
                status='INVALID_ARGUMENT',
            )
        return None


def define_middleware(
    registry: Registry, middleware: type[MiddlewareT], *, name: str | None = None, description: str | None = None
) -> type[MiddlewareT]:
    """Register a middleware class under a name.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that cannot travel, ``ALREADY_EXISTS``.
    """
    told = {key: value for key, value in (('name', name), ('description', description)) if value is not None}
    registered = (
        type(middleware.__name__, (middleware,), {**told, '__doc__': middleware.__doc__}) if told else middleware
    )
    validate_middleware_name(registered.name)
    registry.register_value('middleware', registered.name, registered)
    return middleware


def validate_middleware_name(name: str) -> None:
    """Raise ``INVALID_ARGUMENT`` unless a name can be used on the wire."""
    if _NAME.fullmatch(name) is None:
        raise GenkitError(
            f'{name!r} cannot name a middleware: it must be non-empty, without spaces, slashes, colons, backslashes '
            'or control characters.',
            status='INVALID_ARGUMENT',
        )
