# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""When sessions expire. No IO.

A snapshot builds upon those before it, so no document of a session may expire before the session does. Each turn would
have to rewrite all of them; instead, documents live twice as long as is needed, and are rewritten when that is used up:
once in as long as a session lives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from genkit_firebase.sessions.documents import EXPIRE_AT


_COVERED: Final = 'covered'


@dataclass(frozen=True, slots=True)
class Expiry:
    """The times that one turn writes.

    Attributes:
        session: Fields of the session's document: when the session expires.
        others: Fields of the turn's other documents.
        must_extend: Whether the earlier documents have to be given ``others`` as well.
    """

    session: dict[str, Any]
    others: dict[str, Any]
    must_extend: bool


def expiry_of_turn(ttl: float | None, session: Mapping[str, Any] | None, now: datetime) -> Expiry:
    """Return the times that a turn writes.

    Args:
        ttl: How long a session lives after its last turn, in seconds; None for ever.
        session: The fields of the session's document; None if there is none.
        now: The present.
    """
    if ttl is None:
        return Expiry({}, {}, must_extend=False)
    ends, latest = now + timedelta(seconds=ttl), now + timedelta(seconds=2 * ttl)
    covered = latest if session is None else session.get(_COVERED)
    must_extend = not isinstance(covered, datetime) or covered < ends
    until = latest if must_extend else covered
    return Expiry({EXPIRE_AT: ends, _COVERED: until}, {EXPIRE_AT: latest}, must_extend)


def has_expired(session: Mapping[str, Any]) -> bool:
    """Return whether a session has expired, and may be partly deleted by now."""
    ends = session.get(EXPIRE_AT)
    return isinstance(ends, datetime) and ends < datetime.now(UTC)
