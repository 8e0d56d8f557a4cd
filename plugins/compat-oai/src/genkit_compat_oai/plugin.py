# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Providers of OpenAI's protocol as plugins."""

import contextlib
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
    Action,
    ActionRunContext,
    Address,
    ApiKey,
    LoopClient,
    Maker,
    ModelEntry,
    ModelTable,
    OpenTalks,
    ProviderPlugin,
    SchemaDialect,
    Task,
    ToolNames,
    as_members,
    client_header,
    fitted_answers,
    make_embedder,
    make_model,
    parse_config,
    pieces_of,
    provider_errors,
)
from genkit.types import (
    Embedding,
    EmbedRequest,
    EmbedResponse,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
)

from genkit_compat_oai.convert.events import read_stream
from genkit_compat_oai.convert.messages import to_request
from genkit_compat_oai.convert.stream import ChatStream, to_response
from genkit_compat_oai.dialect import Dialect
from genkit_compat_oai.embed import to_embed_requests, to_embeddings
from genkit_compat_oai.endpoints import post, post_streaming
from genkit_compat_oai.errors import Failures
from genkit_compat_oai.image import to_image_request, to_image_response
from genkit_compat_oai.models import FAMILIES, MODELS, UNKNOWN, OpenAIEntry
from genkit_compat_oai.realtime import make_realtime, realtime_address, secret_session
from genkit_compat_oai.responses import ResponsesReader, to_responses_request
from genkit_compat_oai.speech import (
    sound_type,
    to_speech_request,
    to_speech_response,
    to_transcribe_request,
    to_transcribe_response,
)


if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAICompatible(ProviderPlugin):
    """A provider that speaks OpenAI's chat protocol; ``base_url`` alone is enough for one that has no plugin.

    Requests are not repeated by the client: ``retry`` of ``genkit.middleware`` does that.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        **options: See `ProviderOptions`.

    Attributes:
        dialect: How it speaks.
    """

    name = 'openai-compatible'
    label = 'OpenAI-compatible'
    models: ModelTable = ModelTable((), FAMILIES, UNKNOWN)
    key_variables: ClassVar[Sequence[str]] = ('OPENAI_API_KEY',)
    dialect: Dialect = Dialect()
    clients: 'LoopClient[AsyncOpenAI]'

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.IMAGE: self._image,
            Task.SPEECH: self._speech,
            Task.TRANSCRIBE: self._transcribe,
        }

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:  # noqa: ARG002  (for overriding)
        """Return what a model takes as the schema of an answer."""
        return OPENAI_ANSWER_SCHEMAS

    def api_for(
        self,
        entry: ModelEntry,  # noqa: ARG002  (for overriding)
        config: Any,  # noqa: ARG002  (for overriding)
    ) -> Literal['chat', 'responses']:
        """Return the protocol that a request goes through, by its model and its config."""
        return 'chat'

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        by_chat, by_responses = self._chat_function(entry), self._responses_function(entry)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            request = typed_request(request, entry)
            api = self.api_for(entry, request.config)
            return await (by_chat if api == 'chat' else by_responses)(request, context)

        function = fitted_answers(self.answer_schemas(entry), chat) if self.dialect.structured == 'schema' else chat
        return make_model(name, function, config_schema=entry.config, info=entry.info(self.label))

    def _chat_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        schemas = self.answer_schemas(entry)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = ToolNames(request.tools, schemas=OPENAI_TOOL_SCHEMAS)
            request = typed_request(request, entry)
            body = self.adapt(to_request(entry.name, request, names, self.dialect, schemas), request, entry)
            async with self._call(request.config) as (client, headers, failures):
                if context.is_streaming and (self.dialect.structured_streams or 'response_format' not in body):
                    return await self._stream(client, body, headers, (names, failures), context)
                sound = _sound_type(body)
                answer = await client.chat.completions.with_raw_response.create(
                    model=body.pop('model'), messages=body.pop('messages'), extra_body=body, extra_headers=headers
                )
                completion = failures.members(answer.content, 'choices')
                response = to_response(completion, names, self.dialect, sound, failures)
                if context.is_streaming and response.message is not None:
                    context.send_chunk(GenerateResponseChunk(content=response.message.content))
                return response

        return chat

    def _responses_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        async def respond(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = ToolNames(request.tools, schemas=OPENAI_TOOL_SCHEMAS)
            request = typed_request(request, entry)
            body = to_responses_request(entry.name, request, names, self.dialect)
            body = self.adapt_responses(body, request, entry)
            async with self._call(request.config) as (client, headers, failures):
                reader = ResponsesReader(names, self.dialect, failures)
                if not context.is_streaming:
                    answer = await client.responses.with_raw_response.create(extra_body=body, extra_headers=headers)
                    return reader.response(failures.members(answer.content, 'output', 'status'))
                asking = client.responses.with_streaming_response.create(
                    stream=True, extra_body=body, extra_headers=headers
                )
                async with asking as stream, pieces_of(stream.http_response) as pieces:
                    return await read_stream(pieces, reader, failures, context.send_chunk)

        return respond

    def adapt(
        self,
        body: dict[str, Any],
        request: GenerateRequest,  # noqa: ARG002  (for overriding)
        entry: ModelEntry,  # noqa: ARG002  (for overriding)
    ) -> dict[str, Any]:
        """Return the body of a chat request as this provider takes it, for what no `Dialect` can say.

        Args:
            body: The body in the protocol's form, which may be changed.
            request: What it was made of; its config is of the entry's type, or data.
            entry: The model's.
        """
        return body

    async def _stream(
        self,
        client: Any,
        body: dict[str, Any],
        headers: dict[str, str],
        reading: tuple[ToolNames, Failures],
        context: ActionRunContext,
    ) -> GenerateResponse[Any]:
        if self.dialect.stream_usage:
            body['stream_options'] = {'include_usage': True}
        names, failures = reading
        reader = ChatStream(names, self.dialect, _sound_type(body), failures)
        asking = client.chat.completions.with_streaming_response.create(
            model=body.pop('model'),
            messages=body.pop('messages'),
            stream=True,
            extra_body=body,
            extra_headers=headers,
        )
        async with asking as answer, pieces_of(answer.http_response) as pieces:
            return await read_stream(pieces, reader, failures, context.send_chunk)

    def adapt_responses(
        self,
        body: dict[str, Any],
        request: GenerateRequest,  # noqa: ARG002  (for overriding)
        entry: ModelEntry,  # noqa: ARG002  (for overriding)
    ) -> dict[str, Any]:
        """Return the body of a request in the Responses protocol as this provider takes it; see `adapt`."""
        return body

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def embed(request: EmbedRequest) -> EmbedResponse:
            request = request.replaced(options=_typed_config(request.options, entry))
            async with self._call(request.options) as (client, headers, failures):
                embeddings: list[Embedding] = []
                for body, more in to_embed_requests(entry.name, request, self.dialect):
                    answer = await client.embeddings.with_raw_response.create(
                        **body, extra_body=more, extra_headers=headers
                    )
                    found = failures.members(answer.content, 'data')
                    embeddings += to_embeddings(found, len(body['input']))
                return EmbedResponse(embeddings=embeddings)

        return make_embedder(name, embed, self.embedder_options(entry))

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            request = typed_request(request, entry)
            async with self._call(request.config) as (client, headers, failures):
                body = to_image_request(entry.name, request)
                kind = body.get('output_format')
                answer = await client.images.with_raw_response.generate(
                    prompt=body.pop('prompt'), extra_body=body, extra_headers=headers
                )
                return to_image_response(failures.members(answer.content, 'data'), kind, self.dialect, failures)

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _speech(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def speak(request: GenerateRequest) -> GenerateResponse[Any]:
            request = typed_request(request, entry)
            async with self._call(request.config) as (client, headers, failures):
                body, more = to_speech_request(entry.name, request)
                answer = await client.audio.speech.with_raw_response.create(
                    **body, extra_body=more, extra_headers=headers
                )
                return to_speech_response(answer.content, answer.headers, body['response_format'], failures)

        return make_model(name, speak, config_schema=entry.config, info=entry.info(self.label))

    def _transcribe(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def listen(request: GenerateRequest) -> GenerateResponse[Any]:
            request = typed_request(request, entry)
            async with self._call(request.config) as (client, headers, failures):
                body, more = to_transcribe_request(entry.name, request)
                asked = {**body, 'extra_body': more, 'extra_headers': headers}
                if not as_members(request.config).get('translate'):
                    answer = await client.audio.transcriptions.with_raw_response.create(**asked)
                    return to_transcribe_response(answer.content, body.get('response_format'), failures)
                with warnings.catch_warnings():  # the way to English is marked as deprecated and has no successor
                    warnings.simplefilter('ignore', DeprecationWarning)
                    translating = client.audio.translations.create(**asked)
                said = await translating
                content = said.encode() if isinstance(said, str) else said.model_dump_json(warnings=False).encode()
                return to_transcribe_response(content, body.get('response_format'), failures)

        return make_model(name, listen, config_schema=entry.config, info=entry.info(self.label))

    async def _complete(
        self, path: str, body: dict[str, Any], config: Any, context: ActionRunContext
    ) -> GenerateResponse[Any]:
        """Return what an endpoint says that answers as chat does, and has a path of its own."""
        names = ToolNames(None)
        async with self._call(config) as (client, headers, failures):
            if not context.is_streaming:
                answer = await post(client, path, body, headers)
                completion = failures.members(answer.content, 'choices')
                return to_response(completion, names, self.dialect, _sound_type(body), failures)
            reader = ChatStream(names, self.dialect, _sound_type(body), failures)
            async with post_streaming(client, path, {**body, 'stream': True}, headers) as pieces:
                return await read_stream(pieces, reader, failures, context.send_chunk)

    @contextlib.asynccontextmanager
    async def _call(self, config: Any) -> AsyncGenerator[tuple[Any, dict[str, str], Failures]]:
        """Give a client, headers and errors of one call, and turn the client's errors into ours."""
        key = await self._credentials.fetch(config)
        secrets = (key, *self._secrets)
        with provider_errors(self.name, secrets):
            yield self.clients.get(), {'Authorization': f'Bearer {key}'}, Failures(self.name, secrets)

    def client_type(self) -> 'type[AsyncOpenAI]':
        """Return the class of the client, which a plugin may extend for a provider with addresses of its own."""
        from openai import AsyncOpenAI  # noqa: PLC0415  (loaded with the first call)

        return AsyncOpenAI

    def _connect(self) -> 'AsyncOpenAI':
        from openai import DefaultAsyncHttpxClient  # noqa: PLC0415  (loaded with the first call)

        return self.client_type()(
            api_key='of-each-request',  # the key is a header of each request, so that no client holds one
            base_url=self._base_url,
            timeout=self._timeout,
            max_retries=self._max_retries,
            http_client=DefaultAsyncHttpxClient(timeout=self._timeout, follow_redirects=False),
            default_headers={'x-genkit-client': client_header(), **self._headers},
        )


class OpenAI(OpenAICompatible):
    """OpenAI: ``openai/<model>``, in the protocol that the model wants.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        api: The API for all models. Default: depends on the model.
        organization: The organization to bill, for keys of users who belong to several.
        options: As of `OpenAICompatible`.
    """

    name = 'openai'
    label = 'OpenAI'
    models = MODELS
    base_url_variable = 'OPENAI_BASE_URL'
    dialect = Dialect(max_tokens='max_completion_tokens', system_role='developer')

    def __init__(
        self,
        api_key: ApiKey = None,
        *,
        api: Literal['chat', 'responses'] | None = None,
        organization: str | None = None,
        **options: Any,
    ) -> None:
        if organization is not None:
            options['headers'] = {'OpenAI-Organization': organization, **(options.get('headers') or {})}
        super().__init__(api_key, **options)
        self._api: Literal['chat', 'responses'] | None = api
        self._talks = OpenTalks()

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {**super().makers(), Task.REALTIME: self._realtime}

    async def aclose(self) -> None:
        """End the running loop's conversations and close its connections; the next call opens new ones."""
        await self._talks.aclose()
        await super().aclose()

    async def client_secret(self, model: str, config: Any = None, *, seconds: int = 600) -> str:
        """Return a key that is good for conversations with a real-time model alone, and for a short time.

        Args:
            model: With the plugin's prefix or without.
            config: A `RealtimeConfig`, or data, that the conversation begins with.
            seconds: How long a conversation may be begun with it, from 10 to 7200.

        Raises:
            GenkitError: As a call of the model.
        """
        session = secret_session(model.removeprefix(f'{self.name}/'), config)
        async with self._call(config) as (client, headers, _):
            made = await client.realtime.client_secrets.create(
                session=session, expires_after={'anchor': 'created_at', 'seconds': seconds}, extra_headers=headers
            )
            return made.value

    def _realtime(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def address(model: str, config: Any) -> Address:
            key = await self._credentials.fetch(config)
            own = {'x-genkit-client': client_header(), **self._headers}
            found = realtime_address(self._base_url, model, key, own)
            return replace(found, secrets=(key, *self._secrets))

        return make_realtime(name, entry, (self.name, self.label), address, self._talks, self._timeout)

    def api_for(self, entry: ModelEntry, config: Any) -> Literal['chat', 'responses']:
        """Return what the request says, else the plugin, else what the model wants."""
        own: Literal['chat', 'responses'] = entry.api if isinstance(entry, OpenAIEntry) else 'responses'
        said: Literal['chat', 'responses'] | None = as_members(config).get('api')
        return said or self._api or own


def typed_request(request: GenerateRequest, entry: ModelEntry) -> GenerateRequest:
    """Return a request whose options are typed; as data their names may be those of the wire."""
    config: Any = request.config
    return request.replaced(config=_typed_config(config, entry)) if isinstance(config, dict) else request


def _typed_config(config: Any, entry: ModelEntry) -> Any:
    """Return options as their declared type, so that names of the wire and of Python mean the same."""
    if not isinstance(config, dict):
        return config
    return parse_config(entry.config, config, f'The options of model {entry.name!r} do not fit its type')


def _sound_type(body: dict[str, Any]) -> str:
    """Return the MIME type of the audio that a chat request asks for. Default: WAV."""
    asked: dict[str, Any] = body.get('audio') or {}
    return sound_type(asked.get('format') or 'wav')
