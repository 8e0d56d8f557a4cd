# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The event loop that the application runs on, for those who work for it from other threads."""

import asyncio
import weakref
from typing import Any


class _Known:
    loop: 'weakref.ref[asyncio.AbstractEventLoop] | None' = None


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
