# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the protocol's."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    SchemaDialect,
    ToolNames,
    answer_parts,
    answer_text,
    as_members,
    content_type_of,
    data_text,
    fit,
    is_data_url,
    text_arguments,
    tool_answers,
    tool_calls,
    unsupported_media,
    unsupported_part,
    without_key,
)
from genkit.types import (
    GenerateRequest,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
)
from pydantic import BaseModel

from genkit_compat_oai.convert.pieces import piece_of, to_pieces
from genkit_compat_oai.dialect import Dialect


Body = dict[str, Any]

# Our names of options and the protocol's, where they differ; None for what it does not know.
_OPTIONS: Final[dict[str, str | None]] = {
    'stop_sequences': 'stop',
    'log_probs': 'logprobs',
    'top_log_probs': 'top_logprobs',
    'max_output_tokens': None,
    'top_k': None,
    'version': None,
    'visual_detail_level': None,
    **dict.fromkeys(('api', 'server_tools', 'reasoning_summary', 'previous_response_id', 'truncation', 'include')),
}
JSON_MODE: Final = {'type': 'json_object'}
_REFUSED_IN_NAMES: Final = re.compile(r'[^A-Za-z0-9_-]')
_AUDIO_FORMATS: Final = {'audio/wav': 'wav', 'audio/x-wav': 'wav', 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3'}


def to_request(
    model: str,
    request: GenerateRequest,
    names: ToolNames,
    dialect: Dialect,
    schemas: SchemaDialect = OPENAI_ANSWER_SCHEMAS,
) -> Body:
    """Return the body of a chat request.

    Args:
        model: The provider's name of it.
        request: The request.
        names: The tools' names.
        dialect: How the provider speaks.
        schemas: What it takes as the schema of an answer.
    """
    config = without_key(as_members(request.config))
    response_format = _response_format(request, dialect, schemas)
    messages = request.messages if response_format != JSON_MODE else with_word_of_json(request.messages)
    body: Body = {
        'model': config.get('version') or model,
        'messages': to_messages(messages, names, dialect, config.get('visual_detail_level')),
        **dialect.extra_body,
        **_options(config, dialect),
    }
    if request.tools:
        body['tools'] = [
            {
                'type': 'function',
                'function': {
                    'name': names.to_wire(tool.name),
                    'description': tool.description,
                    'parameters': names.inputs.schema(tool),
                },
            }
            for tool in request.tools
        ]
        if request.tool_choice is not None:
            body['tool_choice'] = str(request.tool_choice)
    return body if response_format is None else {**body, 'response_format': response_format}


def with_word_of_json(messages: Sequence[Message]) -> list[Message]:
    """Return messages that say that JSON is wanted: providers refuse their JSON mode where no message does.

    Source: https://platform.openai.com/docs/guides/structured-outputs#json-mode (November 2026).
    """
    if any('json' in message.text.lower() for message in messages):
        return list(messages)
    wish = TextPart(text='Answer in JSON.')
    first, *others = messages
    if first.role == Role.SYSTEM:
        return [first.replaced(content=[*first.content, TextPart(text=f'\n\n{wish.text}')]), *others]
    return [Message(role=Role.SYSTEM, content=[wish]), *messages]


def to_messages(messages: Sequence[Message], names: ToolNames, dialect: Dialect, detail: Any = None) -> list[Body]:
    """Return a conversation as the protocol's messages."""
    converted: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            converted.append({'role': dialect.system_role, 'content': message.text})
        elif message.role == Role.MODEL:
            converted.append(_from_model(message, number, names, dialect))
        elif message.role == Role.TOOL:
            converted += _from_tools(messages, number, dialect, detail)
        else:
            converted.append({'role': 'user', 'content': _content(message.content, dialect, detail)})
    return converted


def _options(config: dict[str, Any], dialect: Dialect) -> Body:
    options: Body = {}
    for name, value in config.items():
        wire = dialect.options[name] if name in dialect.options else _OPTIONS.get(name, name)
        if value is not None and wire is not None:
            options[wire] = value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
    if config.get('max_output_tokens') is not None:
        options[dialect.max_tokens] = config['max_output_tokens']
    return options


def _response_format(request: GenerateRequest, dialect: Dialect, schemas: SchemaDialect) -> Body | None:
    output = request.output
    if output is None or not (output.format == 'json' or output.schema_ is not None):
        return None
    if output.schema_ is None or not output.constrained or dialect.structured != 'schema':
        return None if dialect.structured == 'none' else JSON_MODE
    return {'type': 'json_schema', 'json_schema': to_answer_schema(output.schema_, schemas)}


def to_answer_schema(schema: Body, dialect: SchemaDialect = OPENAI_ANSWER_SCHEMAS) -> Body:
    """Return the name and the form of an answer's schema, and whether it is to be followed strictly."""
    fitted = fit(schema, dialect)
    name = _REFUSED_IN_NAMES.sub('_', str(schema.get('title') or 'output'))[:64]
    return {'name': name, 'schema': fitted.schema, 'strict': fitted.strict}


def _content(parts: Sequence[Part], dialect: Dialect, detail: Any) -> Any:
    """Return the parts of a user's message; one text alone as a string, which every provider takes."""
    if len(parts) == 1 and isinstance(parts[0], TextPart):
        return parts[0].text
    to_medium = dialect.media or _media
    own = [piece_of(part) if dialect.pieces else None for part in parts]
    return [
        piece or to_piece(part, 'text', lambda medium: to_medium(medium, detail))
        for part, piece in zip(parts, own, strict=True)
    ]


def to_piece(part: Part, type_of_text: str, to_medium: Callable[[MediaPart], Body]) -> Body:
    """Return a part of a user's message as a piece of a protocol, which has its own name for text and way with media.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that is neither text, data nor media.
    """
    if isinstance(part, MediaPart):
        return to_medium(part)
    text = part.text if isinstance(part, TextPart) else data_text(part)
    if text is None:
        raise unsupported_part(part, 'text and media')
    return {'type': type_of_text, 'text': text}


def _media(part: MediaPart, detail: Any) -> Body:
    url, kind = part.media.url, content_type_of(part.media)
    if kind in _AUDIO_FORMATS and is_data_url(url):
        return {'type': 'input_audio', 'input_audio': {'data': url.partition(',')[2], 'format': _AUDIO_FORMATS[kind]}}
    if kind == 'application/pdf' and is_data_url(url):
        return {'type': 'file', 'file': {'filename': 'file.pdf', 'file_data': url}}
    if kind.startswith('image/') or not is_data_url(url):
        return {'type': 'image_url', 'image_url': {'url': url, **({'detail': detail} if detail else {})}}
    raise unsupported_media(kind, 'images, PDF, WAV and MP3')


def _from_model(message: Message, number: int, names: ToolNames, dialect: Dialect) -> Body:
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
    said = to_pieces(message.content) if dialect.pieces else message.text
    converted: Body = {'role': 'assistant', 'content': said or (None if calls else '')}
    if calls:
        converted['tool_calls'] = calls
        if dialect.replay_reasoning:
            thoughts = [part.reasoning for part in message.content if isinstance(part, ReasoningPart)]
            converted[dialect.reasoning[0]] = ''.join(thoughts)
    return converted


def _from_tools(messages: Sequence[Message], number: int, dialect: Dialect, detail: Any) -> list[Body]:
    """Return the answers of tools; where the protocol has no other place, their media follow in a user's message."""
    converted: list[Body] = []
    media: list[Part] = []
    for answer in tool_answers(messages, number):
        response = answer.part.tool_response
        content: Any = answer_text(response)
        pieces = [piece for piece in answer_parts(response) if isinstance(piece, MediaPart | TextPart)]
        if dialect.pieces and pieces:
            said = [] if response.output is None else [TextPart(text=content)]
            content = _content([*said, *pieces], dialect, detail)
        else:
            media += pieces
        converted.append({'role': 'tool', 'tool_call_id': answer.id, 'content': content})
    return [*converted, {'role': 'user', 'content': _content(media, dialect, detail)}] if media else converted
