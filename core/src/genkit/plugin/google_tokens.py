# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Access tokens for Google's APIs, which renew themselves."""

import asyncio
from collections import deque
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from genkit._base.errors import GenkitError
from genkit._base.loop_cache import LoopCache


_REMEMBERED: Final = 4  # tokens; calls with one that was renewed meanwhile may still be under way


class GoogleTokens:
    """Access tokens of Google credentials, for plugins that depend on ``google-auth[requests]``.

    One is renewed if it is about to expire, or was refused.

    Args:
        source: The plugin's name, for errors.
        credentials: Credentials of ``google-auth``; None for those of the environment.
        scopes: What tokens are for; Google lists them at https://developers.google.com/identity/protocols/oauth2/scopes.
    """

    def __init__(self, source: str, credentials: object | None, scopes: Sequence[str]) -> None:
        self._scopes = tuple(scopes)
        self._source = source
        self._given = credentials
        self._credentials: Any = None
        self._project: str | None = None
        self._earlier: deque[str] = deque(maxlen=_REMEMBERED)
        self._locks = LoopCache(asyncio.Lock)

    async def get(self) -> str:
        """Return a token that has not expired.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if there are no credentials, ``UNAUTHENTICATED`` if they are refused.
        """
        async with self._locks.get():
            credentials = await self._found()
            if not credentials.valid:
                await self._renew(credentials)
            return credentials.token

    async def renewed(self, refused: str) -> str | None:
        """Return another token in place of one that was refused; None if that was not given by these credentials."""
        async with self._locks.get():
            credentials = self._credentials
            if credentials is None or (refused != credentials.token and refused not in self._earlier):
                return None
            if refused == credentials.token:  # else another call has renewed it
                await self._renew(credentials)
            return credentials.token

    async def project(self) -> str | None:
        """Return the project of the credentials, if they have one."""
        async with self._locks.get():
            credentials = await self._found()
            return self._project or getattr(credentials, 'quota_project_id', None)

    async def _found(self) -> Any:
        if self._credentials is None:
            self._credentials = await asyncio.to_thread(self._find)
        return self._credentials

    def _find(self) -> Any:
        library: Any = import_module('google.auth')
        exceptions: Any = import_module('google.auth.exceptions')
        if self._given is not None:
            self._project = getattr(self._given, 'project_id', None)
            return import_module('google.auth.credentials').with_scopes_if_required(self._given, self._scopes)
        try:
            credentials, self._project = library.default(scopes=self._scopes)
        except exceptions.GoogleAuthError as error:
            raise _no_credentials(self._source, error) from error
        return credentials

    async def _renew(self, credentials: Any) -> None:
        exceptions: Any = import_module('google.auth.exceptions')
        request: Any = import_module('google.auth.transport.requests').Request

        if credentials.token:
            self._earlier.append(credentials.token)
        try:
            await asyncio.to_thread(credentials.refresh, request())
        except exceptions.TransportError as error:
            raise _no_token(self._source, error, is_refused=False) from error
        except exceptions.GoogleAuthError as error:
            raise _no_token(self._source, error, is_refused=True) from error


def _no_credentials(source: str, error: Exception) -> GenkitError:
    """Return the error for an environment that has no Google credentials."""
    return GenkitError(
        f'Plugin {source!r} has no Google credentials ({_first_line(error)}). Run '
        '`gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or pass credentials= or api_key= '
        'to the plugin.',
        status='FAILED_PRECONDITION',
        source=source,
        cause=error,
    )


def _no_token(source: str, error: Exception, *, is_refused: bool) -> GenkitError:
    """Return the error for credentials that give no token.

    Args:
        source: The plugin's name.
        error: What the library said.
        is_refused: Whether Google refused them; else it could not be reached.
    """
    what = 'Google refuses to renew' if is_refused else 'Google could not be reached to renew'
    advice = ' Sign in again with `gcloud auth application-default login`, or pass other credentials=.'
    return GenkitError(
        f'{what} the token of plugin {source!r}: {_first_line(error)}.{advice if is_refused else ""}',
        status='UNAUTHENTICATED' if is_refused else 'UNAVAILABLE',
        source=source,
        cause=error,
    )


def _first_line(error: Exception) -> str:
    text = str(error.args[0] if error.args else error).strip()
    return (text.splitlines() or [type(error).__name__])[0].rstrip('.')
