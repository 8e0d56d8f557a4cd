# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft Foundry as a plugin: OpenAI's protocol for most deployments, Anthropic's for Claude."""

import contextlib
import copy
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Self, Unpack

from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    Action,
    ApiKey,
    GenkitError,
    Maker,
    ModelEntry,
    ProviderOptions,
    SchemaDialect,
    Task,
    as_members,
    make_background_model,
    make_model,
    make_reranker,
    parse_config,
    provider_errors,
)
from genkit.types import Document, GenerateRequest, GenerateResponse, Operation, RerankerResponse
from genkit_anthropic import ClaudeEntry
from genkit_compat_oai import Failures, OpenAICompatible
from genkit_compat_oai.endpoints import get, post
from genkit_compat_oai.image import to_image_response
from genkit_compat_oai.plugin import typed_request

from genkit_microsoft_foundry.claude import ClaudeOnFoundry
from genkit_microsoft_foundry.credentials import (
    SCOPE,
    FoundryCredentials,
    TokenSource,
    cleaned,
    to_headers,
    to_tokens,
)
from genkit_microsoft_foundry.endpoint import to_endpoint
from genkit_microsoft_foundry.errors import Call
from genkit_microsoft_foundry.filters import FilterFailures, answering_filtered, to_blocked
from genkit_microsoft_foundry.image import to_image_call
from genkit_microsoft_foundry.models import MODELS, OPENAI, Api, FoundryEntry, deployed
from genkit_microsoft_foundry.rerank import RERANK_PATH, to_ranked, to_rerank_body
from genkit_microsoft_foundry.routes import routed_client
from genkit_microsoft_foundry.video import is_made, to_operation, to_video_body, video_members, video_path, with_video


_ENDPOINTS: Final = ('AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_BASE_URL', 'AZURE_ENDPOINT')
_DEPLOYMENTS: Final = ('AZURE_OPENAI_DEPLOYMENT', 'AZURE_OPENAI_DEPLOYMENT_NAME')
_VERSIONS: Final = ('OPENAI_API_VERSION', 'AZURE_OPENAI_API_VERSION')
_DATED: Final = re.compile(r'\d{4}-\d{2}-\d{2}(-\w+)?')
_FIRST_WITH_RESPONSES: Final = '2025-03-01'
_REFUSED: Final = 401


class FoundryOptions(ProviderOptions, total=False):
    """Options of the plugin besides those that it names.

    Attributes:
        api: The protocol of all chat models but Claude. Default: depends on the model.
        scope: What tokens are asked for. Default: ``https://ai.azure.com/.default``.
        azure_endpoint: Another name of ``endpoint``.
        azure_deployment: A single deployment, as ``deployments`` names several.
        azure_ad_token: A token in place of a key, which does not renew itself.
        azure_ad_token_provider: Another name of ``credential``, for a function.
    """

    api: Api | None
    scope: str | None
    azure_endpoint: str | None
    azure_deployment: str | None
    azure_ad_token: str | None
    azure_ad_token_provider: TokenSource | None


class MicrosoftFoundry(OpenAICompatible):
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

    name = 'microsoft-foundry'
    label = 'Microsoft Foundry'
    models = MODELS
    key_variables = ('AZURE_OPENAI_API_KEY', 'AZURE_API_KEY')
    dialect = OPENAI

    def __init__(
        self,
        api_key: ApiKey = None,
        *,
        endpoint: str | None = None,
        deployments: Mapping[str, str | None] | Sequence[str] | None = None,
        credential: TokenSource | None = None,
        api_version: str | None = None,
        **options: Unpack[FoundryOptions],
    ) -> None:
        told: dict[str, Any] = dict(options)
        self._api: Api | None = told.pop('api', None)
        self._scope: str = told.pop('scope', None) or SCOPE
        token: str | None = told.pop('azure_ad_token', None)
        provider: TokenSource | None = told.pop('azure_ad_token_provider', None)
        source = credential or provider or ((lambda: token) if token else None)
        self._declared = _declared(deployments, told.pop('azure_deployment', None))
        self._endpoint = to_endpoint(told.get('name') or self.name, self._found_endpoint(endpoint, told))
        version = cleaned(api_version or _of_environment(_VERSIONS) or '')
        self._dated = version if api_version and _DATED.fullmatch(version) else None
        self._version = version if self._dated or not _DATED.fullmatch(version) else None
        self._deployment = ''
        if self._declared:
            self.models = deployed(self._declared)
        elif found := _of_environment(_DEPLOYMENTS):
            self.models = MODELS.listing([cleaned(found)])
        told['base_url'] = f'{self._endpoint.root}/openai' if self._dated else self._endpoint.v1
        super().__init__(None, **told)
        key, self._tokens = to_tokens(self.name, api_key, source, self._scope)
        self._credentials = FoundryCredentials(self.name, key, self._tokens, self.key_variables)
        told['base_url'] = f'{self._endpoint.vendors}/anthropic'
        self._claude = ClaudeOnFoundry(self._credentials, self.models, self._of_claude, **{**told, 'name': self.name})

    def _found_endpoint(self, endpoint: str | None, told: dict[str, Any]) -> str:
        older, base_url = told.pop('azure_endpoint', None), told.pop('base_url', None)
        found = endpoint or older or base_url or _of_environment(_ENDPOINTS)
        if not found or not cleaned(found):
            raise GenkitError(
                'Microsoft Foundry needs the endpoint of a resource: pass '
                f"endpoint='https://my-resource.openai.azure.com', or set {_ENDPOINTS[0]}.",
                status='FAILED_PRECONDITION',
                source=self.name,
            )
        return found

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

    async def aclose(self) -> None:
        """Close the running loop's connections; the next call opens new ones."""
        await super().aclose()
        await self._claude.aclose()

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:
        """Return what a model takes as the schema of an answer; not all vendors' models know the strict mode."""
        is_openai = isinstance(entry, FoundryEntry) and entry.dialect is OPENAI
        return OPENAI_ANSWER_SCHEMAS if is_openai else OPENAI_LOOSE_SCHEMAS

    def api_for(self, entry: ModelEntry, config: Any) -> Api:
        """Return what the request says, else the plugin, else what the model wants."""
        own: Api = entry.api if isinstance(entry, FoundryEntry) and not self._predates_responses() else 'chat'
        said: Api | None = as_members(config).get('api')
        return said or self._api or own

    def _predates_responses(self) -> bool:
        return self._dated is not None and self._dated < _FIRST_WITH_RESPONSES

    def client_type(self) -> type[Any]:
        """Return the class of the client, which goes by the older paths if a dated version asks for them."""
        return routed_client(super().client_type(), self._version, by_deployment=self._dated is not None)

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
                return to_operation(failures.members(answer.content, 'id'))

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

    @contextlib.asynccontextmanager
    async def _call(self, config: Any) -> AsyncGenerator[tuple[Any, dict[str, str], Failures]]:
        """Give a client, headers and errors of one call, and turn the client's errors into ours."""
        key = await self._credentials.fetch(config)
        call = self._known(config, key)
        with provider_errors(self.name, (key, *self._secrets), call.own_error):
            try:
                yield self.clients.get(), to_headers(key), FilterFailures(self.name, (key, *self._secrets))
            except Exception as error:
                if getattr(error, 'status_code', None) == _REFUSED:
                    self._forget(key)
                raise

    def _known(self, config: Any, key: str) -> Call:
        deployment = as_members(config).get('version') or self._deployment
        endpoint = self._endpoint.root
        return Call(self.name, deployment, self._declared, endpoint, key, self._scope, self._secrets)

    def _forget(self, key: str) -> None:
        """Drop a token that was refused."""
        if self._tokens is not None:
            self._tokens.forget(key)

    def _of_claude(self, error: GenkitError, config: Any) -> GenkitError:
        key = '' if self._tokens is None else self._tokens.last
        if error.details.get('http_status') == _REFUSED:
            self._forget(key)
        return self._known(config, key).explained(error, error.__cause__)


def _declared(
    deployments: Mapping[str, str | None] | Sequence[str] | None, one: str | None
) -> Mapping[str, str | None]:
    """Return deployments with the models behind them."""
    several = deployments if isinstance(deployments, Mapping) else dict.fromkeys(deployments or ())
    return {**several, **({one: None} if one else {})}


def _of_environment(variables: Sequence[str]) -> str | None:
    return next((os.environ[name] for name in variables if os.environ.get(name)), None)


def _as_bearer(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {'Authorization': f'Bearer {headers["api-key"]}'} if 'api-key' in headers else dict(headers)
