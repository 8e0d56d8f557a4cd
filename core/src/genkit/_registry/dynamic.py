# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Dynamic action providers: actions that live elsewhere, such as on an MCP server, and are fetched when asked for."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from genkit._action.action import Action
from genkit._action.kind import ActionKind, is_action_kind
from genkit._base.once import Once
from genkit.types import ActionMetadata


Provided: TypeAlias = Mapping[str, Sequence[Action[Any, Any, Any]]]

_DEFAULT_TTL_MS: Final = 3000


@dataclass(frozen=True)
class DapCacheConfig:
    """Cache configuration of a dynamic action provider, in milliseconds: None or 0 for 3000, negative for no cache."""

    ttl_millis: int | None = None


@dataclass(frozen=True)
class DapConfig:
    """Configuration of a dynamic action provider."""

    name: str
    description: str | None = None
    cache_config: DapCacheConfig | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


class DynamicActionProvider(Action[None, list[ActionMetadata]]):
    """Fetches actions from an external source and caches them.

    Args:
        name: The host part of ``<host>:<kind>/<action>``.
        fetch: Returns the actions by kind.
        description: Description for users.
        metadata: Metadata for the developer tools.
        cache_ttl_millis: How long to cache fetched actions, in milliseconds; None or 0 for 3000, negative for no cache.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[], Awaitable[Provided]],
        *,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        cache_ttl_millis: int | None = None,
    ) -> None:
        super().__init__(
            ActionKind.DYNAMIC_ACTION_PROVIDER,
            name,
            self._list_all,
            description=description,
            metadata={**(metadata or {}), 'type': 'dynamic-action-provider'},
            input_schema=None,
            output_schema=list[ActionMetadata],
        )
        self._fetch = fetch
        self._ttl_seconds = (cache_ttl_millis or _DEFAULT_TTL_MS) / 1000
        self._current: Once[Provided] | None = None
        self._fetched_at = 0.0

    def invalidate_cache(self) -> None:
        """Fetch again on the next use."""
        self._current = None

    async def get_action(self, action_type: str, name: str) -> Action[Any, Any, Any] | None:
        """Return one action, or None; a name with ``*`` names none."""
        for action in (await self._provided()).get(str(action_type), ()):
            if action.name == name:
                return action
        return None

    async def find_actions(self, action_type: str, pattern: str) -> list[Action[Any, Any, Any]]:
        """Return the actions of a kind that a name, ``prefix*`` or ``*`` stands for."""
        actions = (await self._provided()).get(str(action_type), ())
        if not pattern.endswith('*'):
            return [action for action in actions if action.name == pattern]
        return [action for action in actions if action.name.startswith(pattern[:-1])]

    async def list_action_metadata(self, action_type: str, pattern: str = '*') -> list[ActionMetadata]:
        """Return descriptions of what `find_actions` finds."""
        return [action.describe() for action in await self.find_actions(action_type, pattern)]

    async def get_action_metadata_record(self, prefix: str) -> dict[str, ActionMetadata]:
        """Return the description of every action under ``<prefix>:<kind>/<name>``."""
        return {
            f'{prefix}:{kind}/{action.name}': action.describe()
            for kind, actions in (await self._provided()).items()
            for action in actions
        }

    async def _list_all(self) -> list[ActionMetadata]:
        return [action.describe() for actions in (await self._provided()).values() for action in actions]

    async def _provided(self) -> Provided:
        expired = self._ttl_seconds < 0 or time.monotonic() - self._fetched_at > self._ttl_seconds
        current = self._current
        if current is None or (current.done and expired):
            current = self._current = Once(self._fetch_now)
        return await current()

    async def _fetch_now(self) -> Provided:
        provided = await self._fetch()
        self._fetched_at = time.monotonic()
        return provided


def split_dynamic_name(name: str) -> tuple[str, str, str] | None:
    """Return host, kind and action of ``<host>:<kind>/<action>``, or None if the name is not of that form."""
    host, colon, rest = name.partition(':')
    kind, slash, action = rest.partition('/')
    if not (host and colon and kind and slash and action) or not is_action_kind(kind):
        return None
    return host, kind, action
