# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Hugging Face's router, its Inference Endpoints, and servers that speak like them."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from genkit.plugin import (
    OPENAI_LOOSE_SCHEMAS,
    Action,
    ApiKey,
    GenkitError,
    Maker,
    ModelEntry,
    SchemaDialect,
    Task,
    as_members,
    make_embedder,
    make_model,
    parse_config,
    url_path,
    without_credentials,
)
from genkit.types import Embedding, EmbedRequest, EmbedResponse, FinishReason, GenerateRequest, GenerateResponse
from genkit_compat_oai import Dialect, OpenAICompatible
from genkit_compat_oai.endpoints import post

from genkit_huggingface.embed import to_embed_bodies, to_embeddings
from genkit_huggingface.errors import own_error
from genkit_huggingface.image import to_body, to_image_response
from genkit_huggingface.models import MODELS
from genkit_huggingface.speech import to_transcribe_body, to_transcript


_ROUTER: Final = 'https://router.huggingface.co'
_MISFIT: Final = 'The options of model {!r} do not fit its type'


class HuggingFace(OpenAICompatible):
    """Hugging Face: ``huggingface/<organization>/<model>``, with ``:<provider>`` to choose who serves it.

    Args:
        api_key: The token, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        provider: Who serves the chat models that are named without one: a provider's name, ``fastest`` or
            ``cheapest``. Default: the first of those that the account prefers.
        bill_to: The organization to bill. Default: the token's owner.
        base_url: The URL of an Inference Endpoint, or of any server of Text Generation Inference or Text Embeddings
            Inference. Default: ``HF_INFERENCE_ENDPOINT``, else the router.
        tasks_url: Where models that do not chat are asked: ``…/models`` is followed by the model's name, as at the
            router; any other URL is that of the model. Default: that of the router, or of the server at ``base_url``.
        token: Another name of ``api_key``.
        **options: See `ProviderOptions`.
    """

    name = 'huggingface'
    label = 'Hugging Face'
    default_base_url = _ROUTER
    base_url_variable = 'HF_INFERENCE_ENDPOINT'
    key_variables = ('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN')
    models = MODELS
    dialect = Dialect(finish_reasons={'eos_token': FinishReason.STOP, 'stop_sequence': FinishReason.STOP})

    def __init__(
        self,
        api_key: ApiKey = None,
        *,
        provider: str | None = None,
        bill_to: str | None = None,
        base_url: str | None = None,
        tasks_url: str | None = None,
        token: ApiKey = None,
        **options: Any,
    ) -> None:
        if bill_to is not None:
            options['headers'] = {'X-HF-Bill-To': bill_to, **(options.get('headers') or {})}
        super().__init__(token if api_key is None else api_key, base_url=base_url, **options)
        self._provider = provider
        self._base_url, of_server = _addresses(str(self._base_url))
        self._tasks_url = without_credentials(self.name, tasks_url) or of_server

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.IMAGE: self._image,
            Task.TRANSCRIBE: self._transcribe,
        }

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:  # noqa: ARG002  (for overriding)
        """Return what a model takes as the schema of an answer; not all who serve it know the strict mode."""
        return OPENAI_LOOSE_SCHEMAS

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        if self._provider and ':' not in entry.name:
            entry = replace(entry, name=f'{entry.name}:{self._provider}', label=entry.label or entry.name)
        return super()._chat(name, entry)

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def embed(request: EmbedRequest) -> EmbedResponse:
            config = as_members(request.options)
            options = as_members(parse_config(entry.config, config, _MISFIT.format(entry.name)))
            embeddings: list[Embedding] = []
            async with self._call(options) as (client, headers, failures):
                for body in to_embed_bodies(request.input, options):
                    answer = await post(client, self._url(entry, options), body, headers)
                    embeddings += to_embeddings(failures, answer.content, len(body['inputs']), options.get('pooling'))
            return EmbedResponse(embeddings=embeddings)

        return make_embedder(name, embed, self.embedder_options(entry))

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            config = as_members(parse_config(entry.config, as_members(request.config), _MISFIT.format(entry.name)))
            async with self._call(config) as (client, headers, failures):
                body = to_body(request.messages[-1].text, config)
                answer = await post(client, self._url(entry, config), body, headers)
                return to_image_response(failures, answer.content, answer.headers)

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _transcribe(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def listen(request: GenerateRequest) -> GenerateResponse[Any]:
            config = as_members(parse_config(entry.config, as_members(request.config), _MISFIT.format(entry.name)))
            body = to_transcribe_body(request, config)
            async with self._call(config) as (client, headers, failures):
                answer = await post(client, self._url(entry, config), body, headers)
                return to_transcript(failures, answer.content)

        return make_model(name, listen, config_schema=entry.config, info=entry.info(self.label))

    def _url(self, entry: ModelEntry, config: Mapping[str, Any]) -> str:
        """Return where a model that does not chat is asked."""
        if not self._tasks_url.endswith('/models'):
            return self._tasks_url
        task = '/pipeline/feature-extraction' if entry.task is Task.EMBED else ''
        return f'{self._tasks_url}/{url_path(config.get("version") or entry.name, safe="/")}{task}'

    @contextlib.asynccontextmanager
    async def _call(self, config: Any) -> AsyncGenerator[Any]:
        """Give what a call needs, as the base does, with this provider's own errors."""
        try:
            async with super()._call(config) as call:
                yield call
        except GenkitError as error:
            raise own_error(error, self.name) from error.__cause__


def _addresses(base_url: str) -> tuple[str, str]:
    """Return where chat models are asked, and all others: the router has two places, a server of one's own has one."""
    parts = urlsplit(base_url)
    root = base_url.rstrip('/').removesuffix('/v1')
    chat = f'{root}/v1' if parts.path.rstrip('/') in ('', '/v1') else base_url.rstrip('/')
    return chat, f'{root}/hf-inference/models' if root == _ROUTER else root
