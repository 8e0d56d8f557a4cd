# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The registry: every action, value, schema and plugin of an application, by name."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.kind import ActionKind, create_action_key, parse_action_key
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.once import Once
from genkit._base.suggest import did_you_mean, how_to_install
from genkit._registry.cells import is_in_cell
from genkit._registry.dynamic import DynamicActionProvider, split_dynamic_name
from genkit._registry.model_plugins import BRINGS_MODELS
from genkit._registry.source import ActionSource
from genkit.types import ActionMetadata


AnyAction = Action[Any, Any, Any]
StandIns = Callable[[ActionKind, str, AnyAction | None], AnyAction | None]

_LOGGER: Final = logging.getLogger('genkit.registry')
_INITIALIZING: ContextVar[frozenset[str]] = ContextVar('genkit_initializing', default=frozenset())
_NONE: Final[dict[str, AnyAction]] = {}
_SUGGESTION_SECONDS: Final = 2.0
_REASONS: Final = {ActionKind.MODEL: ErrorReason.MODEL_NOT_FOUND, ActionKind.TOOL: ErrorReason.TOOL_NOT_FOUND}


class Registry:
    """Registry of actions by kind and name; initializes plugins on first use.

    Args:
        parent: Where to look for what is not found here.

    Attributes:
        context: What lies under the context of every call.
    """

    def __init__(self, parent: 'Registry | None' = None) -> None:
        self.parent = parent
        self.context: dict[str, Any] = parent.context if parent else {}
        self._actions: dict[ActionKind, dict[str, AnyAction]] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._schemas: dict[str, Any] = {}
        self._of_cells: set[tuple[str, str]] = set()
        self._plugins: dict[str, ActionSource] = {}
        self._initialized: dict[str, Once[None]] = {}
        self._resolving: dict[tuple[ActionKind, str], Once[AnyAction | None]] = {}
        self._stand_ins: list[StandIns] = parent._stand_ins if parent else []  # noqa: SLF001  (of the same class)

    def new_child(self) -> 'Registry':
        """Return a registry for the length of a call; what it lacks is looked up here."""
        return Registry(self)

    # Actions

    def register_action(self, action: AnyAction) -> None:
        """Register an action; one of the same kind and name is replaced, with a warning if it is another function's."""
        action.base_context = self.context
        named = self._actions.setdefault(action.kind, {})
        if (before := named.get(action.name)) is not None and before.origin != action.origin:
            _LOGGER.warning(
                '%s is defined twice, by %s and by %s; the last one counts. Give one of them another name.',
                action.key,
                before.origin,
                action.origin,
            )
        named[action.name] = action

    def lookup_action(self, kind: ActionKind, name: str) -> AnyAction | None:
        """Return an action that is registered already, or what stands in for it, or None."""
        action = self._actions.get(kind, _NONE).get(name)
        if self._stand_ins and (stand_in := self.stand_in(kind, name, action)) is not None:
            return stand_in
        return action if action is not None or self.parent is None else self.parent.lookup_action(kind, name)

    def registered_actions(self, kind: ActionKind) -> list[AnyAction]:
        """Return the actions of a kind that are registered already."""
        inherited = self.parent.registered_actions(kind) if self.parent else []
        return [*self._actions.get(kind, {}).values(), *inherited]

    async def resolve_actions_by_kind(self, kind: ActionKind) -> dict[str, AnyAction]:
        """Return the actions of a kind by name, those that plugins bring when they are initialized included."""
        await self.initialize_plugins()
        return {action.name: action for action in reversed(self.registered_actions(kind))}

    async def resolve_action(self, kind: ActionKind, name: str) -> AnyAction | None:
        """Return an action, asking plugins and dynamic action providers for it, or None.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if a name without plugin is known to several plugins.
        """
        action = self._actions.get(kind, _NONE).get(name)
        if action is None or self._stand_ins:
            action = self.lookup_action(kind, name)
        if action is not None:
            return action
        if _INITIALIZING.get():
            # Requested by a plugin that is being initialized: waiting for callers of the plugin would deadlock.
            action = await self._resolve(kind, name)
        else:
            key = (kind, name)
            once = self._resolving.setdefault(key, Once(lambda: self._resolve(kind, name)))
            action = await once()
            if self._resolving.get(key) is once:
                del self._resolving[key]
        if action is not None or self.parent is None:
            return action
        return await self.parent.resolve_action(kind, name)

    @contextmanager
    def standing_in(self, stand_ins: StandIns) -> Generator[None]:
        """Let a function say what stands in for actions while the block runs; blocks may be nested."""
        self._stand_ins.append(stand_ins)
        try:
            yield
        finally:
            self._stand_ins.remove(stand_ins)

    def stand_in(self, kind: ActionKind, name: str, original: AnyAction | None = None) -> AnyAction | None:
        """Return what stands in for an action, or None."""
        for stand_ins in reversed(self._stand_ins):
            if (action := stand_ins(kind, name, original)) is not None:
                action.base_context = self.context
                return action
        return None

    def in_place_of(self, action: AnyAction) -> AnyAction:
        """Return what stands in for an action, or the action."""
        return (self.stand_in(action.kind, action.name, action) if self._stand_ins else None) or action

    async def resolve_original(self, kind: ActionKind, name: str) -> AnyAction | None:
        """Return an action whatever stands in for it, or None."""
        action = self._actions.get(kind, {}).get(name)
        return action if action is not None else await self._resolve(kind, name)

    async def resolve_action_by_key(self, key: str) -> AnyAction | None:
        """Return the action with a key such as ``/flow/hello``, or None.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the key is malformed.
        """
        return await self.resolve_action(*parse_action_key(key))

    async def require_action(self, kind: ActionKind, name: str) -> AnyAction:
        """Return an action.

        Raises:
            GenkitError: ``NOT_FOUND`` with the nearest name and how to list them.
        """
        action = await self.resolve_action(kind, name)
        if action is None:
            raise await self.not_found(kind, name)
        return action

    async def not_found(self, kind: ActionKind, name: str) -> GenkitError:
        """Return the error for an unknown name."""
        try:
            async with asyncio.timeout(_SUGGESTION_SECONDS):
                listed = await self.list_actions()
        except Exception:  # noqa: BLE001  (a suggestion is not worth another error)
            listed = {}
        known = [metadata.name for metadata in listed.values() if metadata.action_type == kind]
        of_model = _of_model(name, self.plugins) if kind in {ActionKind.MODEL, ActionKind.EMBEDDER} else ''
        way_out = _with_slash(name, known, self.plugins) or did_you_mean(name, known) or of_model
        return GenkitError(
            f'{str(kind).capitalize()} {name!r} not found.{way_out} '
            f"List them with `await ai.list_actions('{kind}')`{'' if known else '; there are none yet'}.",
            status='NOT_FOUND',
            reason=_REASONS.get(kind, ErrorReason.ACTION_NOT_FOUND),
        )

    async def find_actions(self, kind: ActionKind, pattern: str) -> list[AnyAction]:
        """Return the actions that ``<host>:<kind>/<pattern>`` stands for, or the one with a plain name.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none.
        """
        parts = split_dynamic_name(pattern)
        host = parts and await self.resolve_action(ActionKind.DYNAMIC_ACTION_PROVIDER, parts[0])
        if parts is None or not isinstance(host, DynamicActionProvider):
            return [await self.require_action(kind, pattern)]
        with _failing_as(f'Dynamic action provider {host.name!r} could not be asked'):
            found = await host.find_actions(parts[1], parts[2])
        for action in found:
            action.base_context = self.context
        if not found and '*' not in pattern:
            raise await self.not_found(kind, pattern)
        return [self.in_place_of(action) for action in found]

    async def list_actions(self) -> dict[str, ActionMetadata]:
        """Return the description of every action by key: registered, advertised by plugins, or dynamic."""
        listed = await self.parent.list_actions() if self.parent else {}
        for plugin in self._plugins.values():
            for metadata in await _listed(plugin.name, plugin.list_actions()):
                name = plugin.namespaced(metadata.name)
                key = create_action_key(metadata.action_type or ActionKind.CUSTOM, name)
                listed[key] = metadata.replaced(key=key, name=name)
        for actions in list(self._actions.values()):
            for action in list(actions.values()):
                own = action.describe()
                listed[action.key] = _merged(own, listed.get(action.key))
        for provider in list(self._actions.get(ActionKind.DYNAMIC_ACTION_PROVIDER, {}).values()):
            if isinstance(provider, DynamicActionProvider):
                record = await _listed(provider.name, provider.get_action_metadata_record(provider.key))
                for key, metadata in dict(record).items():
                    listed[key] = metadata.replaced(key=key)
        return listed

    # Plugins

    def register_plugin(self, plugin: ActionSource) -> None:
        """Register a plugin without initializing it.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` if there is one of that name, ``INVALID_ARGUMENT`` if it is not a plugin.
        """
        if not isinstance(plugin, ActionSource):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
            raise GenkitError(
                f'{plugin!r} is not a plugin. Pass instances, such as plugins=[Ollama()].', status='INVALID_ARGUMENT'
            )
        if plugin.name in self._plugins:
            raise GenkitError(
                f'A plugin named {plugin.name!r} is registered already; give one of them another name.',
                status='ALREADY_EXISTS',
            )
        plugin.attached_to(self)
        self._plugins[plugin.name] = plugin
        self._initialized[plugin.name] = Once(lambda: self._initialize(plugin))

    async def initialize_plugins(self) -> None:
        """Initialize every plugin that has not been."""
        await asyncio.gather(*(initialized() for initialized in self._initialized.values()))

    @property
    def plugins(self) -> Mapping[str, ActionSource]:
        """The plugins by name."""
        return self._plugins

    # Values and schemas

    def register_value(self, kind: str, name: str, value: Any, *, replace: bool = False) -> None:
        """Register a value, such as a format.

        Args:
            kind: Values of several kinds may have one name.
            name: The value's name.
            value: The value; None stands for none.
            replace: Whether it takes the place of one that is there; what a cell of a notebook defines does so for
                what a cell has defined.

        Raises:
            GenkitError: ``ALREADY_EXISTS``.
        """
        values = self._values.setdefault(kind, {})
        is_taken = name in values and not replace
        self._claim(kind, name, f'A {kind} named {name!r} is registered already.' if is_taken else None)
        values[name] = value

    def lookup_value(self, kind: str, name: str) -> Any:
        """Return a value, or None."""
        value = self._values.get(kind, {}).get(name)
        return value if value is not None or self.parent is None else self.parent.lookup_value(kind, name)

    def list_values(self, kind: str) -> dict[str, Any]:
        """Return the values of a kind by name."""
        inherited = self.parent.list_values(kind) if self.parent else {}
        return {**inherited, **self._values.get(kind, {})}

    def register_schema(self, name: str, schema: Any) -> None:
        """Register a Pydantic class or a JSON schema under a name.

        A class that was defined again replaces itself, and in a notebook any schema replaces another one.

        Raises:
            GenkitError: ``ALREADY_EXISTS``.
        """
        known = self._schemas.get(name)
        refusal: str | None = None
        if known is not None and not _is_same_definition(known, schema):
            refusal = f'A schema named {name!r} is registered already, as {known!r}. Give this one another name.'
        self._claim('schema', name, refusal)
        self._schemas[name] = schema

    def _claim(self, kind: str, name: str, refusal: str | None) -> None:
        """Take a name; people edit cells and run them again, so that one replaces what another has defined.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` with the refusal, if there is one and not both definitions come from cells.
        """
        is_of_cell = is_in_cell()
        if refusal is not None and not (is_of_cell and (kind, name) in self._of_cells):
            raise GenkitError(refusal, status='ALREADY_EXISTS')
        (self._of_cells.add if is_of_cell else self._of_cells.discard)((kind, name))

    def lookup_schema(self, name: str) -> Any:
        """Return a named schema, or None."""
        schema = self._schemas.get(name)
        return schema if schema is not None or self.parent is None else self.parent.lookup_schema(name)

    # Resolution

    async def _resolve(self, kind: ActionKind, name: str) -> AnyAction | None:
        if kind == ActionKind.DYNAMIC_ACTION_PROVIDER and (parts := split_dynamic_name(name)) is not None:
            host = await self.resolve_action(kind, parts[0])
            return await self._provided_by(host, parts[1], parts[2])
        plugin = self._plugins.get(name.partition('/')[0]) if '/' in name else None
        if plugin is not None:
            return await self._resolve_in(plugin, kind, name)
        if '/' not in name and (found := await self._resolve_anywhere(kind, name)) is not None:
            return found
        hosts = list(self._actions.get(ActionKind.DYNAMIC_ACTION_PROVIDER, {}))
        return await self._resolve_dynamic(hosts, kind, name)

    async def _resolve_in(self, plugin: ActionSource, kind: ActionKind, name: str) -> AnyAction | None:
        if plugin.name not in _INITIALIZING.get():
            await self._initialized[plugin.name]()
        action = self._actions.get(kind, {}).get(name)
        if action is None and plugin.name not in _INITIALIZING.get():
            with _failing_as(f'Plugin {plugin.name!r} could not look up {name!r}'):
                action = await plugin.resolve(kind, name)
            if action is not None:
                self.register_action(action)
        return action

    async def _resolve_anywhere(self, kind: ActionKind, name: str) -> AnyAction | None:
        prefix, colon, _ = name.partition(':')
        if colon and prefix in self._plugins:
            return None  # meant is a slash, as `not_found` says; a provider would be asked for a model of this name
        found: dict[str, AnyAction] = {}
        for plugin in self._plugins.values():
            action = await self._resolve_in(plugin, kind, plugin.namespaced(name))
            if action is not None:
                found[plugin.name] = action
        if len(found) > 1:
            choices = ', '.join(repr(f'{plugin}/{name}') for plugin in found)
            raise GenkitError(f'{name!r} is ambiguous: write one of {choices}.', status='INVALID_ARGUMENT')
        return next(iter(found.values()), None)

    async def _resolve_dynamic(self, hosts: Sequence[str], kind: str, name: str) -> AnyAction | None:
        """Ask every provider for a name that does not say whose it is; one that is down is passed over."""
        for host in hosts:
            provider = self.lookup_action(ActionKind.DYNAMIC_ACTION_PROVIDER, host)
            try:
                action = await self._provided_by(provider, kind, name)
            except GenkitError as error:
                _LOGGER.warning('%s was not asked for %s %r: %r', host, kind, name, error)
                continue
            if action is not None:
                return action
        return None

    async def _provided_by(self, provider: AnyAction | None, kind: str, name: str) -> AnyAction | None:
        if '*' in name or not isinstance(provider, DynamicActionProvider):
            return None
        with _failing_as(f'Dynamic action provider {provider.name!r} could not be asked'):
            action = await provider.get_action(kind, name)
        if action is not None:
            action.base_context = self.context
        return action

    async def _initialize(self, plugin: ActionSource) -> None:
        _INITIALIZING.set(_INITIALIZING.get() | {plugin.name})  # in the task that initializes, and nowhere else
        with _failing_as(f'Plugin {plugin.name!r} could not be initialized'):
            actions = await plugin.init()
        for action in actions:
            action.name = plugin.namespaced(action.name)
            self.register_action(action)


@contextmanager
def _failing_as(what: str) -> Generator[None]:
    """Turn an error that is outside the tree into one of it."""
    try:
        yield
    except GenkitError:
        raise
    except Exception as error:
        raise GenkitError(what, status='UNAVAILABLE', cause=error) from error


async def _listed(source: str, listing: Awaitable[Any]) -> Any:
    """Return what a source lists; one that fails is logged and lists nothing."""
    try:
        return await listing
    except Exception as error:  # noqa: BLE001  (one source must not hide the others; it is logged)
        _LOGGER.warning('%s cannot list its actions: %r', source, error)
        return ()


def _merged(own: ActionMetadata, advertised: ActionMetadata | None) -> ActionMetadata:
    """Return a registered action's description, gaps filled from what its plugin advertises."""
    if advertised is None:
        return own
    gaps = {
        name: value
        for name, value in advertised
        if value is not None and getattr(own, name) is None and name != 'metadata'
    }
    metadata = {**(advertised.metadata or {}), **(own.metadata or {})}
    return own.replaced(**gaps, metadata=metadata or None)


def _is_same_definition(one: Any, other: Any) -> bool:
    """Return whether two schemas are one, such as a class of a notebook's cell that was run again."""
    if isinstance(one, type) and isinstance(other, type):
        return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)
    return one == other


def _with_slash(name: str, known: Sequence[str], plugins: Mapping[str, Any]) -> str:
    """Return how a name is written whose prefix ends with a colon, as other libraries have it."""
    prefix, colon, rest = name.partition(':')
    if not colon or not rest or '/' in prefix or any(letter.isspace() for letter in name):
        return ''
    is_prefix = prefix in BRINGS_MODELS or prefix in plugins
    return f" Write '{prefix}/{rest}'." if is_prefix or f'{prefix}/{rest}' in known else ''


def _of_model(name: str, plugins: Mapping[str, Any]) -> str:
    """Return what to do about a model that nobody brings."""
    if any(letter.isspace() for letter in name):
        return ' The first argument is the model; write prompt=… for what is asked.'
    prefix = name.partition('/')[0]
    known = BRINGS_MODELS.get(prefix)
    if known is None or prefix in plugins:
        return ''
    return f' Install {known.package} and pass plugins=[{known.example}] to Genkit(…): {how_to_install(known.package)}.'
