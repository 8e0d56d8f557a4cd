# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google's protocol, as its reference describes it: https://ai.google.dev/api/generate-content."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import unquote

from pydantic.alias_generators import to_camel

from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires.awkward_gemini import gemini_rows
from genkit.testing.wires.said import Asked, AskedMessage, Awkward, Said, SaidCall
from genkit.testing.wires.schema_rules import GEMINI_RULES, GEMINI_TOOL_RULES, first_refused


_FINISH: Final = {'stop': 'STOP', 'length': 'MAX_TOKENS', 'blocked': 'SAFETY', None: None}
_MODES: Final = {'AUTO': 'auto', 'ANY': 'required', 'NONE': 'none'}
_ERRORS: Final = {
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    408: 'DEADLINE_EXCEEDED',
    409: 'ABORTED',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    502: 'UNAVAILABLE',
    503: 'UNAVAILABLE',
    504: 'DEADLINE_EXCEEDED',
    529: 'UNAVAILABLE',
}
# Members whose names are chosen by the application.
_FREE: Final = frozenset({'parametersJsonSchema', 'responseJsonSchema', 'args', 'response'})
_EVENTS: Final = {'content-type': 'text/event-stream'}

Body = dict[str, Any]


class GeminiWire:
    """The wire format of the Gemini API and of Vertex AI, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        parts = [part for piece in self._pieces(said) for part in piece]
        return CannedAnswer.of_json(_answer(parts, said, is_last=True))

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces."""
        pieces = list(self._pieces(said)) or [[]]
        frames = [
            f'data: {json.dumps(_answer(parts, said, is_last=place == len(pieces)))}\r\n\r\n'.encode()
            for place, parts in enumerate(pieces, 1)
        ]
        if not said.cut:
            return CannedAnswer(frames, 200, _EVENTS)
        body = b''.join(frames)  # shorter than it says: the connection is closed in its middle
        return CannedAnswer(body, 200, _EVENTS, cut_at=len(body) // 2)

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response with the given details, in the provider's format."""
        error = {'code': status, 'message': message, 'status': _ERRORS.get(status, 'INVALID_ARGUMENT')}
        return CannedAnswer.of_json({'error': error}, status, headers)

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        return gemini_rows()

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        body: Body = _in_camel_case(request.json)
        told: Body = body.get('generationConfig') or {}
        path = request.path.partition('?')[0]
        system: Body | None = body.get('systemInstruction')
        messages = [] if system is None else [AskedMessage(role='system', text=_text(system['parts']))]
        messages += [message for content in body.get('contents', ()) for message in _messages(content)]
        functions = [each for tool in body.get('tools') or () for each in tool.get('functionDeclarations', ())]
        tools = {function['name']: function.get('parametersJsonSchema') for function in functions}
        options = {
            'temperature': told.get('temperature'),
            'max_tokens': told.get('maxOutputTokens'),
            'stop': told.get('stopSequences'),
        }
        tool_config: Body = body.get('toolConfig') or {}
        choice: Body = tool_config.get('functionCallingConfig') or {}
        return Asked(
            model=model_of(path),
            key=request.headers.get('x-goog-api-key'),
            messages=messages,
            tools=tools,
            tool_choice=_MODES.get(choice.get('mode', '')),
            schema=told.get('responseJsonSchema'),
            stream='streamGenerateContent' in path,
            options={name: value for name, value in options.items() if value is not None},
            body=body,
            refused=first_refused(told.get('responseJsonSchema'), tools, GEMINI_RULES, GEMINI_TOOL_RULES),
        )

    def _pieces(self, said: Said) -> Iterator[list[Body]]:
        for thought in said.thoughts:
            yield [{'text': thought, 'thought': True}]
        for text in said.texts:
            yield [{'text': text}]
        if said.calls:
            yield [
                {'functionCall': {'id': call.ref, 'name': call.name, 'args': _arguments(call.arguments)}}
                for call in said.calls
            ]


def _answer(parts: Sequence[Body], said: Said, *, is_last: bool) -> Body:
    candidate: Body = {'content': {'role': 'model', 'parts': list(parts)}, 'index': 0}
    if is_last and _FINISH[said.finish]:
        candidate['finishReason'] = _FINISH[said.finish]
    thoughts = said.thoughts_tokens
    usage = {
        'promptTokenCount': said.input_tokens,
        'candidatesTokenCount': said.output_tokens - (thoughts or 0),
        'totalTokenCount': said.input_tokens + said.output_tokens,
        'cachedContentTokenCount': said.cached_tokens,
        'thoughtsTokenCount': thoughts,
    }
    counted = {name: count for name, count in usage.items() if count is not None}
    return {'candidates': [candidate], 'usageMetadata': counted, 'modelVersion': 'served', 'responseId': 'r-1'}


def _arguments(text: str) -> Any:
    """Return arguments as the protocol has them, an object; what is not JSON stays text, as some models send it."""
    try:
        return json.loads(text or '{}')
    except ValueError:
        return text


def model_of(path: str) -> str:
    """Return the model that a path names; one of another publisher's with that publisher."""
    before, _, rest = unquote(path).partition('/models/')
    model = rest.rpartition(':')[0]
    publisher = before.rpartition('/publishers/')[2] if '/publishers/' in before else 'google'
    return model if publisher == 'google' else f'{publisher}/{model}'


def _in_camel_case(value: Any) -> Any:
    """Return JSON with the names of the reference; the protocol takes those in snake case as well."""
    if isinstance(value, list):
        return [_in_camel_case(item) for item in cast('list[Any]', value)]
    if not isinstance(value, dict):
        return value
    members = {to_camel(name): member for name, member in cast('Body', value).items()}
    return {name: member if name in _FREE else _in_camel_case(member) for name, member in members.items()}


def _messages(content: Body) -> Iterator[AskedMessage]:
    """Yield what a content holds; each answer of a tool is its own message, as elsewhere."""
    for part in content['parts']:
        if 'functionResponse' in part:
            answer = part['functionResponse']
            output = answer['response'].get('content')
            yield AskedMessage(
                role='tool',
                text=output if isinstance(output, str) else json.dumps(output),
                ref=answer.get('id'),
                media=_media(answer.get('parts', ())),
            )
    rest = [part for part in content['parts'] if 'functionResponse' not in part]
    if rest:
        calls = [part['functionCall'] for part in rest if 'functionCall' in part]
        yield AskedMessage(
            role='model' if content.get('role') == 'model' else 'user',
            text=_text([part for part in rest if not part.get('thought')]),
            calls=[SaidCall(call['name'], json.dumps(call.get('args') or {}), call.get('id') or '') for call in calls],
            media=_media(rest),
        )


def _text(parts: Sequence[Body]) -> str:
    return ''.join(part.get('text', '') for part in parts)


def _media(parts: Sequence[Body]) -> list[str]:
    blobs = [part.get('inlineData') or part.get('fileData') for part in parts]
    return [blob.get('mimeType', '*/*') for blob in blobs if blob]
