# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cohere as a plugin. Its three calls are made with httpx: the vendor's library brings a tokenizer along."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from genkit.plugin import (
    Action,
    ActionRunContext,
    JsonEvents,
    Maker,
    ModelEntry,
    ProviderPlugin,
    Task,
    ToolNames,
    client_header,
    fitted_answers,
    make_embedder,
    make_model,
    make_reranker,
    pieces_of,
    provider_errors,
)
from genkit.types import (
    Document,
    Embedding,
    EmbedRequest,
    EmbedResponse,
    GenerateRequest,
    GenerateResponse,
    RerankerResponse,
)
from pydantic_core import to_json

from genkit_cohere.convert.messages import Body, to_request
from genkit_cohere.convert.stream import ChatStream, to_response
from genkit_cohere.embed import to_embed_requests, to_embeddings
from genkit_cohere.errors import CohereError, is_error
from genkit_cohere.models import MODELS, SCHEMAS
from genkit_cohere.rerank import to_ranked, to_rerank_request
from genkit_cohere.speech import to_transcribe_request, to_transcribe_response


if TYPE_CHECKING:
    import httpx
    from genkit.plugin import LoopClient

_CONNECT_SECONDS: Final = 10.0


class Cohere(ProviderPlugin):
    """Cohere: ``cohere/<model>``, listed or not, for chat, embeddings, ranking and transcripts.

    Requests are not repeated by the client: ``retry`` of ``genkit.middleware`` does that; ``max_retries`` is for
    connections that cannot be made.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        **options: See `ProviderOptions`. ``base_url`` may be in the environment as ``CO_API_URL``.
    """

    name = 'cohere'
    label = 'Cohere'
    models = MODELS
    key_variables = ('CO_API_KEY', 'COHERE_API_KEY')
    base_url_variable = 'CO_API_URL'
    default_base_url = 'https://api.cohere.com'
    clients: 'LoopClient[httpx.AsyncClient]'

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.RERANK: self._reranker,
            Task.TRANSCRIBE: self._transcriber,
        }

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = ToolNames(request.tools)
            body = {**to_request(entry, request, names), 'stream': context.is_streaming}
            async with self._calling('chat', request.config, body) as (response, secrets):
                if not context.is_streaming:
                    return to_response(await response.aread(), names, self.name, secrets)
                return await self._stream(response, ChatStream(names, self.name, secrets), secrets, context)

        answer = fitted_answers(SCHEMAS, chat)
        return make_model(name, answer, config_schema=entry.config, info=entry.info(self.label))

    async def _stream(
        self,
        response: 'httpx.Response',
        reading: ChatStream,
        secrets: Sequence[str | None],
        context: ActionRunContext,
    ) -> GenerateResponse[Any]:
        events = JsonEvents(self.name, secrets, is_error=is_error)

        def send(name: str, event: Body) -> None:
            events.begun = True
            chunk = reading.read(event if event.get('type') else {**event, 'type': name})
            if chunk is not None:
                context.send_chunk(chunk)

        async with pieces_of(response) as pieces:
            async for piece in pieces:
                for name, event in events.feed(piece):
                    send(name, event)
        for name, event in events.close():
            send(name, event)
        return reading.response(events.head)

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def embed(request: EmbedRequest) -> EmbedResponse:
            bodies = await to_embed_requests(entry, request)
            found: list[Embedding] = []
            for body in bodies:
                async with self._calling('embed', request.options, body) as (response, secrets):
                    asked = next(len(body[name]) for name in ('texts', 'inputs', 'images') if name in body)
                    answer = await response.aread()
                    found += to_embeddings(answer, body['embedding_types'], asked, self.name, secrets)
            return EmbedResponse(embeddings=found)

        return make_embedder(name, embed, self.embedder_options(entry))

    def _reranker(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def rank(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
            body = to_rerank_request(entry.name, query, documents, options)
            if not documents:
                return RerankerResponse(documents=[])
            async with self._calling('rerank', options, body) as (response, secrets):
                return to_ranked(await response.aread(), documents, self.name, secrets)

        return make_reranker(name, rank, entry.config)

    def _transcriber(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def transcribe(request: GenerateRequest) -> GenerateResponse[Any]:
            fields, file = await to_transcribe_request(entry.name, request)
            path = 'audio/transcriptions'
            async with self._calling(path, request.config, data=fields, files={'file': file}) as (response, secrets):
                return to_transcribe_response(await response.aread(), self.name, secrets)

        return make_model(name, transcribe, config_schema=entry.config, info=entry.info(self.label))

    @contextlib.asynccontextmanager
    async def _calling(
        self, path: str, config: Any, body: Body | None = None, **form: Any
    ) -> AsyncGenerator[tuple['httpx.Response', Sequence[str | None]]]:
        """Give an answer that is not a failure, with what no error may repeat; its connection is closed at the end."""
        key = await self._credentials.fetch(config)
        secrets = (key, *self._secrets)
        headers = {'authorization': f'Bearer {key}', 'x-client-name': 'genkit', 'x-genkit-client': client_header()}
        url = f'{(self._base_url or "").rstrip("/").removesuffix("/v2")}/v2/{path}'
        with provider_errors(self.name, secrets):
            if body is not None:
                form = {'content': to_json(body)}
                headers['content-type'] = 'application/json'
            client = self.clients.get()
            async with client.stream('POST', url, headers={**headers, **self._headers}, **form) as response:
                if not response.is_success:
                    await response.aread()
                    raise CohereError(self.name, response.status_code, response.headers, response.content)
                yield response, secrets

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        timeout = httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_SECONDS))
        retries = self._max_retries
        return httpx.AsyncClient(
            timeout=timeout, transport=httpx.AsyncHTTPTransport(retries=retries) if retries else None
        )
