# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the protocol's: https://docs.cohere.com/reference/chat."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import (
    ModelEntry,
    ToolNames,
    answer_parts,
    as_members,
    augment_with_docs,
    content_type_of,
    data_text,
    fit,
    parse_config,
    text_arguments,
    tool_answers,
    tool_calls,
    unsupported_media,
    unsupported_part,
    without_key,
)
from genkit.types import (
    DocumentData,
    GenerateRequest,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolChoice,
    ToolDefinition,
    ToolResponse,
)
from pydantic_core import to_jsonable_python

from genkit_cohere.config import CohereConfig
from genkit_cohere.models import REASONING, SCHEMAS


Body = dict[str, Any]

PLAN: Final = 'toolPlan'  # in the metadata of reasoning that came as the plan of tool calls
_CHOICES: Final = {ToolChoice.REQUIRED: 'REQUIRED', ToolChoice.NONE: 'NONE'}
_IMAGES: Final = frozenset({'image/jpeg', 'image/png', 'image/webp', 'image/gif'})
_UNKNOWN_TYPE: Final = 'application/octet-stream'
_JSON_WANTED: Final = 'Write the answer as JSON.'  # without a word of it a model may go on for ever
_AS_THEY_ARE: Final = (
    'temperature',
    'stop_sequences',
    'strict_tools',
    'safety_mode',
    'seed',
    'frequency_penalty',
    'presence_penalty',
    'logprobs',
    'priority',
)


def to_request(entry: ModelEntry, request: GenerateRequest, names: ToolNames) -> Body:
    """Return the body of a request.

    The protocol has no JSON beside documents: those of a request that asks for JSON become text of its prompt.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what the model or the protocol cannot take.
    """
    given = without_key(as_members(request.config))
    config = parse_config(CohereConfig, given, 'The config does not fit Cohere')
    answer_format = _response_format(request)
    messages = request.messages
    if answer_format is not None:
        messages = _asking_for_json(augment_with_docs(messages, request.docs or ()), answer_format)
    documents = [] if answer_format is not None else to_documents(request.docs or ())
    sent: Body = {
        'model': config.version or entry.name,
        'messages': to_messages(messages, names, thinks=REASONING in entry.extras),
        'documents': [*documents, *(config.documents or ())] or None,
        'tools': [_tool(tool, names) for tool in request.tools or ()] or None,
        'tool_choice': _CHOICES.get(request.tool_choice) if request.tools and request.tool_choice else None,
        'response_format': answer_format,
        'max_tokens': config.max_output_tokens,
        'k': config.top_k,
        'p': config.top_p,
        'thinking': _members(config.thinking),
        'citation_options': _members(config.citation_options),
        **{name: getattr(config, name) for name in _AS_THEY_ARE},
        **config.extra,
    }
    return {name: value for name, value in sent.items() if value is not None}


def to_documents(documents: Sequence[DocumentData]) -> list[Body]:
    """Return documents with the ids by which an answer cites them: ``ref``, ``id`` or ``source``, or their numbers.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a document that holds a medium.
    """
    return [_document(document, number) for number, document in enumerate(documents)]


def to_messages(messages: Sequence[Message], names: ToolNames, *, thinks: bool = False) -> list[Body]:
    """Return a conversation as the protocol's messages.

    Args:
        messages: The conversation.
        names: Of its tools.
        thinks: Whether the model takes its thoughts back.
    """
    converted: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.MODEL:
            converted += _from_model(message, number, names, thinks=thinks)
        elif message.role == Role.TOOL:
            converted += _from_tools(messages, number)
        else:
            role = 'system' if message.role == Role.SYSTEM else 'user'
            converted.append({'role': role, 'content': _content(message.content)})
    return converted


def _response_format(request: GenerateRequest) -> Body | None:
    output = request.output
    if output is None or request.tools:  # beside tools a schema is part of the prompt
        return None
    if output.schema_ is not None and output.constrained:
        return {'type': 'json_object', 'json_schema': fit(output.schema_, SCHEMAS).schema}
    return {'type': 'json_object'} if output.format == 'json' else None


def _asking_for_json(messages: Sequence[Message], answer_format: Body) -> Sequence[Message]:
    if 'json_schema' in answer_format or any('json' in message.text.lower() for message in messages):
        return messages
    return [*messages, Message(role=Role.SYSTEM, content=[TextPart(text=_JSON_WANTED)])]


def _document(document: DocumentData, number: int) -> Body:
    medium = next((part for part in document.content if isinstance(part, MediaPart)), None)
    if medium is not None:
        raise unsupported_part(medium, 'text', 'A document')
    told: Mapping[str, Any] = document.metadata or {}
    name = next((told[key] for key in ('ref', 'id', 'source') if told.get(key)), number)
    title = {} if told.get('title') is None else {'title': str(told['title'])}
    text = ''.join(part.text for part in document.content if isinstance(part, TextPart))
    return {'id': str(name), 'data': {**title, 'text': text}}


def _tool(tool: ToolDefinition, names: ToolNames) -> Body:
    parameters = names.inputs.schema(tool)
    function = {'name': names.to_wire(tool.name), 'description': tool.description, 'parameters': parameters}
    return {'type': 'function', 'function': function}


def _content(parts: Sequence[Part]) -> str | list[Body]:
    """Return the content of a message: one text, or blocks if it has an image."""
    if any(isinstance(part, MediaPart) for part in parts):
        return [_block(part) for part in parts]
    return ''.join(_text(part) for part in parts)


def _block(part: Part) -> Body:
    if not isinstance(part, MediaPart):
        return {'type': 'text', 'text': _text(part)}
    kind = content_type_of(part.media).lower()
    if kind not in _IMAGES and (kind != _UNKNOWN_TYPE or part.media.url[:5].lower() == 'data:'):
        raise unsupported_media(kind, 'JPEG, PNG, WebP and GIF images')
    detail = (part.metadata or {}).get('detail')
    image = {'url': part.media.url, **({} if detail is None else {'detail': detail})}
    return {'type': 'image_url', 'image_url': image}


def _text(part: Part) -> str:
    if isinstance(part, TextPart):
        return part.text
    if (data := data_text(part)) is not None:
        return data
    raise unsupported_part(part, 'text, data and images')


def _from_model(message: Message, number: int, names: ToolNames, *, thinks: bool) -> list[Body]:
    """Return what the model said; its thoughts go back with its calls, as they came."""
    calls = [
        {
            'id': call.id,
            'type': 'function',
            'function': {
                'name': names.to_wire(call.part.tool_request.name),
                'arguments': text_arguments(call.part.tool_request, names),
            },
        }
        for call in tool_calls(message, number)
    ]
    if not calls:
        return [{'role': 'assistant', 'content': message.text}] if message.text else []
    thoughts = [part for part in message.content if isinstance(part, ReasoningPart)]
    planned = [part.reasoning for part in thoughts if not thinks or (part.metadata or {}).get(PLAN)]
    thought = [part.reasoning for part in thoughts if thinks and not (part.metadata or {}).get(PLAN)]
    blocks: list[Body] = [{'type': 'thinking', 'thinking': text} for text in thought]
    if message.text:
        blocks.append({'type': 'text', 'text': message.text})
    return [
        {
            'role': 'assistant',
            **({'tool_plan': ''.join(planned)} if planned else {}),
            **({'content': blocks} if blocks else {}),
            'tool_calls': calls,
        }
    ]


def _from_tools(messages: Sequence[Message], number: int) -> list[Body]:
    """Return the answers of tools; their images follow in a message of the user, as only that may hold some."""
    converted: list[Body] = []
    images: list[Part] = []
    for answer in tool_answers(messages, number):
        response = answer.part.tool_response
        pieces = answer_parts(response)
        content = [_result(item) for item in _results(response)]
        content += [{'type': 'text', 'text': _text(piece)} for piece in pieces if not isinstance(piece, MediaPart)]
        converted.append({'role': 'tool', 'tool_call_id': answer.id, 'content': content})
        images += [piece for piece in pieces if isinstance(piece, MediaPart)]
    return [*converted, {'role': 'user', 'content': _content(images)}] if images else converted


def _results(response: ToolResponse) -> list[Any]:
    """Return what is cited apart from the rest: the members of a list of objects, or the output as a whole."""
    output: Any = to_jsonable_python(response.output, by_alias=True, fallback=str)
    items = cast('list[Any]', output) if isinstance(output, list) else []
    return items if items and all(isinstance(item, dict) and item != {} for item in items) else [output]


def _result(output: Any) -> Body:
    whole: Body = {'output': '' if output is None else output}
    data = cast('Body', output) if isinstance(output, dict) and output else whole
    return {'type': 'document', 'document': {'data': data}}


def _members(option: Any) -> Body | None:
    return None if option is None else option.model_dump(exclude_none=True, by_alias=False)
