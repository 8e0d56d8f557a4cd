# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A context provider that reads who is signed in with Firebase Auth, and which application App Check vouches for."""

import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict, Unpack, cast

from genkit import PublicError, StatusName
from genkit.plugin import check_options, did_you_mean
from genkit.web import RequestData

from genkit_firebase.config import firebase_project
from genkit_firebase.errors import refused
from genkit_firebase.tokens import (
    APP_CHECK_KEYS_URL,
    AUTH_KEYS_URL,
    Replays,
    SigningKeys,
    TokenError,
    app_check_rules,
    auth_rules,
    verify,
)


_EMULATOR: Final = 'FIREBASE_AUTH_EMULATOR_HOST'
_APP_CHECK_URL: Final = 'https://firebaseappcheck.googleapis.com'
_LOGGER: Final = logging.getLogger('genkit.firebase')
# https://firebase.google.com/docs/rules/rules-and-auth#leverage_user_information_in_rules
_CLAIMS: Final = frozenset(
    {'aud', 'auth_time', 'email', 'email_verified', 'exp', 'firebase', 'iat', 'iss', 'name', 'phone_number', 'picture'}
    | {'sub', 'user_id', 'firebase.identities', 'firebase.sign_in_provider', 'firebase.tenant'}
)

HasClaim = str | Sequence[str] | Mapping[str, Any]
Check = Callable[[dict[str, Any], Any], Awaitable[None] | None]


class FirebasePolicy(TypedDict, total=False):
    """Who may call, and how that is found out.

    Attributes:
        signed_in: Whether a user must be signed in.
        email_verified: Whether the user's address must be verified; implies `signed_in`.
        has_claim: Claims that the ID token must have, and which are not false; or claims with the value that each must
            have, or a list of values one of which it must have. ``firebase.sign_in_provider`` is a claim within another
            one. Implies `signed_in`.
        claims: The claims that the project sets itself. A policy that names another one is then refused.
        enforce_app_check: Whether App Check must vouch for the application. Otherwise a token that is not accepted is
            logged, and passed over.
        consume_app_check_token: Whether a token of App Check is accepted once; implies `enforce_app_check`. Google is
            asked for each call, with credentials that have the role ``roles/firebaseappcheck.tokenVerifier``.
        check: Called with the context and the input of the call; raises to refuse it.
        project: The Firebase project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT``, or that of
            ``FIREBASE_CONFIG``.
        credentials: Google credentials, to consume tokens with. Default: those of the environment.
        clock_skew: Seconds that clocks may differ by. Default: 5.
        timeout: Seconds without an answer of Google. Default: 10.
        auth_keys_url: Where the keys of ID tokens are. Default: Google's.
        app_check_keys_url: Where the keys of App Check are. Default: Google's.
        app_check_url: Where App Check is. Default: Google's.
    """

    signed_in: bool
    email_verified: bool
    has_claim: HasClaim
    claims: Collection[str]
    enforce_app_check: bool
    consume_app_check_token: bool
    check: Check
    project: str
    credentials: Any
    clock_skew: float
    timeout: float
    auth_keys_url: str
    app_check_keys_url: str
    app_check_url: str


def firebase_context(**policy: Unpack[FirebasePolicy]) -> 'FirebaseContext':
    """Return a context provider that verifies the tokens of a request, and refuses what a policy does not allow.

    The ID token is that of the Authorization header, the one of App Check that of ``X-Firebase-AppCheck``. The context
    has ``auth`` (``uid``, ``token``: the claims, ``rawToken``) and ``app`` (``appId``, ``token``, ``rawToken``) where
    there are such tokens. Where ``FIREBASE_AUTH_EMULATOR_HOST`` is set, ID tokens need no signature.

    Args:
        policy: See `FirebasePolicy`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an unknown setting or claim. From the provider: ``UNAUTHENTICATED`` for
            a token that is missing or not accepted, ``PERMISSION_DENIED`` for a user who may not call,
            ``FAILED_PRECONDITION`` without a project, ``UNAVAILABLE`` if Google's keys cannot be had.

    Example:
        ```python
        from genkit_firebase import firebase_context

        provider = firebase_context(project='my-project', email_verified=True, has_claim='admin')
        ```
    """
    check_options('firebase_context()', policy, FirebasePolicy.__annotations__)
    return FirebaseContext(policy)


class FirebaseContext:
    """A context provider that was made by `firebase_context`.

    Args:
        policy: See `FirebasePolicy`.
    """

    def __init__(self, policy: FirebasePolicy) -> None:
        self._policy = policy
        self._claims = _wanted_claims(policy.get('has_claim'), policy.get('claims'))
        timeout = policy.get('timeout', 10.0)
        self._auth_keys = SigningKeys(policy.get('auth_keys_url', AUTH_KEYS_URL), timeout)
        self._app_keys = SigningKeys(policy.get('app_check_keys_url', APP_CHECK_KEYS_URL), timeout)
        self._consumes = policy.get('consume_app_check_token', False)
        self._enforces_app = policy.get('enforce_app_check', False) or self._consumes
        self._must_sign_in = policy.get('signed_in', False) or policy.get('email_verified', False) or bool(self._claims)
        self._replays: Replays | None = None
        self._has_warned = False

    async def __call__(self, request: RequestData) -> Mapping[str, Any]:
        """Return the context of a call."""
        context: dict[str, Any] = {}
        if (user := await self._user(request.headers.get('authorization'))) is not None:
            context['auth'] = user
        if (app := await self._app(request.headers.get('x-firebase-appcheck'))) is not None:
            context['app'] = app
        self._check_user(user)
        check = self._policy.get('check')
        if check is not None:
            verdict = check(context, request.input)
            if inspect.isawaitable(verdict):
                await verdict
        return context

    async def aclose(self) -> None:
        """Close the running loop's connections, which there are where tokens of App Check are consumed."""
        if self._replays is not None:
            await self._replays.aclose()

    async def _user(self, header: str | None) -> dict[str, Any] | None:
        if header is None:
            return None
        scheme, _, token = header.strip().partition(' ')
        if scheme.lower() != 'bearer' or not token.strip():
            raise PublicError('UNAUTHENTICATED', 'The Authorization header is malformed; expected: Bearer <ID token>.')
        token = token.strip()
        unsigned = self._takes_unsigned()
        try:
            claims = await verify(
                token, auth_rules(self._project()), self._auth_keys, skew=self._skew, unsigned=unsigned
            )
        except TokenError as error:
            raise PublicError('UNAUTHENTICATED', str(error)) from None
        return {'uid': claims['sub'], 'token': {**claims, 'uid': claims['sub']}, 'rawToken': token}

    def _takes_unsigned(self) -> bool:
        if not os.environ.get(_EMULATOR):
            return False
        if not self._has_warned:
            self._has_warned = True
            _LOGGER.warning(
                '%s is set: ID tokens without a signature are accepted. Never where others can call.', _EMULATOR
            )
        return True

    async def _app(self, token: str | None) -> dict[str, Any] | None:
        if token is None:
            if self._enforces_app:
                raise PublicError('UNAUTHENTICATED', 'Send a token of App Check in the header X-Firebase-AppCheck.')
            return None
        try:
            claims = await verify(token, app_check_rules(self._project()), self._app_keys, skew=self._skew)
        except TokenError as error:
            if self._enforces_app:
                raise PublicError('UNAUTHENTICATED', str(error)) from None
            _LOGGER.warning('%s The call goes on, since App Check is not enforced.', error)
            return None
        app = {'appId': claims['sub'], 'token': claims, 'rawToken': token}
        if self._consumes:
            self._replays = self._replays or Replays(
                self._project(),
                self._policy.get('app_check_url', _APP_CHECK_URL),
                self._policy.get('credentials'),
                self._policy.get('timeout', 10.0),
            )
            if await self._replays.use(token):
                raise PublicError(
                    'UNAUTHENTICATED', 'The App Check token was used before. Get a new one for each call.'
                )
            app['alreadyConsumed'] = False
        return app

    def _check_user(self, user: Mapping[str, Any] | None) -> None:
        if user is None:
            if self._must_sign_in:
                raise PublicError('UNAUTHENTICATED', 'Sign in, and send the ID token in the Authorization header.')
            return
        claims = cast('dict[str, Any]', user['token'])
        if self._policy.get('email_verified', False) and claims.get('email_verified') is not True:
            raise PublicError('PERMISSION_DENIED', "The user's email address must be verified.")
        for name, allowed in self._claims.items():
            if not _has(_claim(claims, name), allowed):
                text = f'The ID token lacks the claim {name!r}, or has another value of it.'
                raise PublicError('PERMISSION_DENIED', text)

    @property
    def _skew(self) -> float:
        return self._policy.get('clock_skew', 5.0)

    def _project(self) -> str:
        project = self._policy.get('project') or firebase_project()
        if project is None:
            raise refused(
                'firebase_context has no project. Pass firebase_context(project=…), or set GOOGLE_CLOUD_PROJECT.',
                StatusName.FAILED_PRECONDITION,
            )
        return project


_ANY: Final[list[Any]] = []


def _wanted_claims(given: HasClaim | None, known: Collection[str] | None) -> dict[str, list[Any]]:
    """Return the values that claims may have, by name."""
    if given is None:
        return {}
    if isinstance(given, str):
        wanted: dict[str, Any] = {given: _ANY}
    elif isinstance(given, Mapping):
        wanted = {
            name: list(cast('Sequence[Any]', value)) if isinstance(value, list | tuple | set) else [value]
            for name, value in given.items()
        }
    else:
        wanted = dict.fromkeys(given, _ANY) if isinstance(cast('object', given), Iterable) else {}
    if not wanted or not all(name and isinstance(name, str) for name in cast('dict[Any, Any]', wanted)):
        raise refused(f'has_claim is {given!r}; expected the name of a claim, several, or values by name.')
    for name in wanted:
        if known is not None and name not in _CLAIMS and name not in known:
            hint = did_you_mean(name, [*known, *sorted(_CLAIMS)])
            raise refused(
                f'has_claim names {name!r}, which no ID token of this project has.{hint} Known are, besides those of '
                f'Firebase, {", ".join(sorted(known)) or "none"}: firebase_context(claims=[…]).'
            )
    return wanted


def _has(found: Any, allowed: list[Any]) -> bool:
    if allowed is _ANY:
        return found is not None and found is not False
    return any(type(found) is type(value) and found == value for value in allowed)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split('.'):
        found = cast('Mapping[str, Any]', found).get(part) if isinstance(found, Mapping) else None
    return found
