# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a resource is asked, from any of the addresses that its portal, its documentation and older programs show.

Sources: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/endpoints and, for the older paths that some
gateways and clouds still ask for, https://learn.microsoft.com/azure/foundry/openai/reference (November 2026).
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

from genkit import GenkitError
from genkit.plugin import url_path, without_credentials

from genkit_microsoft_foundry.credentials import cleaned


_V1: Final = '/openai/v1'
_NAME: Final = re.compile(r'[A-Za-z0-9][A-Za-z0-9-]*')
# What follows the root of a resource in the addresses of its APIs, of its projects and of single deployments.
_OF_APIS: Final = re.compile(
    r'/(?:api/projects|openai|anthropic|mai|providers)(?=/|$)|/models(?:/chat/completions|(?:/images)?/embeddings)?$'
)
# Resources have several hosts; models of other vendors than OpenAI are asked at the last one.
_HOSTS: Final = re.compile(r'\.(?:openai|cognitiveservices)\.azure\.com(?=$|:)')
_HOST_OF_ALL: Final = '.services.ai.azure.com'
_OF_DEPLOYMENTS: Final = frozenset(
    {
        *('/chat/completions', '/embeddings', '/images/generations', '/audio/speech'),
        *('/audio/transcriptions', '/audio/translations'),
    }
)


class Endpoint(NamedTuple):
    """The addresses of a resource, without a slash at the end.

    Attributes:
        root: Of the resource.
        v1: Of OpenAI's protocol.
        vendors: The root of what models of other vendors are asked by.
    """

    root: str
    v1: str
    vendors: str


def to_endpoint(plugin: str, address: str) -> Endpoint:
    """Return the addresses of the resource that an endpoint belongs to.

    Args:
        plugin: Named in errors.
        address: The root of a resource, of a project or of an API, the target URI of a deployment, the name of a
            resource, or the URL of a gateway before one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is none of these.
    """
    text = cleaned(address)
    if _NAME.fullmatch(text) and text != 'localhost':
        text = f'https://{text}.openai.azure.com'
    text = text if '://' in text else f'https://{text}'
    text = without_credentials(plugin, text, 'endpoint') or ''
    host, path = _parts(plugin, text)
    scheme = text.partition('://')[0].lower()
    of_api = _OF_APIS.search(path)
    if path.endswith(_V1) and '/api/projects/' not in path:
        prefix = path.removesuffix(_V1)
    else:
        prefix = path[: of_api.start()] if of_api else path
    own_v1 = of_api is None and prefix.endswith('/v1')
    prefix = prefix.removesuffix('/v1') if own_v1 else prefix
    root = f'{scheme}://{host}{prefix}'
    vendors = f'{scheme}://{_HOSTS.sub(_HOST_OF_ALL, host)}{prefix}'
    return Endpoint(root, f'{root}/v1' if own_v1 else f'{root}{_V1}', vendors)


def _parts(plugin: str, text: str) -> tuple[str, str]:
    """Return host and path of a URL."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ('http', 'https') and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits, parts = False, urlsplit('')
    if not fits or not text.isprintable() or ' ' in text or not text.isascii():
        raise GenkitError(
            f'The endpoint of plugin {plugin!r} is {text[:120]!r}, which is no URL of a resource. Copy it again, such '
            "as 'https://my-resource.openai.azure.com'.",
            status='INVALID_ARGUMENT',
            source=plugin,
        )
    return parts.netloc, parts.path.rstrip('/')


def routed_client(client: type[Any], version: str | None, *, by_deployment: bool) -> type[Any]:
    """Return a class of the vendor's client whose requests say the version, and go to the paths of deployments.

    Args:
        client: The vendor's.
        version: Of the API; None for none.
        by_deployment: Whether a deployment is named in the path as well.
    """
    if not version:
        return client
    base: Any = client

    class RoutedClient(base):
        async def _prepare_options(self, options: Any) -> Any:
            prepared = await base._prepare_options(self, options)  # noqa: SLF001  (the library's hook)
            if '://' in prepared.url:
                return prepared
            prepared.params = {'api-version': version, **(prepared.params or {})}
            if by_deployment and prepared.url in _OF_DEPLOYMENTS:
                prepared.url = f'/deployments/{url_path(_model(prepared))}{prepared.url}'
            return prepared

    return RoutedClient


def _model(options: Any) -> str:
    """Return the deployment that a request is for."""
    bodies = (options.json_data, options.extra_json)
    return next(
        (str(cast('Any', body)['model']) for body in bodies if isinstance(body, Mapping) and 'model' in body), ''
    )
