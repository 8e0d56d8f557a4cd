# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How the answer is asked for, and how it is read: format, schema, type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeVar

from genkit._action.schema import describe_problems, to_json_schema, type_adapter
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.suggest import did_you_mean
from genkit._generate.formats import FormatDef, Formatter
from genkit._registry.registry import Registry
from genkit.types import GenerateActionOutputConfig, Message, OutputConfig


OutputT = TypeVar('OutputT', default=Any)


@dataclass(frozen=True)
class Output(Generic[OutputT]):
    """What an answer is to look like.

    Attributes:
        schema: A type, a JSON schema, or the name of a registered schema.
        format: ``json``, ``array``, ``jsonl``, ``enum``, ``text`` or one of your own.
        content_type: In place of the format's.
        instructions: A text of your own, True to force the format's, False for none.
        constrained: Whether the model is held to the schema while it writes.
    """

    schema: type[OutputT] | dict[str, Any] | str | None = None
    format: str | None = 'json'
    content_type: str | None = None
    instructions: bool | str | None = None
    constrained: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what is set, the schema as JSON schema."""
        members = {
            'format': self.format,
            'content_type': self.content_type,
            'instructions': self.instructions,
            'constrained': self.constrained,
            'json_schema': None if self.schema is None or isinstance(self.schema, str) else to_json_schema(self.schema),
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """How one call asks for its output and reads it.

    Attributes:
        request: What the model is told.
        instructions: What is put into the messages.
        read_message: Reads the whole answer; None without a format.
        read_chunk: Reads a piece of it.
    """

    request: OutputConfig
    instructions: str | None = None
    read_message: Callable[[Message], Any] | None = None
    read_chunk: Callable[[Any], Any] | None = None

    def labelled(self, message: Message) -> Message:
        """Return an answer with a note of its format, by which the developer tools choose how to show it."""
        wanted = {'contentType': self.request.content_type, 'format': self.request.format}
        output = {name: value for name, value in wanted.items() if value is not None}
        if not output:
            return message
        return message.replaced(metadata={**(message.metadata or {}), 'generate': {'output': output}})


PLAIN_OUTPUT = OutputPlan(OutputConfig())


def plan_output(registry: Registry, output: GenerateActionOutputConfig | None, output_type: Any) -> OutputPlan:
    """Return how a call asks for its output.

    Args:
        registry: Knows the formats.
        output: What the caller asks for.
        output_type: The Python type the output is to be; None if plain data is wanted.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown format, ``INVALID_ARGUMENT`` for a schema that does not suit it.
    """
    if output is None:
        return PLAIN_OUTPUT
    name = output.format or ('json' if output.json_schema is not None else None)
    if name is None:
        request = OutputConfig(content_type=output.content_type, constrained=output.constrained)
        return OutputPlan(request) if output.content_type or output.constrained is not None else PLAIN_OUTPUT
    definition = _format(registry, name)
    formatter = definition.handle(output.json_schema)
    config = definition.config
    request = OutputConfig.trusted(
        format=output.format or config.format,
        schema_=output.json_schema,
        content_type=output.content_type or config.content_type,
        constrained=config.constrained if output.constrained is None else output.constrained,
    )
    read = _typed_reader(formatter, output_type)
    return OutputPlan(request, _instructions(definition, formatter, output.instructions), read, formatter.parse_chunk)


def _instructions(definition: FormatDef, formatter: Formatter, asked: bool | str | None) -> str | None:  # noqa: FBT001
    if isinstance(asked, str):
        return asked
    wanted = definition.config.default_instructions if asked is None else asked
    return formatter.instruct() if wanted else None


def _format(registry: Registry, name: str) -> FormatDef:
    definition = registry.lookup_value('format', name)
    if definition is None:
        known = registry.list_values('format')
        raise GenkitError(
            f'Output format {name!r} is not known.{did_you_mean(name, known)} There are: {", ".join(sorted(known))}.',
            status='NOT_FOUND',
        )
    return definition


def _typed_reader(formatter: Formatter, output_type: Any) -> Callable[[Message], Any]:
    if output_type is None:
        return formatter.parse_message
    adapter = type_adapter(output_type)

    def read(message: Message) -> Any:
        return _as_type(adapter, formatter.parse_message(message), message)

    return read


def _as_type(adapter: TypeAdapter[Any], value: Any, message: Message) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise GenkitError(
            f'The answer does not fit the schema asked for: {describe_problems(error)}. The text was {message.text!r}.',
            status='INTERNAL',
            reason=ErrorReason.INVALID_OUTPUT,
            cause=error,
        ) from error
