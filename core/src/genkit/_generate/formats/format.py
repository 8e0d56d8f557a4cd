# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The interface of output formats, and helpers of the built-in ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.serialize import dump_schema
from genkit.types import GenerateResponseChunk, Message


JsonSchema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FormatterConfig:
    """What a format requires of a model: content type, constrained decoding, instructions.

    Attributes:
        format: The model's name of the format, if it supports it natively.
        content_type: The MIME type of the output.
        constrained: Whether to use constrained decoding by the schema.
        default_instructions: Whether the instructions are sent by default.
    """

    format: str | None = None
    content_type: str | None = None
    constrained: bool | None = None
    default_instructions: bool = True


@dataclass(frozen=True)
class Formatter:
    """The parser and the instructions of a format for one schema.

    Attributes:
        parse_message: Parses the output of a complete message.
        parse_chunk: Parses the output so far from a chunk; None if the format does not support streaming.
        instructions: Instructions for the model, or a function that returns them when needed.
        is_whole: Whether an answer that was cut off by the limit on its length is complete all the same. Default: it is
            if ``parse_message`` returns something.
        is_repaired: Whether an answer was malformed, so that ``parse_message`` has to repair it. Default: never.
        is_data: Whether ``parse_message`` returns the data that the schema describes, which is then checked against it.
    """

    parse_message: Callable[[Message], Any]
    parse_chunk: Callable[[GenerateResponseChunk[Any]], Any] | None = None
    instructions: str | Callable[[], str | None] | None = None
    is_whole: Callable[[Message], bool] | None = None
    is_repaired: Callable[[Message], bool] | None = None
    is_data: bool = False

    def instruct(self) -> str | None:
        """Return the instructions for the model."""
        return self.instructions() if callable(self.instructions) else self.instructions


@dataclass(frozen=True)
class FormatDef:
    """A named output format.

    Attributes:
        name: The value of ``output_format`` that selects it.
        config: What the format requires of a model.
        handle: Returns the format's `Formatter` for a schema, which may be None.
    """

    name: str
    config: FormatterConfig = field(default_factory=FormatterConfig)
    handle: Callable[[JsonSchema | None], Formatter] = field(default=lambda _: Formatter(lambda message: message.text))


def schema_instructions(sentence: str, schema: JsonSchema | None) -> str | None:
    """Return a sentence followed by a fenced schema, or None without a schema."""
    return f'{sentence}\n\n```\n{dump_schema(schema)}\n```\n' if schema else None


def resolve_reference(schema: JsonSchema, root: JsonSchema) -> JsonSchema:
    """Return what a ``$ref`` within a schema points to, or the schema itself."""
    reference = schema.get('$ref')
    if not isinstance(reference, str) or not reference.startswith('#/'):
        return schema
    target: Any = root
    for step in reference[2:].split('/'):
        target = target.get(step, {})
    return target


def require(holds: bool, name: str, expected: str, schema: JsonSchema | None) -> None:  # noqa: FBT001
    """Raise ``INVALID_ARGUMENT`` unless a schema suits a format."""
    if not holds:
        raise GenkitError(
            f'The {name!r} format needs a schema of {expected}; got {schema!r}.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_SCHEMA,
        )
