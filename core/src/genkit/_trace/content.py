# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether spans record what was said: inputs, outputs, messages and contexts."""

import logging
import os
from typing import Final, Literal

from genkit._base.errors import GenkitError


Content = Literal['recorded', 'for tools', 'dropped']

_VARIABLE: Final = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
# OpenTelemetry's own instrumentations know truth values, or where the content goes; ours has no events.
_ON: Final = ('true', 'span_only', 'span_and_event')
_OFF: Final = ('false', 'no_content', 'event_only')
_LOGGER: Final = logging.getLogger('genkit.trace')


class _Choice:
    made: bool | None = None


def choose_content(*, captured: bool) -> None:
    """Decide in place of the environment, for the whole process, whether spans record content.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything but True and False, such as the text ``false``.
    """
    if not isinstance(captured, bool):  # pyright: ignore[reportUnnecessaryIsInstance]  (what is private depends on it)
        raise GenkitError(
            f'capture_content is {captured!r}; it must be True, False, or None to leave it to {_VARIABLE}.',
            status='INVALID_ARGUMENT',
        )
    _Choice.made = captured


def captures_content() -> bool:
    """Return what the program chose, or else the environment; content is recorded unless it is switched off."""
    if _Choice.made is not None:
        return _Choice.made
    value = os.environ.get(_VARIABLE, '').lower()
    if value and value not in (*_ON, *_OFF):
        _LOGGER.warning(
            '%s is %r; it must be one of %s. Spans record no content.', _VARIABLE, value, ', '.join((*_ON, *_OFF))
        )
    return not value or value in _ON
