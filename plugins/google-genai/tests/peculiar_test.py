# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What no other provider has: signatures of thoughts, searches, code, kept content, files, images, speech, videos."""

import base64
import json
import subprocess
import sys
from typing import Any, Literal, Self

import pytest
from genkit import Genkit, GenkitError, Message, Role, TextPart
from genkit.testing import CannedAnswer, GeminiWire, LoopbackServer, Said, SaidCall
from genkit.types import (
    CustomPart,
    Document,
    DocumentData,
    Media,
    MediaPart,
    RetrieverResponse,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)
from genkit_google_genai import GoogleAI, VertexAI
from google.oauth2.credentials import Credentials
from pydantic import BaseModel


PIXEL = 'data:image/png;base64,iVBORw0KGgo='
SOUND = base64.b64encode(b'\x00\x01' * 8).decode()


class Google:
    """A loopback server that gives answers in turn, and an application in front of it."""

    def __init__(self, *answers: Any, plugin: Any = GoogleAI, **options: Any) -> None:
        self.requests: list[Any] = []
        self._answers = list(answers)
        self._plugin = plugin
        self._options = options

    async def __aenter__(self) -> Self:
        self._server = LoopbackServer(self._answer)
        self._server.__enter__()
        options = {'api_key': 'k', **self._options}
        self.plugin = self._plugin(base_url=self._server.url, **options)
        self.ai = Genkit(plugins=[self.plugin])
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self.ai.aclose()
        self._server.__exit__(None, None, None)

    @property
    def bodies(self) -> list[Any]:
        return [request.json for request in self.requests]

    def _answer(self, request: Any) -> CannedAnswer:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if callable(answer):
            answer = answer(self._server.url)
        if isinstance(answer, Said):
            stream = 'streamGenerateContent' in request.path
            return GeminiWire().stream(answer) if stream else GeminiWire().answer(answer)
        return answer if isinstance(answer, CannedAnswer) else CannedAnswer.of_json(answer)


def _content(*parts: Any, **candidate: Any) -> dict[str, Any]:
    return {'candidates': [{'content': {'role': 'model', 'parts': list(parts)}, 'finishReason': 'STOP', **candidate}]}


def _signed(text: bytes) -> str:
    return base64.b64encode(text).decode()


SIGNATURE = _signed(b'\xfb\xff\xfe-signature')


async def test_signatures_go_back_with_the_parts_that_they_came_with() -> None:
    call = {'functionCall': {'name': 'now', 'args': {}}, 'thoughtSignature': SIGNATURE}
    said = {'text': 'Let me see.', 'thoughtSignature': _signed(b'of the text')}
    async with Google(_content(said, call), Said(texts=['noon'])) as google:

        @google.ai.tool()
        async def now() -> str:
            """Tell the time."""
            return '12:00'

        response = await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='time?', tools=[now])
    text, request = response.messages[1].content
    assert text.metadata == {'thoughtSignature': _signed(b'of the text')}
    assert request.metadata == {'thoughtSignature': SIGNATURE}
    sent = google.bodies[1]['contents'][1]['parts']
    back = [base64.urlsafe_b64decode(part.get('thoughtSignature') or part['thought_signature']) for part in sent]
    assert back == [b'of the text', b'\xfb\xff\xfe-signature']
    answer = google.bodies[1]['contents'][2]['parts'][0]
    assert (answer.get('functionResponse') or answer['function_response'])['response']['content'] == '12:00'


async def test_a_signature_in_an_empty_piece_of_a_stream_is_kept() -> None:
    pieces = [_content({'text': 'o'}), _content({'text': 'k'}), _content({'text': '', 'thoughtSignature': SIGNATURE})]
    frames = [f'data: {json.dumps(piece)}\r\n\r\n'.encode() for piece in pieces]
    async with Google(CannedAnswer(frames, 200, {'content-type': 'text/event-stream'})) as google:
        response = await google.ai.generate_stream(model='googleai/gemini-3.8-flash', prompt='hi').response
    assert response.message is not None
    assert response.text == 'ok'
    assert [part.metadata for part in response.message.content] == [{'thoughtSignature': SIGNATURE}]


async def test_answers_of_tools_are_sent_in_the_order_of_the_calls() -> None:
    calls = [SaidCall('slow', '{}', 'zz'), SaidCall('quick', '{}', 'aa')]
    async with Google(Said(calls=calls), Said(texts=['ok'])) as google:

        @google.ai.tool()
        async def slow() -> str:
            """Take long."""
            return 'slow'

        @google.ai.tool()
        async def quick() -> str:
            """Take no time."""
            return 'quick'

        response = await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='go', tools=[slow, quick])
        turned = [*response.messages[:2], response.messages[2].replaced(content=response.messages[2].content[::-1])]
        await google.ai.generate(model='googleai/gemini-3.8-flash', messages=turned, prompt='again')
    for body in google.bodies[1:]:
        parts = [part.get('functionResponse') or part['function_response'] for part in body['contents'][2]['parts']]
        assert [part['id'] for part in parts] == ['zz', 'aa']


async def test_searches_and_code_of_the_provider_come_back_as_they_are() -> None:
    code = {'executableCode': {'language': 'PYTHON', 'code': 'print(1)'}}
    result = {'codeExecutionResult': {'outcome': 'OUTCOME_OK', 'output': '1\n'}}
    grounded = {'groundingMetadata': {'webSearchQueries': ['one'], 'groundingChunks': []}}
    async with Google(_content(code, result, {'text': '1'}, **grounded), Said(texts=['ok'])) as google:
        config = {
            'code_execution': True,
            'google_search': True,
            'url_context': {},
            'google_maps': {'enableWidget': True},
        }
        response = await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='run', config=config)
        await google.ai.generate(model='googleai/gemini-3.8-flash', messages=response.messages, prompt='and?')
    first, second, _ = response.messages[1].content
    assert isinstance(first, CustomPart)
    assert first.custom == {'executableCode': code['executableCode']}
    assert second.custom == {'codeExecutionResult': result['codeExecutionResult']}
    assert (response.custom or {})['groundingMetadata']['webSearchQueries'] == ['one']
    tools = google.bodies[0]['tools']
    assert {name for tool in tools for name in tool} == {'codeExecution', 'googleSearch', 'googleMaps'}
    sent = google.bodies[1]['contents'][1]['parts']
    assert sent[0]['executableCode']['code'] == 'print(1)'
    assert sent[1]['codeExecutionResult']['output'] == '1\n'


@pytest.mark.parametrize('word', ['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'])
async def test_an_answer_that_was_blocked_says_so(word: str) -> None:
    async with Google({'candidates': [{'finishReason': word}]}) as google:
        with pytest.raises(GenkitError, match=word) as raised:
            await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='hi')
    response: Any = raised.value
    assert response.response.finish_reason == 'blocked'


async def test_a_prompt_that_was_blocked_says_so() -> None:
    async with Google(
        {'promptFeedback': {'blockReason': 'BLOCKLIST'}, 'usageMetadata': {'promptTokenCount': 3}}
    ) as google:
        with pytest.raises(GenkitError, match='BLOCKLIST') as raised:
            await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='hi')
    response: Any = raised.value
    assert response.response.finish_reason == 'blocked'
    assert response.response.usage.input_tokens == 3


@pytest.mark.parametrize('word', ['MALFORMED_FUNCTION_CALL', 'MISSING_THOUGHT_SIGNATURE', 'NO_IMAGE'])
async def test_any_other_end_is_other_and_named(word: str) -> None:
    async with Google({'candidates': [{'content': {'parts': [{'text': ''}]}, 'finishReason': word}]}) as google:
        response = await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='hi')
    assert (response.finish_reason, response.finish_message) == ('other', word)


async def test_a_hint_in_the_body_is_read() -> None:
    info = {'@type': 'type.googleapis.com/google.rpc.RetryInfo', 'retryDelay': '37s'}
    error = {'code': 429, 'message': 'quota', 'status': 'RESOURCE_EXHAUSTED', 'details': [info]}
    async with Google(CannedAnswer.of_json({'error': error}, 429)) as google:
        with pytest.raises(GenkitError) as raised:
            await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='hi')
    assert raised.value.details['retry_after_ms'] == 37_000


async def test_options_go_where_they_belong() -> None:
    async with Google(Said(texts=['ok'])) as google:
        config = {
            'temperature': 0,
            'topK': 3,
            'thinkingConfig': {'thinkingLevel': 'HIGH', 'includeThoughts': True},
            'safetySettings': [{'category': 'HARM_CATEGORY_HARASSMENT', 'threshold': 'BLOCK_NONE'}],
            'functionCallingConfig': {'mode': 'NONE'},
            'seed': 7,
            'somethingNew': {'x': 1},
        }
        await google.ai.generate(model='googleai/gemini-3.8-flash', system='be kind', prompt='hi', config=config)
    (body,) = google.bodies
    told = body['generationConfig']
    assert (told['temperature'], told['topK'], told['seed'], told['somethingNew']) == (0, 3, 7, {'x': 1})
    assert {name.lower().replace('_', ''): value for name, value in told['thinkingConfig'].items()} == {
        'thinkinglevel': 'HIGH',
        'includethoughts': True,
    }
    assert body['safetySettings'] == [{'category': 'HARM_CATEGORY_HARASSMENT', 'threshold': 'BLOCK_NONE'}]
    assert body['toolConfig']['functionCallingConfig']['mode'] == 'NONE'
    assert body['systemInstruction']['parts'] == [{'text': 'be kind'}]


async def test_an_option_of_the_wrong_type_is_named() -> None:
    async with Google(Said(texts=['ok'])) as google:
        with pytest.raises(GenkitError, match='safety') as raised:
            await google.ai.generate(model='googleai/gemini-3.8-flash', prompt='hi', config={'safety_settings': 'none'})
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert google.requests == []


class Cat(BaseModel):
    kind: Literal['cat']
    lives: int


class Dog(BaseModel):
    kind: Literal['dog']
    name: str | None = None


class Owner(BaseModel):
    pet: Cat | Dog
    friends: list['Dog'] = []


async def test_references_are_resolved_and_a_tool_without_input_has_no_schema() -> None:
    async with Google(Said(texts=['{"pet":{"kind":"cat","lives":9}}'])) as google:

        @google.ai.tool()
        async def pet() -> str:
            """Pet it."""
            return 'purr'

        model = 'googleai/gemini-3.8-flash'
        response = await google.ai.generate(model=model, prompt='?', tools=[pet], output_schema=Owner)
    assert response.output.pet == Cat(kind='cat', lives=9)
    schema = google.bodies[0]['generationConfig']['responseJsonSchema']
    assert '$' not in json.dumps(schema)
    assert schema['properties']['friends']['items']['properties']['kind']['enum'] == ['dog']
    [declared] = google.bodies[0]['tools'][0]['functionDeclarations']
    assert 'parametersJsonSchema' not in declared


async def test_structured_output_and_tools_go_together_from_gemini_3_on() -> None:
    answers = (Said(texts=['{"kind":"cat","lives":9}']),)
    for model, together in (('gemini-3.8-flash', True), ('gemini-2.5-flash', False)):
        async with Google(*answers) as google:

            @google.ai.tool()
            async def pet() -> str:
                """Pet it."""
                return 'purr'

            response = await google.ai.generate(model=f'googleai/{model}', prompt='?', tools=[pet], output_schema=Cat)
        assert response.output == Cat(kind='cat', lives=9)
        assert ('responseJsonSchema' in google.bodies[0].get('generationConfig', {})) is together


async def test_a_marked_message_is_kept_under_a_name_and_named_afterwards() -> None:
    kept = {'name': 'cachedContents/abc', 'model': 'models/gemini-3.8-flash'}
    async with Google(kept, Said(texts=['one']), Said(texts=['two'])) as google:
        book = Message(role=Role.USER, content=[TextPart(text='a long book')], metadata={'cache': {'ttlSeconds': 600}})
        for question in ('who?', 'when?'):
            await google.ai.generate(
                model='googleai/gemini-3.8-flash', system='You read.', messages=[book], prompt=question
            )
    create, first, second = google.requests
    assert create.path.startswith('/v1beta/cachedContents')
    assert create.json['contents'][0]['parts'][0]['text'] == 'a long book'
    assert create.json['ttl'] == '600s'
    assert create.json['systemInstruction']['parts'][0]['text'] == 'You read.'
    for request, question in ((first, 'who?'), (second, 'when?')):
        assert request.json['cachedContent'] == 'cachedContents/abc'
        assert [content['parts'][0]['text'] for content in request.json['contents']] == [question]
        assert 'systemInstruction' not in request.json


async def test_what_is_too_short_to_be_kept_is_sent() -> None:
    refusal = CannedAnswer.of_json(
        {'error': {'code': 400, 'message': 'Cached content is too small.', 'status': 'INVALID_ARGUMENT'}}, 400
    )
    async with Google(refusal, Said(texts=['ok'])) as google:
        note = Message(role=Role.USER, content=[TextPart(text='a note')], metadata={'cache': {'ttlSeconds': 60}})
        response = await google.ai.generate(model='googleai/gemini-3.8-flash', messages=[note], prompt='so?')
    assert response.text == 'ok'
    assert len(google.bodies[1]['contents']) == 2


async def test_a_file_is_sent_and_can_be_asked_about(tmp_path: Any) -> None:
    film = tmp_path / 'film.mp4'
    film.write_bytes(b'moving pictures')
    sent = {'file': {'name': 'files/f', 'uri': 'https://files.example/f', 'mimeType': 'video/mp4'}}

    def begin(url: str) -> CannedAnswer:
        return CannedAnswer.of_json({}, 200, {'x-goog-upload-url': f'{url}/put', 'x-goog-upload-status': 'active'})

    done = CannedAnswer.of_json(sent, 200, {'x-goog-upload-status': 'final'})
    async with Google(begin, done, Said(texts=['a film'])) as google:
        part = await google.plugin.upload(str(film))
        await google.ai.generate(model='googleai/gemini-3.8-flash', prompt=[TextPart(text='what?'), part])
    assert google.requests[1].body == b'moving pictures'
    data = google.requests[2].json['contents'][0]['parts'][1]['fileData']
    assert set(data.values()) == {'https://files.example/f', 'video/mp4'}


async def test_a_file_goes_where_the_application_said_and_not_where_the_answer_points(tmp_path: Any) -> None:
    film = tmp_path / 'film.mp4'
    film.write_bytes(b'moving pictures')
    sent = {'file': {'name': 'files/f', 'uri': 'https://files.example/f', 'mimeType': 'video/mp4'}}
    elsewhere: list[Any] = []

    def other(request: Any) -> CannedAnswer:
        elsewhere.append(request)
        return CannedAnswer.of_json(sent, 200, {'x-goog-upload-status': 'final'})

    with LoopbackServer(other) as server:
        begin = CannedAnswer.of_json(
            {}, 200, {'x-goog-upload-url': f'{server.url}/put', 'x-goog-upload-status': 'active'}
        )
        done = CannedAnswer.of_json(sent, 200, {'x-goog-upload-status': 'final'})
        async with Google(begin, done) as google:
            await google.plugin.upload(str(film))
    assert not elsewhere
    assert [request.path for request in google.requests][1] == '/put'


async def test_embeddings_come_in_batches_and_in_order() -> None:
    def vectors(count: int, start: int) -> dict[str, Any]:
        return {'embeddings': [{'values': [float(start + number)]} for number in range(count)]}

    async with Google(vectors(100, 0), vectors(20, 100)) as google:
        documents = [DocumentData(content=[TextPart(text=f't{number}')]) for number in range(120)]
        options = {'task_type': 'RETRIEVAL_QUERY', 'output_dimensionality': 8}
        found = await google.ai.embed_many(embedder='googleai/gemini-embedding-001', content=documents, options=options)
    assert [embedding.embedding for embedding in found] == [[float(number)] for number in range(120)]
    first, second = google.bodies
    assert (len(first['requests']), len(second['requests'])) == (100, 20)
    assert first['requests'][0]['taskType'] == 'RETRIEVAL_QUERY'
    assert first['requests'][0]['outputDimensionality'] == 8
    assert second['requests'][0]['content']['parts'][0]['text'] == 't100'


@pytest.mark.parametrize(('model', 'expected'), [('gemini-embedding-001', True), ('gemini-embedding-2', False)])
async def test_an_indexer_and_a_retriever_have_vectors_of_their_type(model: str, expected: bool) -> None:
    async with Google({'embeddings': [{'values': [1.0]}]}) as google:

        async def index(documents: list[Document], options: Any) -> None:
            await google.ai.embed(f'googleai/{model}', documents[0])

        async def retrieve(query: Document, options: Any) -> RetrieverResponse:
            await google.ai.embed(f'googleai/{model}', query, options=options)
            return RetrieverResponse(documents=[])

        google.ai.define_indexer('mine', index)
        google.ai.define_retriever('mine', retrieve)
        await google.ai.index('mine', 'a text')
        await google.ai.retrieve('mine', 'a query')
        await google.ai.retrieve('mine', 'a query', {'task_type': 'CLUSTERING'})
    types = [body['requests'][0].get('taskType') for body in google.bodies]
    assert types == (
        ['RETRIEVAL_DOCUMENT', 'RETRIEVAL_QUERY', 'CLUSTERING'] if expected else [None, None, 'CLUSTERING']
    )


async def test_a_gemini_model_that_draws_answers_with_text_and_images() -> None:
    drawn = _content({'text': 'Here.'}, {'text': '', 'inlineData': {'mimeType': 'image/png', 'data': 'iVBORw0KGgo='}})
    async with Google(drawn) as google:
        response = await google.ai.generate(
            model='googleai/gemini-3.1-flash-image', prompt='a dot', config={'image_config': {'aspectRatio': '1:1'}}
        )
    assert response.text == 'Here.'
    assert (response.media[0].media.url, response.media[0].media.content_type) == (PIXEL, 'image/png')
    told = google.bodies[0]['generationConfig']
    assert told['responseModalities'] == ['TEXT', 'IMAGE']
    assert set(told['imageConfig'].values()) == {'1:1'}


async def test_a_model_that_speaks_answers_with_sound_of_the_type_that_it_has() -> None:
    kind = 'audio/L16;codec=pcm;rate=24000'
    async with Google(_content({'inlineData': {'mimeType': kind, 'data': SOUND}})) as google:
        response = await google.ai.generate(
            model='googleai/gemini-3.8-flash-tts', prompt='Hello!', config={'voice': 'Kore'}
        )
    media = response.media[0].media
    assert media.content_type == kind
    assert media.url == f'data:{kind};base64,{SOUND}'
    told = google.bodies[0]['generationConfig']
    assert told['responseModalities'] == ['AUDIO']
    assert 'Kore' in json.dumps(told['speechConfig'])


async def test_imagen_draws_on_vertex_ai() -> None:
    made = {'predictions': [{'bytesBase64Encoded': 'iVBORw0KGgo=', 'mimeType': 'image/png'}]}
    async with Google(made, plugin=VertexAI) as google:
        response = await google.ai.generate(
            model='vertexai/imagen-4.0-generate-001', prompt='a dot', config={'number_of_images': 1}
        )
    assert response.media[0].media.url == PIXEL
    assert google.requests[0].path.partition('?')[0].endswith('imagen-4.0-generate-001:predict')
    assert google.bodies[0]['instances'][0]['prompt'] == 'a dot'
    assert google.bodies[0]['parameters']['sampleCount'] == 1


async def test_imagen_of_the_gemini_api_names_vertex_ai() -> None:
    async with Google() as google:
        with pytest.raises(GenkitError, match='the Gemini API offers no Imagen') as caught:
            await google.ai.generate(model='googleai/imagen-4', prompt='a dot')
    assert caught.value.status == 'NOT_FOUND'
    assert "Use 'vertexai/imagen-4'" in str(caught.value)
    assert google.requests == []


async def test_imagen_says_why_it_draws_nothing() -> None:
    filtered = {'predictions': [{'raiFilteredReason': 'people'}]}
    async with Google(filtered, plugin=VertexAI) as google:
        with pytest.raises(GenkitError, match='people'):
            await google.ai.generate(model='vertexai/imagen-4.0-generate-001', prompt='a crowd')


async def test_a_video_is_begun_and_asked_for_until_it_is_done() -> None:
    begun = {'name': 'models/veo-3.1-generate-preview/operations/1'}
    video = {'video': {'uri': 'https://files.example/v', 'encoding': 'video/mp4'}}
    done = {**begun, 'done': True, 'response': {'generateVideoResponse': {'generatedSamples': [video]}}}
    async with Google(begun, begun, done) as google:
        operation = await google.ai.generate_operation(
            model='googleai/veo-3.1-generate-preview',
            prompt=[TextPart(text='waves'), MediaPart(media=Media(url=PIXEL))],
            config={'duration_seconds': 8, 'aspect_ratio': '16:9'},
        )
        assert not operation.done
        operation = await google.ai.check_operation(operation)
        assert not operation.done
        operation = await google.ai.check_operation(operation)
    assert operation.done
    message = (operation.output or {})['message']
    assert message['content'][0]['media']['url'] == 'https://files.example/v'
    assert google.requests[0].path.partition('?')[0].endswith('veo-3.1-generate-preview:predictLongRunning')
    body = google.requests[0].json
    assert body['instances'][0]['prompt'] == 'waves'
    assert body['parameters']['durationSeconds'] == 8
    assert 'image' in body['instances'][0]
    assert '/operations/1' in google.requests[1].path


async def test_a_video_that_failed_says_why() -> None:
    begun = {'name': 'models/veo-3.1-generate-preview/operations/1'}
    failed = {**begun, 'done': True, 'error': {'code': 3, 'message': 'no such waves'}}
    async with Google(begun, failed) as google:
        operation = await google.ai.generate_operation(model='googleai/veo-3.1-generate-preview', prompt='waves')
        operation = await google.ai.check_operation(operation)
    assert operation.done
    assert operation.error is not None
    assert 'no such waves' in str(operation.error)


async def test_vertex_ai_asks_as_somebody_in_a_project() -> None:
    options = {'api_key': None, 'project': 'p', 'location': 'europe-west1', 'credentials': Credentials(token='t0ken')}
    async with Google(Said(texts=['ok']), plugin=VertexAI, **options) as google:
        response = await google.ai.generate(model='vertexai/gemini-3.8-flash', prompt='hi')
    assert response.text == 'ok'
    (request,) = google.requests
    assert request.headers['authorization'] == 'Bearer t0ken'
    assert 'projects/p/locations/europe-west1/publishers/google/models/gemini-3.8-flash' in request.path


async def test_vertex_ai_without_a_project_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'):
        monkeypatch.delenv(name, raising=False)
    async with Google(Said(texts=['ok']), plugin=VertexAI, api_key=None) as google:
        with pytest.raises(GenkitError, match='GOOGLE_CLOUD_PROJECT') as raised:
            await google.ai.generate(model='vertexai/gemini-3.8-flash', prompt='hi')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_tokens_are_counted_without_asking_the_model() -> None:
    async with Google({'totalTokens': 5}) as google:
        assert await google.plugin.count_tokens('googleai/gemini-3.8-flash', 'How many?') == 5
    assert google.requests[0].path.partition('?')[0].endswith(':countTokens')


async def test_arguments_that_are_no_object_are_sent_as_one() -> None:
    answer = ToolResponsePart(tool_response=ToolResponse(name='a/b', ref='r', output=1))
    history = [
        Message(role=Role.USER, content='hi'),
        Message(
            role=Role.MODEL,
            content=[ToolRequestPart(tool_request=ToolRequest(name='a/b', ref='r', input='plain'))],
        ),
        Message(role=Role.TOOL, content=[answer]),
    ]
    async with Google(Said(texts=['ok'])) as google:
        await google.ai.generate(model='googleai/gemini-3.8-flash', messages=history)
    call = google.bodies[0]['contents'][1]['parts'][0]['functionCall']
    assert (call['name'], call['args'], call['id']) == ('a_b', {'input': 'plain'}, 'r')


def test_the_library_is_loaded_with_the_first_call() -> None:
    program = 'import sys, genkit_google_genai as g; g.GoogleAI(api_key="k"); print("google.genai" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == 'False'
