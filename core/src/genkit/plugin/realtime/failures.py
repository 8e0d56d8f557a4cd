# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of a WebSocket: the refusal of the upgrade, and what a closing frame says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from genkit._base.errors import GenkitError
from genkit._base.status import StatusName
from genkit.plugin.errors.error_bodies import without_secrets
from genkit.plugin.errors.provider_errors import provider_error


TOO_BIG: Final = 1009
ABNORMAL: Final = 1006

_OF_CODES: Final[Mapping[int, StatusName]] = {
    1002: StatusName.INTERNAL,
    1003: StatusName.INVALID_ARGUMENT,
    1007: StatusName.INVALID_ARGUMENT,
    1008: StatusName.FAILED_PRECONDITION,
    TOO_BIG: StatusName.INVALID_ARGUMENT,
    1011: StatusName.INTERNAL,
}
# Providers that close with a reason say there what a body of HTTP would have said; the first that matches.
_OF_WORDS: Final = (
    (('quota', 'rate limit', 'resource_exhausted', 'exhausted', 'billing'), StatusName.RESOURCE_EXHAUSTED),
    (('api key', 'api_key', 'unauthenticated', 'credential', 'oauth'), StatusName.UNAUTHENTICATED),
    (('permission', 'forbidden', 'not allowed to'), StatusName.PERMISSION_DENIED),
    (('not found', 'not supported for bidi'), StatusName.NOT_FOUND),
    (('unavailable', 'overloaded', 'try again'), StatusName.UNAVAILABLE),
    (('deadline', 'timed out', 'timeout'), StatusName.DEADLINE_EXCEEDED),
)


class SocketClosed(Exception):  # noqa: N818  (no failure by itself)
    """A connection that is no more.

    Args:
        code: Of the closing frame; 1006 if there was none.
        reason: Its text.
        ours: Whether this side ended it, because of what came.
    """

    def __init__(self, code: int = ABNORMAL, reason: str = '', *, ours: bool = False) -> None:
        super().__init__(f'closed with {code} {reason!r}')
        self.code = code
        self.reason = reason
        self.ours = ours


class UpgradeRefused(Exception):  # noqa: N818  (carries what `provider_error` reads)
    """An answer of HTTP in place of a WebSocket."""

    def __init__(self, status_code: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f'HTTP {status_code}')
        self.status_code = status_code
        self.headers = headers
        self.body = body


def opening_error(source: str, error: Exception, secrets: Sequence[str | None]) -> GenkitError:
    """Return the error of a connection that could not be opened."""
    if not _is_of_websockets(error):
        return provider_error(source, error, secrets)
    response: Any = getattr(error, 'response', None)
    status = getattr(response, 'status_code', None)
    if isinstance(status, int) and response is not None:
        refused = UpgradeRefused(status, dict(response.headers.raw_items()), bytes(response.body or b''))
        return provider_error(source, refused, secrets)
    raised = GenkitError(
        f'The server did not open a WebSocket: {without_secrets(str(error), secrets)}. See whether base_url is right, '
        'and what stands between here and the provider.',
        status=StatusName.UNAVAILABLE,
        source=source,
    )
    raised.__cause__ = error
    return raised


def closing_error(source: str, closed: SocketClosed, secrets: Sequence[str | None], *, begun: bool) -> GenkitError:
    """Return the error of a connection that was closed.

    Args:
        source: The plugin's name.
        closed: How it ended.
        secrets: Keys that must not be repeated.
        begun: Whether an answer had begun: then a loss is ``DATA_LOSS``.
    """
    reason = without_secrets(closed.reason, secrets)
    lost = StatusName.DATA_LOSS if begun else StatusName.UNAVAILABLE
    if closed.ours and closed.code == TOO_BIG:
        text, status = f'A message of the provider was too large: {reason}', StatusName.DATA_LOSS
    else:
        status = _of_reason(reason) or _OF_CODES.get(closed.code, lost)
        text = f'The provider closed the connection: {reason}' if reason else 'The connection to the provider was lost'
        text = f'{text} (WebSocket code {closed.code}).'
    raised = GenkitError(text, status=status, details={'websocket_code': closed.code}, source=source)
    raised.__cause__ = closed
    return raised


def may_pass(error: GenkitError) -> bool:
    """Return whether another connection may do what this one did not."""
    passing = (StatusName.UNAVAILABLE, StatusName.DATA_LOSS, StatusName.INTERNAL, StatusName.DEADLINE_EXCEEDED)
    return error.status in passing


def _of_reason(reason: str) -> StatusName | None:
    text = reason.lower()
    return next((status for words, status in _OF_WORDS if any(word in text for word in words)), None)


def _is_of_websockets(error: Exception) -> bool:
    return type(error).__module__.partition('.')[0] == 'websockets'
