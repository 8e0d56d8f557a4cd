# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the parameters of Converse.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. Bytes are bytes
here, as botocore encodes them.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, cast

from genkit.plugin import (
    Content,
    ToolNames,
    answer_parts,
    answer_text,
    as_members,
    cache_mark,
    content_type_of,
    data_text,
    decode_data_url,
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
    Media,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)

from genkit_amazon_bedrock.config import BedrockConfig
from genkit_amazon_bedrock.convert.tools import Body, to_cache_point, to_call_id, to_tooling
from genkit_amazon_bedrock.models import BedrockEntry


_PREFIX: Final = 'tooluse'  # of ids of calls that have none
_IMAGES: Final = {
    'image/png': 'png',
    'image/jpeg': 'jpeg',
    'image/jpg': 'jpeg',
    'image/gif': 'gif',
    'image/webp': 'webp',
}
_DOCUMENTS: Final = {
    'application/pdf': 'pdf',
    'application/msword': 'doc',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.ms-excel': 'xls',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    'text/csv': 'csv',
    'text/html': 'html',
    'text/markdown': 'md',
}
_VIDEOS: Final = {
    'video/mp4': 'mp4',
    'video/quicktime': 'mov',
    'video/x-matroska': 'mkv',
    'video/webm': 'webm',
    'video/x-flv': 'flv',
    'video/mpeg': 'mpeg',
    'video/x-ms-wmv': 'wmv',
    'video/3gpp': 'three_gp',
}
_SOUNDS: Final = {
    'audio/mpeg': 'mp3',
    'audio/mp3': 'mp3',
    'audio/wav': 'wav',
    'audio/x-wav': 'wav',
    'audio/ogg': 'ogg',
    'audio/opus': 'opus',
    'audio/flac': 'flac',
    'audio/aac': 'aac',
    'audio/mp4': 'm4a',
    'audio/x-m4a': 'm4a',
    'audio/webm': 'webm',
}
_REFUSED_IN_TITLE: Final = re.compile(r'[^A-Za-z0-9 ()\[\]-]+')
_SPACES: Final = re.compile(r' {2,}')
_LONGEST_TITLE: Final = 180
_OF_STREAMS: Final = 'streamProcessingMode'
_AS_THEY_ARE: Final = {
    'prompt_variables': 'promptVariables',
    'request_metadata': 'requestMetadata',
    'performance_config': 'performanceConfig',
    'additional_model_response_field_paths': 'additionalModelResponseFieldPaths',
}

Fetched = Mapping[str, Content]


def to_config(given: Any) -> BedrockConfig:
    """Return the options of a request, however they were given, without its key.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    return parse_config(BedrockConfig, without_key(as_members(given)), 'The config does not fit Amazon Bedrock')


def media_to_fetch(request: GenerateRequest) -> Iterator[Media]:
    """Yield the media of a request that are on the web: the protocol takes bytes, and addresses of S3."""
    for message in request.messages:
        answered = [piece for part in message.tool_responses for piece in answer_parts(part.tool_response)]
        for part in (*message.content, *answered):
            if isinstance(part, MediaPart) and part.media.url.lower().startswith(('http:', 'https:')):
                yield part.media


def to_request(
    entry: BedrockEntry, request: GenerateRequest, names: ToolNames, fetched: Fetched, *, streamed: bool
) -> Body:
    """Return the parameters of a request.

    Args:
        entry: Of the model.
        request: The request.
        names: The tools' names.
        fetched: The content of media on the web, by address.
        streamed: Whether the answer is streamed.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what the protocol cannot take.
    """
    config = to_config(request.config)
    thinks = (config.thinking or {}).get('type') in ('enabled', 'adaptive')
    tooling = to_tooling(entry, request, config, names, forced=not thinks)
    output = {'textFormat': tooling.text_format, 'effort': config.effort}
    members: Body = {
        'modelId': config.version or entry.name,
        'messages': to_messages(request.messages, names, fetched),
        'system': _system(request.messages, tooling.instructions),
        'inferenceConfig': _inference(entry, config, thinks=thinks),
        'toolConfig': tooling.config,
        'outputConfig': {name: value for name, value in output.items() if value is not None},
        'additionalModelRequestFields': _additional(entry, config, thinks=thinks),
        'guardrailConfig': _guardrail(config, streamed=streamed),
        'serviceTier': None if config.service_tier is None else {'type': config.service_tier},
        **{wire: getattr(config, name) for name, wire in _AS_THEY_ARE.items()},
    }
    return {name: value for name, value in members.items() if value not in (None, {}, [])}


def to_messages(messages: Sequence[Message], names: ToolNames, fetched: Fetched) -> list[Body]:
    """Return a conversation without its instructions.

    Neighbours of one role become one message, and blank texts are left out, as the protocol refuses both. It also wants
    each call of a message answered at the beginning of the next: for one that was not, it is said that it did not run.
    """
    blocks = _Blocks(names, fetched)
    converted: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            continue
        content = blocks.of(messages, number)
        role = 'assistant' if message.role == Role.MODEL else 'user'
        if content and converted and converted[-1]['role'] == role:
            converted[-1]['content'] += content
        elif content:
            converted.append({'role': role, 'content': content})
    for asking, answering in pairwise(converted):
        answering['content'] = [*_unanswered(asking, answering), *answering['content']]
    return converted


def own_block(part: Part) -> Body | None:
    """Return the block of the protocol that a custom part holds, if it holds one."""
    block = part.custom.get('bedrock') if isinstance(part, CustomPart) and part.custom else None
    return cast('Body', _with_bytes(block)) if isinstance(block, dict) else None


class _Blocks:
    """Makes blocks of parts; documents of one request must have different names.

    Args:
        names: The tools' names.
        fetched: The content of media on the web.
    """

    def __init__(self, names: ToolNames, fetched: Fetched) -> None:
        self._names = names
        self._fetched = fetched
        self._titles: set[str] = set()

    def of(self, messages: Sequence[Message], number: int) -> list[Body]:
        """Return the blocks of a message."""
        message = messages[number]
        blocks: list[Body] = []
        if message.role == Role.TOOL:
            for answer in tool_answers(messages, number, _PREFIX):
                block = {'toolResult': self._result(to_call_id(answer.id), answer.part.tool_response)}
                blocks += marked(answer.part, block)
        calls = iter(tool_calls(message, number, _PREFIX))
        for part in message.content:
            if isinstance(part, ToolResponsePart):
                continue
            block = self._call(part, next(calls).id) if isinstance(part, ToolRequestPart) else None
            if block is None:
                block = self._of_model(part) if message.role == Role.MODEL else self._of_user(part)
            blocks += [] if block is None else marked(part, block)
        mark = cache_mark(message.metadata)
        return blocks if mark is None or not blocks else [*blocks, to_cache_point(mark)]

    def _of_user(self, part: Part) -> Body | None:
        if isinstance(part, TextPart):
            return {'text': part.text} if part.text.strip() else None
        if isinstance(part, MediaPart):
            return self._media(part)
        if (block := own_block(part)) is not None:
            return block
        if (data := data_text(part)) is not None:
            return {'text': data}
        raise unsupported_part(part, "text, media, and blocks of its own as CustomPart(custom={'bedrock': {…}})")

    def _of_model(self, part: Part) -> Body | None:
        """Return what a model said; thoughts without a signature and others' parts cannot be sent back."""
        if isinstance(part, TextPart):
            return {'text': part.text} if part.text.strip() else None
        if isinstance(part, ReasoningPart):
            signature = (part.metadata or {}).get('signature')
            return (
                {'reasoningContent': {'reasoningText': {'text': part.reasoning, 'signature': signature}}}
                if (signature)
                else None
            )
        return own_block(part)

    def _call(self, part: ToolRequestPart, call_id: str) -> Body:
        request = part.tool_request
        arguments = object_arguments(request, self._names)
        return {
            'toolUse': {
                'toolUseId': to_call_id(call_id),
                'name': self._names.to_wire(request.name),
                'input': arguments,
            }
        }

    def _result(self, ref: str, response: ToolResponse) -> Body:
        pieces = [block for part in answer_parts(response) if (block := self._of_user(part)) is not None]
        output = response.output
        said: list[Body] = []
        if isinstance(output, Mapping):
            said = [{'json': dict(cast('Mapping[str, Any]', output))}]
        elif (output is not None or not pieces) and (text := answer_text(response)).strip():
            said = [{'text': text}]
        return {'toolUseId': ref, 'content': [*said, *pieces] or [{'text': '(nothing)'}]}

    def _media(self, part: MediaPart) -> Body:
        media = part.media
        content = self._fetched.get(media.url)
        kind = (content_type_of(media) if content is None else content.content_type).lower()
        for name, formats in (('image', _IMAGES), ('video', _VIDEOS), ('audio', _SOUNDS)):
            if kind in formats:
                return {name: {'format': formats[kind], 'source': _source(part, content)}}
        form = _DOCUMENTS.get(kind) or ('txt' if kind.startswith('text/') else None)
        if form is None:
            raise unsupported_media(
                kind, 'PNG, JPEG, GIF and WebP images, PDF, Word, Excel, CSV, HTML and text, video and sound'
            )
        told = part.metadata or {}
        document: Body = {'format': form, 'name': self._title(told.get('title')), 'source': _source(part, content)}
        if told.get('context'):
            document['context'] = str(told['context'])
        if told.get('citations'):
            document['citations'] = {'enabled': True}
        return {'document': document}

    def _title(self, given: Any) -> str:
        """Return a name for a document: a neutral one by default, as a model may read it as an instruction."""
        title = _SPACES.sub(' ', _REFUSED_IN_TITLE.sub(' ', str(given or ''))).strip()[:_LONGEST_TITLE].strip()
        title = title or f'document {len(self._titles) + 1}'
        name, number = title, 1
        while name in self._titles:
            number += 1
            name = f'{title} {number}'
        self._titles.add(name)
        return name


def marked(part: Part, block: Body) -> list[Body]:
    """Return a block, followed by a cache point if its part has a cache mark."""
    mark = cache_mark(part.metadata)
    return [block] if mark is None else [block, to_cache_point(mark)]


def _source(part: MediaPart, content: Content | None) -> Body:
    url = part.media.url
    if url.lower().startswith('s3:'):
        owner = (part.metadata or {}).get('bucketOwner')
        return {'s3Location': {'uri': url, **({'bucketOwner': owner} if owner else {})}}
    if content is None:
        content = decode_data_url(part.media)  # says what is wrong with any other address
    return {'bytes': content.data}


def _system(messages: Sequence[Message], instructions: Sequence[str]) -> list[Body]:
    blocks: list[Body] = []
    for message in messages:
        if message.role != Role.SYSTEM:
            continue
        said: list[Body] = []
        for part in message.content:
            block = {'text': part.text} if isinstance(part, TextPart) and part.text.strip() else own_block(part)
            said += [] if block is None else marked(part, block)
        mark = cache_mark(message.metadata)
        blocks += said if mark is None or not said else [*said, to_cache_point(mark)]
    return [*blocks, *({'text': text} for text in instructions)]


def _inference(entry: BedrockEntry, config: BedrockConfig, *, thinks: bool) -> Body:
    samples = entry.samples and not thinks
    members = {
        'maxTokens': config.max_output_tokens,
        'temperature': config.temperature if samples else None,
        'topP': config.top_p if samples else None,
        'stopSequences': config.stop_sequences,
    }
    return {name: value for name, value in members.items() if value is not None}


def _additional(entry: BedrockEntry, config: BedrockConfig, *, thinks: bool) -> Body:
    """Return the options of the model's own protocol; those that are stated as such win."""
    fields: Body = {} if config.thinking is None else {'thinking': config.thinking}
    if config.top_k is not None and entry.top_k and entry.samples and not thinks:
        *outer, last = entry.top_k
        value: Body = {last: config.top_k}
        for name in reversed(outer):
            value = {name: value}
        fields.update(value)
    return {**fields, **config.extra, **(config.additional_model_request_fields or {})}


def _guardrail(config: BedrockConfig, *, streamed: bool) -> Body | None:
    given = config.guardrail_config
    if given is None or streamed:
        return given
    return {name: value for name, value in given.items() if name != _OF_STREAMS}


def _unanswered(asking: Body, answering: Body) -> list[Body]:
    if asking['role'] != 'assistant':
        return []
    called = [block['toolUse']['toolUseId'] for block in asking['content'] if 'toolUse' in block]
    answered = {block['toolResult']['toolUseId'] for block in answering['content'] if 'toolResult' in block}
    content = [{'text': 'The tool was not run.'}]
    return [
        {'toolResult': {'toolUseId': ref, 'content': content, 'status': 'error'}}
        for ref in called
        if ref not in answered
    ]


def _with_bytes(value: Any) -> Any:
    """Return a block that came as JSON, with the bytes that stand in it in base64."""
    if isinstance(value, list):
        return [_with_bytes(each) for each in cast('list[Any]', value)]
    if not isinstance(value, dict):
        return value
    members = cast('dict[str, Any]', value)
    return {name: _decoded(each) if name in _BLOBS else _with_bytes(each) for name, each in members.items()}


_BLOBS: Final = frozenset({'bytes', 'redactedContent'})


def _decoded(value: Any) -> Any:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except binascii.Error:
        return value.encode()
