# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google Cloud as the plugins of this package see it: a project, a place, tokens that renew themselves, and calls."""

import os
import re
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    ApiKey,
    Credentials,
    GoogleTokens,
    LoopClient,
    Once,
    client_header,
    header_secrets,
    members_of,
    no_answer,
    provider_errors,
    read_json,
    without_credentials,
    without_query,
)
from pydantic_core import to_json

from genkit_vertex_ai.errors import GoogleError


if TYPE_CHECKING:
    import httpx
    from google.auth.credentials import Credentials as GoogleCredentials

_SCOPES: Final = ('https://www.googleapis.com/auth/cloud-platform',)
_CONNECT_SECONDS: Final = 10.0
_REFUSED: Final = 401
# https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations (November 2026)
_MULTI_REGIONS: Final = ('us', 'eu')
_LOCATION: Final = re.compile(r'[a-z][a-z0-9-]{0,62}')


class CloudOptions(TypedDict, total=False):
    """Options of all plugins of this package.

    Attributes:
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT`` or ``GCLOUD_PROJECT`` of the environment,
            else that of the credentials.
        location: Such as ``us-central1``, ``global``, ``us`` or ``eu``. Default: ``GOOGLE_CLOUD_LOCATION`` of the
            environment, else as each plugin says.
        credentials: Google credentials. Default: those of the environment. Their tokens are renewed before they expire,
            and when they are refused.
        api_key: An access token in place of credentials, or a function that returns one per request; False if every
            request brings its own.
        base_url: Put in the place of the host of every API, for a proxy.
        timeout: The maximum time without data, in seconds. Default: 600.
        headers: Sent with every request.
    """

    project: str | None
    location: str | None
    credentials: 'GoogleCredentials | None'
    api_key: str | Literal[False] | None
    base_url: str | None
    timeout: float
    headers: Mapping[str, str] | None


class Cloud:
    """A project and a place, and calls of Google's APIs with its tokens.

    Args:
        source: The plugin's name, for errors.
        default_location: The place if neither the application nor the environment says one; None if that depends.
        options: See `CloudOptions`.

    Attributes:
        key: A token, or what gives one for each request; False if every request brings its own.
        keys: Gives each request its token.
        location: The place; None if nothing says one.
    """

    def __init__(self, source: str, default_location: str | None, options: CloudOptions) -> None:
        variables = os.environ.get
        self.source = source
        self.location = options.get('location') or variables('GOOGLE_CLOUD_LOCATION') or default_location
        self._project = options.get('project') or variables('GOOGLE_CLOUD_PROJECT') or variables('GCLOUD_PROJECT')
        self._tokens = GoogleTokens(source, options.get('credentials'), _SCOPES)
        given = options.get('api_key')
        self.key: ApiKey = self._tokens.get if given is None else given
        self.keys = Credentials(source, self.key, ())
        base_url = without_query(source, without_credentials(source, options.get('base_url')))
        self._base_url = (base_url or '').rstrip('/')
        self._timeout = options.get('timeout', 600.0)
        self._headers = dict(options.get('headers') or {})
        self._secrets = header_secrets(options.get('headers'))
        self._number = Once(self._ask_for_number)
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    async def project(self) -> str:
        """Return the name of the project.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if nothing says one.
        """
        if self._project is None and self.key == self._tokens.get:
            self._project = await self._tokens.project()
        if self._project is None:
            raise GenkitError(
                f'Plugin {self.source!r} has no project. Set GOOGLE_CLOUD_PROJECT, or pass project=.',
                status='FAILED_PRECONDITION',
                source=self.source,
            )
        return self._project

    async def project_number(self) -> str:
        """Return the number of the project, which is asked for once.

        Raises:
            GenkitError: What the Resource Manager answers, such as ``PERMISSION_DENIED``.
        """
        project = await self.project()
        if not project.isdigit():
            await self._number()
        return project if project.isdigit() else self._known_number

    def at(self, host: str) -> str:
        """Return the root of an API: that of a host, or of the proxy in its place."""
        return self._base_url or f'https://{host}'

    async def place(self, location: str | None = None, *, version: str = 'v1', number: bool = False) -> str:
        """Return the URL of a place of Vertex AI, ``…/projects/P/locations/L``.

        Args:
            location: The place. Default: the plugin's.
            version: Of the API.
            number: Whether the project is given by its number.

        Raises:
            GenkitError: As `known_location` and `project`.
        """
        chosen = known_location(location or self.location or 'us-central1')
        project = await (self.project_number() if number else self.project())
        return f'{self.at(vertex_host(chosen))}/{version}/projects/{project}/locations/{chosen}'

    async def call(self, method: str, url: str, body: Any = None, config: Any = None, **headers: str) -> Any:
        """Call an API, and return its answer as JSON.

        Args:
            method: Of HTTP.
            url: The URL.
            body: As JSON.
            config: Of the request, which may bring its own token.
            headers: Further ones.

        Raises:
            GenkitError: With the status that the API gives.
        """
        key = await self.keys.fetch(config)
        sent = {'authorization': f'Bearer {key}', 'x-goog-api-client': client_header(), **headers, **self._headers}
        content = None if body is None else to_json(body)
        if content is not None:
            sent['content-type'] = 'application/json'
        secrets = (key, *self._secrets)
        with provider_errors(self.source, secrets):
            response = await self._clients.get().request(method, url, content=content, headers=sent)
            if not response.is_success:
                raise GoogleError(self.source, response.status_code, response.headers, response.content)
        try:
            return read_json(response.content)
        except ValueError:
            raise no_answer(self.source, response.content, secrets=secrets) from None

    def auth(self, base: type[Any]) -> Any:
        """Return what renews a token that is refused, as an HTTP library wants it.

        Args:
            base: The library's base class of such.
        """
        tokens = self._tokens

        class Renewing(base):
            async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
                response = yield request
                if response.status_code != _REFUSED:
                    return
                refused = str(request.headers.get('authorization', '')).removeprefix('Bearer ')
                try:
                    renewed = await tokens.renewed(refused)
                except GenkitError:
                    return  # what the API said is the clearer reason
                if renewed is not None:
                    request.headers['authorization'] = f'Bearer {renewed}'
                    yield request

        return Renewing()

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    _known_number: str = ''

    async def _ask_for_number(self) -> None:
        url = f'{self.at("cloudresourcemanager.googleapis.com")}/v3/projects/{await self.project()}'
        name = str(members_of(await self.call('GET', url), 'project').get('name', ''))
        number = name.removeprefix('projects/')
        if not number.isdigit():
            raise no_answer(self.source, name)
        self._known_number = number

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        timeout = httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_SECONDS))
        return httpx.AsyncClient(timeout=timeout, auth=self.auth(httpx.Auth))


def known_location(location: Any) -> str:
    """Return a location, which becomes a part of the host that gets the token.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what is no name of a location.
    """
    if isinstance(location, str) and _LOCATION.fullmatch(location):
        return location
    raise GenkitError(
        f'{location!r} is no location of Google Cloud; these are names such as us-central1, global, us or eu.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_INPUT,
    )


def vertex_host(location: str) -> str:
    """Return the host of a place of Vertex AI."""
    if location == 'global':
        return 'aiplatform.googleapis.com'
    if location in _MULTI_REGIONS:
        return f'aiplatform.{location}.rep.googleapis.com'
    return f'{location}-aiplatform.googleapis.com'
