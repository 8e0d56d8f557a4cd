# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The options of a generate call, and their conversion to serializable options."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias, TypedDict, TypeVar, get_origin

from pydantic import BaseModel

from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema, type_adapter, validate_input
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_schema import require_json_schema
from genkit._base.suggest import as_list, check_options, refuse
from genkit._generate.hooks import MiddlewareArgument, middleware_refs
from genkit._generate.loop import Generation
from genkit._generate.output import Output
from genkit._generate.resume import read_answers, read_restarts, request_label, waiting_requests
from genkit._generate.tools import ToolArgument, tool_action
from genkit._kinds.model import ModelAction
from genkit._kinds.options import DocumentsArgument, read_documents
from genkit._kinds.resource import ResourceAction
from genkit._registry.registry import AnyAction, Registry
from genkit.types import (
    DocumentData,
    GenerateActionOptions,
    GenerateActionOutputConfig,
    GenerateResponseChunk,
    Message,
    ModelRef,
    OutputConfig,
    Part,
    Resume,
    Role,
    TextPart,
    ToolChoice,
    ToolRequestPart,
    ToolResponsePart,
)


ModelT = TypeVar('ModelT', bound=BaseModel)

ModelArgument: TypeAlias = 'str | ModelRef[Any] | ModelAction | None'
ContentArgument: TypeAlias = str | Part | Sequence[Part] | None


class GenerateOptions(TypedDict, total=False):
    """Options of a generate call besides the model and the messages.

    Attributes:
        tools: Names, decorated functions, actions, or ``<host>:tool/<pattern>`` of a dynamic action provider; one or
            several.
        return_tool_requests: Whether to return the model's tool requests instead of running them.
        tool_choice: Whether the model may, must or must not call a tool.
        config: The model's configuration, as data or as its config type.
        max_turns: The maximum number of rounds of tool calls. Default: 5.
        on_chunk: Called with each chunk as it arrives; a coroutine function is awaited before the next chunk.
        context: The caller's context for all actions of the call. Default: that of the running action.
        output_format: ``json``, ``array``, ``jsonl``, ``enum``, ``text`` or a custom format.
        output_content_type: The MIME type of the output. Default: the format's.
        output_instructions: Custom instructions, True to force the format's, False for none.
        output_constrained: Whether to use constrained decoding by the schema.
        docs: Documents for the model to use, one or several, as texts or as what a retriever found.
        resources: Names of resources that are asked first for what resource parts point to, or resources that are not
            registered, made by `make_resource`.
        use: Middleware: instances, registered names, references, or ``async (request, context, next)`` functions; one
            or several.
        resume_respond: Tool responses to the interrupts of the last message.
        resume_restart: Interrupted tool requests of the last message that are to run again.
        resume_metadata: Metadata of the resumption.
        tool_responses: As ``resume_respond``.
        step_name: The name of the call's span.
    """

    tools: 'Sequence[ToolArgument] | ToolArgument | None'
    return_tool_requests: bool | None
    tool_choice: ToolChoice | str | None
    config: Any
    max_turns: int | None
    on_chunk: Callable[[GenerateResponseChunk[Any]], Any] | None
    context: Mapping[str, Any] | None
    output_format: str | None
    output_content_type: str | None
    output_instructions: bool | str | None
    output_constrained: bool | None
    docs: DocumentsArgument | None
    resources: Sequence[str | ResourceAction] | None
    use: Sequence[MiddlewareArgument] | MiddlewareArgument | None
    resume_respond: Sequence[ToolResponsePart] | ToolResponsePart | None
    resume_restart: Sequence[ToolRequestPart] | ToolRequestPart | None
    resume_metadata: dict[str, Any] | None
    tool_responses: Sequence[ToolResponsePart] | None
    step_name: str | None


_OPTIONS: Final = GenerateOptions.__annotations__
# What the signatures name beside the options.
_NAMED: Final = ('model', 'prompt', 'system', 'messages', 'output', 'output_schema')
MESSAGES_WAY_OUT: Final = "write prompt='…' for what the user says, or messages=[Message(role='user', content='…')]."
_OF_OUTPUT: Final = {f'output_{name}': name for name in ('format', 'content_type', 'instructions', 'constrained')}
# What can be iterated over, and is neither a part nor several.
_NO_PARTS: Final = (Mapping, Message, bytes)

OutputArgument: TypeAlias = Output[Any] | OutputConfig | Mapping[str, Any] | type[Any] | None


@dataclass(slots=True)
class Asked:
    """The arguments of a generate call: model, messages and output.

    Attributes:
        output: All output options in one object; the ``output_…`` options win over its fields.
        output_schema: A type, a JSON schema, or the name of a registered schema.
    """

    model: ModelArgument = None
    prompt: ContentArgument = None
    system: ContentArgument = None
    messages: Sequence[Message] | Message | None = None
    output: OutputArgument = None
    output_schema: Any = None


def prepare(registry: Registry, asked: Asked, options: GenerateOptions) -> tuple[GenerateActionOptions, Generation]:
    """Return a call as options that can travel, and what it needs beside them.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an option that does not exist or does not fit.
    """
    model = asked.model
    default = registry.lookup_value('defaultModel', 'defaultModel') if model is None else model
    output, output_type = _output(registry, asked, options)
    generation = Generation(registry, output_type=output_type)
    members: dict[str, Any] = {'model': _model_name(default), 'messages': _messages(asked), 'output': output}
    if options:
        members.update(_further_members(options, generation))
    if isinstance(default, ModelRef):
        members['config'] = default.merged_config(members.get('config'))
    elif isinstance(model, ModelAction):
        generation.model = model
    return GenerateActionOptions.trusted(**members), generation


def _further_members(options: GenerateOptions, generation: Generation) -> dict[str, Any]:
    """Return what the options add to a call, and put what cannot travel where it is looked for."""
    check_generate_options(options)
    tool_names, generation.tools = _split_tools(as_list('tools', options.get('tools')))
    context: Any = options.get('context')
    if context is not None and not isinstance(context, Mapping):
        refuse('context', context, "expected a dictionary, such as context={'user': …}.")
    use = options.get('use')
    use = None if use is None else as_list('use', use)
    generation.use = use
    generation.on_chunk = options.get('on_chunk')
    return {
        'docs': _documents(options.get('docs')),
        'resources': _offered(options.get('resources'), generation),
        'tools': tool_names or None,
        'tool_choice': _tool_choice(options.get('tool_choice'), has_tools=bool(tool_names or generation.tools or use)),
        'config': options.get('config'),
        'resume': _resume(options),
        'return_tool_requests': options.get('return_tool_requests'),
        'max_turns': _max_turns(options.get('max_turns')),
        'step_name': options.get('step_name'),
        'use': middleware_refs(use) or None if use else None,
    }


def check_generate_options(
    options: GenerateOptions, where: str = 'generate()', named: Sequence[str] = _NAMED, otherwise: str = ''
) -> None:
    """Refuse an option that ``generate`` does not have.

    Args:
        options: As given.
        where: What was called.
        named: What its signature names beside the options.
        otherwise: What to do about a name that resembles none.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    check_options(where, options, _OPTIONS, named, otherwise)


def _model_name(model: Any) -> str | None:
    if model is None or isinstance(model, str):
        return model
    if not isinstance(model, ModelRef | ModelAction) and not isinstance(getattr(model, 'name', None), str):
        way_out = "expected a name or a reference, such as 'openai/gpt-4o'; write messages=… for messages."
        refuse('model', model, way_out)
    return model.name


def _messages(asked: Asked) -> list[Message]:
    given = as_list('messages', asked.messages, MESSAGES_WAY_OUT) if asked.messages else ()
    messages = [_checked('messages', n, message, Message) for n, message in enumerate(given)]
    if asked.system is not None:
        messages.insert(0, Message.trusted(role=Role.SYSTEM, content=_content('system', asked.system)))
    if asked.prompt is not None:
        if waiting := waiting_requests(messages):
            raise GenkitError(
                f'The last message waits for an answer to {", ".join(map(request_label, waiting))}, so no prompt can '
                'follow it. Answer with resume_respond=[tool_response(part, output)] or resume_restart=…, without a '
                'prompt.',
                status='FAILED_PRECONDITION',
                reason=ErrorReason.UNRESOLVED_TOOL_REQUEST,
            )
        messages.append(Message.trusted(role=Role.USER, content=_content('prompt', asked.prompt)))
    return messages


def _documents(docs: DocumentsArgument | None) -> list[DocumentData] | None:
    return (read_documents('docs', docs) or None) if docs else None


def _checked(name: str, number: int, given: Any, expected: type[ModelT]) -> ModelT:
    """Return an instance as it is, and data as an instance."""
    if isinstance(given, expected):
        return given
    if isinstance(given, str):
        refuse(f'{name}[{number}]', given, f"expected a message: write Message(role='user', content={given!r}).")
    return validate_input(type_adapter(expected), given, f'{name}[{number}]')


def _max_turns(given: Any) -> int | None:
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        refuse('max_turns', given, 'expected a number, such as max_turns=5.')
    return given


def _tool_choice(given: ToolChoice | str | None, *, has_tools: bool) -> ToolChoice | None:
    if given is None:
        return None
    if given == ToolChoice.REQUIRED and not has_tools:
        raise GenkitError(
            "tool_choice is 'required', and there is no tool. Give some with tools=[…].", status='INVALID_ARGUMENT'
        )
    if given in ToolChoice.__members__.values():
        return ToolChoice(given)
    raise GenkitError(
        f'tool_choice is {given!r}; it may be {", ".join(repr(str(choice)) for choice in ToolChoice)}.',
        status='INVALID_ARGUMENT',
    )


def _content(name: str, content: str | Part | Sequence[Part]) -> list[Part]:
    """Return content as parts. A string is text, braces and all: it is never a template."""
    if isinstance(content, str):
        return [TextPart.trusted(text=content)]
    given: Any = content
    is_model = isinstance(given, BaseModel) and not isinstance(given, Part)
    if is_model or isinstance(given, _NO_PARTS) or not isinstance(given, Iterable):
        refuse(name, given, f"expected a text or parts: write {name}='…', and messages=[…] for whole messages.")
    parts = [content] if isinstance(content, Part) else list(content)
    for number, part in enumerate(parts):
        if not isinstance(part, Part):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
            raise GenkitError(
                f"{name}[{number}] is {part!r}; expected a part, such as TextPart(text='…').",
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_PART,
            )
    return parts


def _split_tools(tools: Sequence[Any]) -> tuple[list[str], list[AnyAction]]:
    names = [tool for tool in tools if isinstance(tool, str)]
    actions = [tool_action(tool, f'tools[{n}]') for n, tool in enumerate(tools) if not isinstance(tool, str)]
    return names, actions


def _offered(resources: Sequence[str | ResourceAction] | None, generation: Generation) -> list[str] | None:
    """Return the names of resources; those that are not registered are known to this call alone."""
    offered = as_list('resources', resources)
    if not offered:
        return None
    names: list[str] = []
    for number, resource in enumerate(offered):
        if isinstance(resource, ResourceAction):
            if generation.registry.lookup_action(ActionKind.RESOURCE, resource.name) is not resource:
                generation.registry = generation.registry.new_child()
                generation.registry.register_action(resource)
        elif not isinstance(resource, str):
            raise GenkitError(
                f'resources[{number}] is {resource!r}; expected a name, or a resource that make_resource made.',
                status='INVALID_ARGUMENT',
            )
        names.append(resource if isinstance(resource, str) else resource.name)
    return names


def _resume(options: GenerateOptions) -> Resume | None:
    respond = options.get('resume_respond')
    respond = options.get('tool_responses') if respond is None else respond
    restart = options.get('resume_restart')
    if respond is None and restart is None:
        return None
    return Resume(
        respond=read_answers('resume_respond', respond) or None,
        restart=read_restarts('resume_restart', restart) or None,
        metadata=options.get('resume_metadata'),
    )


def _output(
    registry: Registry, asked: Asked, options: GenerateOptions
) -> tuple[GenerateActionOutputConfig | None, Any]:
    """Return how the output is asked for, and the Python type it is to be."""
    if asked.output is None and asked.output_schema is None and _OF_OUTPUT.keys().isdisjoint(options):
        return None, None
    members = output_members(asked.output)
    schema = asked.output_schema
    if schema is None:
        schema = members.pop('schema', None)
    members.pop('schema', None)
    for option, member in _OF_OUTPUT.items():
        value = options.get(option)
        if value is not None:
            members[member] = value
    if not isinstance(members.get('format', ''), str):
        refuse(
            'output_format', members['format'], "expected a name, such as 'json'; for a type, write output_schema=…."
        )
    if schema is None and not members:
        return None, None
    if isinstance(schema, Output):
        return _output(registry, replace(asked, output=schema, output_schema=None), options)
    if isinstance(schema, str):
        schema = named_schema(registry, schema)
    if isinstance(schema, dict):
        require_json_schema('output_schema', schema)
    python_type = None if isinstance(schema, dict) else schema
    if members or schema is None:
        json_schema = None if schema is None else to_json_schema(schema)
        return GenerateActionOutputConfig(**members, json_schema=json_schema), python_type
    return GenerateActionOutputConfig.trusted(json_schema=dict(to_json_schema(schema))), python_type


def output_members(output: OutputArgument) -> dict[str, Any]:
    """Return what is said of an output, under the names of `Output`; what is not said is left out."""
    if output is None:
        return {}
    if isinstance(output, OutputConfig):
        members = {**dict(output), 'schema': output.schema_}
        members.pop('schema_')
    elif isinstance(output, type) or get_origin(output) is not None:
        members = {'schema': output, 'format': 'json'}  # written as in other libraries, for output_schema=…
    elif isinstance(output, Mapping):
        members = dict(output)
        members['content_type'] = members.pop('contentType', members.get('content_type'))
        members['schema'] = members.pop('jsonSchema', None) or members.pop('json_schema', None) or members.get('schema')
    else:
        members = dict(vars(output))
    return {name: value for name, value in members.items() if value is not None}


def named_schema(registry: Registry, name: str) -> Any:
    """Return a registered schema.

    Raises:
        GenkitError: ``NOT_FOUND``.
    """
    schema = registry.lookup_schema(name)
    if schema is None:
        raise GenkitError(
            f'Schema {name!r} not found. Register it with ai.define_schema({name!r}, …).',
            status='NOT_FOUND',
            reason=ErrorReason.INVALID_SCHEMA,
        )
    return schema
