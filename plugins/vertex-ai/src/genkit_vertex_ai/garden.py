# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The three protocols of the models on Vertex AI: as the vendors speak them, with addresses of Google's."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from genkit.plugin import ModelTable
from genkit_anthropic import Anthropic
from genkit_compat_oai import Dialect, OpenAICompatible
from genkit_mistral import Mistral

from genkit_vertex_ai.cloud import Cloud
from genkit_vertex_ai.models import default_location, model_id


Body = dict[str, Any]

# https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai (November 2026)
_ANTHROPIC_VERSION: Final = 'vertex-2023-10-16'
_COUNTING: Final = '/count_tokens'


class Routed(NamedTuple):
    """Where a request goes below a place, and its body there."""

    path: str
    body: Body


def to_claude(path: str, body: Body) -> Routed:
    """Return where a request of Anthropic's protocol goes: the model is in the address, the version in the body."""
    name = model_id(str(body.get('model')))
    rest = {'anthropic_version': _ANTHROPIC_VERSION, **{key: value for key, value in body.items() if key != 'model'}}
    if path.partition('?')[0].endswith(_COUNTING):
        return Routed('publishers/anthropic/models/count-tokens:rawPredict', {**rest, 'model': name})
    return Routed(_raw('anthropic', name, body), rest)


def to_mistral(_: str, body: Body) -> Routed:
    """Return where a request of Mistral's protocol goes, whatever its path is at Mistral."""
    name = model_id(str(body.get('model')))
    return Routed(_raw('mistralai', name, body), {**body, 'model': name})


def to_open(path: str, body: Body) -> Routed:
    """Return where a request of OpenAI's protocol goes; a model may be an endpoint that was deployed."""
    name = str(body.get('model'))
    if name.startswith('endpoints/'):
        return Routed(f'{quote(name)}{path}', body)
    return Routed(f'endpoints/openapi{path}', body)


def _raw(publisher: str, name: str, body: Body) -> str:
    method = 'streamRawPredict' if body.get('stream') else 'rawPredict'
    return f'publishers/{publisher}/models/{quote(name, safe="@")}:{method}'


def _routed(client: type[Any], cloud: Cloud, route: Callable[[str, Body], Routed]) -> type[Any]:
    """Return a class of a vendor's client whose requests go to Vertex AI, and whose tokens renew themselves."""
    base: Any = client

    class RoutedClient(base):
        @property
        def custom_auth(self) -> Any:
            import httpx2  # noqa: PLC0415  (loaded with the first call)

            return cloud.auth(httpx2.Auth)

        async def _prepare_options(self, options: Any) -> Any:
            prepared = await base._prepare_options(self, options)  # noqa: SLF001  (the library's hook)
            body: Body = {**(prepared.json_data or {}), **(prepared.extra_json or {})}
            location = body.pop('location', None) or cloud.location or default_location(str(body.get('model')))
            path, prepared.json_data = route(prepared.url, body)
            prepared.extra_json = None
            prepared.url = f'{await cloud.place(location)}/{path}'
            return prepared

    return RoutedClient


def _told(cloud: Cloud, told: Mapping[str, Any]) -> Body:
    return {'api_key': cloud.key, 'base_url': cloud.at('aiplatform.googleapis.com'), **told}


class ClaudeOnVertex(Anthropic):
    """Claude through ``rawPredict`` and ``streamRawPredict``."""

    label = 'Vertex AI Model Garden'
    base_url_variable = None

    def __init__(self, cloud: Cloud, models: ModelTable, **told: Any) -> None:
        super().__init__(**_told(cloud, told))
        self.models = models
        self._cloud = cloud

    def client_type(self) -> type[Any]:
        """Return the class of the client."""
        return _routed(super().client_type(), self._cloud, to_claude)


class MistralOnVertex(Mistral):
    """Mistral through ``rawPredict`` and ``streamRawPredict``."""

    label = 'Vertex AI Model Garden'
    base_url_variable = None

    def __init__(self, cloud: Cloud, models: ModelTable, **told: Any) -> None:
        super().__init__(**_told(cloud, told))
        self.models = models
        self._cloud = cloud

    def client_type(self) -> type[Any]:
        """Return the class of the client."""
        return _routed(super().client_type(), self._cloud, to_mistral)


class OpenOnVertex(OpenAICompatible):
    """All others through ``endpoints/openapi``."""

    label = 'Vertex AI Model Garden'
    dialect = Dialect()

    def __init__(self, cloud: Cloud, models: ModelTable, **told: Any) -> None:
        super().__init__(**_told(cloud, told))
        self.models = models
        self._cloud = cloud

    def client_type(self) -> type[Any]:
        """Return the class of the client."""
        return _routed(super().client_type(), self._cloud, to_open)
