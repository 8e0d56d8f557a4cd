# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The interface of sources, which the registry asks for actions that it does not hold."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit.types import ActionMetadata


class ActionSource(ABC):
    """Brings actions under its name: ``<source>/<action>``.

    Nothing of it runs before an action of it is asked for.

    Attributes:
        name: The namespace of its actions.
    """

    name: str

    def attached_to(self, registry: Any) -> None:  # noqa: B027  (a hook that few need)
        """Take note of the registry; called when this source is registered."""

    async def init(self) -> Sequence[Action[Any, Any, Any]]:
        """Return the actions to register at once; called one time, on first use."""
        return ()

    @abstractmethod
    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the action of a kind with a full name (``<source>/<action>``), or None if there is none."""

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return what could be resolved, for listings; need not be complete."""
        return ()

    def namespaced(self, name: str) -> str:
        """Return a name under this source's namespace."""
        return name if name.startswith(f'{self.name}/') else f'{self.name}/{name}'

    async def aclose(self) -> None:  # noqa: B027  (a hook that few need)
        """Let go of what is held: connections, models in memory. A later call may take hold again."""
