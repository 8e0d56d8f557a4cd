# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The runtime API of Bedrock: requests are serialized, addressed and signed by botocore, and sent with httpx.

botocore itself has no asynchronous client: a call would occupy a thread until its end, even after it was cancelled.
"""

import asyncio
import importlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

from genkit import GenkitError
from genkit.plugin import url_path


SERVICE: Final = 'bedrock-runtime'
_REGION_VARIABLES: Final = ('AWS_REGION', 'AWS_DEFAULT_REGION')
_ADDRESS_VARIABLE: Final = 'AWS_ENDPOINT_URL'
_IN_PATHS: Final = frozenset({'modelId', 'invocationArn'})


class Keys(NamedTuple):
    """The credentials of AWS that a request is signed with.

    Attributes:
        access_key: Which may be shown.
        secret_key: Which may not.
        token: Of temporary credentials.
    """

    access_key: str
    secret_key: str
    token: str | None


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """Where calls go and who makes them, as the application says it; None for what AWS's own settings say.

    Attributes:
        region: Such as ``us-east-1``.
        profile: Of the shared configuration.
        access_key_id: Of static credentials.
        secret_access_key: Of static credentials.
        session_token: Of temporary credentials.
        session: A session of botocore, or of boto3, whose credentials are used.
    """

    region: str | None = None
    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    session: Any = field(default=None, repr=False)

    @property
    def names_credentials(self) -> bool:
        """Whether they say whose credentials to use."""
        return any(value is not None for value in (self.profile, self.access_key_id, self.session))


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request as it is sent.

    Attributes:
        method: Of HTTP.
        url: The whole address.
        headers: Signed or not.
        body: The bytes.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Runtime:
    """Makes requests out of operations and their parameters.

    Args:
        plugin: The plugin's name.
        settings: Where calls go and who makes them.
        base_url: The URL of the API. Default: that of the region.
    """

    def __init__(self, plugin: str, settings: AwsSettings, base_url: str | None) -> None:
        self._plugin = plugin
        self._settings = settings
        self._base_url = base_url
        self._lock = threading.Lock()

    @property
    def region(self) -> str | None:
        """The region of the argument, of the session, of the environment, or of the profile."""
        of_environment = (os.environ.get(name) for name in _REGION_VARIABLES)
        told = self._settings.region or getattr(self._settings.session, 'region_name', None)
        return told or next(filter(None, of_environment), None) or self._session.get_config_variable('region')

    def require_region(self) -> str:
        """Return the region.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` that names every place where it can be put.
        """
        region = self.region
        if region is None:
            raise GenkitError(
                f"Plugin {self._plugin!r} has no region. Pass region='us-east-1' or another to the plugin, set "
                f'{" or ".join(_REGION_VARIABLES)}, or give the profile one; there is no default.',
                status='FAILED_PRECONDITION',
                source=self._plugin,
            )
        return region

    @property
    def address(self) -> str:
        """The URL of the API, without a slash at the end."""
        base_url = self._base_url or os.environ.get(_ADDRESS_VARIABLE)
        if base_url is not None:
            return base_url.rstrip('/')
        told = self._session.get_config_variable
        endpoint = _endpoints().resolve_endpoint(
            Region=self.require_region(),
            UseDualStack=bool(told('use_dualstack_endpoint')),
            UseFIPS=bool(told('use_fips_endpoint')),
        )
        return endpoint.url

    def prepare(self, operation: str, parameters: Mapping[str, Any], headers: Mapping[str, str]) -> Outgoing:
        """Return a request that is not signed; botocore has checked its parameters.

        Raises:
            ParamValidationError: Of botocore, for parameters that its model of the API does not have.
            GenkitError: ``INVALID_ARGUMENT`` for a name with which the path would lead elsewhere.
        """
        made = _serializer().serialize_to_request(dict(parameters), service_model().operation_model(operation))
        for name in _IN_PATHS & parameters.keys():
            url_path(parameters[name])
        body = made['body']
        return Outgoing(
            method=made['method'],
            url=self.address + made['url_path'],
            headers={**{name.lower(): value for name, value in made['headers'].items()}, **headers},
            body=body if isinstance(body, bytes) else b'',
        )

    def sign(self, request: Outgoing, credentials: Keys) -> Outgoing:
        """Return a request with its signature (SigV4)."""
        signer = botocore('auth').SigV4Auth(credentials, service_model().signing_name, self.require_region())
        signed = botocore('awsrequest').AWSRequest(
            method=request.method, url=request.url, data=request.body, headers=dict(request.headers)
        )
        moment = datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')
        signed.context['timestamp'] = moment
        signed.headers['x-amz-date'] = moment
        if credentials.token:
            signed.headers['x-amz-security-token'] = credentials.token
        # In the place of `add_auth`, which logs all that is signed, session tokens too.
        text = signer.string_to_sign(signed, signer.canonical_request(signed))
        names = signer.signed_headers(signer.headers_to_sign(signed))
        signed.headers['authorization'] = (
            f'AWS4-HMAC-SHA256 Credential={signer.scope(signed)}, SignedHeaders={names}, '
            f'Signature={signer.signature(text, signed)}'
        )
        headers = {name.lower(): str(value) for name, value in signed.headers.items()}
        return Outgoing(method=request.method, url=request.url, headers=headers, body=request.body)

    async def credentials(self) -> Keys | None:
        """Return the credentials of AWS, or None if there are none.

        What has to be read from files or asked of a service is read in a thread; then they are kept until they expire.
        """
        settings = self._settings
        if settings.access_key_id is not None:
            return Keys(settings.access_key_id, settings.secret_access_key or '', settings.session_token)
        return await asyncio.to_thread(self._read_credentials)

    def _read_credentials(self) -> Keys | None:
        with self._lock:
            found = (self._settings.session or self._session).get_credentials()
            frozen = None if found is None else found.get_frozen_credentials()
            return None if frozen is None else Keys(frozen.access_key, frozen.secret_key, frozen.token)

    @cached_property
    def _session(self) -> Any:
        return botocore('session').Session(profile=self._settings.profile)


@cache
def service_model() -> Any:
    """Return botocore's model of the API."""
    return botocore('session').Session().get_service_model(SERVICE)


@cache
def _serializer() -> Any:
    return botocore('serialize').create_serializer(service_model().metadata['protocol'])


@cache
def _endpoints() -> Any:
    loader = botocore('session').Session().get_component('data_loader')
    rules = loader.load_service_model(SERVICE, 'endpoint-rule-set-1')
    return botocore('endpoint_provider').EndpointProvider(rules, loader.load_data('partitions'))


def botocore(module: str) -> Any:
    """Return a module of botocore, which has no types; it is loaded with the first call."""
    return importlib.import_module(f'botocore.{module}')
