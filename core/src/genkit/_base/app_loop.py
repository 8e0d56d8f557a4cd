# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The application's event loop, and whether a signal has asked the process to stop."""

import asyncio
import logging
import weakref
from contextvars import ContextVar
from typing import Any, Final


_LOGGER: Final = logging.getLogger('genkit')


# What would end the process if a function raised it, and is an ordinary failure while a server runs the function.
CONTAINED: ContextVar[tuple[type[BaseException], ...]] = ContextVar('genkit_contained', default=())


class _Known:
    loop: 'weakref.ref[asyncio.AbstractEventLoop] | None' = None
    is_told_to_end = False


def note_application_loop() -> None:
    """Remember the running event loop as the application's; outside one, do nothing."""
    try:
        _Known.loop = weakref.ref(asyncio.get_running_loop())
    except RuntimeError:
        return


def application_loop() -> asyncio.AbstractEventLoop | None:
    """Return the application's event loop while it runs."""
    loop: Any = _Known.loop and _Known.loop()
    return loop if loop is not None and loop.is_running() else None


def run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    """Run an event loop of ours until it is stopped; a task that raises `SystemExit` does not end it for the others."""
    while True:
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt) as error:
            _LOGGER.exception(
                'A task raised %s, which does not end the event loop that it runs in.', type(error).__name__
            )
        else:
            return


def note_told_to_end() -> None:
    """Record that a signal asked the process to stop, and was handled by code that returns in time."""
    _Known.is_told_to_end = True


def is_told_to_end() -> bool:
    """Return whether a signal has asked the process to stop, whichever code handled it."""
    return _Known.is_told_to_end
