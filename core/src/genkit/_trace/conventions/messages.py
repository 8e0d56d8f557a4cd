# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Messages and tools as OpenTelemetry's JSON for conversations, made of the JSON that spans record.

Source: https://github.com/open-telemetry/semantic-conventions/tree/main/docs/gen-ai (semantic conventions 1.41), the
schemas ``gen-ai-input-messages.json``, ``gen-ai-output-messages.json``, ``gen-ai-system-instructions.json`` and
``gen-ai-tool-definitions.json``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from genkit._base.serialize import dump_json


Json = Mapping[str, Any]

INPUT_MESSAGES: Final = 'gen_ai.input.messages'
OUTPUT_MESSAGES: Final = 'gen_ai.output.messages'
LEFT_OUT: Final = 'bytes left out'
SYSTEM_INSTRUCTIONS: Final = 'gen_ai.system_instructions'
TOOL_DEFINITIONS: Final = 'gen_ai.tool.definitions'

_ROLES: Final = {'model': 'assistant'}
_FINISH_REASONS: Final = {'blocked': 'content_filter', 'interrupted': 'tool_call', None: 'unknown'}
_MODALITIES: Final = ('image', 'video', 'audio')
_DATA_URL: Final = re.compile(r'(data:[\w.+-]+/[\w.+-]+(?:;[\w.+=-]+)*,)([^"\\\s]{256,})')


def without_data(text: str) -> str:
    """Return JSON text with a note in place of the bytes of each data URL that is not tiny."""
    return _DATA_URL.sub(_note, text) if 'data:' in text else text


def request_attributes(request: Json) -> dict[str, str]:
    """Return what a model is asked: instructions, conversation and tools."""
    messages: list[Json] = request.get('messages') or []
    instructions = [part for message in messages if message['role'] == 'system' for part in parts_of(message)]
    conversation = [_message(message) for message in messages if message['role'] != 'system']
    tools = [_tool(definition) for definition in request.get('tools') or ()]
    found = {INPUT_MESSAGES: conversation, SYSTEM_INSTRUCTIONS: instructions, TOOL_DEFINITIONS: tools}
    return {name: dump_json(value) for name, value in found.items() if value}


def response_attributes(response: Json) -> dict[str, str]:
    """Return what a model, or an agent, answered; nothing of an operation that goes on."""
    message, reason = response.get('message'), response.get('finishReason')
    if message is None and reason is None:
        return {}
    answer = _message(message or {'role': 'model', 'content': []})
    asks = any(part['type'] == 'tool_call' for part in answer['parts'])
    finish = 'tool_call' if asks and reason in {None, 'stop'} else _FINISH_REASONS.get(reason, reason)
    return {OUTPUT_MESSAGES: dump_json([{**answer, 'finish_reason': finish}])}


def parts_of(message: Json) -> list[dict[str, Any]]:
    """Return the content of a message."""
    return [_part(part) for part in message['content']]


def text_of(message: Json) -> str:
    """Return the text of a message, or of something else with content."""
    return ''.join(part['text'] for part in message['content'] if 'text' in part)


def _note(found: re.Match[str]) -> str:
    size = len(found[2]) * 3 // 4 - found[2].count('=', -2) if found[1].endswith(';base64,') else len(found[2])
    return f'{found[1]}{size} {LEFT_OUT}'


def _message(message: Json) -> dict[str, Any]:
    role = message['role']
    return {'role': _ROLES.get(role, role), 'parts': parts_of(message)}


def _part(part: Json) -> dict[str, Any]:
    match part:
        case {'text': content}:
            return {'type': 'text', 'content': content}
        case {'reasoning': content}:
            return {'type': 'reasoning', 'content': content}
        case {'media': {'url': url, **media}}:
            return _media(url, media.get('contentType'))
        case {'toolRequest': {'name': name, **request}}:
            return {'type': 'tool_call', **_id(request), 'name': name, 'arguments': request.get('input')}
        case {'toolResponse': {'name': name, **response}}:
            return {'type': 'tool_call_response', **_id(response), 'name': name, 'response': _result(response)}
        case _:
            kind = next((name for name in part if name != 'metadata'), 'empty')
            return {'type': kind, kind: part.get(kind)}


def _id(call: Json) -> dict[str, Any]:
    return {'id': call['ref']} if call.get('ref') else {}


def _result(response: Json) -> Any:
    content: Iterable[Json] = response.get('content') or ()
    output = response.get('output')
    return {'output': output, 'content': [_part(part) for part in content]} if content else output


def _media(url: str, content_type: str | None) -> dict[str, Any]:
    """Return media by its address, or by its bytes unless these were left out."""
    if not url.startswith('data:'):
        return {'type': 'uri', **_described(content_type), 'uri': url}
    head, _, content = url.removeprefix('data:').partition(',')
    described = _described(content_type or head.partition(';')[0])
    if content.endswith(LEFT_OUT):
        return {'type': 'media', **described, 'note': content}
    return {'type': 'blob', **described, 'content': content}


def _described(mime_type: str | None) -> dict[str, Any]:
    modality = (mime_type or '').partition('/')[0]
    return {'modality': modality if modality in _MODALITIES else 'file', 'mime_type': mime_type}


def _tool(definition: Json) -> dict[str, Any]:
    described = {'name': definition['name'], 'description': definition.get('description', '')}
    return {'type': 'function', **described, 'parameters': definition.get('inputSchema')}
