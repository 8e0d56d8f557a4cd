# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's second protocol, Responses, which its later models want, and some other providers speak too.

Source: https://platform.openai.com/docs/api-reference/responses (November 2026).

The conversation is a list of items. Reasoning comes encrypted and goes back as it came, so that nothing has to be
kept at the provider.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

from genkit.plugin import (
    SpokenParts,
    ToolCallAssembler,
    ToolNames,
    answer_parts,
    answer_text,
    as_members,
    content_type_of,
    count_of,
    is_data_url,
    items_of,
    members_of,
    text_arguments,
    text_of,
    token_usage,
    tool_answers,
    tool_calls,
    tool_request_part,
    unsupported_media,
    without_key,
)
from genkit.types import (
    CustomPart,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
)
from pydantic_core import to_json

from genkit_compat_oai.convert.messages import JSON_MODE, Body, to_answer_schema, to_piece, with_word_of_json
from genkit_compat_oai.convert.usage import custom_counts, members_of_counts
from genkit_compat_oai.dialect import Dialect, kept_members
from genkit_compat_oai.errors import Failures, require_name, whole_texts


_AS_THEY_ARE: Final = (
    *('temperature', 'top_p', 'max_output_tokens', 'parallel_tool_calls', 'metadata', 'service_tier', 'user', 'store'),
    *('safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'previous_response_id', 'truncation'),
)
_ENCRYPTED: Final = 'reasoning.encrypted_content'
_ENDS: Final = {'max_output_tokens': FinishReason.LENGTH, 'content_filter': FinishReason.BLOCKED}
_DELTAS: Final = {
    'response.output_text.delta': 'text',
    'response.reasoning_summary_text.delta': 'thought',
    'response.reasoning_text.delta': 'thought',
}
_LAST: Final = frozenset(
    {'response.completed', 'response.done', 'response.incomplete', 'response.failed', 'response.cancelled'}
)
_UNENDED: Final = ('cancelled', 'in_progress', 'queued')  # a tuple, for the status may be any value


def to_responses_request(model: str, request: GenerateRequest, names: ToolNames, dialect: Dialect) -> Body:
    """Return the body of a request.

    ``stop_sequences``, ``top_k``, ``seed`` and the penalties are not known to this protocol and are not sent.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the protocol does not take.
    """
    config = without_key(as_members(request.config))
    body: Body = {name: config[name] for name in _AS_THEY_ARE if config.get(name) is not None}
    body.setdefault('store', False)
    body['model'] = config.get('version') or model
    wanted = _format(request)
    messages = request.messages if wanted != JSON_MODE else with_word_of_json(request.messages)
    body['input'] = to_items(messages, names, dialect, config.get('visual_detail_level'))
    if not body['store']:
        body['include'] = [_ENCRYPTED, *(config.get('include') or ())]
    if config.get('top_log_probs') is not None:
        body['top_logprobs'] = config['top_log_probs']
    reasoning = {'effort': config.get('reasoning_effort'), 'summary': config.get('reasoning_summary')}
    text = {'verbosity': config.get('verbosity'), 'format': wanted}
    for name, members in (('reasoning', reasoning), ('text', text)):
        said = {key: value for key, value in members.items() if value is not None}
        if said:
            body[name] = said
    tools = [_tool(tool, names) for tool in request.tools or ()] + list(config.get('server_tools') or ())
    if tools:
        body['tools'] = tools
        if request.tool_choice is not None:
            body['tool_choice'] = str(request.tool_choice)
    return body


def to_items(messages: Sequence[Message], names: ToolNames, dialect: Dialect, detail: Any = None) -> list[Body]:
    """Return a conversation as items."""
    items: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.MODEL:
            items += _said(message, number, names, dialect.items)
        elif message.role == Role.TOOL:
            items += _answers(messages, number, detail)
        else:
            role = dialect.system_role if message.role == Role.SYSTEM else 'user'
            content = [_content(part, detail) for part in message.content]
            items.append({'type': 'message', 'role': role, 'content': content})
    return items


class ResponsesReader:
    """Reads a stream, or a whole answer, as the JSON that it is.

    Args:
        names: Gives the tools their own names back.
        dialect: How the provider speaks.
        failures: Makes the errors.

    Attributes:
        begun: Whether an event of the protocol came.
        ended: Whether one came that ends the answer.
    """

    def __init__(self, names: ToolNames, dialect: Dialect, failures: Failures) -> None:
        self.begun = False
        self.ended = False
        self._names = names
        self._dialect = dialect
        self._failures = failures
        self._calls = ToolCallAssembler(names)
        self._spoken = SpokenParts()
        self._items: list[Body] = []
        self._whole: Body = {}

    def read(self, event: Body) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Raises:
            GenkitError: The provider says that it failed.
        """
        kind = str(event.get('type'))
        if kind == 'error' or event.get('error') or not kind.startswith('response.'):
            self._read_other(event)
            return None
        self.begun = True
        if kind in _DELTAS:
            return self._show(_DELTAS[kind], event)
        part: Part | None = None
        given = event.get('output_index', event.get('item_id'))
        place = given if isinstance(given, int | str) else None
        if kind == 'response.function_call_arguments.delta':
            part = self._calls.add(place, arguments=event.get('delta'))
        elif kind == 'response.output_item.added':
            item = members_of(event.get('item'), 'item')
            if item.get('type') == 'function_call':
                name, ref = text_of(item.get('name'), 'name'), text_of(item.get('call_id'), 'call_id')
                part = self._calls.add(place, name=name, ref=ref)
        elif kind == 'response.output_item.done':
            self._items.append(members_of(event.get('item'), 'item'))
        elif kind in _LAST:
            self.ended = True
            self._whole = members_of(event.get('response'), 'response')
            said = kind.removeprefix('response.').replace('done', 'completed')
            if said != 'completed' or self._whole.get('status') is None:
                self._whole = {**self._whole, 'status': said}
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self, answer: Body | None = None) -> GenerateResponse[Any]:
        """Return the whole answer: one that came whole, or what was read.

        Raises:
            GenkitError: The provider says that it failed.
        """
        whole = self._read_whole() if answer is None else answer
        if whole.get('status') == 'failed':
            told = self._failures.told_in({'error': whole.get('error') or 'The provider failed.'}, begun=self.begun)
            raise told or self._failures.no_answer(whole)
        if whole.get('status') in _UNENDED:
            raise self._failures.cut_short(f'the rest of an answer with status {whole["status"]!r}')
        if 'output' not in whole:
            raise self._failures.no_answer(whole)
        items = items_of(whole.get('output'), 'output')
        parts = [part for item in items for part in _parts(item, self._names, self._dialect.items)]
        refusal = ''.join(_refusals(items))
        reason, message = _end(whole)
        return GenerateResponse(
            message=Message(role=Role.MODEL, content=parts),
            finish_reason=FinishReason.BLOCKED if refusal else reason,
            finish_message=refusal or message,
            usage=_usage(whole.get('usage'), self._dialect),
            custom=_custom(whole, self._dialect),
            raw=whole,
        )

    def last(self) -> GenerateResponseChunk[Any] | None:
        """Return what is left to show at the end, which is half a character at most; None if nothing is."""
        parts = self._spoken.close()
        return GenerateResponseChunk(content=parts) if parts else None

    def _show(self, name: str, event: Body) -> GenerateResponseChunk[Any] | None:
        piece = text_of(event.get('delta'), 'delta')
        part = self._spoken.add_text(piece) if name == 'text' else self._spoken.add_thought(piece)
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def _read_other(self, event: Body) -> None:
        """Look at an event that is none of the answer's: an error, or one that says nothing."""
        told = self._failures.told_in(event, begun=self.begun)
        if told is not None:
            raise told
        if event.get('type') == 'error':
            raise self._failures.no_answer(event)

    def _read_whole(self) -> Body:
        """Return the answer of a stream; what its last event leaves out is taken from those before it."""
        if self._whole.get('output'):
            return whole_texts(self._whole)
        items = self._items
        if not items:
            text, thought = self._spoken.text, self._spoken.thoughts
            content = [{'type': 'output_text', 'text': text}]
            items = [{'type': 'reasoning', 'summary': [{'type': 'summary_text', 'text': thought}]}] if thought else []
            items += [{'type': 'message', 'role': 'assistant', 'content': content}] if text else []
            items += [_call_item(part, self._names) for part in self._calls.finish()]
        return whole_texts({**self._whole, 'output': items})


def _call_item(part: ToolRequestPart, names: ToolNames) -> Body:
    call = part.tool_request
    given = names.inputs.to_wire(call.name, call.input)
    given = given if isinstance(given, str) else to_json(given).decode()
    return {'type': 'function_call', 'call_id': call.ref, 'name': names.to_wire(call.name), 'arguments': given}


def _format(request: GenerateRequest) -> Body | None:
    output = request.output
    if output is None or not (output.format == 'json' or output.schema_ is not None):
        return None
    if output.schema_ is None or not output.constrained:
        return JSON_MODE
    return {'type': 'json_schema', **to_answer_schema(output.schema_)}


def _tool(tool: Any, names: ToolNames) -> Body:
    return {
        'type': 'function',
        'name': names.to_wire(tool.name),
        'description': tool.description,
        'parameters': names.inputs.schema(tool),
        'strict': False,
    }


def _content(part: Part, detail: Any) -> Body:
    return to_piece(part, 'input_text', lambda medium: _media(medium, detail))


def _media(part: MediaPart, detail: Any) -> Body:
    url, kind = part.media.url, content_type_of(part.media)
    if kind == 'application/pdf':
        place = {'file_data': url, 'filename': 'file.pdf'} if is_data_url(url) else {'file_url': url}
        return {'type': 'input_file', **place}
    if kind.startswith('image/') or not is_data_url(url):
        return {'type': 'input_image', 'image_url': url, 'detail': detail or 'auto'}
    raise unsupported_media(kind, 'images and PDF')


def _said(message: Message, number: int, names: ToolNames, key: str) -> list[Body]:
    """Return what the model said, in its order; thoughts only with the item that they came in, which has a key."""
    items: list[Body] = []
    calls = iter(tool_calls(message, number))
    for part in message.content:
        own = (part.metadata or {}).get(key) if isinstance(part, ReasoningPart) else None
        if isinstance(own, dict):
            items.append(cast('Body', own))
        elif isinstance(part, TextPart) and part.text:
            items.append({'type': 'message', 'role': 'assistant', 'content': part.text})
        elif isinstance(part, ToolRequestPart):
            call = part.tool_request
            items.append(
                {
                    'type': 'function_call',
                    'call_id': next(calls).id,
                    'name': names.to_wire(call.name),
                    'arguments': text_arguments(call, names),
                }
            )
        elif isinstance(part, CustomPart) and isinstance(part.custom.get(key), dict):
            items.append(part.custom[key])
    return items


def _answers(messages: Sequence[Message], number: int, detail: Any) -> list[Body]:
    items: list[Body] = []
    for answer in tool_answers(messages, number):
        response = answer.part.tool_response
        text, pieces = answer_text(response), answer_parts(response)
        said = [] if response.output is None and pieces else [{'type': 'input_text', 'text': text}]
        output: Any = [*said, *(_content(piece, detail) for piece in pieces)] if pieces else text
        items.append({'type': 'function_call_output', 'call_id': answer.id, 'output': output})
    return items


def _parts(item: Body, names: ToolNames, key: str) -> list[Part]:
    kind = item.get('type')
    if kind == 'message':
        texts = [piece for piece in _content_of(item) if piece.get('type') == 'output_text' and piece.get('text')]
        return [
            TextPart(
                text=text_of(piece['text'], 'content.text'),
                metadata={'annotations': piece['annotations']} if piece.get('annotations') else None,
            )
            for piece in texts
        ]
    if kind == 'reasoning':
        shown = [*items_of(item.get('summary'), 'summary'), *items_of(item.get('content'), 'content')]
        thoughts = ''.join(text_of(piece.get('text'), 'summary.text') for piece in shown)
        return [ReasoningPart(reasoning=thoughts, metadata={key: item})]
    if kind == 'function_call':
        name, ref = text_of(item.get('name'), 'name'), text_of(item.get('call_id') or item.get('id'), 'call_id')
        require_name(name, 'name')
        return [tool_request_part(names.from_wire(name), item.get('arguments'), ref or None, names=names)]
    return [CustomPart(custom={key: item})]


def _content_of(item: Body) -> list[Body]:
    """Return the pieces of a message, which some servers send as text alone."""
    content = item.get('content')
    if isinstance(content, str):
        return [{'type': 'output_text', 'text': content}]
    return items_of(content, 'content')


def _refusals(items: Sequence[Body]) -> list[str]:
    pieces = [piece for item in items if item.get('type') == 'message' for piece in _content_of(item)]
    return [text_of(piece.get('refusal'), 'refusal') for piece in pieces if piece.get('type') == 'refusal']


def _end(whole: Body) -> tuple[FinishReason, str | None]:
    status = whole.get('status')
    if status == 'completed':
        return FinishReason.STOP, None
    if status == 'incomplete':
        details = whole.get('incomplete_details')
        reason = str(cast('Body', details).get('reason')) if isinstance(details, dict) else 'incomplete'
        return _ENDS.get(reason, FinishReason.LENGTH), reason
    return (FinishReason.UNKNOWN, None) if status is None else (FinishReason.OTHER, str(status))


def _custom(whole: Body, dialect: Dialect) -> dict[str, Any] | None:
    own = {'responseId': whole['id']} if whole.get('id') else {}
    return {**own, **(kept_members(whole, dialect.kept) or {})} or None


def _usage(counted: Any, dialect: Dialect) -> GenerationUsage | None:
    own = members_of_counts(counted)
    if not own:
        return None
    given = members_of_counts(own.get('input_tokens_details'))
    made = members_of_counts(own.get('output_tokens_details'))
    written, custom = count_of(given.get('cache_write_tokens')), custom_counts(own, dialect)
    return token_usage(
        count_of(own.get('input_tokens')),
        count_of(own.get('output_tokens')),
        count_of(own.get('total_tokens')),
        cached=count_of(given.get('cached_tokens')),
        thoughts=count_of(made.get('reasoning_tokens')),
        custom=custom if written is None else {'cacheWriteTokens': written, **custom},
    )
