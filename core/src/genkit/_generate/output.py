# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The output of a call: how it is requested and parsed."""

from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, Final, Generic

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeVar

from genkit._action.schema import describe_problems, to_json_schema, type_adapter, validated
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.extract import REPAIRED
from genkit._base.json_schema import check_json
from genkit._base.suggest import did_you_mean
from genkit._generate.formats import FormatDef, Formatter
from genkit._registry.registry import Registry
from genkit.types import FinishReason, GenerateActionOutputConfig, Message, OutputConfig


OutputT = TypeVar('OutputT', default=Any)
_SHOWN: Final = 200


@dataclass(frozen=True)
class Output(Generic[OutputT]):
    """The requested output of a call: schema, format and instructions.

    Attributes:
        schema: A type, a JSON schema, or the name of a registered schema; ``str`` for the answer's text.
        format: ``json``, ``array``, ``jsonl``, ``enum``, ``text`` or a custom format.
        content_type: The MIME type of the output. Default: the format's.
        instructions: Custom instructions, True to force the format's, False for none.
        constrained: Whether to use constrained decoding by the schema.
    """

    schema: type[OutputT] | UnionType | dict[str, Any] | str | None = None
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
        request: The output configuration sent to the model.
        instructions: What is put into the messages.
        read_message: Reads the whole answer; None without a format.
        read_chunk: Reads a piece of it.
        read_cut_off: Reads an answer that ended with the limit on its length.
        is_repaired: Whether an answer was malformed, so that reading it means to repair it.
    """

    request: OutputConfig
    instructions: str | None = None
    read_message: Callable[[Message], Any] | None = None
    read_chunk: Callable[[Any], Any] | None = None
    read_cut_off: Callable[[Message], Any] | None = None
    is_repaired: Callable[[Message], bool] | None = None

    def reader(self, finish_reason: FinishReason | None) -> Callable[[Message], Any] | None:
        """Return what reads an answer that ended for a reason."""
        return self.read_cut_off if finish_reason == FinishReason.LENGTH else self.read_message

    def labelled(self, message: Message) -> Message:
        """Return an answer with a note of its format, by which the developer tools choose how to show it."""
        wanted = {'contentType': self.request.content_type, 'format': self.request.format}
        output: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        if self.is_repaired is not None and not message.tool_requests and self.is_repaired(message):
            output[REPAIRED] = True
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
    if output_type is str and output.format in {None, 'json'}:
        output = output.replaced(format='text', json_schema=None)  # a text is not JSON, and needs no schema
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
    schema = output.json_schema if formatter.is_data else None
    return OutputPlan(
        request,
        _instructions(definition, formatter, output.instructions),
        _reader(formatter.parse_message, schema, output_type),
        formatter.parse_chunk,
        _reader(_parser_of_cut_off(formatter), schema, output_type),
        formatter.is_repaired,
    )


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


def _parser_of_cut_off(formatter: Formatter) -> Callable[[Message], Any]:
    """Return what reads an answer that ended with the limit on its length, if it is whole nevertheless."""

    def parse(message: Message) -> Any:
        if formatter.is_whole is not None and not formatter.is_whole(message):
            raise _cut_off(message)
        try:
            value = formatter.parse_message(message)
        except GenkitError as error:
            if error.reason == ErrorReason.INVALID_OUTPUT:
                raise _cut_off(message) from error
            raise
        if value is None and message.text.strip() != 'null':
            raise _cut_off(message)
        return value

    return parse


def _cut_off(message: Message) -> GenkitError:
    return GenkitError(
        f'The answer reached the limit on its length before its output was complete; it ends with '
        f'{message.text[-_SHOWN:]!r}. Raise max_output_tokens, or ask for less at a time; `response.text` holds what '
        'there is.',
        status='OUT_OF_RANGE',
        reason=ErrorReason.ANSWER_CUT_OFF,
    )


def _reader(
    parse: Callable[[Message], Any], schema: dict[str, Any] | None, output_type: Any
) -> Callable[[Message], Any]:
    """Return what reads an answer as the type that was asked for, or as data that fits the schema."""
    if output_type is None:
        return parse if schema is None else _checked_reader(parse, schema)
    adapter = type_adapter(output_type)

    def read(message: Message) -> Any:
        return _as_type(adapter, parse(message), message)

    return read


def _checked_reader(parse: Callable[[Message], Any], schema: dict[str, Any]) -> Callable[[Message], Any]:
    def read(message: Message) -> Any:
        value = parse(message)
        if message.tool_requests:  # an answer that asks for tools is none yet
            return value
        try:
            check_json(schema, value, 'the answer', ErrorReason.INVALID_OUTPUT)
        except GenkitError as error:
            if error.reason != ErrorReason.INVALID_OUTPUT:
                raise
            raise _misfit(error.original_message.partition('failed: ')[2], message, error) from error
        return value

    return read


def _misfit(problems: str, message: Message, cause: Exception) -> GenkitError:
    return GenkitError(
        f'The answer does not fit the schema asked for: {problems}. The text was {_cut(message.text)!r}.',
        status='INTERNAL',
        reason=ErrorReason.INVALID_OUTPUT,
        cause=cause,
    )


def _as_type(adapter: TypeAdapter[Any], value: Any, message: Message) -> Any:
    try:
        return validated(adapter, value)
    except ValidationError as error:
        raise _misfit(describe_problems(error), message, error) from error


def _cut(text: str) -> str:
    """Return the beginning of a long text: the error goes to clients, and `response.text` holds the whole."""
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'
