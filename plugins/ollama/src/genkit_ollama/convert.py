# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Pure functions between our types and the protocol's: https://docs.ollama.com/api."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    GRAMMAR_SCHEMAS,
    SpokenParts,
    ToolNames,
    answer_error,
    answer_text,
    as_members,
    count_of,
    cut_short,
    data_text,
    fit,
    items_of,
    later_reason,
    made_media,
    members_of,
    no_answer,
    object_arguments,
    read_json,
    text_of,
    to_finish_reason,
    token_usage,
    tool_answers,
    tool_calls,
    tool_request_part,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Media,
    MediaPart,
    Message,
    Part,
    Role,
    TextPart,
    ToolChoice,
    ToolDefinition,
    ToolRequestPart,
    ToolResponsePart,
)
from pydantic_core import from_json

from genkit_ollama.config import to_options


Body = dict[str, Any]
Images = Mapping[str, str]

_BYTE_ORDER_MARK: Final = b'\xef\xbb\xbf'


def media_of(request: GenerateRequest) -> Iterator[Media]:
    """Iterate over the media of a request, those that tools returned among them."""
    for message in request.messages:
        for part in message.content:
            if isinstance(part, MediaPart):
                yield part.media
            elif isinstance(part, ToolResponsePart):
                for piece in part.tool_response.content or ():
                    if isinstance(piece, MediaPart):
                        yield piece.media


def to_chat_request(model: str, request: GenerateRequest, names: ToolNames, images: Images) -> Body:
    """Return the body of a request to ``/api/chat``.

    Args:
        model: Its name.
        request: What it is asked.
        names: Of its tools.
        images: From the URL of every medium to its bytes in base64.
    """
    body = _head(model, request)
    body['messages'] = to_messages(request.messages, names, images)
    if request.tool_choice == ToolChoice.REQUIRED:
        raise _unsupported("tool_choice='required'", "a model decides by itself; leave it out, or say 'none'")
    if request.tools and request.tool_choice != ToolChoice.NONE:
        body['tools'] = [_tool(tool, names) for tool in request.tools]
    return body


def to_generate_request(model: str, request: GenerateRequest, images: Images) -> Body:
    """Return the body of a request to ``/api/generate``: instructions and one prompt."""
    prompts = [message for message in request.messages if message.role != Role.SYSTEM]
    if len(prompts) != 1 or prompts[0].role != Role.USER or request.tools:
        raise _unsupported('A conversation, or a tool, with the generate API', "declare the model with type='chat'")
    system = ''.join(message.text for message in request.messages if message.role == Role.SYSTEM)
    body = _head(model, request)
    body |= {name: value for name, value in _said(prompts[0].content, images).items() if name != 'content'}
    body['prompt'] = _text(prompts[0].content)
    return {**body, 'system': system} if system else body


def to_messages(messages: Sequence[Message], names: ToolNames, images: Images) -> list[Body]:
    """Return a conversation as the protocol's messages."""
    converted: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.MODEL:
            converted.append(_from_model(message, number, names))
        elif message.role == Role.TOOL:
            converted += _from_tools(messages, number, names, images)
        else:
            role = 'system' if message.role == Role.SYSTEM else 'user'
            converted.append({'role': role, **_said(message.content, images)})
    return converted


class Answer:
    """Reads an answer, line by line or whole: chunks as they come, and at the end the response.

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.
    """

    def __init__(self, names: ToolNames, source: str = 'ollama', secrets: Sequence[str | None] = ()) -> None:
        self._names = names
        self._source = source
        self._secrets = secrets
        self._spoken = SpokenParts()
        self._others: list[Part] = []
        self._calls: list[Body] = []
        self._images: list[str] = []
        self._last: Body = {}
        self._message: Body = {}
        self._seen = b''
        self._reason: FinishReason | None = None
        self._is_said = False

    def read(self, line: bytes) -> GenerateResponseChunk[Any] | None:
        """Return what a line says; None for one that says nothing to show.

        Raises:
            GenkitError: The line is a failure, or no line of the protocol, or holds what cannot be meant.
        """
        try:
            value: Any = from_json(line)
        except ValueError:
            value = self._parse(line)
        if value is None:
            self._seen = self._seen or line
            return None
        body: Body = cast('Body', value) if isinstance(value, dict) else {}
        if body.get('error') or not ('message' in body or 'response' in body or 'done' in body):
            raise self._error(value)
        self._last = body
        is_last = body.get('done') is True
        if is_last and body.get('done_reason'):
            self._reason = later_reason(self._reason, to_finish_reason(body['done_reason']))
        message = body.get('message')
        self._is_said = self._is_said or 'message' in body or 'response' in body
        if message:
            self._message = members_of(message, 'message')
            parts = self._read(self._message, 'content', is_last=is_last)
        else:  # generate says without a message what chat says in one
            parts = self._read(body, 'response', is_last=is_last)
        return GenerateResponseChunk.trusted(content=parts) if parts else None

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer; its reason is ``unknown`` if the server gave none.

        Raises:
            GenkitError: ``DATA_LOSS`` if the last line did not come, ``UNAVAILABLE`` if none came.
        """
        if not self._last:
            raise no_answer(self._source, self._seen)
        if not self._is_said:
            raise no_answer(self._source, self._last, secrets=self._secrets)
        if self._last.get('done') is not True:
            raise cut_short(self._source, 'the line that says `done`')
        return GenerateResponse(
            message=Message(role=Role.MODEL, content=[*self._spoken.parts(), *self._others]),
            finish_reason=self._reason or FinishReason.UNKNOWN,
            usage=token_usage(count_of(self._last.get('prompt_eval_count')), count_of(self._last.get('eval_count'))),
            raw=self._whole(self._spoken.thoughts, self._spoken.text),
        )

    def _parse(self, line: bytes) -> Any:
        """Return the JSON of a line that strict readers do not take."""
        try:
            return read_json(line.removeprefix(_BYTE_ORDER_MARK))
        except ValueError:
            if line.startswith(b'{'):
                raise cut_short(self._source) from None
            raise self._error(line) from None

    def _read(self, said: Body, text_member: str, *, is_last: bool) -> list[Part]:
        parts: list[Part] = []
        thought, text = said.get('thinking'), said.get(text_member)
        if thought or is_last:
            reasoning = self._spoken.add_thought(text_of(thought, 'thinking'), is_last=is_last)
            parts += [] if reasoning is None else [reasoning]
        if text or is_last:
            spoken = self._spoken.add_text(text_of(text, text_member), is_last=is_last)
            parts += [] if spoken is None else [spoken]
        for image in _images(said['images']) if 'images' in said else ():
            self._images.append(image)
            parts.append(MediaPart(media=made_media(image, 'image/png', 'images')))
            self._others.append(parts[-1])
        for call in items_of(said['tool_calls'], 'tool_calls') if 'tool_calls' in said else ():
            self._calls.append(call)
            part = _request(call, self._names)
            self._others.append(part)
            parts.append(part.replaced(tool_request=part.tool_request.replaced(partial=True)))
        return parts

    def _whole(self, thoughts: str, text: str) -> Body:
        """Return the answer as it would have come in one piece."""
        said = {'thinking': thoughts, 'images': self._images, 'tool_calls': self._calls}
        said = {name: value for name, value in said.items() if value}
        if not self._message:
            return {**self._last, 'response': text, **said}
        return {**self._last, 'message': {**self._message, 'content': text, **said}}

    def _error(self, seen: Any) -> GenkitError:
        return answer_error(self._source, seen, self._secrets, begun=bool(self._last))


def _head(model: str, request: GenerateRequest) -> Body:
    config = without_key(as_members(request.config))
    body: Body = {'model': config.get('version') or model, **to_options(config)}
    output = request.output
    if output is not None and output.schema_ is not None and output.constrained:
        body['format'] = fit(output.schema_, GRAMMAR_SCHEMAS).schema
    elif output is not None and output.format == 'json' and not request.tools:
        body['format'] = 'json'  # beside tools it would keep the model from calling them
    return body


def _tool(tool: ToolDefinition, names: ToolNames) -> Body:
    parameters = names.inputs.schema(tool)
    function = {'name': names.to_wire(tool.name), 'description': tool.description, 'parameters': parameters}
    return {'type': 'function', 'function': function}


def _said(parts: Sequence[Part], images: Images) -> Body:
    sent = [images[part.media.url] for part in parts if isinstance(part, MediaPart)]
    return {'content': _text(parts), **({'images': sent} if sent else {})}


def _text(parts: Sequence[Part]) -> str:
    return ''.join(_piece(part) for part in parts if not isinstance(part, MediaPart))


def _piece(part: Part) -> str:
    if isinstance(part, TextPart):
        return part.text
    if (data := data_text(part)) is not None:
        return data
    raise _unsupported(f'A {type(part).__name__} in a message of the user', 'it takes text, data and images')


def _from_model(message: Message, number: int, names: ToolNames) -> Body:
    calls = [
        {
            'id': call.id,
            'function': {
                'name': names.to_wire(call.part.tool_request.name),
                'arguments': object_arguments(call.part.tool_request, names),
            },
        }
        for call in tool_calls(message, number)
    ]
    thoughts = {'thinking': message.reasoning} if message.reasoning else {}
    return {'role': 'assistant', 'content': message.text, **thoughts, **({'tool_calls': calls} if calls else {})}


def _from_tools(messages: Sequence[Message], number: int, names: ToolNames, images: Images) -> list[Body]:
    """Return the answers of tools; their media follow in a message of the user, where every template shows them."""
    converted: list[Body] = []
    extra: list[Part] = []
    for answer in tool_answers(messages, number):
        response = answer.part.tool_response
        name, text = names.to_wire(response.name), answer_text(response)
        converted.append({'role': 'tool', 'tool_name': name, 'tool_call_id': answer.id, 'content': text})
        extra += [piece for piece in response.content or () if isinstance(piece, MediaPart | TextPart)]
    return [*converted, {'role': 'user', **_said(extra, images)}] if extra else converted


def _request(call: Body, names: ToolNames) -> ToolRequestPart:
    function = members_of(call.get('function'), 'tool_calls.function')
    name = text_of(function.get('name'), 'tool_calls.function.name')
    if not name:
        raise GenkitError(
            f'The provider sent {function!r} as a tool call, which must have a name; see whether server_address leads '
            'to a server of Ollama.',
            status='INTERNAL',
        )
    ref = call.get('id')
    # older servers give no ids
    return tool_request_part(
        names.from_wire(name),
        function.get('arguments'),
        str(ref) if ref else f'call_{secrets.token_hex(4)}',
        names=names,
    )


def _images(value: Any) -> list[str]:
    items = cast('list[Any]', value) if isinstance(value, list) else [] if value is None else [value]
    return [text_of(item, 'images') for item in items]


def _unsupported(what: str, remedy: str) -> GenkitError:
    return GenkitError(
        f'{what} is not possible with Ollama: {remedy}.', status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_PART
    )
