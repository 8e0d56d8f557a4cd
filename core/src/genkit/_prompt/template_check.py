# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Warns of names in templates that the input's schema lacks, which would be rendered as nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from genkit._action.schema import to_json_schema, type_adapter
from genkit._base.errors import GenkitError
from genkit._base.logger import Logger
from genkit._base.suggest import did_you_mean
from genkit._prompt.definition import PromptDefinition
from genkit._prompt.environment import environment
from genkit._registry.registry import Registry
from genkit.types.wire import BUILD_LOCK


if TYPE_CHECKING:
    from genkit._prompt.dotprompt.unknown_names import Shapes

_LOG: Final = Logger('genkit.prompts')


def warn_of_unknown_names(
    registry: Registry, definition: PromptDefinition, templates: Sequence[str] | None = None, file: str = ''
) -> None:
    """Log a warning for each name of a prompt's templates that no input can have.

    Args:
        registry: Knows schemas, helpers and partials.
        definition: The prompt.
        templates: Its templates, frontmatter included. Default: those of the definition.
        file: The file in which they stand.
    """
    schema = definition.input.schema
    schema = registry.lookup_schema(schema) if isinstance(schema, str) else schema
    if templates is None:
        parts = (definition.system, definition.messages, definition.prompt)
        templates = [text for text in parts if isinstance(text, str)]
    if schema is None or not any('{{' in template for template in templates):
        return
    try:
        shapes = _shapes(schema)
        found = [name for text in templates for name in environment(registry).unknown_names(text, shapes, file=file)]
    except (GenkitError, RecursionError):  # what is malformed is an error where it is rendered
        return
    for name, place, known in {each.name: each for each in reversed(found)}.values():
        has = did_you_mean(name, known) or f' It has {", ".join(map(repr, known)) or "no members"}.'
        _LOG.warning(
            'A template names what its input lacks.',
            prompt=definition.key or 'without a name',
            error=f'{place}: the input has no {name!r}, which is written as nothing.{has}',
        )


def _shapes(schema: Any) -> 'Shapes':
    """Return what an input may be, its members by the names of the wire and by those of Python."""
    from genkit._prompt.dotprompt.unknown_names import Shape  # noqa: PLC0415  (loaded with the first prompt)

    if isinstance(schema, dict):
        members = cast('dict[str, Any]', schema)
        return (Shape(members, members, is_closed=False),)
    adapter = type_adapter(schema)
    with BUILD_LOCK:
        by_name = adapter.json_schema(by_alias=False)
    return tuple(Shape(each, each, is_closed=True) for each in (to_json_schema(schema), by_name))
