# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens of Firebase Auth and App Check: signed by Google, made for one project, and valid for a time.

https://firebase.google.com/docs/auth/admin/verify-id-tokens#verify_id_tokens_using_a_third-party_jwt_library and
https://firebase.google.com/docs/app-check/custom-resource-backend#verify_app_check_tokens_using_a_third-party_jwt_library
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import GoogleTokens, LoopCache, LoopClient, items_of, members_of, provider_error, read_json

from genkit_firebase.errors import SCOPES, SOURCE, refused


if TYPE_CHECKING:
    import httpx

AUTH_KEYS_URL: Final = 'https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com'
APP_CHECK_KEYS_URL: Final = 'https://firebaseappcheck.googleapis.com/v1/jwks'
_AUTH_ISSUER: Final = 'https://securetoken.google.com/'
_APP_CHECK_ISSUER: Final = 'https://firebaseappcheck.googleapis.com/'
_ALGORITHM: Final = 'RS256'
_LONGEST_TOKEN: Final = 16_384
_LONGEST_SUBJECT: Final = 128
_LARGEST_ANSWER: Final = 1_000_000
_MAX_AGE: Final = re.compile(r'max-age=(\d{1,9})')
_SHORTEST_AGE: Final = 60.0  # keys are not asked for more often, whatever a token says that signed it
_LONGEST_AGE: Final = 86_400.0
# The library checks nothing of a token without a signature unless it is asked to.
_CHECKED: Final = {
    'require': ['exp', 'iat', 'iss', 'aud', 'sub'],
    **{f'verify_{name}': True for name in ('exp', 'nbf', 'iat', 'aud')},
}


class TokenError(Exception):
    """A token is not accepted; the text may be shown to whom it came from."""


class SigningKeys:
    """The keys that Google signs with, asked for when they are needed, and again when they are no longer current.

    Args:
        url: Where they are: a set of keys as RFC 7517 has it, or certificates by name.
        timeout: Seconds without an answer.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._keys: dict[str, Any] = {}
        self._asked = float('-inf')
        self._fresh_until = float('-inf')
        self._attempts = 0
        self._failure: tuple[str, Exception] | None = None
        self._locks = LoopCache(asyncio.Lock)

    async def find(self, name: str) -> Any:
        """Return a key, or None if Google signs with no such key.

        Raises:
            GenkitError: ``UNAVAILABLE`` if the keys cannot be had.
        """
        if not self._is_known(name):
            attempts = self._attempts
            async with self._locks.get():
                if attempts != self._attempts and self._failure is not None:  # of the attempt that was waited for
                    raise self._failed(*self._failure) from self._failure[1]
                if not self._is_known(name):
                    await self._ask()
        return self._keys.get(name)

    def _is_known(self, name: str) -> bool:
        now = time.monotonic()
        if now >= self._fresh_until:
            return False
        return name in self._keys or now < self._asked + _SHORTEST_AGE

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):  # all of it: a server may send a little at a time
                keys, age = await self._fetch()
        except Exception as error:  # of httpx, and of what reads the keys: neither is there to verify a token
            said = f'no answer within {self._timeout:g} s' if isinstance(error, TimeoutError) else None
            self._failure = (said or provider_error(SOURCE, error).message, error)
            self._attempts += 1
            raise self._failed(*self._failure) from error
        self._failure = None
        self._attempts += 1
        self._keys, self._asked = keys, time.monotonic()
        self._fresh_until = self._asked + age

    async def _fetch(self) -> tuple[dict[str, Any], float]:
        """Return the keys, and for how many seconds they may be kept."""
        import httpx  # noqa: PLC0415  (loaded with the first call)

        body = b''
        async with (
            httpx.AsyncClient(timeout=self._timeout) as client,  # no connection is needed for hours
            client.stream('GET', self._url) as answer,
        ):
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _LARGEST_ANSWER:
                    raise ValueError(f'the answer has more than {_LARGEST_ANSWER} bytes')
        answer.raise_for_status()
        found = _MAX_AGE.search(answer.headers.get('cache-control', ''))
        return _keys_in(body), min(max(float(found[1]) if found else 0.0, _SHORTEST_AGE), _LONGEST_AGE)

    def _failed(self, reason: str, cause: Exception) -> GenkitError:
        return refused(
            f"The keys of Google's tokens cannot be had from {self._url}: {reason}. Check that it can be reached.",
            StatusName.UNAVAILABLE,
            cause,
        )


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token has to say.

    Attributes:
        what: It, in messages.
        issuer: Who made it, or how that begins.
        audience: Whom it was made for.
        is_prefix: Whether more may follow the issuer.
    """

    what: str
    issuer: str
    audience: str
    is_prefix: bool = False


def auth_rules(project: str) -> TokenRules:
    """Return the rules of an ID token of Firebase Auth."""
    return TokenRules('The ID token', f'{_AUTH_ISSUER}{project}', project)


def app_check_rules(project: str) -> TokenRules:
    """Return the rules of a token of App Check, whose issuer ends in the number of the project."""
    return TokenRules('The App Check token', _APP_CHECK_ISSUER, f'projects/{project}', is_prefix=True)


async def verify(
    token: str, rules: TokenRules, keys: SigningKeys, *, skew: float = 0.0, unsigned: bool = False
) -> dict[str, Any]:
    """Return the claims of a token.

    Args:
        token: The token.
        rules: What it has to say.
        keys: What it has to be signed with.
        skew: Seconds that clocks may differ by.
        unsigned: Whether it comes from an emulator, which signs nothing.

    Raises:
        TokenError: The token is not accepted.
        GenkitError: ``UNAVAILABLE`` if the keys cannot be had.
    """
    if len(token) > _LONGEST_TOKEN:
        raise TokenError(f'{rules.what} has {len(token)} characters; expected {_LONGEST_TOKEN} at most.')
    library: Any = import_module('jwt')
    try:
        header: Mapping[str, Any] = library.get_unverified_header(token)
        key = None if unsigned and header.get('alg') == 'none' else await _key_of(header, rules, keys)
        claims: dict[str, Any] = library.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=rules.audience,
            leeway=skew,
            options=_CHECKED | {'verify_signature': key is not None},
        )
    except library.ExpiredSignatureError as error:
        raise TokenError(f'{rules.what} has expired. Get a new one.') from error
    except (library.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise TokenError(f'{rules.what} is not accepted: {_reason(error, rules)}.') from error
    _check_claims(claims, rules, skew)
    return claims


def _check_claims(claims: Mapping[str, Any], rules: TokenRules, skew: float) -> None:
    issuer, subject, since = claims.get('iss'), claims.get('sub'), claims.get('auth_time')
    if not isinstance(issuer, str) or not (issuer.startswith if rules.is_prefix else issuer.__eq__)(rules.issuer):
        raise TokenError(f'{rules.what} is not accepted: it was not issued by {rules.issuer!r}.')
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise TokenError(f'{rules.what} is not accepted: it has no subject.')
    if isinstance(since, int | float) and since > time.time() + skew:
        raise TokenError(f'{rules.what} is not accepted: the sign-in that it is about lies in the future.')


async def _key_of(header: Mapping[str, Any], rules: TokenRules, keys: SigningKeys) -> Any:
    if header.get('alg') != _ALGORITHM:
        raise TokenError(f'{rules.what} is not accepted: it is not signed with {_ALGORITHM}.')
    name = header.get('kid')
    key = await keys.find(name) if isinstance(name, str) else None
    if key is None:
        raise TokenError(f'{rules.what} is not accepted: it is not signed by Google, or long ago. Get a new one.')
    return key


def _reason(error: Exception, rules: TokenRules) -> str:
    """Return what is wrong with a token, without a part of it."""
    reasons = {
        'DecodeError': 'it is malformed',
        'ImmatureSignatureError': 'it is not valid yet',
        'InvalidAudienceError': f'it was not made for {rules.audience!r}',
        'InvalidSignatureError': 'its signature is wrong',
        'MissingRequiredClaimError': 'it lacks a claim that every such token has',
    }
    return reasons.get(type(error).__name__, 'it is malformed')


def _keys_in(body: bytes) -> dict[str, Any]:
    """Return the keys of an answer, by name."""
    members = members_of(read_json(body), 'the answer')
    if 'keys' in members:
        keys = [members_of(item, 'keys') for item in items_of(members['keys'], 'keys')]
        found = {str(key['kid']): _key_of_members(key) for key in keys if 'kid' in key and key.get('kty') == 'RSA'}
    else:
        found = {name: _key_of_certificate(text) for name, text in members.items() if isinstance(text, str)}
    if not found:
        raise ValueError('the answer holds no keys')
    return found


def _key_of_members(members: dict[str, Any]) -> Any:
    library: Any = import_module('jwt')
    try:
        return library.PyJWK(members, _ALGORITHM).key
    except library.PyJWTError as error:
        raise ValueError(f'a key is malformed: {error}') from error


def _key_of_certificate(text: str) -> Any:
    library: Any = import_module('cryptography.x509')
    return library.load_pem_x509_certificate(text.encode()).public_key()


class Replays:
    """Asks App Check whether a token was used before, and uses it up.

    Args:
        project: The project.
        url: Where App Check is.
        credentials: Google credentials. Default: those of the environment.
        timeout: Seconds without an answer.
    """

    def __init__(self, project: str, url: str, credentials: Any, timeout: float) -> None:
        self._url = f'{url.rstrip("/")}/v1beta/projects/{project}:verifyAppCheckToken'
        self._tokens = GoogleTokens(SOURCE, credentials, SCOPES)
        self._timeout = timeout
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    async def use(self, token: str) -> bool:
        """Return whether a token was used before.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without credentials, and what App Check says.
        """
        headers = {'authorization': f'Bearer {await self._tokens.get()}'}
        try:
            answer = await self._clients.get().post(self._url, json={'appCheckToken': token}, headers=headers)
            answer.raise_for_status()
            said = members_of(read_json(answer.content[:_LARGEST_ANSWER]), 'the answer of App Check')
        except Exception as error:  # noqa: BLE001  (of httpx, and of what reads the answer: raised in our words)
            raise provider_error(SOURCE, error, (token,)) from None
        return said.get('alreadyConsumed') is True

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(timeout=self._timeout)
