# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google's models as plugins."""

import contextlib
import os
import warnings
from abc import abstractmethod
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack

from genkit import GenkitError
from genkit.plugin import (
    GEMINI_SCHEMAS,
    Action,
    ActionRunContext,
    Address,
    Credentials,
    LoopClient,
    Maker,
    ModelEntry,
    ModelPlugin,
    ModelTable,
    OpenTalks,
    Task,
    ToolNames,
    client_header,
    fitted_answers,
    header_secrets,
    make_background_model,
    make_embedder,
    make_model,
    whole_request,
    without_credentials,
)
from genkit.types import (
    Embedding,
    EmbedRequest,
    EmbedResponse,
    GenerateRequest,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    ModelRef,
    Operation,
)

from genkit_google_genai._older import OlderKeyOptions, OlderOptions, with_older_options
from genkit_google_genai.access import KEY_HEADER, Bearer, VertexPlace
from genkit_google_genai.config import GeminiConfig, ImagenConfig, InteractionConfig, VeoConfig
from genkit_google_genai.convert.events import read_object, reading, reading_client
from genkit_google_genai.convert.messages import to_request
from genkit_google_genai.convert.stream import AnswerReader
from genkit_google_genai.convert.tools import Body, tool_names
from genkit_google_genai.embed import to_embed_requests, to_embeddings, to_predict_requests, to_predicted
from genkit_google_genai.errors import google_errors
from genkit_google_genai.image import require_vertex, to_image_request, to_image_response
from genkit_google_genai.models import GOOGLE_AI, VERTEX_AI
from genkit_google_genai.realtime import LiveProvider, make_live
from genkit_google_genai.store import ContentCache, keeper
from genkit_google_genai.video import (
    INTERACTION_HEADERS,
    interaction_operation,
    interaction_path,
    rest_operation,
    to_interaction_request,
    to_operation,
    to_rest_body,
    to_video_request,
)


if TYPE_CHECKING:
    from google.auth.credentials import Credentials as GoogleCredentials
    from google.genai import Client
    from httpx2 import AsyncClient

_GEMINI_API = 'https://generativelanguage.googleapis.com'


class _GooglePlugin(ModelPlugin):
    """What both ways to Google's models have in common.

    Requests are not repeated by the client: ``retry`` of ``genkit.middleware`` does that.
    """

    key_variables: ClassVar[Sequence[str]]
    is_vertex: ClassVar[bool]

    def __init__(self, api_key: str | Literal[False] | None, older: OlderOptions, **told: Any) -> None:
        settings = with_older_options(self.name, older, told)
        self._credentials = Credentials(self.name, api_key, self.key_variables)
        self._timeout: float | None = settings['timeout']
        self._own: dict[str, str] = dict(settings['headers'] or {})
        self._http: Body = {
            'base_url': without_credentials(self.name, settings['base_url']),
            'api_version': settings['api_version'],
            'timeout': None if self._timeout is None else int(self._timeout * 1000),
            'headers': {'x-goog-api-client': client_header(), **self._own},
        }
        self._kept = ContentCache()
        self._talks = OpenTalks()
        self.clients: LoopClient[tuple[Client, AsyncClient]] = LoopClient(self._open, _close)

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.IMAGE: self._image,
            Task.SPEECH: self._chat,
            Task.EMBED: self._embedder,
            Task.VIDEO: self._video,
            Task.REALTIME: self._live,
        }

    async def aclose(self) -> None:
        """End the running loop's conversations and close its connections; the next call opens new ones."""
        await self._talks.aclose()
        await super().aclose()

    @classmethod
    def gemini_model(cls, name: str, config: GeminiConfig | None = None) -> ModelRef[GeminiConfig]:
        """Return a reference to a Gemini model, with a configuration for every call."""
        return ModelRef(name=f'{cls.name}/{name}', config=config, config_schema=GeminiConfig)

    @classmethod
    def imagen_model(cls, name: str, config: ImagenConfig | None = None) -> ModelRef[ImagenConfig]:
        """Return a reference to an Imagen model, with a configuration for every call."""
        return ModelRef(name=f'{cls.name}/{name}', config=config, config_schema=ImagenConfig)

    @classmethod
    def veo_model(cls, name: str, config: VeoConfig | None = None) -> ModelRef[VeoConfig]:
        """Return a reference to a Veo model, with a configuration for every call."""
        return ModelRef(name=f'{cls.name}/{name}', config=config, config_schema=VeoConfig)

    async def count_tokens(self, model: str, request: GenerateRequest | Sequence[Message] | str) -> int:
        """Return how many input tokens a request would have, without asking the model.

        Args:
            model: With the plugin's prefix or without.
            request: Whole, or its messages, or a prompt.

        Raises:
            GenkitError: As a call of the model.
        """
        request = whole_request(request)
        entry = self.models.find(model.removeprefix(f'{self.name}/'))
        assert entry is not None
        body = to_request(entry, request, tool_names(request))
        with self._call(request.config) as (client, http):
            counted = await client.models.count_tokens(
                model=body['model'], contents=body['contents'], config={'http_options': http}
            )
            return counted.total_tokens or 0

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = tool_names(request)
            body = to_request(entry, request, names)
            with self._call(request.config) as (client, http):
                owner = http['headers'].get(KEY_HEADER, '')
                body = await self._kept.apply(body, request.messages, owner, keeper(client, http, self.name))
                body['config']['http_options'] = {**http, **body['config'].get('http_options', {})}
                if context.is_streaming:
                    return await self._stream(client, body, names, context)
                reader = AnswerReader(names, self.name)
                with reading(self.name, http) as answers:
                    await client.models.generate_content(**body)
                    [raw] = answers.take()
                reader.read(raw)
                return reader.response(raw)

        answer = fitted_answers(GEMINI_SCHEMAS, chat)
        return make_model(name, answer, config_schema=entry.config, info=entry.info(self.label))

    async def _stream(
        self, client: Any, body: Body, names: ToolNames, context: ActionRunContext
    ) -> GenerateResponse[Any]:
        reader = AnswerReader(names, self.name)
        with reading(self.name, body['config']['http_options']) as answers:
            stream = await client.models.generate_content_stream(**body)
            async with contextlib.aclosing(stream):
                async for _ in stream:
                    for piece in answers.take():
                        chunk = reader.read(piece)
                        if chunk is not None:
                            context.send_chunk(chunk)
        return reader.response()

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        if entry.config is not ImagenConfig:
            return self._chat(name, entry)
        require_vertex(name, is_vertex=self.is_vertex)

        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            body = to_image_request(entry, request)
            with self._call(request.config) as (client, http):
                body['config']['http_options'] = http
                with reading(self.name, http, keeps=False):
                    with warnings.catch_warnings():  # marked as deprecated; Imagen has no other way in on Vertex AI
                        warnings.simplefilter('ignore')
                        drawing = client.models.generate_images(**body)
                    return to_image_response(await drawing)

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def embed(request: EmbedRequest) -> EmbedResponse:
            bodies = to_embed_requests(entry, request, is_vertex=self.is_vertex)
            with self._call(request.options) as (client, http):
                for body in bodies:
                    body['config']['http_options'] = http
                with reading(self.name, http, keeps=False):
                    return to_embeddings([await client.models.embed_content(**body) for body in bodies])

        return make_embedder(name, embed, self.embedder_options(entry))

    def _video(self, name: str, entry: ModelEntry) -> Any:
        async def start(request: GenerateRequest) -> Operation:
            body = to_video_request(entry, request)
            with self._call(request.config) as (client, http):
                return await self._begin_video(client, body, http)

        async def check(operation: Operation) -> Operation:
            with self._call(None) as (client, http):
                return await self._look_at_video(client, operation.id, http)

        return make_background_model(name, start, check, info=entry.info(self.label), config_schema=entry.config)

    def _live(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        about = LiveProvider(self.name, self.label, self._live_address, self._live_model, self._talks, self._timeout)
        return make_live(name, entry, about)

    @contextlib.contextmanager
    def _call(self, config: Any) -> Generator[tuple[Any, Body]]:
        """Give a client and the HTTP options of one call, and turn the client's errors into ours."""
        key = self._key_for(config)
        with google_errors(self.name, (key, *header_secrets(self._own))):
            yield self.clients.get()[0].aio, {'headers': {**self._own, **({} if key is None else {KEY_HEADER: key})}}

    @abstractmethod
    async def _live_address(self, config: Any) -> Address:
        """Return where a conversation in real time is held, with the key of a call in the headers."""

    @abstractmethod
    def _live_model(self, name: str) -> str:
        """Return the name of a model in a conversation in real time."""

    @abstractmethod
    async def _begin_video(self, client: Any, body: Body, http: Body) -> Operation:
        """Begin a video."""

    @abstractmethod
    async def _look_at_video(self, client: Any, name: str, http: Body) -> Operation:
        """Return how far a video is."""

    @abstractmethod
    def _key_for(self, config: Any) -> str | None:
        """Return the key of a call, if it has one."""

    @abstractmethod
    def _connect(self, make: 'type[Client]', http: Any) -> 'Client':
        """Return a client with its HTTP options."""

    def _open(self) -> 'tuple[Client, AsyncClient]':
        """Return a client for the running loop, and its connections, which would else depend on what is installed.

        The library warns of its own class when it is loaded.
        """
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', DeprecationWarning)
            from google.genai import Client  # noqa: PLC0415  (loaded with the first call)
        connections = reading_client()(timeout=self._timeout, follow_redirects=False)
        return self._connect(Client, {**self._http, 'httpx_async_client': connections}), connections


async def _close(opened: 'tuple[Client, AsyncClient]') -> None:
    client, connections = opened
    await client.aio.aclose()
    await connections.aclose()


class GoogleAI(_GooglePlugin):
    """The Gemini API: ``googleai/<model>``, listed or not.

    Args:
        api_key: The key; False if every request brings its own. Default: from the environment.
        base_url: The URL of the API.
        api_version: The API version; ``v1beta`` has all features.
        timeout: The maximum time without a response, in seconds. Default: no limit.
        headers: Sent with every request.
        name: The prefix of the model names.
        older: Options of earlier releases, such as ``http_options``.

    Attributes:
        key_variables: Variables of the environment that hold the key.
    """

    name = 'googleai'
    label = 'Google AI'
    models: ModelTable = GOOGLE_AI
    key_variables = ('GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENAI_API_KEY')
    is_vertex = False

    def __init__(
        self,
        api_key: str | Literal[False] | None = None,
        *,
        base_url: str | None = None,
        api_version: str = 'v1beta',
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        name: str | None = None,
        **older: Unpack[OlderKeyOptions],
    ) -> None:
        self.name = name or self.name
        settings = {'base_url': base_url, 'api_version': api_version, 'timeout': timeout, 'headers': headers}
        super().__init__(api_key, older, **settings)

    async def upload(self, file: str | Path, content_type: str | None = None) -> MediaPart:
        """Send a file to the provider, which keeps it for two days, and return it as a part for messages.

        Raises:
            GenkitError: As a call of a model.
        """
        with self._call(None) as (client, http):
            # Without its own address the upload, and the key, go to wherever the first answer points.
            options = {**http, 'base_url': self._http['base_url'] or _GEMINI_API}
            config = {'http_options': options, **({'mime_type': content_type} if content_type else {})}
            sent = await client.files.upload(file=str(file), config=config)
            return MediaPart(media=Media(url=sent.uri, content_type=sent.mime_type))

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {**super().makers(), Task.AGENT: self._interaction}

    def _video(self, name: str, entry: ModelEntry) -> Any:
        return self._interaction(name, entry) if entry.config is InteractionConfig else super()._video(name, entry)

    def _interaction(self, name: str, entry: ModelEntry) -> Any:
        async def ask(config: Any, verb: str, path: str, body: Body | None) -> Operation:
            with self._call(config) as (_, http):
                headers = {**http['headers'], **INTERACTION_HEADERS}
                return interaction_operation(await self._ask(verb, path, {'headers': headers}, body))

        async def start(request: GenerateRequest) -> Operation:
            body = to_interaction_request(entry, request)
            return await ask(request.config, 'POST', 'interactions', body)

        async def check(operation: Operation) -> Operation:
            return await ask(None, 'GET', interaction_path(operation.id), None)

        async def cancel(operation: Operation) -> Operation:
            return await ask(None, 'POST', interaction_path(operation.id, '/cancel'), None)

        described = entry.info(self.label)
        return make_background_model(name, start, check, cancel, info=described, config_schema=entry.config)

    async def _begin_video(self, client: Any, body: Body, http: Body) -> Operation:  # noqa: ARG002  (the library cannot)
        path = f'models/{body["model"]}:predictLongRunning'
        return rest_operation(await self._ask('POST', path, http, to_rest_body(body)))

    async def _look_at_video(self, client: Any, name: str, http: Body) -> Operation:  # noqa: ARG002  (as above)
        return rest_operation(await self._ask('GET', name, http, None))

    async def _ask(self, verb: str, path: str, http: Body, body: Body | None) -> Body:
        """Ask for what the vendor's library offers for Vertex AI alone."""
        url = f'{(self._http["base_url"] or _GEMINI_API).rstrip("/")}/{self._http["api_version"]}/{path}'
        headers = {**self._http['headers'], **http['headers']}
        answer = await self.clients.get()[1].request(verb, url, headers=headers, json=body)
        return read_object(answer.raise_for_status().content, self.name, header_secrets(headers))

    async def _live_address(self, config: Any) -> Address:
        key = await self._credentials.fetch(config)
        service = f'google.ai.generativelanguage.{self._http["api_version"]}.GenerativeService'
        # A token for a short time is sent otherwise, and only to a method of its own.
        is_token = key.startswith('auth_tokens/')
        method, own = 'BidiGenerateContent', {KEY_HEADER: key}
        if is_token:
            method, own = 'BidiGenerateContentConstrained', {'Authorization': f'Token {key}'}
        headers = {**self._http['headers'], **own}
        base = (self._http['base_url'] or _GEMINI_API).rstrip('/')
        return Address(url=f'{base}/ws/{service}.{method}', headers=headers, secrets=header_secrets(headers))

    def _live_model(self, name: str) -> str:
        return f'models/{name}'

    def _key_for(self, config: Any) -> str | None:
        return self._credentials.key_for(config)

    def _connect(self, make: 'type[Client]', http: Any) -> 'Client':
        # The key is a header of each request, so that no client holds one.
        return make(enterprise=False, api_key='of-each-request', http_options=http)


class VertexAI(_GooglePlugin):
    """Vertex AI: ``vertexai/<model>``, listed or not.

    Args:
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT`` or ``GCLOUD_PROJECT`` of the environment.
        location: Such as ``us-central1`` or ``global``. Default: ``GOOGLE_CLOUD_LOCATION`` of the environment.
        credentials: The Google credentials. Default: those of the environment.
        api_key: In place of project and credentials (express mode); False if every request brings its own.
        base_url: The URL of the API.
        api_version: The API version.
        timeout: The maximum time without a response, in seconds. Default: no limit.
        headers: Sent with every request.
        older: Options of earlier releases, such as ``http_options``.
    """

    name = 'vertexai'
    label = 'Vertex AI'
    models: ModelTable = VERTEX_AI
    key_variables = ()
    is_vertex = True

    def __init__(
        self,
        project: str | None = None,
        location: str | None = None,
        *,
        credentials: 'GoogleCredentials | None' = None,
        api_key: str | Literal[False] | None = None,
        base_url: str | None = None,
        api_version: str | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        **older: Unpack[OlderOptions],
    ) -> None:
        settings = {'base_url': base_url, 'api_version': api_version, 'timeout': timeout, 'headers': headers}
        super().__init__(api_key, older, **settings)
        variables = os.environ.get
        self._has_key = api_key is not None
        self._project = project or variables('GOOGLE_CLOUD_PROJECT') or variables('GCLOUD_PROJECT')
        self._location = location or variables('GOOGLE_CLOUD_LOCATION') or 'us-central1'
        self._google_credentials = credentials
        place = (None, None) if self._has_key else (self._project, self._location)
        self._place = VertexPlace(self._http['base_url'], self._http['api_version'], *place, Bearer(credentials))

    async def _begin_video(self, client: Any, body: Body, http: Body) -> Operation:
        body['config']['http_options'] = http
        with reading(self.name, http, keeps=False):
            return to_operation(await client.models.generate_videos(**body))

    async def _look_at_video(self, client: Any, name: str, http: Body) -> Operation:
        from google.genai.types import GenerateVideosOperation  # noqa: PLC0415  (loaded with the first call)

        asked = GenerateVideosOperation.model_validate({'name': name})
        with reading(self.name, http, keeps=False):
            return to_operation(await client.operations.get(asked, config={'http_options': http}))

    async def _live_address(self, config: Any) -> Address:
        headers = await self._headers_for(config)
        return Address(url=self._place.live_url, headers=headers, secrets=header_secrets(headers))

    def _live_model(self, name: str) -> str:
        return self._place.model(name)

    async def _headers_for(self, config: Any) -> dict[str, str]:
        key = self._key_for(config)
        with google_errors(self.name, (key,)):
            return {**self._http['headers'], **await self._place.headers(key)}

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        if not entry.name.startswith('multimodalembedding'):
            return super()._embedder(name, entry)

        async def embed(request: EmbedRequest) -> EmbedResponse:
            model, bodies = to_predict_requests(entry, request)
            headers = await self._headers_for(request.options)
            secrets = header_secrets(headers)
            found: list[Embedding] = []
            with google_errors(self.name, secrets):
                for body in bodies:  # the provider takes one document a call
                    url = self._place.predict_url(model)
                    answer = await self.clients.get()[1].post(url, headers=headers, json=body)
                    found += to_predicted(read_object(answer.raise_for_status().content, self.name, secrets))
            return EmbedResponse(embeddings=found)

        return make_embedder(name, embed, self.embedder_options(entry))

    def _key_for(self, config: Any) -> str | None:
        if self._has_key:
            return self._credentials.key_for(config)
        if self._project is None:
            raise GenkitError(
                "Plugin 'vertexai' has no project. Set GOOGLE_CLOUD_PROJECT, or pass project= or api_key=.",
                status='FAILED_PRECONDITION',
                source=self.name,
            )
        return None

    def _connect(self, make: 'type[Client]', http: Any) -> 'Client':
        if self._has_key:
            return make(enterprise=True, api_key='of-each-request', http_options=http)
        place: Any = {'project': self._project, 'location': self._location}
        return make(enterprise=True, credentials=self._google_credentials, http_options=http, **place)
