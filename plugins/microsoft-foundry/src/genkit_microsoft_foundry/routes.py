# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The older paths, with a dated version, which some gateways and clouds still ask for.

Source: https://learn.microsoft.com/azure/foundry/openai/reference (November 2026).
"""

from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import quote


_OF_DEPLOYMENTS: Final = frozenset(
    {
        *('/chat/completions', '/embeddings', '/images/generations', '/audio/speech'),
        *('/audio/transcriptions', '/audio/translations'),
    }
)


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
                prepared.url = f'/deployments/{quote(_model(prepared), safe="")}{prepared.url}'
            return prepared

    return RoutedClient


def _model(options: Any) -> str:
    """Return the deployment that a request is for."""
    bodies = (options.json_data, options.extra_json)
    return next(
        (str(cast('Any', body)['model']) for body in bodies if isinstance(body, Mapping) and 'model' in body), ''
    )
