# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Azure Monitor, which is Application Insights."""

import importlib
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from genkit import GenkitError

from genkit_observability.destination import Backend, Destination, Signal
from genkit_observability.settings import SOURCE, address, host_part, invalid, needed


_UUID: Final = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', re.IGNORECASE)
_AUDIENCE: Final = 'https://monitor.azure.com/'
_EARLY_SECONDS: Final = 300


@dataclass(frozen=True)
class Azure(Backend):
    """Azure Monitor, in the JSON of Application Insights; it takes traces and logs.

    Attributes:
        connection_string: Of the resource. Default: ``APPLICATIONINSIGHTS_CONNECTION_STRING``.
        credential: For a resource that requires Microsoft Entra ID: a credential of azure-identity, or ``default`` for
            its ``DefaultAzureCredential``, which needs the extra ``azure``.
    """

    name: ClassVar[str] = 'azure'
    connection_string: str | None = field(default=None, repr=False)
    credential: Any = field(default=None, repr=False)

    def destination(self) -> Destination:
        """Return the resource's endpoint for ingestion."""
        variable = 'APPLICATIONINSIGHTS_CONNECTION_STRING'
        parts = _parts(needed('Azure Monitor', 'connection_string', self.connection_string, variable))
        url = f'{_endpoint(parts)}/v2.1/track'
        credential = _default_credential() if self.credential == 'default' else self.credential
        audience = parts.get('aadaudience') or _AUDIENCE
        return Destination(
            'Azure Monitor',
            {'traces': url, 'logs': url},
            f'{variable} (or connection_string=), and credential= if the resource requires Microsoft Entra ID',
            key=parts['instrumentationkey'],
            authorize=None if credential is None else _Entra(credential, audience),
            format='application-insights',
        )


class _Entra:
    """Authorizes requests with a token, which it keeps until shortly before it expires."""

    def __init__(self, credential: Any, audience: str) -> None:
        self._credential = credential
        self._scope = f'{audience.rstrip("/")}//.default'
        self._lock = threading.Lock()
        self._token: Any = None

    def __call__(self, _signal: Signal, _url: str, _body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
        with self._lock:
            if self._token is None or self._token.expires_on - _EARLY_SECONDS < time.time():
                self._token = self._credential.get_token(self._scope)
            return {**headers, 'authorization': f'Bearer {self._token.token}'}


def _parts(text: str) -> dict[str, str]:
    """Return the members of a connection string, the names in lower case; the error does not show it."""
    pairs = [pair.partition('=') for pair in text.split(';') if pair.strip()]
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if not _UUID.fullmatch(parts.get('instrumentationkey', '')):
        raise invalid(
            'The connection string of Azure Monitor (connection_string= or APPLICATIONINSIGHTS_CONNECTION_STRING) has '
            'no InstrumentationKey that is a UUID. Copy it from the overview of the resource.'
        )
    return parts


def _endpoint(parts: Mapping[str, str]) -> str:
    if parts.get('ingestionendpoint'):
        return address('IngestionEndpoint of the connection string', parts['ingestionendpoint'])
    if parts.get('endpointsuffix'):
        location = f'{parts["location"]}.' if parts.get('location') else ''
        host = f'{location}dc.{parts["endpointsuffix"]}'
        return f'https://{host_part("EndpointSuffix", host)}'
    return 'https://dc.services.visualstudio.com'


def _default_credential() -> Any:
    try:
        return importlib.import_module('azure.identity').DefaultAzureCredential()
    except ImportError as error:
        raise GenkitError(
            "credential='default' needs azure-identity: install it with `uv add 'genkit-plugin-observability[azure]'`.",
            status='FAILED_PRECONDITION',
            source=SOURCE,
        ) from error
