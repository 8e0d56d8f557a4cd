# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where Vertex AI is, and how a caller without a key is let in, for what the vendor's library is not asked for."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final


if TYPE_CHECKING:
    from google.auth.credentials import Credentials

KEY_HEADER: Final = 'x-goog-api-key'
_VERSION: Final = 'v1beta1'
_SCOPES: Final = ['https://www.googleapis.com/auth/cloud-platform']
_MULTI_REGIONS: Final = ('us', 'eu')


def vertex_url(location: str | None) -> str:
    """Return the address of Vertex AI in a location; None is for keys, which have none."""
    if location in (None, 'global'):
        return 'https://aiplatform.googleapis.com'
    if location in _MULTI_REGIONS:
        return f'https://aiplatform.{location}.rep.googleapis.com'
    return f'https://{location}-aiplatform.googleapis.com'


class Bearer:
    """Gives tokens of Google credentials, which are refreshed as they expire.

    Args:
        credentials: The credentials. Default: those of the environment, found on first use.
    """

    def __init__(self, credentials: 'Credentials | None') -> None:
        self._credentials: Any = credentials

    async def headers(self) -> dict[str, str]:
        """Return the headers of a call."""
        await asyncio.to_thread(self._refresh)
        quota = getattr(self._credentials, 'quota_project_id', None)
        token = {'Authorization': f'Bearer {self._credentials.token}'}
        return {**token, **({'x-goog-user-project': quota} if quota else {})}

    def _refresh(self) -> None:
        import google.auth  # noqa: PLC0415  (loaded with the first call)
        from google.auth.transport.requests import Request  # noqa: PLC0415  (as above)

        auth: Any = google.auth
        if self._credentials is None:
            self._credentials = auth.default(scopes=_SCOPES)[0]
        if not self._credentials.valid:
            self._credentials.refresh(Request())


@dataclass(frozen=True)
class VertexPlace:
    """Where the models of a project are.

    Attributes:
        base_url: The address, if it is not the provider's own.
        version: The version of the API, if it is not the usual one.
        project: The project; None with a key, as is the location.
        location: The location.
        bearer: Gives tokens to callers without a key.
    """

    base_url: str | None
    version: str | None
    project: str | None
    location: str | None
    bearer: Bearer

    async def headers(self, key: str | None) -> dict[str, str]:
        """Return what lets a caller in: a key or a token."""
        return await self.bearer.headers() if key is None else {KEY_HEADER: key}

    def model(self, name: str) -> str:
        """Return the whole name of a model."""
        model = name if '/' in name else f'publishers/google/models/{name}'
        if self.project is None or model.startswith('projects/'):
            return model
        return f'projects/{self.project}/locations/{self.location}/{model}'

    def predict_url(self, name: str) -> str:
        """Return the address of a model that is asked for predictions."""
        return f'{self._root}/{self.version or _VERSION}/{self.model(name)}:predict'

    @property
    def live_url(self) -> str:
        """The address of conversations in real time."""
        service = f'google.cloud.aiplatform.{self.version or _VERSION}.LlmBidiService'
        return f'{self._root}/ws/{service}/BidiGenerateContent'

    @property
    def _root(self) -> str:
        return (self.base_url or vertex_url(self.location)).rstrip('/')
