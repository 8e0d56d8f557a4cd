# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How long a provider asks its callers to wait."""

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

from genkit.plugin.errors.error_bodies import first_error


_DURATION: Final = re.compile(r'([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)')
_NUMBER: Final = re.compile(r'[0-9]+(?:\.[0-9]*)?|\.[0-9]+')
_LONGEST_WAIT_MS: Final = 24 * 3_600_000
_MILLISECONDS: Final = {'ms': 1, 's': 1_000, 'm': 60_000, 'h': 3_600_000}


def retry_after_ms(headers: Mapping[str, str], body: Any = None) -> int | None:
    """Return the delay in milliseconds that a provider asks for, or None.

    Reads ``retry-after-ms``, ``retry-after`` (seconds or a date) and ``google.rpc.RetryInfo`` in the body. Invalid
    values are ignored; more than a day counts as a day.
    """
    milliseconds = headers.get('retry-after-ms', '').strip()
    if _NUMBER.fullmatch(milliseconds):
        return _bounded(float(milliseconds))
    text = headers.get('retry-after', '').strip()
    if _NUMBER.fullmatch(text):
        return _bounded(float(text) * 1000)
    if text:
        with contextlib.suppress(ValueError, OverflowError):
            moment = parsedate_to_datetime(text)
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
            return _bounded((moment - datetime.now(UTC)).total_seconds() * 1000)
    return delay_in_body(body)


def _bounded(milliseconds: float) -> int:
    """Return a wait that can be meant: none that is negative, and none that is longer than a day."""
    return round(min(max(milliseconds, 0.0), _LONGEST_WAIT_MS))


def delay_in_body(body: Any) -> int | None:
    """Return the delay in milliseconds that a body asks for as ``google.rpc.RetryInfo``, or None."""
    details = first_error(body).get('details')
    for detail in cast('list[Any]', details) if isinstance(details, list) else ():
        delay = cast('dict[str, Any]', detail).get('retryDelay') if isinstance(detail, dict) else None
        found = _DURATION.findall(delay) if isinstance(delay, str) else []
        if found:
            return _bounded(sum(float(count) * _MILLISECONDS[unit] for count, unit in found))
    return None
