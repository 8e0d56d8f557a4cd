# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The way in for the façade: light, because every application imports it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from genkit._base.app_loop import is_told_to_end, note_application_loop
from genkit._reflect.address import ServerSpec
from genkit._reflect.process_end import SIGNAL_SECONDS, note_interrupt, tools_have_gone, was_a_server
from genkit._registry.registry import Registry


T = TypeVar('T')


def start_runtime(registry: Registry, name: str | None, spec: ServerSpec | None) -> None:
    """Serve the developer tools in the background."""
    from genkit._reflect.runtime import Runtime  # noqa: PLC0415  (loaded in development only)

    note_application_loop()
    Runtime(registry, name, spec).start()


async def stay_for_tools(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine, and return its result once a signal stops the process or the tools that started it have ended.

    A server that the coroutine ran may have taken the signal that tells so: there will be no other one. The tools run
    actions in this event loop.
    """
    note_application_loop()
    result = await coroutine
    try:
        while not (is_told_to_end() or was_a_server() or tools_have_gone()):  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(SIGNAL_SECONDS)
    except asyncio.CancelledError:  # Ctrl-C
        note_interrupt()
    return result
