# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and tokens of Microsoft Entra ID.

Source: https://learn.microsoft.com/azure/foundry/foundry-models/how-to/configure-entra-id (November 2026).
"""

import asyncio
import inspect
import os
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol

from genkit import GenkitError
from genkit.plugin import ApiKey, Credentials, LoopCache, provider_error


SCOPE: Final = 'https://ai.azure.com/.default'
"""What tokens are asked for."""

_EARLY_SECONDS: Final = 300
_LATEST_SECONDS: Final = 30
_AROUND: Final = '"\'\u201c\u201d\u2018\u2019'  # quotation marks
_JWT: Final = re.compile(r'eyJ[\w-]+\.[\w-]+\.[\w-]*')
_LOST: Final = frozenset({'UNAVAILABLE', 'DEADLINE_EXCEEDED'})
_LOST_OF_AZURE: Final = frozenset({'ServiceRequestError', 'ServiceResponseError'})


class TokenCredential(Protocol):
    """What gives tokens, as all credentials of ``azure-identity`` do; it may be asynchronous."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """Return a token, with ``token`` and ``expires_on``."""
        ...


TokenSource = TokenCredential | Callable[[], str | Awaitable[str]] | Literal['default']
"""What gives tokens: a credential, a function that returns one per request, or the default credential."""


class Token(str):
    """A token, which is sent otherwise than a key."""

    __slots__ = ()


class _Kept(NamedTuple):
    token: Token
    renew_at: float
    expires_on: float


def to_headers(key: str) -> dict[str, Any]:
    """Return the headers that a key or a token is sent in."""
    from openai import Omit  # noqa: PLC0415  (loaded with the client)

    if isinstance(key, Token):
        return {'Authorization': f'Bearer {key}'}
    return {'api-key': key, 'Authorization': Omit()}


def cleaned(text: str) -> str:
    """Return a text without what is invisible, and without quotation marks, around it."""
    start, end = 0, len(text)
    while start < end and _is_around(text[start]):
        start += 1
    while end > start and _is_around(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_around(character: str) -> bool:
    return character in _AROUND or unicodedata.category(character)[0] in 'CZ'


class FoundryCredentials(Credentials):
    """Finds the key or the token of a call; see `Credentials`.

    Args:
        plugin: Named in errors.
        api_key: The key, as for every plugin, or a credential.
        tokens: Gives tokens in place of a key; None if nothing does.
        variables: The environment variables that may hold the key.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if both are given.
    """

    def __init__(self, plugin: str, api_key: ApiKey, tokens: 'Tokens | None', variables: Sequence[str]) -> None:
        if tokens is not None and api_key:
            raise GenkitError(
                f'Plugin {plugin!r} is given a key as well as a credential; pass one of them. A single request may '
                "still bring a key of its own, as config={'api_key': …}.",
                status='INVALID_ARGUMENT',
                source=plugin,
            )
        token = os.environ.get('AZURE_OPENAI_AD_TOKEN')
        given: ApiKey = api_key if tokens is None else tokens.get
        if given is None and token:
            given = Token(token)
        super().__init__(plugin, given, variables)

    def _sendable(self, key: str) -> str:
        sent = super()._sendable(cleaned(key))
        if not sent:
            raise GenkitError(
                f'The key of plugin {self._plugin!r} holds nothing that can be seen. Copy it again.',
                status='INVALID_ARGUMENT',
                source=self._plugin,
            )
        return Token(sent) if isinstance(key, Token) or _JWT.fullmatch(sent) else sent


class Tokens:
    """Tokens of a credential; each is kept until shortly before it expires.

    Args:
        plugin: Named in errors.
        source: The credential, or a function that returns a token, which keeps it itself.
        scope: What the tokens are for.
    """

    def __init__(self, plugin: str, source: TokenSource, scope: str = SCOPE) -> None:
        self._plugin = plugin
        self._source: Any = source
        self._scope = scope
        self._kept: _Kept | None = None
        self._locks = LoopCache(asyncio.Lock)

    @property
    def last(self) -> Token:
        """The token that is kept; an empty one if none is."""
        return Token() if self._kept is None else self._kept.token

    async def get(self) -> str:
        """Return a token that has not expired.

        Raises:
            GenkitError: ``UNAUTHENTICATED`` if there is none, ``UNAVAILABLE`` if nobody can be asked.
        """
        if self._source != 'default' and not _is_credential(self._source):
            return await self._ask(self._source)
        if self._kept is None or time.time() >= self._kept.renew_at:
            async with self._locks.get():
                if self._kept is None or time.time() >= self._kept.renew_at:  # else another call has renewed it
                    await self._renew()
        assert self._kept is not None
        return self._kept.token

    def forget(self, refused: str) -> None:
        """Drop a token that was refused, so that the next call asks for another."""
        if self._kept is not None and self._kept.token == refused:
            self._kept = None

    async def _renew(self) -> None:
        if self._source == 'default':
            self._source = default_credential(self._plugin)
        get_token = getattr(self._source, 'get_token', None) or self._source.get_token_info
        try:
            self._kept = self._read(await self._called(get_token, self._scope))
        except GenkitError:
            if self._kept is None or time.time() >= self._kept.expires_on - _LATEST_SECONDS:
                raise

    async def _ask(self, source: Callable[..., Any]) -> Token:
        given = await self._called(source)
        if not isinstance(given, str) or not given:
            raise self._misfit(given, 'a token as text')
        return Token(given)

    def _read(self, given: Any) -> _Kept:
        token, expires = getattr(given, 'token', None), getattr(given, 'expires_on', None)
        if not isinstance(token, str) or not token or not isinstance(expires, int | float):
            raise self._misfit(given, "an object with 'token' and 'expires_on'")
        early = getattr(given, 'refresh_on', None)
        renew_at = early if isinstance(early, int | float) else expires - _EARLY_SECONDS
        return _Kept(Token(token), renew_at, expires)

    async def _called(self, source: Callable[..., Any], *scopes: str) -> Any:
        """Call what gives tokens, in a thread of its own if it may take long."""
        try:
            asynchronous = inspect.iscoroutinefunction(source)
            made = source(*scopes) if asynchronous else await asyncio.to_thread(source, *scopes)
            return await made if inspect.isawaitable(made) else made
        except GenkitError:
            raise
        except Exception as error:  # of a library that is not known here
            told = provider_error(self._plugin, error)
            is_lost = not _LOST_OF_AZURE.isdisjoint(kind.__name__ for kind in type(error).__mro__)
            status = 'UNAVAILABLE' if is_lost else 'UNAUTHENTICATED'
            raise GenkitError(
                f'The credential of plugin {self._plugin!r} gave no token for {self._scope!r}: {told.message} Sign in, '
                'as with `az login`, see whether the identity exists and may use the resource, or pass api_key.',
                status=told.status if str(told.status) in _LOST else status,
                source=self._plugin,
            ) from error

    def _misfit(self, given: Any, wanted: str) -> GenkitError:
        what = 'an empty text' if given == '' else f'a value of type {type(given).__name__}'
        return GenkitError(
            f'The credential of plugin {self._plugin!r} returned {what}; it must return {wanted}.',
            status='FAILED_PRECONDITION',
            source=self._plugin,
        )


def default_credential(plugin: str) -> Any:
    """Return the default credential of ``azure-identity``.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if that is not installed.
    """
    try:
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415  (optional)
    except ImportError as error:
        raise GenkitError(
            f"Plugin {plugin!r} needs azure-identity for credential='default'; install it with "
            "`uv add 'genkit-plugin-microsoft-foundry[entra]'`.",
            status='FAILED_PRECONDITION',
            source=plugin,
        ) from error
    return DefaultAzureCredential()


def to_tokens(plugin: str, api_key: Any, source: TokenSource | None, scope: str | None) -> tuple[ApiKey, Tokens | None]:
    """Return the key that an application gives, and what gives tokens, which may stand in the key's place.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if what should give tokens cannot.
    """
    if source is None and _is_credential(api_key):
        api_key, source = None, api_key
    if source is None:
        return api_key, None
    if source != 'default' and not _is_credential(source) and not callable(source):
        raise GenkitError(
            f'The credential of plugin {plugin!r} is {type(source).__name__}; pass one of azure-identity, such as '
            "DefaultAzureCredential(), a function that returns a token, or 'default'.",
            status='INVALID_ARGUMENT',
            source=plugin,
        )
    return api_key, Tokens(plugin, source, scope or SCOPE)


def _is_credential(value: Any) -> bool:
    return hasattr(value, 'get_token') or hasattr(value, 'get_token_info')
