# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the validators say of answers: every line was put to `genkit dev:test-model` as well, with the same verdict."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One test: validators, the answer they are given, and whether it passes."""

    name: str
    passes: bool
    validators: tuple[str, ...]
    response: Any
    chunks: list[list[Any]] | None = None
    error: str = ''

    def spec(self):
        """Returns the test as a spec file holds it; the model `replay` answers what its config says."""
        config: dict[str, Any] = {'response': self.response}
        if self.chunks is not None:
            config['chunks'] = self.chunks
        if self.error:
            config['error'] = self.error
        return {
            'name': self.name,
            'input': {'messages': [{'role': 'user', 'content': [{'text': 'x'}]}], 'config': config},
            'validators': list(self.validators),
            'stream': self.chunks is not None,
        }


def text(value):
    return {'text': value}


def tool(name):
    return {'toolRequest': {'name': name, 'input': {}}}


def media(url, content_type=None):
    return {'media': {'url': url, **({'contentType': content_type} if content_type else {})}}


def answers(*content):
    return {'message': {'role': 'model', 'content': list(content)}, 'finishReason': 'stop'}


def good(name, validator, *content, chunks=None):
    return Verdict(name, True, (validator,), answers(*content), chunks)


def bad(name, validator, *content, chunks=None):
    return Verdict(name, False, (validator,), answers(*content), chunks)


def shape(name, passes, **members):
    return Verdict(f'shape, {name}', passes, (), {**answers(text('a')), **members})


THOUGHT = {'reasoning': 'hm'}

VERDICTS = [
    Verdict('nothing is asked', True, (), answers(text('a'))),
    Verdict('all pass', True, ('text-includes:a', 'text-not-empty'), answers(text('a'))),
    Verdict('the second fails', False, ('text-includes:a', 'valid-json'), answers(text('a'))),
    good('tool', 'has-tool-request', text('a'), tool('w')),
    good('tool by name', 'has-tool-request:w', text('a'), tool('w')),
    good('tool, empty name', 'has-tool-request:', tool('v')),
    good('tool, colon in name', 'has-tool-request:a:b', tool('a:b')),
    bad('tool, name up to the colon', 'has-tool-request:a:b', tool('a')),
    bad('tool is the second', 'has-tool-request:w', tool('v'), tool('w')),
    bad('no tool', 'has-tool-request', text('w')),
    good('json', 'valid-json', text('{"a": 1}')),
    good('json after reasoning', 'valid-json', THOUGHT, text('{"a": 1}')),
    good('json after an empty text', 'valid-json', text(''), text('{"a": 1}')),
    good('json scalar', 'valid-json', text('12')),
    good('json, padded', 'valid-json', text(' \n{}\n ')),
    bad('json, padded otherwise', 'valid-json', text('\u00a0{}')),
    bad('json in a fence', 'valid-json', text('```json\n{"a": 1}\n```')),
    bad('json in two parts', 'valid-json', text('{"a":'), text('1}')),
    bad('json, empty', 'valid-json', text('')),
    bad('json, NaN', 'valid-json', text('NaN')),
    bad('json, none', 'valid-json', tool('w')),
    good('includes, other case', 'text-includes:HELLO', text('say hello')),
    good('includes, colon', 'text-includes:a:b', text('xa:bx')),
    bad('includes, up to the colon', 'text-includes:a:b', text('xax')),
    bad('includes, blank before', 'text-includes: a', text('xax')),
    bad('includes, after reasoning', 'text-includes:hello', THOUGHT, text('say hello')),
    bad('includes, second text', 'text-includes:hello', text('a'), text('say hello')),
    good('starts, padded', 'text-starts-with:RESPONSE:', text('  RESPONSE: hi')),
    bad('starts, other case', 'text-starts-with:RESPONSE:', text('response: hi')),
    bad('starts, no colon', 'text-starts-with:RESPONSE:', text('RESPONSE hi')),
    good('not empty', 'text-not-empty', text('a')),
    good('not empty, control character', 'text-not-empty', text('\x1c')),
    bad('empty, blanks', 'text-not-empty', text(' \n')),
    bad('empty, byte order mark', 'text-not-empty', text('\ufeff')),
    bad('empty, text is second', 'text-not-empty', THOUGHT, text('a')),
    bad('empty, no content', 'text-not-empty'),
    good('media', 'valid-media', text('a'), media('http://x/y')),
    good('media, empty address', 'valid-media', media('')),
    bad('no media', 'valid-media', text('a')),
    good('image by http', 'valid-media:image', media('http://x/y')),
    good('image by https', 'valid-media:image', media('https://x/y', 'image/png')),
    good('image inline', 'valid-media:image', media('data:image/png;base64,AAAA')),
    bad('image, other type', 'valid-media:image', media('https://x/y', 'video/mp4')),
    bad('image, type in capitals', 'valid-media:image', media('https://x/y', 'Image/png')),
    bad('image inline, other type', 'valid-media:image', media('data:video/mp4;base64,AAAA')),
    bad('image inline, says otherwise', 'valid-media:image', media('data:video/mp4;base64,AAAA', 'image/png')),
    bad('image in a file', 'valid-media:image', media('file:///x', 'image/png')),
    bad('image in a bucket', 'valid-media:image', media('gs://x', 'image/png')),
    bad('image by HTTP', 'valid-media:image', media('HTTP://x', 'image/png')),
    bad('image, no address', 'valid-media:image', media('httpx', 'image/png')),
    good('audio inline', 'valid-media:audio', media('data:audio/wav;base64,AAAA')),
    good('audio, anything without a type', 'valid-media:audio', media('zz')),
    good('audio by type', 'valid-media:audio', media('zz', 'audio/wav')),
    good('media of a type nobody knows', 'valid-media:zz', media('a', 'zz/y')),
    bad('audio, half a type', 'valid-media:audio', media('zz', 'audio')),
    bad('audio is the second', 'valid-media:audio', media('zz', 'image/png'), media('zz', 'audio/wav')),
    good('reasoning', 'reasoning', text('a'), THOUGHT),
    bad('no reasoning', 'reasoning', text('a')),
    bad('empty reasoning', 'reasoning', text('a'), {'reasoning': ''}),
    good('stream includes', 'stream-text-includes:hello', text('bye'), chunks=[[text('he')], [text('llo')]]),
    good('stream, text after reasoning', 'stream-text-includes:hello', chunks=[[THOUGHT, text('hello')]]),
    good('stream, text after empty text', 'stream-text-includes:hello', chunks=[[text(''), text('hello')]]),
    good('stream, empty chunk', 'stream-text-includes:hello', chunks=[[], [text('hello')]]),
    bad('stream, other case', 'stream-text-includes:Hello', text('Hello'), chunks=[[text('hello')]]),
    bad('stream, second text of a chunk', 'stream-text-includes:hello', chunks=[[text('he'), text('llo')]]),
    bad('stream, no chunk', 'stream-text-includes:hello', text('hello'), chunks=[]),
    bad('stream, no chunk, other validator', 'text-includes:hello', text('hello'), chunks=[]),
    Verdict('stream, no chunk, no validator', False, (), answers(text('a')), []),
    good('stream tool', 'stream-has-tool-request:w', tool('w'), chunks=[[text('a')], [text('b'), tool('w')]]),
    good('stream tool, other name in the chunk', 'stream-has-tool-request:w', tool('w'), chunks=[[tool('v')]]),
    good('stream tool, any', 'stream-has-tool-request', tool('v'), chunks=[[tool('w')]]),
    bad('stream tool, only in the chunk', 'stream-has-tool-request:w', text('w'), chunks=[[tool('w')]]),
    bad('stream tool, only at the end', 'stream-has-tool-request:w', tool('w'), chunks=[[text('w')]]),
    bad('stream tool, other name at the end', 'stream-has-tool-request:w', tool('v'), chunks=[[tool('w')]]),
    good('stream json', 'stream-valid-json', text('x'), chunks=[[text('{"a":')], [text('1}')]]),
    good('stream json after reasoning', 'stream-valid-json', chunks=[[THOUGHT], [text('{}')]]),
    bad('stream json in a fence', 'stream-valid-json', text('{}'), chunks=[[text('```json\n{}\n```')]]),
    bad('stream json in two parts', 'stream-valid-json', text('{}'), chunks=[[text('{'), text('}')]]),
    bad('stream json, empty text', 'stream-valid-json', text('{}'), chunks=[[text('')]]),
    bad('stream json, no text', 'stream-valid-json', text('{}'), chunks=[[tool('w')]]),
    bad('stream json, written twice', 'stream-valid-json', text('{}'), chunks=[[text('{')], [text('{}')]]),
    bad('not streamed, includes', 'stream-text-includes:hello', text('hello')),
    bad('not streamed, json', 'stream-valid-json', text('{}')),
    bad('not streamed, tool', 'stream-has-tool-request', tool('w')),
    shape('failed as finish reason', True, finishReason='failed'),
    shape('unknown finish reason', False, finishReason='zzz'),
    shape('unknown role', False, message={'role': 'zz', 'content': [text('a')]}),
    shape('empty part', True, message={'role': 'model', 'content': [{}]}),
    shape('a part of two kinds', False, message={'role': 'model', 'content': [{'text': 'a', 'media': {'url': 'b'}}]}),
    shape('a number as text', False, message={'role': 'model', 'content': [{'text': 1}]}),
    shape('a text as content', False, message={'role': 'model', 'content': 'abc'}),
    shape('a tool request without a name', False, message={'role': 'model', 'content': [{'toolRequest': {}}]}),
    shape('a text as number', False, latencyMs='3'),
    shape('a word as number', False, usage={'inputTokens': 'x'}),
    shape('null for absent', False, usage={'inputTokens': None}),
    Verdict('shape, no content', True, (), answers()),
    Verdict('shape, no message', True, (), {'finishReason': 'stop'}),
    Verdict('shape, no message, text wanted', False, ('text-not-empty',), {'finishReason': 'stop'}),
    Verdict('shape, candidates', True, ('text-includes:a',), {'candidates': [{'index': 0, **answers(text('a'))}]}),
    Verdict('shape, a text', False, (), 'text'),
    Verdict('shape, a list', False, (), [1]),
    Verdict('it raises', False, (), None, error='boom'),
    Verdict('it raises while streaming', False, (), None, [[text('a')]], error='boom'),
]

# What the developer tools let pass, and the types do not: members that no definition knows.
STRICTER = [
    shape('an unknown member', False, zz=1),
    shape('an unknown member of usage', False, usage={'zz': 3}),
    shape('a part of no kind', False, message={'role': 'model', 'content': [{'zz': 1}]}),
]
