# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The protocol of chat models: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from genkit.plugin import read_json
from genkit.testing import Asked, AskedMessage, Awkward, CannedAnswer, RecordedRequest, Said, SaidCall
from genkit.testing.wires import ANTHROPIC_RULES, TOOL_RULES, first_refused

from genkit_amazon_bedrock.convert.tools import ANSWER_TOOL
from genkit_amazon_bedrock.testing.awkward import converse_rows
from genkit_amazon_bedrock.testing.frames import STREAM, to_frame
from genkit_amazon_bedrock.testing.requests import read_call


Body = dict[str, Any]
Event = tuple[str, Body]

_FINISH: Final = {'stop': 'end_turn', 'length': 'max_tokens', 'blocked': 'content_filtered'}
_CHOICES: Final = {'auto': 'auto', 'any': 'required'}
_ERRORS: Final = {
    400: 'ValidationException',
    403: 'AccessDeniedException',
    404: 'ResourceNotFoundException',
    408: 'ModelTimeoutException',
    424: 'ModelErrorException',
    429: 'ThrottlingException',
    500: 'InternalServerException',
    503: 'ServiceUnavailableException',
}
_HEADERS: Final = {'x-amzn-requestid': '00000000-0000-4000-8000-000000000001'}
_SIGNATURE: Final = 'c2lnbmVk'
_TITLE: Final = re.compile(r'[A-Za-z0-9()\[\]-]+(?: [A-Za-z0-9()\[\]-]+)*')
_TYPES: Final = {'pdf': 'application/pdf', 'txt': 'text/plain'}


class BedrockErrors:
    """Writes errors as the provider does."""

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details."""
        word = _ERRORS.get(status)
        kind = {} if word is None else {'x-amzn-errortype': f'{word}:http://internal.amazon.com/coral/'}
        return CannedAnswer.of_json({'message': message}, status, {**_HEADERS, **kind, **headers})


class ConverseWire(BedrockErrors):
    """The wire format of Converse and ConverseStream, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        blocks: list[Body] = []
        if said.thoughts:
            thought = {'text': said.thought, 'signature': _SIGNATURE}
            blocks.append({'reasoningContent': {'reasoningText': thought}})
        if said.texts:
            blocks.append({'text': said.text})
        blocks += [{'toolUse': {**_call(call), 'input': _input(call.arguments)}} for call in said.calls]
        message = {'role': 'assistant', 'content': blocks}
        answer = {'output': {'message': message}, **_end(said), 'usage': _usage(said), 'metrics': {'latencyMs': 42}}
        return CannedAnswer.of_json(answer, headers=_HEADERS)

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        frames = [to_frame(name, {**body, 'p': 'abcdefgh'}) for name, body in _events(said)]
        headers = {**_HEADERS, 'content-type': STREAM}
        if not said.cut:
            return CannedAnswer(frames, 200, headers)
        body = b''.join(frames)  # shorter than it says: the connection is closed in its middle
        return CannedAnswer(body, 200, headers, cut_at=len(body) // 2)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return converse_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        call = read_call(request)
        body, streamed = call.parameters, call.operation == 'ConverseStream'
        if call.refused is not None:
            model = body['modelId']
            return Asked(model=model, key=call.key, messages=[], stream=streamed, body=body, refused=call.refused)
        inference = body.get('inferenceConfig', {})
        options = {'temperature': inference.get('temperature'), 'max_tokens': inference.get('maxTokens')}
        options['stop'] = inference.get('stopSequences')
        offered = body.get('toolConfig', {})
        specs = [tool['toolSpec'] for tool in offered.get('tools', ()) if 'toolSpec' in tool]
        tools = {spec['name']: spec['inputSchema']['json'] for spec in specs}
        text_format = body.get('outputConfig', {}).get('textFormat', {}).get('structure', {}).get('jsonSchema')
        schema = read_json(text_format['schema']) if text_format else tools.pop(ANSWER_TOOL, None)
        choice = next(iter(offered.get('toolChoice', ())), None if tools else 'none')
        messages = [asked for message in body.get('messages', ()) for asked in _messages(message)]
        if body.get('system'):
            messages.insert(0, AskedMessage(role='system', text=_text(body['system'])))
        rules = ANTHROPIC_RULES if text_format else TOOL_RULES
        refused = first_refused(schema, tools, rules, TOOL_RULES) or next(_refused(body), None)
        return Asked(
            model=body['modelId'],
            key=call.key,
            messages=messages,
            tools=tools,
            tool_choice='none' if choice == 'none' else _CHOICES.get(str(choice)),
            schema=schema,
            stream=streamed,
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=refused,
        )


def _events(said: Said) -> Iterator[Event]:
    yield 'messageStart', {'role': 'assistant'}
    index = 0
    if said.thoughts:
        deltas = [{'reasoningContent': {'text': thought}} for thought in said.thoughts]
        yield from _block(index, [*deltas, {'reasoningContent': {'signature': _SIGNATURE}}])
        index += 1
    if said.texts:
        yield from _block(index, [{'text': text} for text in said.texts])
        index += 1
    for call in said.calls:
        half = len(call.arguments) // 2
        pieces = (call.arguments[:half], call.arguments[half:])
        yield 'contentBlockStart', {'contentBlockIndex': index, 'start': {'toolUse': _call(call)}}
        yield from _block(index, [{'toolUse': {'input': piece}} for piece in pieces])
        index += 1
    yield 'messageStop', _end(said)
    yield 'metadata', {'usage': _usage(said), 'metrics': {'latencyMs': 42}}


def _block(index: int, deltas: Sequence[Body]) -> Iterator[Event]:
    for delta in deltas:
        yield 'contentBlockDelta', {'contentBlockIndex': index, 'delta': delta}
    yield 'contentBlockStop', {'contentBlockIndex': index}


def _call(call: SaidCall) -> Body:
    return {'toolUseId': call.ref, 'name': call.name}


def _input(arguments: str) -> Any:
    """Return arguments as they are in a whole answer; what is not JSON stays text, as no provider would send it."""
    try:
        return read_json(arguments or '{}')
    except ValueError:
        return arguments


def _end(said: Said) -> Body:
    if said.finish is None:
        return {}
    return {'stopReason': 'tool_use' if said.calls and said.finish == 'stop' else _FINISH[said.finish]}


def _usage(said: Said) -> Body:
    total = said.input_tokens + said.output_tokens
    usage: Body = {'inputTokens': said.input_tokens, 'outputTokens': said.output_tokens, 'totalTokens': total}
    if said.cached_tokens is not None:
        usage['inputTokens'] -= said.cached_tokens
        usage |= {'cacheReadInputTokens': said.cached_tokens, 'cacheWriteInputTokens': 0}
    return usage


def _messages(message: Body) -> Iterator[AskedMessage]:
    """Yield what a message holds; each answer of a tool is its own message, as elsewhere."""
    blocks: list[Body] = message['content']
    for block in blocks:
        if 'toolResult' in block:
            result = block['toolResult']
            content = result['content']
            yield AskedMessage(role='tool', text=_text(content), ref=result['toolUseId'], media=_media(content))
    rest = [block for block in blocks if 'toolResult' not in block]
    if rest:
        calls = [block['toolUse'] for block in rest if 'toolUse' in block]
        yield AskedMessage(
            role='model' if message['role'] == 'assistant' else 'user',
            text=_text(rest),
            calls=[SaidCall(call['name'], json.dumps(call['input']), call['toolUseId']) for call in calls],
            media=_media(rest),
        )


def _text(blocks: Sequence[Body]) -> str:
    texts = (
        block['text'] if 'text' in block else json.dumps(block['json']) if 'json' in block else '' for block in blocks
    )
    return ''.join(texts)


def _media(blocks: Sequence[Body]) -> list[str]:
    found = [(name, str(block[name]['format'])) for block in blocks for name in ('image', 'document') if name in block]
    return [f'image/{form}' if name == 'image' else _TYPES.get(form, str(form)) for name, form in found]


def _refused(body: Body) -> Iterator[str]:
    """Yield what the service refuses in a conversation, in its words."""
    messages: list[Body] = body.get('messages', [])
    titles: list[str] = []
    called: list[str] = []
    speaks_of_tools = False
    if messages and messages[0]['role'] != 'user':
        yield 'A conversation must start with a user message.'
    for number, message in enumerate(messages):
        blocks: list[Body] = message['content']
        if number and messages[number - 1]['role'] == message['role']:
            yield 'A conversation must alternate between user and assistant roles.'
        if any('text' in block and not block['text'].strip() for block in blocks):
            yield f'The text field in the ContentBlock object at messages.{number} is blank.'
        results = [block['toolResult']['toolUseId'] for block in blocks if 'toolResult' in block]
        if called and (message['role'] != 'user' or set(called) - set(results)):
            yield f'Expected toolResult blocks at messages.{number}.content for the following Ids: {", ".join(called)}'
        if set(results) - set(called):
            yield f'messages.{number} has toolResult blocks for calls that the message before does not have'
        called = [block['toolUse']['toolUseId'] for block in blocks if 'toolUse' in block]
        speaks_of_tools = speaks_of_tools or bool(called or results)
        titles += [block['document']['name'] for block in blocks if 'document' in block]
    if speaks_of_tools and 'toolConfig' not in body:
        yield 'The toolConfig field must be defined when using toolUse and toolResult content blocks.'
    if any(not _TITLE.fullmatch(title) for title in titles) or len(set(titles)) < len(titles):
        yield f'The document file names {titles} must differ and be alphanumeric.'
    if any('text' in block and not block['text'].strip() for block in body.get('system', ())):
        yield 'The text field in the SystemContentBlock object is blank.'
