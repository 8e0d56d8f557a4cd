# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Replaces models, embedders and tools of an application while a test runs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from typing import Any, Self, TypeAlias, cast

from genkit._action.action import Action
from genkit._action.context import ActionRunContext, ToolRunContext
from genkit._action.function import UserFunction
from genkit._action.kind import ActionKind
from genkit._action.parameters import SpreadInput
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.http.real_requests import NoRealRequests
from genkit._base.suggest import did_you_mean
from genkit._kinds.embedder import EmbedderOptions, make_embedder
from genkit._kinds.model import ModelAction, make_model
from genkit._kinds.tool import Tool, ToolAction, make_tool, response
from genkit._registry.registry import AnyAction, Registry
from genkit.plugin import ModelPlugin
from genkit.testing.embedders import fake_embedding
from genkit.testing.models import CAPABLE, Answer, HasRegistry, ProgrammableModel
from genkit.types import EmbedRequest, EmbedResponse, GenerateRequest, GenerateResponse, ModelRef, MultipartToolResponse


ModelFunction: TypeAlias = 'Callable[[GenerateRequest], Any] | Callable[[GenerateRequest, ActionRunContext], Any]'
ReplacingModel: TypeAlias = 'str | ModelRef[Any] | ModelAction | Sequence[Answer] | ProgrammableModel | ModelFunction'
ReplacingEmbedder: TypeAlias = 'str | int | Action[Any, Any, Any] | Callable[..., Any]'
_Maker: TypeAlias = Callable[[str, AnyAction | None], AnyAction]


class Overridden:
    """Replaces actions of an application inside a ``with`` or an ``async with`` block; made by `overridden`.

    Attributes:
        requests: The requests to replaced models, in order.
        asked: The names of the models that the application requested, in the same order.
    """

    def __init__(self, registry: Registry, replacements: Mapping[tuple[ActionKind, str | None], Any]) -> None:
        self.requests: list[GenerateRequest] = []
        self.asked: list[str] = []
        self._registry = registry
        self._makers = {key: self._maker(key[0], given) for key, given in replacements.items()}
        self._made: dict[tuple[ActionKind, str, int], AnyAction] = {}
        self._unknown: dict[str, ActionKind] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Replace them."""
        self._unknown = {name: kind for kind, name in self._makers if name and not self._is_known(kind, name)}
        self._stack.enter_context(self._registry.standing_in(self._stand_in))
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        """Restore them.

        Raises:
            GenkitError: ``NOT_FOUND`` for a name that is unknown, and that nobody asked for either.
        """
        self._stack.close()
        if self._unknown and error is None:
            name, kind = next(iter(self._unknown.items()))
            known = ', '.join(repr(each) for each in sorted(self._names(kind))) or 'none'
            raise GenkitError(
                f'There is no {kind} {name!r}, and nothing in the block asked for one: it replaced nothing. '
                f'There are: {known}.',
                status='NOT_FOUND',
            )

    async def __aenter__(self) -> Self:
        """Replace them."""
        return self.__enter__()

    async def __aexit__(self, kind: object, error: BaseException | None, where: object) -> None:
        """Restore them, as `__exit__` does."""
        self.__exit__(kind, error, where)

    def _is_known(self, kind: ActionKind, name: str) -> bool:
        """Return whether there is such an action, as far as that is known: a plugin may bring more of its prefix.

        A name that is unknown may belong to what is not registered, such as a plain function in ``tools=[…]``.

        Raises:
            GenkitError: ``NOT_FOUND`` if it is near to a known one.
        """
        known = self._names(kind)
        if name in known or kind == ActionKind.TOOL_V2 or '/' in name:
            return True
        if way_out := did_you_mean(name, known):
            raise GenkitError(f'There is no {kind} {name!r} to be replaced.{way_out}', status='NOT_FOUND')
        return False

    def _names(self, kind: ActionKind) -> list[str]:
        kinds = (kind, ActionKind.TOOL_V2) if kind == ActionKind.TOOL else (kind,)
        return list({action.name: None for each in kinds for action in self._registry.registered_actions(each)})

    def _stand_in(self, kind: ActionKind, name: str, original: AnyAction | None) -> AnyAction | None:
        maker = self._makers.get((kind, name)) or self._makers.get((kind, None))
        if maker is None:
            return None
        self._unknown.pop(name, None)
        key = (kind, name, id(original))
        if key not in self._made:
            self._made[key] = maker(name, original)
        return self._made[key]

    def _maker(self, kind: ActionKind, given: Any) -> _Maker:
        if kind == ActionKind.MODEL:
            return self._model_maker(given)
        if kind == ActionKind.EMBEDDER:
            return self._embedder_maker(given)
        return lambda name, original: _standing_tool(name, given, kind, original)

    def _model_maker(self, given: Any) -> _Maker:
        ask, info, config_schema = self._model(given)
        is_whole = isinstance(given, ModelAction | ModelRef | str)  # which checks its own configuration

        def make(name: str, original: AnyAction | None) -> AnyAction:
            async def run(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
                self.requests.append(request.model_copy(deep=True))
                self.asked.append(name)
                return await ask(request, context)

            schema = config_schema if is_whole else self._config_schema(name, original)
            return make_model(name or 'overridden', run, info=info, config_schema=schema)

        return make

    def _model(self, given: Any) -> tuple[Callable[..., Any], Any, Any]:
        """Return what answers, what it is capable of and the type of its configuration."""
        if isinstance(given, ModelAction):
            return given.fn, given.info, given.config_schema
        if isinstance(given, str | ModelRef):
            return self._named_model(cast('str | ModelRef[Any]', given)), CAPABLE, None
        if not callable(given):
            given = ProgrammableModel(responses=list(given))
        function = UserFunction(given)

        async def ask(request: GenerateRequest, context: ActionRunContext) -> Any:
            return await ProgrammableModel(responses=[function.call])(request, context)

        return given if isinstance(given, ProgrammableModel) else ask, CAPABLE, None

    def _config_schema(self, name: str, original: AnyAction | None) -> Any:
        """Return the type of the configuration of a model, as far as that is known without asking its provider."""
        if isinstance(original, ModelAction):
            return original.config_schema
        prefix, _, local = name.partition('/')
        plugin = self._registry.plugins.get(prefix)
        entry = plugin.models.find(local, ActionKind.MODEL) if isinstance(plugin, ModelPlugin) else None
        return None if entry is None else entry.config

    def _named_model(self, given: 'str | ModelRef[Any]') -> Callable[..., Any]:
        """Return what asks another model of the application, whatever stands in for that."""
        name = given if isinstance(given, str) else given.name

        async def ask(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            action = await self._original(ActionKind.MODEL, name, f'write model=[{name!r}] to answer with this text')
            assert isinstance(action, ModelAction)
            if isinstance(given, ModelRef):
                request = request.replaced(config=given.merged_config(request.config))
            action.validate_config(request.config)
            return (await action.arun(request, on_chunk=context.streaming_callback)).response

        return ask

    def _embedder_maker(self, given: Any) -> _Maker:
        fn, options = self._embedder(given)
        return lambda name, _: make_embedder(name, fn, options)

    def _embedder(self, given: Any) -> tuple[Callable[..., Any], EmbedderOptions | None]:
        """Return what embeds, and how it describes itself."""
        if isinstance(given, int):
            return fake_embedding(given), EmbedderOptions(dimensions=given)
        if isinstance(given, Action):
            return cast('AnyAction', given).fn, None
        if callable(given):
            return cast('Callable[..., Any]', given), None

        async def embed(request: EmbedRequest) -> EmbedResponse:
            action = await self._original(ActionKind.EMBEDDER, given, 'write embedder=32 for vectors of that length')
            return (await action.arun(request)).response

        return embed, None

    async def _original(self, kind: ActionKind, name: str, way_out: str) -> AnyAction:
        action = await self._registry.resolve_original(kind, name)
        if action is None:
            error = await self._registry.not_found(kind, name)
            raise GenkitError(
                f'{error.original_message} Or {way_out}.', status='NOT_FOUND', reason=ErrorReason.ACTION_NOT_FOUND
            )
        return action


class _StandingTool(ToolAction):
    """A function in place of a tool, which keeps the tool's definition: neither model nor checks see a difference."""

    original: AnyAction

    @property
    def input_type(self) -> Any:
        return self.original.input_type

    @property
    def input_name(self) -> str | None:
        return self.original.input_name if isinstance(self.original, ToolAction) else None

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        return self.original.input_schema

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        return self.original.output_schema

    def validate(self, raw_input: Any) -> Any:
        return self.original.validate(raw_input)


def _standing_tool(name: str, given: Any, kind: ActionKind, original: AnyAction | None) -> AnyAction:
    inner = given.action if isinstance(given, Tool) else make_tool(given, name).action
    if original is None:
        return inner
    run = UserFunction(inner.fn)

    async def call(value: Any, context: ToolRunContext) -> Any:
        members = value.by_parameter() if isinstance(value, SpreadInput) else value
        result = await run.call(inner.validate(members), context)
        return result if kind == ActionKind.TOOL or isinstance(result, MultipartToolResponse) else response(result)

    tool = _StandingTool(kind, name, call, description=original.description, metadata=original.metadata)
    tool.original = original
    return tool


def overridden(
    ai: HasRegistry,
    *,
    model: 'ReplacingModel | Mapping[str, ReplacingModel] | None' = None,
    embedder: 'ReplacingEmbedder | Mapping[str, ReplacingEmbedder] | None' = None,
    tools: 'Mapping[str, Callable[..., Any]] | None' = None,
) -> Overridden:
    """Replace models, embedders and tools of an application inside a ``with`` or an ``async with`` block.

    Whatever asks for them gets the replacement: flows, agents, prompts, calls that name a model themselves, in every
    task and thread. Blocks may be nested; the innermost wins, and leaving a block restores what was there before.

    Args:
        ai: The application's `Genkit`.
        model: Answers in place of every model, or, as a mapping, in place of those that it names: texts or responses
            to be answered in order, a function from `GenerateRequest` to a text or a `GenerateResponse`, a
            `ProgrammableModel`, a model, or the name of one. The configuration has to fit the model that is replaced,
            as far as that is known offline.
        embedder: Used in the same way: a function from `EmbedRequest` to `EmbedResponse`, an embedder, its name, or a
            number, for `fake_vector` of that length.
        tools: Functions that run in place of tools, by the tools' names. The tools keep their descriptions and schemas.

    Raises:
        GenkitError: ``NOT_FOUND``, on entering the block, for a name that looks like another one's misspelling; on
            leaving it, for one without a plugin's prefix that is unknown and was never requested.
    """
    replacements: dict[tuple[ActionKind, str | None], Any] = {}
    for kind, given in ((ActionKind.MODEL, model), (ActionKind.EMBEDDER, embedder)):
        if isinstance(given, Mapping):
            replacements |= {(kind, name): each for name, each in cast('Mapping[str, Any]', given).items()}
        elif given is not None:
            replacements[kind, None] = given
    for name, function in (tools or {}).items():
        replacements |= dict.fromkeys(((ActionKind.TOOL, name), (ActionKind.TOOL_V2, name)), function)
    return Overridden(ai.registry, replacements)


def no_real_requests(allow: Sequence[str] = ()) -> NoRealRequests:
    """Forbid connections to other machines inside a ``with`` or an ``async with`` block; see `NoRealRequests`.

    A model, embedder or tool that would make one raises ``FAILED_PRECONDITION`` with the host and the way out.

    Args:
        allow: Further hosts, as names or addresses. This machine is always allowed.
    """
    return NoRealRequests(allow)
