# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A provider's plugin that does everything right, in few lines; a subclass can do each step wrong."""

import json
from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import Any, Required

import httpx
from genkit import GenkitError
from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
    Credentials,
    EventReader,
    ModelEntry,
    ModelPlugin,
    ModelTable,
    Task,
    TextPieces,
    ToolCallAssembler,
    ToolNames,
    as_members,
    count_of,
    cut_short,
    decode_data_url,
    error_in_body,
    fit,
    fitted_answers,
    items_of,
    make_background_model,
    make_embedder,
    make_model,
    members_of,
    no_answer,
    provider_errors,
    read_json,
    text_of,
    text_to_embed,
    to_data_url,
    to_finish_reason,
    token_usage,
    tool_request_part,
    whole_characters,
    without_credentials,
    without_key,
)
from genkit.types import (
    Constrained,
    Embedding,
    EmbedResponse,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationCommonConfig,
    Media,
    MediaPart,
    Message,
    Operation,
    OperationError,
    Part,
    ReasoningPart,
    Role,
    Supports,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)
from typing_extensions import TypedDict


CHAT = Supports(multiturn=True, media=True, tools=True, tool_choice=True, system_role=True, constrained=Constrained.ALL)
MADE = Supports(multiturn=False, output=['media'])
OPTIONS = {'temperature': 'temperature', 'max_output_tokens': 'max_tokens', 'stop_sequences': 'stop'}
ROLES = {'model': 'assistant'}


class FakeRequest(TypedDict, total=False):
    """What the provider's library would say that a chat request is."""

    model: Required[str]
    messages: Required[Iterable[dict[str, Any]]]
    stream: bool
    temperature: float
    max_tokens: int
    stop: list[str]
    tools: Iterable[dict[str, Any]]
    tool_choice: str
    response_format: dict[str, Any]


class FakeOptions(GenerationCommonConfig):
    voice: str | None = None
    dimensions: int | None = None
    house_style: str | None = None


class FakePlugin(ModelPlugin):
    name = 'fake'
    label = 'Fake'
    key_variables = ('FAKE_API_KEY',)
    follows = False
    models = ModelTable(
        [
            ModelEntry(name='chat', supports=CHAT, extras=frozenset({'json-with-tools', 'prompt-caching'})),
            ModelEntry(name='vectors', task=Task.EMBED, config=FakeOptions),
            ModelEntry(name='pictures', task=Task.IMAGE, supports=MADE, config=FakeOptions),
            ModelEntry(name='voice', task=Task.SPEECH, supports=MADE, config=FakeOptions),
            ModelEntry(name='ear', task=Task.TRANSCRIBE, supports=MADE, config=FakeOptions),
            ModelEntry(name='film', task=Task.VIDEO, supports=MADE, config=FakeOptions),
            ModelEntry(name='thinker', supports=CHAT, extras=frozenset({'reasoning'})),
        ],
        unknown=ModelEntry(name='*', supports=CHAT),
    )

    def __init__(self, url, api_key):
        self.url = self.address(url)
        self.credentials = Credentials(self.name, api_key, self.key_variables)

    def address(self, url):
        return without_credentials(self.name, url)

    def makers(self):
        return {
            Task.CHAT: lambda name, entry: make_model(name, self.fitted(self.chat(entry)), info=entry.info(self.label)),
            Task.EMBED: lambda name, entry: make_embedder(name, self.embed(entry), self.embedder_options(entry)),
            Task.IMAGE: lambda name, entry: make_model(name, self.draw(entry), info=entry.info(self.label)),
            Task.SPEECH: lambda name, entry: make_model(name, self.speak(entry), info=entry.info(self.label)),
            Task.TRANSCRIBE: lambda name, entry: make_model(name, self.listen(entry), info=entry.info(self.label)),
            Task.VIDEO: self.film,
        }

    def fitted(self, chat):
        return fitted_answers(OPENAI_ANSWER_SCHEMAS, chat)

    # What every call has in common.

    def key(self, config):
        return self.credentials.key_for(config)

    @asynccontextmanager
    async def asked(self, path, config, **sent):
        key = self.key(config)
        with self.errors(key):
            async with httpx.AsyncClient(
                timeout=10, trust_env=False, verify=False, follow_redirects=self.follows
            ) as client:  # loopback alone: no certificates to load
                verb = 'POST' if sent else 'GET'
                headers = {'Authorization': f'Bearer {key}'}
                async with client.stream(verb, f'{self.url}/{path}', headers=headers, **sent) as answer:
                    if not answer.is_success:
                        await answer.aread()
                        answer.raise_for_status()
                    yield answer

    def errors(self, key):
        return provider_errors(self.name, (key,))

    async def read(self, path, config, **sent):
        content = await self.read_bytes(path, config, **sent)
        try:
            return self.checked(read_json(content))
        except ValueError:
            raise self.problem(content) from None

    def checked(self, value):
        if not isinstance(value, dict) or not value or value.get('error'):
            raise self.problem(value)
        return value

    async def read_bytes(self, path, config, **sent):
        return (await self.fetched(path, config, **sent)).content

    async def fetched(self, path, config, **sent):
        async with self.asked(path, config, **sent) as answer:
            await answer.aread()
            return answer

    def options(self, config):
        members = without_key(as_members(config))
        return {wire: members[name] for name, wire in OPTIONS.items() if members.get(name) is not None}

    def version(self, entry, config):
        return as_members(config).get('version') or entry.name

    # Chat.

    def chat(self, entry):
        async def chat(request, context):
            names = self.tool_names(request)
            body = {
                'model': self.version(entry, request.config),
                'messages': self.messages(request.messages, names),
                **self.options(request.config),
                **self.tools(request, names),
                **self.form(request),
            }
            if not context.is_streaming:
                return self.whole(await self.read_bytes('chat', request.config, json=body), names)
            stream, events = Stream(self, names), self.events()
            async with self.asked('chat', request.config, json={**body, 'stream': True}) as answer:
                async for piece in answer.aiter_bytes():
                    for event in events.feed(piece):
                        stream.take(event, context)
                for event in events.close():
                    stream.take(event, context)
            return stream.response(events.head)

        return chat

    def events(self):
        return EventReader()

    def problem(self, seen, *, begun=False):
        status = 'DATA_LOSS' if begun else 'UNAVAILABLE'
        return error_in_body(self.name, seen, status=status) or no_answer(self.name, seen)

    def silent(self, head):
        raise self.problem(head)

    def failed(self, body):
        return body.get('error') or members_of(body.get('x_groq'), 'x_groq').get('error')

    def is_answer(self, body):
        return bool(body.get('choices'))

    def is_ours(self, choice):
        return choice.get('index') in (None, 0)

    def choices(self, body):
        return [choice for choice in items_of(body.get('choices'), 'choices') if self.is_ours(choice)]

    def is_over(self, stream):
        return stream.finish is not None or stream.is_done

    def named(self, name):
        if not isinstance(name, str) or not name:
            raise GenkitError(f'The provider sent {name!r} as the name of a call.', status='INTERNAL')
        return name

    def identity(self, stream, index, call):
        name = members_of(call.get('function'), 'function').get('name')
        return {'name': None if name is None else self.named(name), 'ref': self.ref(call)}

    def ref(self, call):
        return str(call['id']) if call.get('id') else None

    def halves(self):
        return TextPieces()

    def shown(self, parts):
        return parts

    def halves_of_arguments(self):
        return self.halves()

    def called(self, part):
        return part

    def tool_names(self, request):
        return ToolNames(request.tools, schemas=OPENAI_TOOL_SCHEMAS)

    def messages(self, messages, names):
        return [each for number, message in enumerate(messages) for each in self.message(number, message, names)]

    def message(self, number, message, names):
        calls = [part.tool_request for part in message.content if isinstance(part, ToolRequestPart)]
        answers = [part.tool_response for part in message.content if isinstance(part, ToolResponsePart)]
        if answers:
            return [
                {
                    'role': 'tool',
                    'tool_call_id': each.ref or self.made_up(number - 1, place, each),
                    'content': self.said(each.output),
                }
                for place, each in enumerate(answers)
            ]
        body = {'role': ROLES.get(message.role, str(message.role)), 'content': self.content(message)}
        if calls:
            body['tool_calls'] = [
                {
                    'id': call.ref or self.made_up(number, place, call),
                    'type': 'function',
                    'function': {'name': names.to_wire(call.name), 'arguments': self.arguments(call, names)},
                }
                for place, call in enumerate(calls)
            ]
        return [body]

    def arguments(self, call, names):
        return json.dumps(names.inputs.to_wire(call.name, call.input) or {})

    def made_up(self, number, place, of):
        return f'c{number}{place}'

    def said(self, output):
        return output if isinstance(output, str) else json.dumps(output)

    def content(self, message):
        return [self.part(part) for part in message.content if isinstance(part, TextPart | MediaPart)]

    def part(self, part):
        if isinstance(part, TextPart):
            return {'type': 'text', 'text': part.text}
        content = decode_data_url(part.media)
        if not content.content_type.startswith('image/'):
            raise GenkitError(f'{content.content_type} is no image.', status='INVALID_ARGUMENT')
        return {'type': 'image_url', 'image_url': {'url': part.media.url}}

    def tools(self, request, names):
        tools = [
            {
                'type': 'function',
                'function': {'name': names.to_wire(tool.name), 'parameters': names.inputs.schema(tool)},
            }
            for tool in request.tools or ()
        ]
        choice = {'tool_choice': str(request.tool_choice)} if request.tool_choice else {}
        return {'tools': tools, **choice} if tools else {}

    def form(self, request):
        output = request.output
        if output is None or output.schema_ is None or not output.constrained:
            return {}
        return {'response_format': {'type': 'json_schema', 'json_schema': self.held(output.schema_)}}

    def held(self, schema):
        fitted = fit(schema, OPENAI_ANSWER_SCHEMAS)
        return {'schema': fitted.schema, 'strict': fitted.strict}

    def whole(self, content, names):
        try:
            answer = read_json(content)
        except ValueError:
            raise self.problem(content) from None
        if not isinstance(answer, dict) or self.failed(answer) or not self.is_answer(answer):
            raise self.problem(answer)
        choice = next(iter(self.choices(answer)), {})
        message = members_of(choice.get('message'), 'message')
        parts = [*self.thoughts(message), *self.texts(whole_characters(text_of(message.get('content'), 'content')))]
        for call in items_of(message.get('tool_calls'), 'tool_calls'):
            function = members_of(call.get('function'), 'function')
            name = names.from_wire(self.named(function.get('name')))
            parts.append(self.called(tool_request_part(name, function.get('arguments'), self.ref(call), names=names)))
        return self.response(parts, choice.get('finish_reason'), answer.get('usage'), answer)

    def thoughts(self, message):
        thought = text_of(message.get('reasoning_content'), 'reasoning_content')
        return [ReasoningPart(reasoning=thought)] if thought else []

    def texts(self, text):
        return text_parts(text)

    def response(self, parts, reason, usage, raw=None):
        message, raw = Message(role=Role.MODEL, content=parts), whole_characters(raw)
        return GenerateResponse(message=message, finish_reason=self.reason(reason), usage=self.usage(usage), raw=raw)

    def joined(self, stream, parts):
        [message] = self.messages([Message(role=Role.MODEL, content=parts)], stream.names)
        message['content'] = ''.join(stream.texts)
        choice = {'index': 0, 'message': message, 'finish_reason': stream.finish}
        return {**stream.said, 'object': 'chat.completion', 'choices': [choice]}

    def reason(self, said):
        return to_finish_reason(said)

    def usage(self, counted):
        if counted is None:
            return None
        counted = members_of(counted, 'usage')
        cached = members_of(counted.get('prompt_tokens_details'), 'prompt_tokens_details').get('cached_tokens')
        details = members_of(counted.get('completion_tokens_details'), 'completion_tokens_details')
        asked, said = counted.get('prompt_tokens'), counted.get('completion_tokens')
        thoughts = count_of(details.get('reasoning_tokens'))
        return token_usage(count_of(asked), count_of(said), cached=count_of(cached), thoughts=thoughts)

    # Everything else.

    def style(self, config):
        typed = FakeOptions.model_validate(config) if isinstance(config, dict) else config
        style = as_members(typed).get('house_style')
        return {'house_style': style} if style else {}

    def embed(self, entry):
        async def embed(request):
            texts = [self.text(document, number) for number, document in enumerate(request.input)]
            vectors = []
            for start in range(0, len(texts), 100):
                body = {'model': entry.name, 'input': texts[start : start + 100], **self.shortened(request.options)}
                body |= self.style(request.options)
                answer = await self.read('embeddings', request.options, json=body)
                vectors = self.appended(vectors, self.placed(answer['data']), texts[start : start + 100])
            return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])

        return embed

    def appended(self, vectors, more, texts):
        return vectors + more

    def text(self, document, number):
        return text_to_embed(document, number)

    def shortened(self, options):
        dimensions = as_members(options).get('dimensions')
        return {'dimensions': dimensions} if dimensions else {}

    def placed(self, data):
        return [each['embedding'] for each in sorted(data, key=lambda each: each['index'])]

    def draw(self, entry):
        async def draw(request):
            body = {'model': self.version(entry, request.config), 'prompt': request.messages[-1].text}
            body |= self.style(request.config)
            answer = await self.read('images', request.config, json=body)
            kind = self.image_type(answer)
            return self.made([to_data_url(each['b64_json'], kind) for each in answer['data']], kind, answer)

        return draw

    def image_type(self, answer):
        return f'image/{answer["output_format"]}'

    def made(self, urls, kind, raw=None):
        parts = [MediaPart(media=Media(url=url, content_type=kind)) for url in urls]
        return self.response(parts, 'stop', None, raw)

    def speak(self, entry):
        async def speak(request):
            body = {'model': entry.name, 'input': request.messages[-1].text, **self.voice(request.config)}
            body |= self.style(request.config)
            answer = await self.fetched('speech', request.config, json=body)
            kind = self.sound_type(answer)
            return self.made([to_data_url(self.sound_in(answer), kind)], kind, {'type': kind})

        return speak

    def sound_in(self, answer):
        return answer.content

    def voice(self, config):
        voice = as_members(config).get('voice')
        return {'voice': voice} if voice else {}

    def sound_type(self, answer):
        return answer.headers['content-type']

    def listen(self, entry):
        async def listen(request):
            sound = self.sound(request.messages[-1])
            style = self.style(request.config)
            body = {'data': {'model': entry.name, **style}, 'files': {'file': ('sound.wav', sound)}}
            answer = await self.read('transcripts', request.config, **body)
            return self.response([TextPart(text=answer['text'])], 'stop', None, answer)

        return listen

    def sound(self, message):
        media = message.media
        if not media:
            raise GenkitError('There is no sound.', status='INVALID_ARGUMENT')
        return decode_data_url(media[0].media).data

    def film(self, name, entry):
        async def start(request):
            body = {'model': entry.name, 'prompt': request.messages[-1].text, **self.style(request.config)}
            return self.operation(await self.read('videos', request.config, json=body))

        async def check(operation):
            return self.operation(await self.state_of_film())

        return make_background_model(name, start, check, info=entry.info(self.label))

    async def state_of_film(self):
        return await self.read('videos/1', None)

    def operation(self, answer):
        if answer['status'] == 'failed':
            return Operation(id='1', done=True, error=OperationError(message=answer['message']))
        if answer['status'] != 'done':
            return Operation(id='1', done=False)
        return Operation(id='1', done=True, output=self.made([answer['url']], 'video/mp4').to_wire())


def text_parts(text) -> list[Part]:
    return [TextPart(text=text)] if text else []


class Stream:
    def __init__(self, plugin, names):
        self.plugin = plugin
        self.names = names
        self.calls = ToolCallAssembler(names)
        self.texts = []
        self.thoughts = []
        self.halves = plugin.halves()
        self.finish = None
        self.counted = None
        self.said = {}
        self.is_begun = False
        self.is_done = False
        self.of_arguments = {}
        self.places = set()

    def take(self, event, context):
        if event.data == b'[DONE]':
            self.is_done = True
            return
        try:
            body = read_json(event.data)
        except ValueError:
            raise cut_short(self.plugin.name) if event.data.startswith(b'{') else self.problem(event.data) from None
        failure = self.plugin.failed(body) if isinstance(body, dict) else None
        if isinstance(body, list) or event.name == 'error' or failure:
            raise self.problem({'error': failure} if failure else body)
        if body:
            self.said |= body
            self.counted = body.get('usage') or self.counted
            self.is_begun |= any(choice.keys() - {'index'} for choice in items_of(body.get('choices'), 'choices'))
            parts = [part for choice in self.plugin.choices(body) for part in self.parts(choice)]
            parts = self.plugin.shown(parts)
            if parts:
                context.send_chunk(GenerateResponseChunk(content=parts))

    def problem(self, seen):
        return self.plugin.problem(seen, begun=bool(self.said))

    def parts(self, choice):
        self.finish = choice.get('finish_reason') or self.finish
        delta = members_of(choice.get('delta'), 'delta')
        parts = []
        for place, call in enumerate(items_of(delta.get('tool_calls'), 'tool_calls')):
            index = call.get('index')
            parts.append(self.call(index if isinstance(index, int) else place, call))
        text = self.halves.add(text_of(delta.get('content'), 'content')) + (self.halves.close() if self.finish else '')
        self.texts.append(text)
        thoughts = self.plugin.thoughts(delta)
        self.thoughts += [thought.reasoning for thought in thoughts]
        return [*thoughts, *text_parts(text), *parts]

    def call(self, index, call):
        function = members_of(call.get('function'), 'function')
        arguments = function.get('arguments')
        if isinstance(arguments, str):
            arguments = self.joined(index, arguments)
        return self.calls.add(index, arguments=arguments, **self.plugin.identity(self, index, call))

    def joined(self, index, arguments):
        return self.of_arguments.setdefault(index, self.plugin.halves_of_arguments()).add(arguments)

    def response(self, head):
        if not self.is_begun:
            self.plugin.silent(head)
        if not self.plugin.is_over(self):
            raise cut_short(self.plugin.name)
        thoughts = self.plugin.thoughts({'reasoning_content': ''.join(self.thoughts)})
        parts = [*thoughts, *text_parts(''.join(self.texts)), *map(self.checked, self.calls.finish())]
        return self.plugin.response(parts, self.finish, self.counted, self.plugin.joined(self, parts))

    def checked(self, part):
        self.plugin.named(part.tool_request.name)
        return self.plugin.called(part)
