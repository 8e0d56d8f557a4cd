# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A resource: where it is, what lets one in, and calls of its deployments."""

import contextlib
import os
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final, Unpack

from genkit.plugin import ApiKey, GenkitError, ModelEntry, ProviderOptions, as_members, provider_errors
from genkit_compat_oai import Failures, OpenAICompatible

from genkit_microsoft_foundry.claude import ClaudeOnFoundry
from genkit_microsoft_foundry.convert import FilterFailures
from genkit_microsoft_foundry.credentials import (
    SCOPE,
    FoundryCredentials,
    TokenSource,
    cleaned,
    to_headers,
    to_tokens,
)
from genkit_microsoft_foundry.endpoint import routed_client, to_endpoint
from genkit_microsoft_foundry.errors import Call
from genkit_microsoft_foundry.models import MODELS, OPENAI, Api, FoundryEntry, deployed


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


class Resource(OpenAICompatible):
    """What a plugin knows of its resource; the arguments are those of `MicrosoftFoundry`."""

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

    async def aclose(self) -> None:
        """Close the running loop's connections; the next call opens new ones."""
        await super().aclose()
        await self._claude.aclose()

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
