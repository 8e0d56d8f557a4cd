# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From a prompt and an input to messages."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from genkit._action.function import call_in_thread
from genkit._action.schema import to_json_schema, type_adapter, validate_input
from genkit._base.errors import GenkitError
from genkit._base.json_schema import check_json
from genkit._base.suggest import refuse
from genkit._generate.options import named_schema
from genkit._kinds.options import read_documents
from genkit._prompt.definition import Content, Input, PromptDefinition
from genkit._prompt.environment import environment
from genkit._registry.registry import Registry
from genkit.types import DocumentData, Message, Part, Role, TextPart
from genkit.types.reference import as_members


@dataclass(frozen=True, slots=True)
class Rendering:
    """A prompt rendered for one input."""

    messages: list[Message]
    docs: list[DocumentData]


@dataclass(frozen=True, slots=True)
class RenderingCall:
    """What a rendering depends on, beside the prompt.

    Attributes:
        input: The values, validated, defaults included.
        context: What templates name with ``@``.
        history: The conversation so far.
        docs: Documents of the call.
    """

    input: Any
    context: Mapping[str, Any]
    history: Sequence[Message]
    docs: Sequence[DocumentData]


async def render(registry: Registry, definition: PromptDefinition, call: RenderingCall) -> Rendering:
    """Return the messages of a prompt: system, then the conversation, then the prompt.

    Raises:
        GenkitError: With the place in the template, or what a function of the prompt raised.
    """
    docs = [*await _documents(definition, call), *call.docs]
    messages: list[Message] = []
    system = await _content(registry, 'system', definition.system, call)
    if system is not None:
        messages.append(Message(role=Role.SYSTEM, content=system))
    messages += await _conversation(registry, definition, call)
    prompt = await _content(registry, 'prompt', definition.prompt, call)
    if prompt is not None:
        messages.append(Message(role=Role.USER, content=prompt))
    return Rendering(messages, docs)


def read_input(registry: Registry, expected: Input[Any], given: Any, what: str) -> Any:
    """Return a call's input with defaults put under it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it does not fit the prompt's input schema.
    """
    if isinstance(given, BaseModel) and not _is_of_another_class(given, expected.schema):
        return given
    value: Any = as_members(given) if isinstance(given, BaseModel) else given
    if expected.default and (given is None or isinstance(given, Mapping)):
        value = {**expected.default, **cast('Mapping[str, Any]', given or {})}
    schema = named_schema(registry, expected.schema) if isinstance(expected.schema, str) else expected.schema
    if schema is None:
        return value
    if value is not None and not isinstance(cast('object', value), Mapping):
        _require_object(schema, value, what)
    if isinstance(schema, dict):
        check_json(cast('dict[str, Any]', schema), {} if value is None else value, f'the input of {what}')
        return value
    return validate_input(type_adapter(schema), {} if value is None else value, f'the input of {what}')


def _is_of_another_class(given: BaseModel, schema: Any) -> bool:
    return isinstance(schema, type) and issubclass(schema, BaseModel) and not isinstance(given, schema)


def _require_object(schema: Any, given: Any, what: str) -> None:
    """Refuse one value in place of the values by name."""
    described = to_json_schema(schema)
    if described.get('type') == 'object':
        names = ', '.join(f'{name!r}: …' for name in described.get('properties') or ('name',))
        refuse(f'The input of {what}', given, f'expected the values by name: write {{{names}}}.')


async def _conversation(registry: Registry, definition: PromptDefinition, call: RenderingCall) -> list[Message]:
    messages = definition.messages
    if messages is None:
        return list(call.history)
    if isinstance(messages, str):
        return _template(registry, messages, call, call.history)
    if callable(messages):
        return list(await _called(messages, call.input, {'context': call.context, 'history': list(call.history)}))
    return list(messages)


async def _content(registry: Registry, what: str, content: Content, call: RenderingCall) -> list[Part] | None:
    if content is None:
        return None
    if isinstance(content, str):
        rendered = _template(registry, content, call, ())
        if len(rendered) != 1:
            raise GenkitError(
                f'The {what} template makes {len(rendered)} messages; it may make one. '
                'Put a conversation into messages=.',
                status='INVALID_ARGUMENT',
            )
        return rendered[0].content
    made: Any = await _called(content, call.input, call.context) if callable(content) else content
    if isinstance(made, str):
        return [TextPart(text=made)]
    return [made] if isinstance(made, Part) else list(made)


async def _documents(definition: PromptDefinition, call: RenderingCall) -> list[DocumentData]:
    docs = definition.docs
    if docs is None:
        return []
    return read_documents('docs', await _called(docs, call.input, call.context) if callable(docs) else docs)


def _template(registry: Registry, source: str, call: RenderingCall, history: Sequence[Message]) -> list[Message]:
    compiled = environment(registry).compile(source)
    return compiled.render(call.input, context=call.context, messages=history, docs=call.docs).messages


async def _called(function: Callable[..., Any], *arguments: Any) -> Any:
    wanted = arguments[: len(inspect.signature(function).parameters)]
    if inspect.iscoroutinefunction(function):
        return await function(*wanted)
    return await call_in_thread(function, *wanted)
