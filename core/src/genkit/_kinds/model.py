# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models: take a request, return a response."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from pydantic import BaseModel

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.function import UserFunction, function_name
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema, type_adapter, validate_input
from genkit._base.errors import GenkitError
from genkit._base.json_schema import check_json, require_json_schema
from genkit._base.serialize import dump_dict
from genkit._base.suggest import did_you_mean
from genkit._kinds.fit_request import adapt_request
from genkit._kinds.options import as_declared, read_result
from genkit._registry.registry import Registry
from genkit._trace.conventions.gen_ai import model_attributes
from genkit.types import (
    ActionMetadata,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    ModelInfo,
    ModelRef,
    Supports,
)
from genkit.types.reference import as_members


ModelFn: TypeAlias = Callable[..., Any]
ModelNext: TypeAlias = Callable[..., Awaitable[GenerateResponse[Any]]]
ModelMiddleware: TypeAlias = Callable[[GenerateRequest, ActionRunContext, ModelNext], Awaitable[GenerateResponse[Any]]]

_WAY_OUT: Final = "GenerateResponse(message=Message(role='model', content='…'))"
_AROUND: Final = 'what the model answers: `return await next(request)`'


class ModelAction(Action[GenerateRequest, GenerateResponse[Any], GenerateResponseChunk[Any]]):
    """A model as an action.

    Attributes:
        info: The model's metadata.
        config_schema: The type of its configuration, if it declares one.
    """

    info: ModelInfo
    config_schema: Any = None
    telemetry = staticmethod(model_attributes)

    @property
    def supports(self) -> Supports:
        """The model's capabilities; an absent field means unknown."""
        return self.info.supports or _NOTHING_KNOWN

    def validate_config(self, config: Any) -> None:
        """Raise if a configuration does not fit this model.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming each invalid field.
        """
        schema = self.config_schema
        if isinstance(schema, dict):
            check_json(cast('dict[str, Any]', schema), dump_dict(config or {}), f'the config of {self.name}')
        elif config is not None and schema is not None and type(config) is not schema:
            validate_input(type_adapter(schema), as_declared(config, schema), f'the config of {self.name}')
        if config is not None and not isinstance(config, Mapping | BaseModel):
            raise GenkitError(
                f'The config of {self.name} is {config!r}; expected a mapping or a Pydantic model.',
                status='INVALID_ARGUMENT',
            )
        self._validate_version(config)

    def validate(self, raw_input: Any) -> Any:
        """Return wire data as a request whose configuration is of the declared class, or data."""
        request = raw_input if type(raw_input) is GenerateRequest else super().validate(raw_input)
        given = request.config
        if given is None or type(given) is dict:
            return request
        config = as_declared(given, self.config_schema)
        return request if config is given else request.replaced(config=config)

    def _validate_version(self, config: Any) -> None:
        version = as_members(config).get('version') if config else None
        known = self.info.versions
        if version and known and version not in known:
            raise GenkitError(
                f'Model {self.name!r} has no version {version!r}.{did_you_mean(version, known)} '
                f'There are: {", ".join(known)}.',
                status='INVALID_ARGUMENT',
            )


_NOTHING_KNOWN = Supports()


def make_model(
    name: str,
    fn: ModelFn,
    *,
    config_schema: Any = None,
    info: ModelInfo | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    use: Sequence[ModelMiddleware] = (),
) -> ModelAction:
    """Create a model without registering it.

    Requests are adapted to the model, however it is run: documents become text and a schema becomes an instruction
    for a model that does not declare support for them.

    Args:
        name: The full name; a plugin's models begin with the plugin's name.
        fn: From `GenerateRequest` to `GenerateResponse`; may take an `ActionRunContext` and send
            `GenerateResponseChunk`.
        config_schema: The type, or JSON schema, of ``request.config``.
        info: The model's capabilities.
        description: Description for users.
        metadata: Metadata for the developer tools.
        use: Middleware around every call of this model, the first outermost:
            ``async (request, context, next)``, where ``await next(request)`` calls the model.
    """
    require_json_schema('config_schema', config_schema)
    info = info or ModelInfo()
    function = UserFunction(fn)
    action = ModelAction(
        ActionKind.MODEL,
        name,
        _runner(name, function, info.supports or _NOTHING_KNOWN, use),
        description=description if description is not None else function.documentation,
        metadata=model_metadata(name, info, config_schema, metadata),
        input_schema=GenerateRequest,
        output_schema=GenerateResponse,
        chunk_schema=GenerateResponseChunk,
    )
    action.info = info
    action.config_schema = config_schema
    return action


def _runner(name: str, function: UserFunction, supports: Supports, use: Sequence[ModelMiddleware]) -> ModelFn:
    async def ask(request: GenerateRequest, context: ActionRunContext) -> Any:
        result = await function.call(adapt_request(request, supports), context)
        return result if type(result) is GenerateResponse else _response(result, f'Model {name!r}')

    return wrapped_in(use, ask)


def _response(result: Any, source: str) -> GenerateResponse[Any]:
    return read_result(result, GenerateResponse, source, _WAY_OUT)


def wrapped_in(use: Sequence[ModelMiddleware], run: ModelFn) -> ModelFn:
    """Return a model's function with middleware around it, the first outermost."""
    for middleware in reversed(use):
        run = _around(middleware, run)
    return run


def _around(middleware: ModelMiddleware, run: ModelFn) -> ModelFn:
    source = f'Middleware {function_name(middleware)}'

    async def wrapped(request: GenerateRequest, context: ActionRunContext) -> Any:
        async def following(
            changed: GenerateRequest | None = None, other: ActionRunContext | None = None
        ) -> GenerateResponse[Any]:
            return await run(changed if changed is not None else request, other if other is not None else context)

        answer: Any = middleware(request, context, following)
        return read_result(await answer if inspect.isawaitable(answer) else answer, GenerateResponse, source, _AROUND)

    return wrapped


def define_model(registry: Registry, name: str, fn: ModelFn, **options: Any) -> ModelAction:
    """Register a model; the options are those of `make_model`."""
    action = make_model(name, fn, **options)
    registry.register_action(action)
    return action


def model_action_metadata(
    name: str, info: ModelInfo | dict[str, Any] | None = None, config_schema: Any = None
) -> ActionMetadata:
    """Return the metadata with which a plugin advertises a model that it can resolve."""
    known = ModelInfo.model_validate(info) if isinstance(info, dict) else info or ModelInfo()
    return ActionMetadata(
        action_type=str(ActionKind.MODEL),
        name=name,
        input_schema=to_json_schema(GenerateRequest),
        output_schema=to_json_schema(GenerateResponse, 'serialization'),
        metadata=model_metadata(name, known, config_schema, None),
    )


def model_ref(
    name: str,
    namespace: str | None = None,
    info: ModelInfo | None = None,
    version: str | None = None,
    config: Any = None,
) -> ModelRef[Any]:
    """Return a reference to a model; ``namespace`` is prepended to the name unless the name starts with it."""
    full = name if namespace is None or name.startswith(f'{namespace}/') else f'{namespace}/{name}'
    return ModelRef(name=full, info=info, version=version, config=config)


def model_metadata(name: str, info: ModelInfo, config_schema: Any, metadata: dict[str, Any] | None) -> dict[str, Any]:
    given = metadata or {}
    model = {**info.to_wire(), **given.get('model', {})}
    model.setdefault('label', name)
    if config_schema is not None:
        model['customOptions'] = to_json_schema(config_schema)
    return {**given, 'model': model}
