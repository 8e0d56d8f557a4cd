# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft Foundry as a plugin: OpenAI's protocol for most deployments, Anthropic's for Claude."""

import copy
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    Action,
    GenkitError,
    Maker,
    ModelEntry,
    SchemaDialect,
    Task,
    as_members,
    make_background_model,
    make_model,
    make_reranker,
    parse_config,
)
from genkit.types import Document, GenerateRequest, GenerateResponse, Operation, RerankerResponse
from genkit_anthropic import ClaudeEntry
from genkit_compat_oai import OpenAICompatible
from genkit_compat_oai.endpoints import get, post
from genkit_compat_oai.image import to_image_response
from genkit_compat_oai.plugin import typed_request

from genkit_microsoft_foundry.convert import answering_filtered, to_blocked
from genkit_microsoft_foundry.image import to_image_call
from genkit_microsoft_foundry.models import OPENAI, FoundryEntry
from genkit_microsoft_foundry.rerank import RERANK_PATH, to_ranked, to_rerank_body
from genkit_microsoft_foundry.resource import Resource
from genkit_microsoft_foundry.video import (
    is_made,
    to_operation,
    to_started,
    to_video_body,
    video_members,
    video_path,
    with_video,
)


class MicrosoftFoundry(Resource):
    """Microsoft Foundry, and Azure OpenAI: ``microsoft-foundry/<deployment>``.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        endpoint: Of the resource, in any of its forms. Default: from the environment.
        deployments: The names of deployments, with the models behind them; they are listed in place of all models. A
            deployment with None, or one that is not among them, is taken for what its name says.
        credential: Gives tokens in place of a key: a credential of ``azure-identity``, synchronous or not, a function
            that returns a token, or ``'default'`` for the default credential.
        api_version: ``preview`` for what is not released yet; a dated version, such as ``2024-10-21``, asks by the
            older paths of deployments. Default: none, as the current API needs none.
        **options: See `FoundryOptions` and `ProviderOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if there is no endpoint, ``INVALID_ARGUMENT`` if there is a key beside a
            credential.
    """

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return dict.fromkeys((*super().makers(), Task.VIDEO, Task.RERANK), self._make)

    def _make(self, name: str, entry: ModelEntry) -> Any:
        """Return the action of a deployment, made by a view of the plugin that knows which one it is."""
        one = self._of(entry)
        makers = {**OpenAICompatible.makers(one), Task.VIDEO: one._video, Task.RERANK: one._reranker}  # noqa: SLF001
        return makers[entry.task](name, entry)

    def _of(self, entry: ModelEntry) -> Self:
        one = copy.copy(self)
        one._deployment = entry.name  # noqa: SLF001  (a copy of this one)
        one.dialect = entry.dialect if isinstance(entry, FoundryEntry) else self.dialect
        return one

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:
        """Return what a model takes as the schema of an answer; not all vendors' models know the strict mode."""
        is_openai = isinstance(entry, FoundryEntry) and entry.dialect is OPENAI
        return OPENAI_ANSWER_SCHEMAS if is_openai else OPENAI_LOOSE_SCHEMAS

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        if isinstance(entry, ClaudeEntry):
            return self._claude.explaining(self._of_claude).make(name, entry)
        return super()._chat(name, entry)

    def _chat_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        return answering_filtered(super()._chat_function(entry))

    def _responses_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        return answering_filtered(super()._responses_function(entry))

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        assert isinstance(entry, FoundryEntry)
        model = entry

        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            request = typed_request(request, entry)
            call = to_image_call(model, request, self._endpoint, dated=self._dated is not None)
            try:
                async with self._call(request.config) as (client, headers, failures):
                    sent = _as_bearer(headers) if call.as_bearer else headers
                    answer = await post(client, call.url, call.body, sent)
                    kind = as_members(request.config).get('output_format')
                    return to_image_response(failures.members(answer.content, 'data'), kind, self.dialect, failures)
            except GenkitError as error:
                blocked = to_blocked(error)
                if blocked is None:
                    raise
                return blocked

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _video(self, name: str, entry: ModelEntry) -> Any:
        async def start(request: GenerateRequest) -> Operation:
            request = typed_request(request, entry)
            body = to_video_body(entry.name, request)
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, '/videos', body, headers)
                return to_started(failures.members(answer.content, 'id'), failures)

        async def check(operation: Operation) -> Operation:
            async with self._call(None) as (client, headers, failures):
                answer = await get(client, video_path(operation.id), headers)
                told = video_members(answer.content, failures)
                known = to_operation(told)
                if not is_made(known):
                    return known
                video = await get(client, video_path(operation.id, '/content'), headers)
                return with_video(known, told, video, failures)

        return make_background_model(name, start, check, info=entry.info(self.label), config_schema=entry.config)

    def _reranker(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def rank(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
            if not documents:
                return RerankerResponse(documents=[])
            problem = f'The options of model {entry.name!r} do not fit its type'
            config = as_members(parse_config(entry.config, as_members(options), problem))
            body = to_rerank_body(entry.name, query, documents, config)
            async with self._call(config) as (client, headers, failures):
                answer = await post(client, f'{self._endpoint.vendors}{RERANK_PATH}', body, headers)
                return to_ranked(failures.members(answer.content, 'results'), documents, config.get('k'))

        return make_reranker(name, rank, entry.config)


def _as_bearer(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {'Authorization': f'Bearer {headers["api-key"]}'} if 'api-key' in headers else dict(headers)
