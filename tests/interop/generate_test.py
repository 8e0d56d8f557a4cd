# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The generate loop beside that of the JavaScript SDK: what models are asked, what is streamed, what comes out.

Where the two are meant to differ, a scenario is left out or `_comparable` evens it out; each place says why.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from genkit import (
    ActionRunContext,
    Genkit,
    GenkitError,
    ModelInfo,
    MultipartToolResponse,
    Supports,
    TextPart,
    ToolRunContext,
)
from genkit.types import Constrained, GenerateRequest, GenerateResponse, GenerateResponseChunk, WireModel


Data = dict[str, Any]

ARRAY: Data = {'type': 'array', 'items': {'type': 'object', 'properties': {'a': {'type': 'number'}}}}
OBJECT: Data = {'type': 'object', 'properties': {'a': {'type': 'number'}}, 'required': ['a']}
ENUM: Data = {'type': 'string', 'enum': ['a', 'b']}
VALUE: Data = {'type': 'object', 'properties': {'value': {'type': 'number'}}, 'required': ['value']}


# What is played


def user(*content: Any) -> Data:
    return _message('user', content)


def model(*content: Any) -> Data:
    return _message('model', content)


def _message(role: str, content: tuple[Any, ...]) -> Data:
    return {'role': role, 'content': [{'text': item} if isinstance(item, str) else item for item in content]}


def wants(name: str, value: Any, ref: str | None = None, **metadata: Any) -> Data:
    request = {'name': name, 'input': value, **({'ref': ref} if ref else {})}
    return {'toolRequest': request, **({'metadata': metadata} if metadata else {})}


def answer(*content: Any, **members: Any) -> Data:
    return {'message': model(*content), **members}


def scenario(
    answers: list[Data], *, stream: bool = False, chunks: list[list[Data]] | None = None, **options: Any
) -> Data:
    given = {'model': 'able', 'messages': [user('hi')], **options}
    return {'answers': answers, 'stream': stream, 'chunks': chunks or [], 'options': given}


def of_formats() -> dict[str, Data]:
    found: dict[str, Data] = {}
    formats = {
        'json': {'format': 'json'},
        'json with a schema': {'format': 'json', 'jsonSchema': OBJECT},
        'a schema': {'jsonSchema': OBJECT},
        'array': {'format': 'array', 'jsonSchema': ARRAY},
        'enum': {'format': 'enum', 'jsonSchema': ENUM},
        'text': {'format': 'text'},
        'a content type': {'contentType': 'text/csv'},
        'json of a content type': {'format': 'json', 'contentType': 'text/csv'},
        'instructions': {'jsonSchema': OBJECT, 'instructions': True},
        'no instructions': {'format': 'array', 'jsonSchema': ARRAY, 'instructions': False},
        'own instructions': {'jsonSchema': OBJECT, 'instructions': 'Mine.'},
        'not constrained': {'jsonSchema': OBJECT, 'constrained': False},
        'constrained alone': {'constrained': True},
    }
    texts = {'array': '[{"a": 1}]', 'enum': 'a', 'no instructions': '[{"a": 1}]'}
    for kind in ('able', 'plain', 'no-tools'):
        for name, output in formats.items():
            says = answer(texts.get(name, '{"a": 1}'), finishReason='stop')
            found[f'{kind}: {name}'] = scenario([says], model=kind, output=output)
        found[f'{kind}: tools and a schema'] = scenario(
            [answer(wants('more', {'value': 1})), answer('{"a": 1}')],
            model=kind,
            tools=['more'],
            output={'jsonSchema': OBJECT},
        )
        found[f'{kind}: a system message and a schema'] = scenario(
            [answer('{"a": 1}')],
            model=kind,
            messages=[_message('system', ('S',)), user('hi')],
            output={'jsonSchema': OBJECT},
        )
    for name in ('array', 'enum', 'jsonl'):
        found[f'{name} of a schema that does not suit it'] = scenario(
            [answer('x')], output={'format': name, 'jsonSchema': OBJECT}
        )
    return found


def of_tools() -> dict[str, Data]:
    found: dict[str, Data] = {}
    two = answer('Let me', wants('more', {'value': 1}, '1'), wants('most', {'value': 1}, '2'))
    pieces = [[{'content': [{'text': 'Let '}]}, {'content': [{'text': 'me'}]}], [{'content': [{'text': 'done'}]}]]
    both = ['more', 'deep/most']
    asking = answer(wants('more', {'value': 1}, '1'), wants('asks', {'x': 1}, '2'))
    for stream in (False, True):
        streamed = {'stream': stream, 'chunks': pieces}
        found |= {
            f'two tools, {stream}': scenario([two, answer('done')], tools=both, **streamed),
            f'a tool without a ref, {stream}': scenario(
                [answer(wants('more', {'value': 1})), answer('done')], tools=['more'], stream=stream
            ),
            f'a multipart tool, {stream}': scenario(
                [answer(wants('draws', {})), answer('done')], tools=['draws'], stream=stream
            ),
            f'an interrupt, {stream}': scenario([asking, answer('done')], tools=['more', 'asks'], **streamed),
            f'requests that are returned, {stream}': scenario([two], tools=both, returnToolRequests=True, **streamed),
        }
    endless = [answer(wants('more', {'value': 1}))]
    return found | {
        'a key of a tool': scenario([answer('x')], tools=['/tool/deep/most']),
        'a tool that fails': scenario([answer(wants('fails', {}))], tools=['fails']),
        'an input that does not fit': scenario([answer(wants('more', {'value': 'x'}))], tools=['more']),
        'a tool that was not offered': scenario([answer(wants('deep/most', {'value': 1}))], tools=['more']),
        'two tools of a name': scenario([answer('x')], tools=['more', 'more']),
        'too many turns': scenario(endless, tools=['more']),
        'two turns': scenario(endless, tools=['more'], maxTurns=2),
        'no turn': scenario(endless, tools=['more'], maxTurns=0),
    }


def of_resuming() -> dict[str, Data]:
    waiting = [
        user('hi'),
        model(
            wants('more', {'value': 1}, '1', pendingOutput=2),
            wants('asks', {'x': 1}, '2', interrupt={'why': 1}),
        ),
    ]
    said = {'toolResponse': {'name': 'asks', 'output': 'yes', 'ref': '2'}, 'metadata': {'interruptResponse': True}}
    again = wants('asks', {'x': 2}, '2', resumed={'sure': 1}, replacedInput={'x': 1})
    other = {'toolResponse': {'name': 'asks', 'output': 'yes', 'ref': '9'}}
    resumes = {
        'an answer': {'respond': [said]},
        'an answer with metadata': {'respond': [said], 'metadata': {'by': 'Ada'}},
        'a restart': {'restart': [wants('asks', {'x': 1}, '2', resumed=True)]},
        'a restart with another input': {'restart': [again]},
        'nothing': {},
        'an answer to somebody else': {'respond': [other]},
    }
    found: dict[str, Data] = {}
    for stream in (False, True):
        for name, resume in resumes.items():
            found[f'resumed with {name}, {stream}'] = scenario(
                [answer('done')],
                messages=waiting,
                tools=['more', 'asks'],
                resume=resume,
                stream=stream,
                chunks=[[{'content': [{'text': 'do'}]}]],
            )
    for name, messages in {'no answer': [user('hi')], 'no request': [user('hi'), model('x')]}.items():
        found[f'resumed where there is {name}'] = scenario(
            [answer('x')], messages=messages, tools=['asks'], resume={'respond': [said]}
        )
    return found


SCENARIOS: dict[str, Data] = {
    **of_formats(),
    **of_tools(),
    **of_resuming(),
    'documents for a model that takes them': scenario([answer('x')], docs=[{'content': [{'text': 'd'}]}]),
    'a resource': scenario([answer('x')], messages=[user('a', {'resource': {'uri': 'note://a'}}, 'b')]),
    'a resource that nobody has': scenario([answer('x')], messages=[user({'resource': {'uri': 'other://a'}})]),
    'chunks with members of their own': scenario(
        [answer('ab')],
        stream=True,
        chunks=[[{'index': 7, 'content': [{'text': 'a'}]}, {'content': [{'text': 'b'}], 'custom': {'z': 1}}]],
    ),
    'a blocked answer': scenario([{'finishReason': 'blocked', 'finishMessage': 'unsafe'}]),
    'a blocked answer that says something': scenario([answer('x', finishReason='blocked')]),
    'no answer': scenario([{}]),
    'an answer of no parts': scenario([answer(finishReason='stop')]),
    'usage': scenario(
        [answer('x', usage={'inputTokens': 1}, custom={'c': 1}, finishReason='other', finishMessage='hm')]
    ),
    'a failing model': scenario([{'status': 'UNAVAILABLE'}]),
    'a model that nobody has': scenario([answer('x')], model='none'),
    'a config': scenario([answer('x')], config={'temperature': 1, 'other': [1]}),
    'a choice of tools': scenario([answer('x')], tools=['more'], toolChoice='required'),
}


# How it is played


def application(played: Data, asked: list[Data]) -> Genkit:
    ai = Genkit()

    async def run(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        asked.append(request.to_wire())
        call = len(asked) - 1
        for chunk in played['chunks'][call] if call < len(played['chunks']) else []:
            context.send_chunk(GenerateResponseChunk[Any].model_validate(chunk))
        told = played['answers'][min(call, len(played['answers']) - 1)]
        if 'status' in told:
            raise GenkitError('told to', status=told['status'])
        return GenerateResponse[Any].model_validate(told)

    able = Supports(tools=True, multiturn=True, media=True, system_role=True, context=True, constrained=Constrained.ALL)
    ai.define_model('able', run, info=ModelInfo(supports=able))
    ai.define_model('plain', run)
    ai.define_model('no-tools', run, info=ModelInfo(supports=Supports(tools=True, constrained=Constrained.NO_TOOLS)))

    async def more(given: Any) -> Any:
        return given['value'] + 1

    async def most(given: Any) -> Any:
        return given['value'] + 2

    async def fails(_given: Any) -> Any:
        raise GenkitError('told to', status='PERMISSION_DENIED')

    async def asks(given: Any, context: ToolRunContext) -> Any:
        if not context.is_resumed():
            context.interrupt({'why': 1})
        return {'resumed': context.resumed_metadata, 'input': given}

    async def draws(_given: Any) -> MultipartToolResponse:
        return MultipartToolResponse(output='o', content=[TextPart(text='c')], metadata={'m': 1})

    ai.tool('more', description='more', input_schema=VALUE)(more)
    ai.tool('deep/most', description='deep/most', input_schema=VALUE)(most)
    ai.tool('fails', description='fails')(fails)
    ai.tool('asks', description='asks')(asks)
    ai.tool('draws', description='draws', multipart=True)(draws)

    async def note(_given: Any) -> Any:
        return {'content': [{'text': 'a'}, {'text': 'b', 'metadata': {'x': 1}}]}

    ai.define_resource(fn=note, name='note', uri='note://a')
    return ai


async def played_here(played: Data) -> Data:
    asked: list[Data] = []
    chunks: list[Data] = []
    generate = await application(played, asked).registry.resolve_action_by_key('/util/generate')
    assert generate is not None

    def keep(chunk: WireModel) -> None:
        chunks.append(chunk.to_wire())

    try:
        run = await generate.arun_raw(played['options'], on_chunk=keep if played['stream'] else None)
    except GenkitError as error:
        return {'asked': asked, 'chunks': chunks, 'failed': str(error.status)}
    return {'asked': asked, 'chunks': chunks, 'response': run.response.to_wire()}


@pytest.fixture(scope='module')
def played_there(scripts: Path) -> dict[str, Data]:
    """What JavaScript made of all scenarios."""
    ended = subprocess.run(
        ['node', 'generate.mjs'],
        input=json.dumps(SCENARIOS),
        cwd=scripts,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


# What each SDK fills in where nothing was said, and how its library spells schemas.
_SPELLING = {'latencyMs', '$schema', 'additionalProperties', 'outputSchema', 'key'}


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, str) and value.startswith('Output should be'):
        return re.sub(r'\s|,"additionalProperties":true|,"\$schema":"[^"]*"', '', value)  # schemas are indented here
    if not isinstance(value, dict):
        return value
    members = {name: _comparable(member) for name, member in value.items() if name not in _SPELLING}
    if members.get('config') == {}:
        del members['config']  # there it is left out
    if members.get('metadata') == {}:
        del members['metadata']  # there it stays when its last member has gone
    if members.get('inputSchema') == {'type': 'object', 'properties': {}}:
        members['inputSchema'] = {}
    return members


@pytest.mark.parametrize('name', SCENARIOS)
async def test_generating_is_the_same_in_both(played_there: dict[str, Data], name: str) -> None:
    here, there = await played_here(SCENARIOS[name]), played_there[name]
    assert _comparable(here) == _comparable(there)
    assert 'failed' in here or here['response']['message']
