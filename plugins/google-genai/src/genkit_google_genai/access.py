# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where Vertex AI is, and how a caller without a key is let in, for what the vendor's library is not asked for."""

import asyncio
from typing import TYPE_CHECKING, Any, Final


if TYPE_CHECKING:
    from google.auth.credentials import Credentials

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
