# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The templates' surroundings that all prompts of an application share: helpers, partials, named schemas."""

from typing import TYPE_CHECKING, Any, cast

from genkit._action.schema import to_json_schema
from genkit._registry.registry import Registry


if TYPE_CHECKING:
    from genkit._prompt.dotprompt import Dotprompt


def environment(registry: Registry) -> 'Dotprompt':
    """Return the registry's environment, made when something first needs it."""
    while registry.parent is not None:
        registry = registry.parent
    found = registry.lookup_value('dotprompt', 'environment')
    if found is None:
        from genkit._prompt.dotprompt import Dotprompt  # noqa: PLC0415  (an application without prompts loads nothing)

        def resolve_schema(name: str) -> dict[str, Any] | None:
            schema = registry.lookup_schema(name)
            return None if schema is None else to_json_schema(schema)

        found = Dotprompt(resolve_schema=resolve_schema)
        registry.register_value('dotprompt', 'environment', found)
    return cast('Dotprompt', found)
