# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin that once brought the middleware, which every application has now."""

from typing import Any

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit._registry.plugin import Plugin


class Middleware(Plugin):
    """Brings nothing: the middleware of `genkit.middleware` needs no plugin."""

    name = 'middleware'

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return None."""
        _ = action_type, name
