# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's second protocol, Responses, which its later models want.

Source: https://platform.openai.com/docs/api-reference/responses (November 2026).

The conversation is a list of items. Reasoning comes encrypted and goes back as it came, so that nothing has to be
kept at the provider.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    ToolCallAssembler,
    ToolNames,
    as_members,
    closed,
    content_type_of,
    is_closed,
    is_data_url,
    parse_arguments,
    token_usage,
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
    ToolRequest,
    ToolRequestPart,
    ToolResponsePart,
)
from pydantic_core import to_json

from genkit_compat_oai.convert.messages import Body, call_id


_AS_THEY_ARE: Final = (
    *('temperature', 'top_p', 'max_output_tokens', 'parallel_tool_calls', 'metadata', 'service_tier', 'user', 'store'),
    *('safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'previous_response_id', 'truncation'),
)
_ENCRYPTED: Final = 'reasoning.encrypted_content'
_ENDS: Final = {'max_output_tokens': FinishReason.LENGTH, 'content_filter': FinishReason.BLOCKED}
_FAILURES: Final = {'rate_limit_exceeded': 'RESOURCE_EXHAUSTED', 'invalid_prompt': 'INVALID_ARGUMENT'}
_OWN: Final = 'openai'


def to_responses_request(model: str, request: GenerateRequest, names: ToolNames) -> Body:
    """Return the body of a request.

    ``stop_sequences``, ``top_k``, ``seed`` and the penalties are not known to this protocol and are not sent.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the protocol does not take.
    """
    config = without_key(as_members(request.config))
    body: Body = {name: config[name] for name in _AS_THEY_ARE if config.get(name) is not None}
    body.setdefault('store', False)
    body['model'] = config.get('version') or model
    body['input'] = to_items(request.messages, names, config.get('visual_detail_level'))
    if not body['store']:
        body['include'] = [_ENCRYPTED, *(config.get('include') or ())]
    if config.get('top_log_probs') is not None:
        body['top_logprobs'] = config['top_log_probs']
    reasoning = {'effort': config.get('reasoning_effort'), 'summary': config.get('reasoning_summary')}
    text = {'verbosity': config.get('verbosity'), 'format': _format(request)}
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


def to_items(messages: Sequence[Message], names: ToolNames, detail: Any = None) -> list[Body]:
    """Return a conversation as items."""
    items: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.MODEL:
            items += _said(message, number, names)
        elif message.role == Role.TOOL:
            items += _answers(messages, number, detail)
        else:
            role = 'developer' if message.role == Role.SYSTEM else 'user'
            content = [_content(part, detail) for part in message.content]
            items.append({'type': 'message', 'role': role, 'content': content})
    return items


class ResponsesReader:
    """Reads a stream, or a whole answer.

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
    """

    def __init__(self, names: ToolNames, source: str) -> None:
        self._names = names
        self._source = source
        self._calls = ToolCallAssembler(names)
        self._items: list[Body] = []
        self._whole: Body | None = None

    def read(self, event: Any) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Raises:
            GenkitError: The provider says that it failed.
        """
        kind: str = event.type
        part: Part | None = None
        if kind == 'response.output_text.delta':
            part = TextPart.trusted(text=event.delta)
        elif kind in {'response.reasoning_summary_text.delta', 'response.reasoning_text.delta'}:
            part = ReasoningPart.trusted(reasoning=event.delta)
        elif kind == 'response.output_item.added' and event.item.type == 'function_call':
            part = self._calls.add(event.output_index, name=event.item.name, ref=event.item.call_id)
        elif kind == 'response.function_call_arguments.delta':
            part = self._calls.add(event.output_index, arguments=event.delta)
        elif kind == 'response.output_item.done':
            self._items.append(_plain(event.item))
        elif kind in {'response.completed', 'response.incomplete', 'response.failed'}:
            self._whole = _plain(event.response)
        elif kind == 'error':
            raise self._failure({'code': event.code, 'message': event.message})
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self, answer: Any = None) -> GenerateResponse[Any]:
        """Return the whole answer: one that came whole, or what was read.

        Raises:
            GenkitError: The provider says that it failed.
        """
        whole = _plain(answer) if answer is not None else self._whole or {'output': self._items}
        if whole.get('status') == 'failed':
            raise self._failure(whole.get('error') or {})
        parts = [part for item in whole.get('output') or () for part in _parts(item, self._names)]
        refusal = ''.join(_refusals(whole.get('output') or ()))
        reason, message = _end(whole)
        return GenerateResponse(
            message=Message(role=Role.MODEL, content=parts),
            finish_reason=FinishReason.BLOCKED if refusal else reason,
            finish_message=refusal or message,
            usage=_usage(whole.get('usage') or {}),
            custom={'responseId': whole['id']} if whole.get('id') else None,
            raw=whole,
        )

    def _failure(self, error: Mapping[str, Any]) -> GenkitError:
        status = _FAILURES.get(str(error.get('code')), 'INTERNAL')
        return GenkitError(str(error.get('message') or 'The provider failed.'), status=status, source=self._source)


def _format(request: GenerateRequest) -> Body | None:
    output = request.output
    if output is None or not (output.format == 'json' or output.schema_ is not None):
        return None
    if output.schema_ is None or not output.constrained:
        return {'type': 'json_object'}
    schema = closed(output.schema_)
    name = ''.join(letter if letter.isalnum() else '_' for letter in str(schema.get('title') or 'output'))[:64]
    return {'type': 'json_schema', 'name': name, 'schema': schema, 'strict': is_closed(schema)}


def _tool(tool: Any, names: ToolNames) -> Body:
    return {
        'type': 'function',
        'name': names.to_wire(tool.name),
        'description': tool.description,
        'parameters': tool.input_schema or {'type': 'object', 'properties': {}},
        'strict': False,
    }


def _content(part: Part, detail: Any) -> Body:
    if isinstance(part, TextPart):
        return {'type': 'input_text', 'text': part.text}
    if isinstance(part, MediaPart):
        return _media(part, detail)
    if part.data is not None:
        return {'type': 'input_text', 'text': to_json(part.data, by_alias=True).decode()}
    raise GenkitError(
        f'A message of the user holds a {type(part).__name__}, which this provider does not take; it takes text and '
        'media.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )


def _media(part: MediaPart, detail: Any) -> Body:
    url, kind = part.media.url, content_type_of(part.media)
    if kind == 'application/pdf':
        place = {'file_data': url, 'filename': 'file.pdf'} if is_data_url(url) else {'file_url': url}
        return {'type': 'input_file', **place}
    if kind.startswith('image/') or not is_data_url(url):
        return {'type': 'input_image', 'image_url': url, 'detail': detail or 'auto'}
    raise GenkitError(
        f'Media of type {kind!r} cannot be sent to this provider; it takes images and PDF.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )


def _said(message: Message, number: int, names: ToolNames) -> list[Body]:
    """Return what the model said, in its order; thoughts only with the item that they came in."""
    items: list[Body] = []
    calls = 0
    for part in message.content:
        own = (part.metadata or {}).get(_OWN) if isinstance(part, ReasoningPart) else None
        if isinstance(own, dict):
            items.append(cast('Body', own))
        elif isinstance(part, TextPart) and part.text:
            items.append({'type': 'message', 'role': 'assistant', 'content': part.text})
        elif isinstance(part, ToolRequestPart):
            call = part.tool_request
            given = call.input
            items.append(
                {
                    'type': 'function_call',
                    'call_id': call.ref or call_id(number, calls),
                    'name': names.to_wire(call.name),
                    'arguments': given if isinstance(given, str) else to_json(given or {}, by_alias=True).decode(),
                }
            )
            calls += 1
        elif isinstance(part, CustomPart) and isinstance(part.custom.get(_OWN), dict):
            items.append(part.custom[_OWN])
    return items


def _answers(messages: Sequence[Message], number: int, detail: Any) -> list[Body]:
    before = messages[number - 1].content if number else []
    open_calls = list(enumerate(part.tool_request for part in before if isinstance(part, ToolRequestPart)))
    items: list[Body] = []
    for part in messages[number].content:
        if not isinstance(part, ToolResponsePart):
            continue
        answer = part.tool_response
        mine = next((entry for entry in open_calls if _belongs(answer, entry[1])), None)
        if mine is not None:
            open_calls.remove(mine)
        ref = answer.ref or (mine and mine[1].ref) or call_id(number - 1, mine[0] if mine else len(items))
        text = answer.output if isinstance(answer.output, str) else to_json(answer.output, by_alias=True).decode()
        pieces = [piece if isinstance(piece, Part) else Part(**piece) for piece in answer.content or ()]
        said = [] if answer.output is None and pieces else [{'type': 'input_text', 'text': text}]
        output: Any = [*said, *(_content(piece, detail) for piece in pieces)] if pieces else text
        items.append({'type': 'function_call_output', 'call_id': ref, 'output': output})
    return items


def _belongs(answer: Any, call: ToolRequest) -> bool:
    return answer.name == call.name and answer.ref in (None, call.ref)


def _parts(item: Body, names: ToolNames) -> list[Part]:
    kind = item.get('type')
    if kind == 'message':
        texts = [piece for piece in item.get('content') or () if piece.get('type') == 'output_text' and piece['text']]
        return [
            TextPart(
                text=piece['text'],
                metadata={'annotations': piece['annotations']} if piece.get('annotations') else None,
            )
            for piece in texts
        ]
    if kind == 'reasoning':
        shown = [*(item.get('summary') or ()), *(item.get('content') or ())]
        thoughts = ''.join(piece.get('text', '') for piece in shown)
        return [ReasoningPart(reasoning=thoughts, metadata={_OWN: item})]
    if kind == 'function_call':
        call = ToolRequest(
            name=names.from_wire(item['name']), ref=item['call_id'], input=parse_arguments(item.get('arguments') or '')
        )
        return [ToolRequestPart(tool_request=call)]
    return [CustomPart(custom={_OWN: item})]


def _refusals(items: Sequence[Body]) -> list[str]:
    pieces = [piece for item in items if item.get('type') == 'message' for piece in item.get('content') or ()]
    return [piece['refusal'] for piece in pieces if piece.get('type') == 'refusal']


def _end(whole: Body) -> tuple[FinishReason, str | None]:
    status = whole.get('status')
    if status == 'completed':
        return FinishReason.STOP, None
    if status == 'incomplete':
        details: Body = whole.get('incomplete_details') or {}
        reason = str(details.get('reason'))
        return _ENDS.get(reason, FinishReason.OTHER), reason
    return (FinishReason.UNKNOWN, None) if status is None else (FinishReason.OTHER, str(status))


def _usage(counted: Body) -> GenerationUsage | None:
    if not counted:
        return None
    given: Body = counted.get('input_tokens_details') or {}
    made: Body = counted.get('output_tokens_details') or {}
    written = given.get('cache_write_tokens')
    return token_usage(
        counted.get('input_tokens'),
        counted.get('output_tokens'),
        counted.get('total_tokens'),
        cached=given.get('cached_tokens'),
        thoughts=made.get('reasoning_tokens'),
        custom=None if written is None else {'cacheWriteTokens': written},
    )


def _plain(value: Any) -> Body:
    return value.model_dump(mode='json', exclude_unset=True, warnings=False)
