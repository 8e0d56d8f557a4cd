# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of vendor exceptions to `GenkitError`: status, message and retry hint.

Vendor libraries and HTTP libraries are not imported: what counts are the members that their errors have in common.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import urlsplit

from genkit._base.errors import ErrorReason, GenkitError, quotes_content, quoting, rewritten
from genkit._base.http.real_requests import forbidden_request
from genkit._base.secrets import redact_values
from genkit._base.status import StatusName
from genkit.plugin.errors.error_bodies import (
    error_text,
    first_error,
    plain_body,
    status_in_body,
    status_of_code,
    without_secrets,
)
from genkit.plugin.errors.retry_hints import retry_after_ms


_FAILURES: Final = range(400, 1_000_000)
_REDIRECTS: Final = range(300, 400)
_NOT_MODIFIED: Final = 304
_SHORTEST_KEY: Final = 8


def provider_error(source: str, error: BaseException, secrets: Sequence[str | None] = ()) -> GenkitError:
    """Convert an exception of a provider's library to a `GenkitError` with that exception as its cause.

    A lost connection is ``UNAVAILABLE``, a timeout ``DEADLINE_EXCEEDED``, an answer of HTTP what its code says. A
    redirect is ``FAILED_PRECONDITION``: no client of a provider follows one, as it would take key and prompt along.
    ``details`` hold ``http_status`` and, if the provider gave a hint, ``retry_after_ms``.

    Args:
        source: The plugin's name.
        error: What the vendor's library raised.
        secrets: Keys that must not be repeated in the message.
    """
    if isinstance(error, GenkitError):
        return error
    refused = forbidden_request(error)
    if refused is not None:
        return refused
    if 'surrogates not allowed' in str(error) and isinstance(error, ValueError):
        return _half_a_character(source)
    moved = _redirect(source, error, secrets)
    if moved is not None:
        return moved
    code = http_code(error)
    body = _body(error)
    details: dict[str, Any] = {} if code is None else {'http_status': code}
    hint = retry_after_ms(_headers(error), body)
    if hint is not None:
        details['retry_after_ms'] = hint
    text = without_secrets(_message(error, body), secrets)
    raised = GenkitError(text, status=_status(error, code, body), details=details, source=source)
    # The cause is kept for debuggers and not as part of the text, which says it already; an error that repeats a key
    # would carry it into every traceback.
    raised.__cause__ = None if _repeats(error, secrets) else error
    raised.__suppress_context__ = True
    return raised


def _half_a_character(source: str) -> GenkitError:
    """Return the error of a text that no JSON can hold: it was cut in the middle of a character."""
    return GenkitError(
        'The request holds half a character (a lone surrogate), which cannot be sent; clean its texts, such as with '
        "text.encode(errors='replace').decode().",
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_INPUT,
        source=source,
    )


def reworded(
    error: GenkitError,
    source: str,
    message: str,
    *,
    status: StatusName | str | None = None,
    details: Mapping[str, Any] | None = None,
) -> GenkitError:
    """Return what `provider_error` returned, with the plugin's own message; the cause stays.

    Args:
        error: The error.
        source: The plugin's name.
        message: What happened and what to do, without secrets: take what the library said from ``error.message``.
        status: Another status.
        details: Other details. Default: none.
    """
    raised = GenkitError(message, status=status or error.status, details=details, source=source)
    raised = quoting(raised) if quotes_content(error) else raised
    raised.__cause__ = error.__cause__
    raised.__suppress_context__ = True
    return raised


def provider_errors(
    source: str, secrets: Sequence[str | None] = (), own: Callable[[Exception], GenkitError | None] | None = None
) -> AbstractContextManager[None]:
    """Convert exceptions of a vendor's library raised inside the block to `GenkitError`.

    One that is a `GenkitError` already passes as it is, without the keys that it may repeat.

    Args:
        source: The plugin's name.
        secrets: Keys that must not be repeated in the message.
        own: Asked first: returns the error that this provider's failure is, or None for any that is not special.
    """
    return _Translated(source, secrets, own)


def without_keys(error: GenkitError, secrets: Sequence[str | None]) -> GenkitError:
    """Return an error that repeats no key: a copy if it did, such as in a value of the provider that it quotes.

    Keys that are as short as a word stay, as they may be one.
    """
    known = [secret for secret in secrets if secret and len(secret) >= _SHORTEST_KEY]
    return rewritten(error, lambda text: redact_values(text, known)) if known else error


class _Translated:
    """The block; a class, because every call of a model goes through it."""

    __slots__ = ('_own', '_secrets', '_source')

    def __init__(
        self, source: str, secrets: Sequence[str | None], own: Callable[[Exception], GenkitError | None] | None
    ) -> None:
        self._source = source
        self._secrets = secrets
        self._own = own

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        if not isinstance(error, Exception):
            return
        if isinstance(error, GenkitError):
            clean = without_keys(error, self._secrets)
            if clean is not error:
                raise clean from None
            return
        raised = self._own(error) if self._own is not None and forbidden_request(error) is None else None
        if raised is None:
            raised = provider_error(self._source, error, self._secrets)
        raised = without_keys(raised, self._secrets)
        raise raised from raised.__cause__


def http_code(error: BaseException) -> int | None:
    """Return the status of the HTTP answer that an error is about, if it is about one."""
    return _code_among(_FAILURES, error)


def _code_among(codes: range, error: BaseException) -> int | None:
    response = getattr(error, 'response', None)
    for holder, name in ((error, 'status_code'), (error, 'status'), (error, 'code'), (response, 'status_code')):
        code = getattr(holder, name, None)
        if isinstance(code, int) and code in codes:
            return code
    return None


def _redirect(source: str, error: BaseException, secrets: Sequence[str | None]) -> GenkitError | None:
    """Return the error of an answer that points elsewhere, with the host alone: the rest may hold secrets."""
    code = _code_among(_REDIRECTS, error)
    if code is None:
        return None
    if code == _NOT_MODIFIED:
        return _not_modified(source)
    try:
        host = urlsplit(_headers(error).get('location', '')).hostname
    except ValueError:
        host = None
    where = f'the host {without_secrets(host, secrets)!r}' if host else 'another address'
    raised = GenkitError(
        f'The provider redirects to {where} (HTTP {code}). Redirects are not followed, as the key would go along; '
        'see whether base_url is right.',
        status=StatusName.FAILED_PRECONDITION,
        details={'http_status': code},
        source=source,
    )
    raised.__suppress_context__ = True  # the library's own error repeats the whole address
    return raised


def _not_modified(source: str) -> GenkitError:
    """Return the error of an answer that refers to one that nobody has kept."""
    raised = GenkitError(
        'The answer is empty: it says that nothing has changed since an earlier one (HTTP 304), which was not asked. A '
        'cache or a gateway stands between here and the provider; see that it passes POST requests on.',
        status=StatusName.UNAVAILABLE,
        details={'http_status': _NOT_MODIFIED},
        source=source,
    )
    raised.__suppress_context__ = True
    return raised


def _repeats(error: BaseException, secrets: Sequence[str | None]) -> bool:
    text = f'{error} {getattr(error, "body", "")}'
    return any(secret and secret in text for secret in secrets)


def _status(error: BaseException, code: int | None, body: Any) -> StatusName:
    named = getattr(error, 'status', None) or first_error(body).get('status')
    if isinstance(named, str) and named in StatusName.__members__ and named != 'OK':
        return StatusName[named]  # the providers that speak google.rpc name the status itself
    if code is not None:
        return status_of_code(code)
    told = status_in_body(body)
    if told is not None:
        return told
    grpc = _grpc_status(error)
    if grpc is not None:
        return grpc
    kinds = [kind.__name__.lower() for kind in type(error).__mro__]
    if any('timeout' in kind for kind in kinds):
        return StatusName.DEADLINE_EXCEEDED
    lost = ('connect', 'network', 'transporterror', 'protocolerror', 'readerror', 'oserror', 'decodingerror')
    return StatusName.UNAVAILABLE if any(word in kind for kind in kinds for word in lost) else StatusName.INTERNAL


def _grpc_status(error: BaseException) -> StatusName | None:
    code = getattr(error, 'code', None)
    try:
        name = getattr(code() if callable(code) else None, 'name', None)
    except Exception:  # noqa: BLE001  (not what it looked like)
        return None
    return StatusName[name] if isinstance(name, str) and name in StatusName.__members__ and name != 'OK' else None


def _headers(error: BaseException) -> dict[str, str]:
    headers = getattr(getattr(error, 'response', None), 'headers', None) or getattr(error, 'headers', None)
    try:
        return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}
    except (TypeError, ValueError):
        return {}


def _body(error: BaseException) -> Any:
    for name in ('body', 'details'):
        body = getattr(error, name, None)
        if isinstance(body, dict | list | str | bytes) and body:
            return plain_body(body)
    response = getattr(error, 'response', None)
    try:
        return plain_body(response.text) if response is not None else None
    except Exception:  # noqa: BLE001  (a stream that was not read; the message is in the error then)
        return None


def _message(error: BaseException, body: Any) -> str:
    return error_text(body) or str(error) or type(error).__name__
