# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures that come with a status of success: errors in a body, no answer at all, half an answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from genkit._base.errors import GenkitError, quoting
from genkit._base.status import StatusName
from genkit.plugin.errors.error_bodies import as_shown, error_text, status_in_body, without_markup, without_secrets
from genkit.plugin.errors.retry_hints import delay_in_body


_SHOWN: Final = 200


def error_in_body(
    source: str,
    body: Any,
    *,
    status: StatusName | str | None = None,
    secrets: Sequence[str | None] = (),
    kinds: Mapping[str, StatusName] | None = None,
) -> GenkitError | None:
    """Return the error reported in a response body, whatever its HTTP status; None if there is none.

    Use it for the bodies of failed calls, for responses and events that have an ``error``, and for those that have
    nothing of the protocol: a ``message`` or ``detail`` that is text, plain text and HTML count as errors. An ``error``
    that is null or empty is none.

    Args:
        source: The plugin's name.
        body: JSON as data, or text, or bytes.
        status: The status if the body names none, neither as a code nor as a word. Default: ``UNAVAILABLE``.
            ``DATA_LOSS`` is right where an answer had begun.
        secrets: Keys that must not be repeated in the message.
        kinds: The statuses of this provider's own words, which are in lower case.
    """
    text = error_text(body)
    if text is None:
        return None
    hint = delay_in_body(body)
    return GenkitError(
        without_secrets(text, secrets),
        status=status_in_body(body, kinds) or status or StatusName.UNAVAILABLE,
        details={} if hint is None else {'retry_after_ms': hint},
        source=source,
    )


def no_answer(source: str, seen: Any = '', *, secrets: Sequence[str | None] = ()) -> GenkitError:
    """Return the error for a response that does not follow the protocol: ``UNAVAILABLE``, quoting its beginning.

    Args:
        source: The plugin's name.
        seen: What came instead: text, bytes, or JSON as data.
        secrets: Keys that must not be repeated in the message.
    """
    text = seen.decode(errors='replace') if isinstance(seen, bytes | bytearray) else seen
    text = as_shown(text)
    text = without_secrets(without_markup(text) or text.strip(), secrets)
    began = f'begins with {text[:_SHOWN]!r}' if text else 'is empty'
    return quoting(
        GenkitError(
            f'The answer {began}, and nothing in it is of the protocol. See whether base_url is right, and what stands '
            'between here and the provider.',
            status=StatusName.UNAVAILABLE,
            source=source,
        )
    )


def answer_error(
    source: str,
    seen: Any,
    secrets: Sequence[str | None] = (),
    *,
    begun: bool = False,
    kinds: Mapping[str, StatusName] | None = None,
) -> GenkitError:
    """Return the error for an unexpected payload in place of a response or a chunk, with a successful HTTP status.

    Args:
        source: The plugin's name.
        seen: JSON as data, or text, or bytes.
        secrets: Keys that must not be repeated in the message.
        begun: Whether the answer had begun: then an error without its own status is ``DATA_LOSS``, otherwise
            ``UNAVAILABLE``.
        kinds: The provider's own words for statuses, in lower case.
    """
    status = StatusName.DATA_LOSS if begun else StatusName.UNAVAILABLE
    told = error_in_body(source, seen, status=status, secrets=secrets, kinds=kinds)
    return told or no_answer(source, seen, secrets=secrets)


def cut_short(source: str, missing: str = 'the event that ends it') -> GenkitError:
    """Return the error for a truncated response: ``DATA_LOSS``.

    Args:
        source: The plugin's name.
        missing: What should have come.
    """
    return GenkitError(
        f'The answer stopped in the middle: {missing} did not come. What was streamed is not complete; ask again.',
        status=StatusName.DATA_LOSS,
        source=source,
    )
