# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Mistral wants of a conversation beyond the protocol. Source: https://docs.mistral.ai/api (November 2026).

It refuses ids of calls that are not of nine letters and digits, instructions and users' messages that follow the answer
of a tool, and a conversation that ends with the model's message, unless that is marked as the beginning of the answer.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from string import ascii_letters, digits
from typing import Any, Final

from genkit.plugin import content_type_of, is_data_url, unsupported_media
from genkit.types import MediaPart
from genkit_compat_oai import Dialect


Body = dict[str, Any]

DOCUMENTS: Final = frozenset(
    {
        'application/pdf',
        'application/epub+zip',
        'application/rtf',
        'application/vnd.oasis.opendocument.text',
        'application/vnd.openxmlformats-officedocument.presentationml.presentation',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    }
)
"""The types of documents that are read page by page."""

_CHARACTERS: Final = digits + ascii_letters
_ID_LENGTH: Final = 9
_ID: Final = re.compile(rf'[{_CHARACTERS}]{{{_ID_LENGTH}}}')
_BETWEEN: Final[Body] = {'role': 'assistant', 'content': 'Understood.'}


def call_id(ref: str) -> str:
    """Return the id of a call as Mistral takes it: one of its own unchanged, any other always as the same one."""
    if _ID.fullmatch(ref):
        return ref
    number = int.from_bytes(sha256(ref.encode(errors='replace')).digest())
    return ''.join(_CHARACTERS[number // len(_CHARACTERS) ** place % len(_CHARACTERS)] for place in range(_ID_LENGTH))


def to_mistral(body: Body) -> Body:
    """Return the body of a chat request as Mistral takes it."""
    if body.get('tools'):
        body.pop('response_format', None)  # JSON mode and tools exclude each other
    return {**body, 'messages': _in_order(body['messages'])}


def to_medium(part: MediaPart, detail: Any = None) -> Body:
    """Return a medium as a piece of a message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a type that it does not take.
    """
    url, kind = part.media.url, content_type_of(part.media)
    if kind.startswith('audio/'):
        return {'type': 'input_audio', 'input_audio': url.partition(',')[2] if is_data_url(url) else url}
    if kind in DOCUMENTS:
        return {'type': 'document_url', 'document_url': url}
    if kind.startswith('image/') or not is_data_url(url):
        return {'type': 'image_url', 'image_url': {'url': url, 'detail': detail} if detail else url}
    raise unsupported_media(kind, 'images, audio, PDF and documents of offices')


DIALECT: Final = Dialect(
    options={'seed': 'random_seed', 'top_k': 'top_k', 'suffix': None},
    counts={'prompt_audio_seconds': 'audioSeconds'},
    media=to_medium,
    most_inputs=128,
    pieces=True,
    stream_usage=False,
)


def _in_order(messages: Sequence[Body]) -> list[Body]:
    ordered: list[Body] = []
    tools: dict[str, str] = {}
    for message in messages:
        before = ordered[-1]['role'] if ordered else None
        role = message['role']
        if role == 'assistant':
            if message.get('content') or message.get('tool_calls'):
                ordered.append(_from_model(message, tools))
        elif role == 'tool':
            ordered.append(_from_tool(message, tools))
        else:
            ordered += [_BETWEEN] if before == 'tool' else []
            ordered.append({**message, 'role': 'user'} if before in {'assistant', 'tool'} else message)
    if ordered and ordered[-1]['role'] == 'assistant' and not ordered[-1].get('tool_calls'):
        ordered[-1] = {**ordered[-1], 'prefix': True}
    return ordered


def _from_model(message: Body, tools: dict[str, str]) -> Body:
    """Return a message of the model; its calls are added to the names of tools by the ids of calls."""
    if not message.get('tool_calls'):
        return message
    calls: list[Body] = [{**call, 'id': call_id(call['id'])} for call in message['tool_calls']]
    tools.update({call['id']: call['function']['name'] for call in calls})
    return {**message, 'tool_calls': calls}


def _from_tool(message: Body, tools: dict[str, str]) -> Body:
    ref = call_id(message['tool_call_id'])
    named: Body = {**message, 'tool_call_id': ref}
    if ref in tools:
        named['name'] = tools[ref]
    return named
