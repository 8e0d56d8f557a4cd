# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cloudflare Workers AI as a plugin: OpenAI's protocol for chat and embeddings, its own for all other models."""

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from genkit.plugin import (
    OPENAI_LOOSE_SCHEMAS,
    Action,
    ActionRunContext,
    ApiKey,
    GenkitError,
    Maker,
    ModelEntry,
    SchemaDialect,
    Task,
    as_members,
    make_model,
    make_reranker,
    parse_config,
    url_path,
)
from genkit.types import Document, FinishReason, GenerateRequest, GenerateResponse, RerankerResponse
from genkit_compat_oai import Dialect, Failures, OpenAICompatible
from genkit_compat_oai.endpoints import Body, post

from genkit_cloudflare_workers_ai.config import DEFAULT_MAX_TOKENS
from genkit_cloudflare_workers_ai.image import to_image_request, to_image_response
from genkit_cloudflare_workers_ai.models import MODELS
from genkit_cloudflare_workers_ai.rerank import to_ranked, to_rerank_request
from genkit_cloudflare_workers_ai.speech import (
    to_query,
    to_speech_request,
    to_speech_response,
    to_transcribe_request,
    to_transcribe_response,
)


_ACCOUNTS: Final = 'https://api.cloudflare.com/client/v4/accounts'
_MOST_TEXTS: Final = 100


class CloudflareWorkersAI(OpenAICompatible):
    """Cloudflare Workers AI: ``cloudflare-workers-ai/@cf/<author>/<model>``.

    Args:
        api_key: The token, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        account_id: Of the account at Cloudflare. Default: ``CLOUDFLARE_ACCOUNT_ID``; not needed with ``base_url``.
        base_url: The URL of an AI Gateway, such as
            ``https://gateway.ai.cloudflare.com/v1/<account>/<gateway>/workers-ai/v1``. Default: the account's own.
        api_token: Another name of ``api_key``.
        **options: See `ProviderOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if neither an account nor a ``base_url`` is given.
    """

    name = 'cloudflare-workers-ai'
    label = 'Cloudflare Workers AI'
    key_variables = ('CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY')
    models = MODELS
    dialect = Dialect(structured_streams=False, options={'top_k': 'top_k'}, most_inputs=_MOST_TEXTS)

    def __init__(
        self,
        api_key: ApiKey = None,
        *,
        account_id: str | None = None,
        base_url: str | None = None,
        api_token: ApiKey = None,
        **options: Any,
    ) -> None:
        account = account_id or os.environ.get('CLOUDFLARE_ACCOUNT_ID')
        url = (
            base_url or os.environ.get('CLOUDFLARE_BASE_URL') or (account and f'{_ACCOUNTS}/{url_path(account)}/ai/v1')
        )
        if not url:
            raise GenkitError(
                'Workers AI needs the account: pass account_id, or set CLOUDFLARE_ACCOUNT_ID.',
                status='FAILED_PRECONDITION',
                source=self.name,
            )
        super().__init__(api_token if api_key is None else api_key, base_url=url, **options)

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.IMAGE: self._image,
            Task.SPEECH: self._speech,
            Task.TRANSCRIBE: self._transcribe,
            Task.RERANK: self._reranker,
        }

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:  # noqa: ARG002  (for overriding)
        """Return what a model takes as the schema of an answer, which is no strict one."""
        return OPENAI_LOOSE_SCHEMAS

    def _chat_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        by_chat = super()._chat_function(entry)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            config = as_members(request.config)
            limit = config.get('max_output_tokens') or config.get('maxOutputTokens')
            if limit is None:
                limit = DEFAULT_MAX_TOKENS
                request = request.replaced(config={**config, 'max_output_tokens': limit})
            return _cut(await by_chat(request, context), limit)

        return chat

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            sent = to_image_request(entry, request, self._options(entry, request.config))
            return await self._run(entry, request.config, sent, to_image_response)

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _speech(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def speak(request: GenerateRequest) -> GenerateResponse[Any]:
            sent = to_speech_request(entry, request, self._options(entry, request.config))
            return await self._run(entry, request.config, sent, to_speech_response)

        return make_model(name, speak, config_schema=entry.config, info=entry.info(self.label))

    def _transcribe(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def listen(request: GenerateRequest) -> GenerateResponse[Any]:
            config = self._options(entry, request.config)
            sent = to_transcribe_request(entry, request, config)
            query = to_query(config) if isinstance(sent, tuple) else ''
            return await self._run(entry, request.config, sent, to_transcribe_response, query)

        return make_model(name, listen, config_schema=entry.config, info=entry.info(self.label))

    def _reranker(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def rank(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
            if not documents:
                return RerankerResponse(documents=[])
            config = self._options(entry, options)
            sent = to_rerank_request(query, documents, config)
            read = partial(to_ranked, documents=documents, most=config.get('k'))
            return await self._run(entry, config, sent, read)

        return make_reranker(name, rank, entry.config)

    def _options(self, entry: ModelEntry, config: Any) -> dict[str, Any]:
        problem = f'The options of model {entry.name!r} do not fit its type'
        return as_members(parse_config(entry.config, as_members(config), problem))

    async def _run(
        self,
        entry: ModelEntry,
        config: Any,
        sent: Body,
        read: Callable[[Failures, bytes, Mapping[str, str]], Any],
        query: str = '',
    ) -> Any:
        """Return what a model answers that is asked in the provider's own protocol."""
        root = str(self._base_url).rstrip('/').removesuffix('/v1')
        runs = f'{root}/run' if root.endswith('/ai') else root  # a gateway leaves the word out
        model = as_members(config).get('version') or entry.name
        async with self._call(config) as (client, headers, failures):
            url = f'{runs}/{url_path(model, safe="@/")}{query and "?"}{query}'
            answer = await post(client, url, sent, headers)
            return read(failures, answer.content, answer.headers)


def _cut(response: GenerateResponse[Any], limit: int) -> GenerateResponse[Any]:
    """Return an answer that says that it was cut off, where the provider says that it had ended."""
    made = response.usage and response.usage.output_tokens
    if response.finish_reason is FinishReason.STOP and made is not None and made >= limit:
        return response.replaced(finish_reason=FinishReason.LENGTH)
    return response
