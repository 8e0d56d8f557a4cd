# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the protocol's: https://platform.claude.com/docs/en/api/messages."""

from collections.abc import Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import (
    ToolNames,
    answer_parts,
    answer_text,
    as_members,
    cache_mark,
    content_type_of,
    data_text,
    decode_data_url,
    is_data_url,
    object_arguments,
    parse_config,
    tool_answers,
    tool_calls,
    unsupported_media,
    unsupported_part,
    without_key,
)
from genkit.types import (
    CustomPart,
    GenerateRequest,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)

from genkit_anthropic.config import AnthropicConfig, ThinkingConfig
from genkit_anthropic.convert.tools import Body, to_cache_control, to_call_id, to_tooling
from genkit_anthropic.models import ClaudeEntry


DEFAULT_MAX_TOKENS: Final = 32_000
DEFAULT_BUDGET: Final = 8_192

_PREFIX: Final = 'toolu'  # of ids of calls that have none
_IMAGES: Final = frozenset({'image/jpeg', 'image/png', 'image/gif', 'image/webp'})
_UNKNOWN_TYPE: Final = 'application/octet-stream'
_SAMPLING: Final = ('temperature', 'top_p', 'top_k')
_AS_THEY_ARE: Final = (
    'stop_sequences',
    'cache_control',
    'metadata',
    'service_tier',
    'speed',
    'inference_geo',
    'container',
)


def to_config(given: Any) -> AnthropicConfig:
    """Return the options of a request, however they were given, without its key.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    return parse_config(AnthropicConfig, without_key(as_members(given)), 'The config does not fit Claude')


def to_request(entry: ClaudeEntry, request: GenerateRequest, names: ToolNames) -> Body:
    """Return the body of a request.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what the model or the protocol cannot take.
    """
    config = to_config(request.config)
    thinking = to_thinking(entry, config.thinking)
    thinks = (thinking or {}).get('type') in ('enabled', 'adaptive')
    tooling = to_tooling(entry, request, config, names, forced=entry.forced and not thinks)
    system = _system(request.messages, tooling.instructions)
    output_config = {'effort': config.effort, 'format': tooling.output_format}
    members: Body = {
        'model': config.version or entry.name,
        'max_tokens': _max_tokens(entry, config, thinking),
        'system': system or None,
        'messages': to_messages(request.messages, names),
        'tools': tooling.tools or None,
        'tool_choice': tooling.choice,
        'thinking': thinking,
        'output_config': {name: value for name, value in output_config.items() if value is not None} or None,
        **_sampling(entry, config, thinks=thinks),
        **{name: getattr(config, name) for name in _AS_THEY_ARE},
        **config.extra,
    }
    return {name: value for name, value in members.items() if value is not None}


def to_thinking(entry: ClaudeEntry, given: ThinkingConfig | None) -> Body | None:
    """Return the ``thinking`` parameter of a request, as far as the model accepts one.

    A budget is not sent where the model decides itself. With thinking disabled, a model that cannot disable it
    completely thinks between tool calls only.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it cannot think, or cannot stop.
    """
    mode = None if given is None else given.mode
    if given is None or mode is None:
        return None
    if mode == 'disabled':
        if entry.thinking == 'always':
            raise _cannot(entry, 'always thinks; leave `thinking` out and say how much with `effort`')
        return {'none': None, 'between': {'type': 'between_tools'}}.get(entry.thinking, {'type': 'disabled'})
    if entry.thinking == 'none':
        raise _cannot(entry, 'does not think; leave `thinking` out')
    if mode != 'between_tools':
        if entry.thinking == 'budget':
            mode = 'enabled'
        elif entry.thinking != 'any' or given.budget_tokens is None:
            mode = 'adaptive'
    body: Body = {'type': mode}
    if mode == 'enabled':
        body['budget_tokens'] = given.budget_tokens or DEFAULT_BUDGET
    if given.display is not None:
        body['display'] = given.display
    return {**body, **given.extra}


def to_messages(messages: Sequence[Message], names: ToolNames) -> list[Body]:
    """Return a conversation without its instructions.

    The answers of tools come first in one message of the user, together with what the user says next, because the
    protocol wants the answers to all calls in the message that follows them.
    """
    converted: list[Body] = []
    after_tools = False
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            continue
        blocks = _marked(message, _blocks(messages, number, names))
        role = 'assistant' if message.role == Role.MODEL else 'user'
        if blocks and after_tools and role == 'user':
            converted[-1] = {'role': role, 'content': [*converted[-1]['content'], *blocks]}
        elif blocks:
            converted.append({'role': role, 'content': blocks})
            after_tools = message.role == Role.TOOL
    return converted


def _max_tokens(entry: ClaudeEntry, config: AnthropicConfig, thinking: Body | None) -> int:
    if config.max_output_tokens is not None:
        return config.max_output_tokens
    return min(DEFAULT_MAX_TOKENS + (thinking or {}).get('budget_tokens', 0), entry.max_output)


def _sampling(entry: ClaudeEntry, config: AnthropicConfig, *, thinks: bool) -> Body:
    names = () if not entry.samples else ('top_p',) if thinks else _SAMPLING
    return {name: getattr(config, name) for name in names}


def _system(messages: Sequence[Message], instructions: Sequence[str]) -> list[Body]:
    blocks: list[Body] = []
    for message in messages:
        if message.role == Role.SYSTEM:
            blocks += _marked(message, [_block_of_text(part) for part in message.content if _has_text(part)])
    return [*blocks, *({'type': 'text', 'text': text} for text in instructions)]


def _marked(message: Message, blocks: list[Body]) -> list[Body]:
    """Return a message's blocks, the last that can be cached with the message's cache mark."""
    mark = cache_mark(message.metadata)
    if mark is None:
        return blocks
    for place in reversed(range(len(blocks))):
        if blocks[place]['type'] not in ('thinking', 'redacted_thinking'):
            return [*blocks[:place], {**blocks[place], 'cache_control': to_cache_control(mark)}, *blocks[place + 1 :]]
    return blocks


def _blocks(messages: Sequence[Message], number: int, names: ToolNames) -> list[Body]:
    message = messages[number]
    if message.role == Role.MODEL:
        return _of_model(message, number, names)
    if message.role == Role.TOOL:
        return _of_tools(messages, number)
    return [block for part in message.content if (block := _of_user(part)) is not None]


def _of_user(part: Part) -> Body | None:
    if isinstance(part, TextPart):
        return _block_of_text(part) if _has_text(part) else None
    if isinstance(part, MediaPart):
        return _with_mark(part, _media(part))
    block = _own_block(part)
    if block is not None:
        return _with_mark(part, block)
    if (data := data_text(part)) is not None:
        return _with_mark(part, {'type': 'text', 'text': data})
    raise unsupported_part(part, "text, media, and blocks of its own as CustomPart(custom={'anthropic': {'type': …}})")


def _of_model(message: Message, number: int, names: ToolNames) -> list[Body]:
    """Return what the model said; thoughts without a signature, media and others' parts cannot be sent back."""
    blocks: list[Body] = []
    calls = iter(tool_calls(message, number, _PREFIX))
    for part in message.content:
        if isinstance(part, TextPart) and _has_text(part):
            blocks.append(_block_of_text(part))
        elif isinstance(part, ReasoningPart) and (part.metadata or {}).get('signature'):
            signature = (part.metadata or {})['signature']
            blocks.append({'type': 'thinking', 'thinking': part.reasoning, 'signature': signature})
        elif isinstance(part, ToolRequestPart):
            call = {**_call(part.tool_request, next(calls).id, names), **_caller(part)}
            blocks.append(_with_mark(part, call))
        elif (block := _own_block(part)) is not None:
            blocks.append(_with_mark(part, block))
    return blocks


def _of_tools(messages: Sequence[Message], number: int) -> list[Body]:
    results = [
        _with_mark(answer.part, _result(to_call_id(answer.id), answer.part.tool_response))
        for answer in tool_answers(messages, number, _PREFIX)
    ]
    others = [part for part in messages[number].content if not isinstance(part, ToolResponsePart)]
    return results + [block for part in others if (block := _of_user(part)) is not None]


def _call(request: ToolRequest, call_id: str, names: ToolNames) -> Body:
    return {
        'type': 'tool_use',
        'id': to_call_id(call_id),
        'name': names.to_wire(request.name),
        'input': object_arguments(request, names),
    }


def _caller(part: Part) -> Body:
    """Return who called a tool, if it was code that the provider runs."""
    caller = (part.metadata or {}).get('caller')
    return {} if caller is None else {'caller': caller}


def _result(ref: str, response: ToolResponse) -> Body:
    output, text, pieces = response.output, answer_text(response), answer_parts(response)
    result: Body = {'type': 'tool_result', 'tool_use_id': ref}
    if not pieces:
        return {**result, 'content': text}
    said = [] if output is None or not text.strip() else [{'type': 'text', 'text': text}]
    return {**result, 'content': said + [block for piece in pieces if (block := _of_user(piece)) is not None]}


def _media(part: MediaPart) -> Body:
    media, kind = part.media, content_type_of(part.media).lower()
    inline = is_data_url(media.url)
    if kind in _IMAGES or (not inline and (kind == _UNKNOWN_TYPE or kind.startswith('image/'))):
        return {'type': 'image', 'source': _source(part, kind)}
    if kind == 'application/pdf':
        return _document(part, _source(part, kind))
    if kind.startswith('text/') and inline:
        text = decode_data_url(media).data.decode(errors='replace')
        return _document(part, {'type': 'text', 'media_type': 'text/plain', 'data': text})
    raise unsupported_media(kind, 'JPEG, PNG, GIF and WebP images, PDF, and text in a data URL')


def _source(part: MediaPart, kind: str) -> Body:
    if not is_data_url(part.media.url):
        return {'type': 'url', 'url': part.media.url}
    head, _, data = part.media.url.partition(',')
    if not head.lower().endswith(';base64'):
        decode_data_url(part.media)  # says what is wrong
    return {'type': 'base64', 'media_type': kind, 'data': data}


def _document(part: MediaPart, source: Body) -> Body:
    told = part.metadata or {}
    body: Body = {'type': 'document', 'source': source}
    body.update({name: told[name] for name in ('title', 'context') if told.get(name)})
    cited = told.get('citations')
    if cited:
        body['citations'] = {'enabled': True} if cited is True else cited
    return body


def _own_block(part: Part) -> Body | None:
    """Return the block of the protocol that a custom part holds, if it holds one."""
    custom = part.custom if isinstance(part, CustomPart) else None
    if custom is None:
        return None
    if isinstance(custom.get('anthropicDocument'), dict):
        return {'type': 'document', **custom['anthropicDocument']}
    block = custom.get('anthropic')
    return dict(cast('Body', block)) if isinstance(block, dict) else None


def _has_text(part: Part) -> bool:
    """Return whether a part is text that the protocol takes; it refuses blocks of white space."""
    return isinstance(part, TextPart) and bool(part.text.strip())


def _block_of_text(part: Part) -> Body:
    assert isinstance(part, TextPart)
    block: Body = {'type': 'text', 'text': part.text}
    citations = (part.metadata or {}).get('citations')
    if citations:
        block['citations'] = [{key: value for key, value in one.items() if key != 'file_id'} for one in citations]
    return _with_mark(part, block)


def _with_mark(part: Part, block: Body) -> Body:
    mark = cache_mark(part.metadata)
    return block if mark is None else {**block, 'cache_control': to_cache_control(mark)}


def _cannot(entry: ClaudeEntry, what: str) -> GenkitError:
    return GenkitError(f'Model {entry.name!r} {what}.', status='INVALID_ARGUMENT')
