# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a running action knows of its call."""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from genkit._trace.span import Span


CURRENT_CONTEXT: ContextVar[dict[str, Any] | None] = ContextVar('genkit_context', default=None)


def current_context() -> dict[str, Any] | None:
    """Return the context of the call that is running, or None outside one."""
    return CURRENT_CONTEXT.get()


class ActionRunContext:
    """Given to an action's function as its second parameter.

    Attributes:
        context: The caller's context, such as who is asking.
        span: The span of this run, once it has begun.
    """

    __slots__ = ('_abort_signal', '_aborted', '_on_chunk', 'context', 'span')

    def __init__(
        self,
        context: Mapping[str, Any] | None = None,
        on_chunk: Callable[[Any], None] | None = None,
    ) -> None:
        self.context: dict[str, Any] = context if isinstance(context, dict) else dict(context or {})
        self.span: Span | None = None
        self._on_chunk = on_chunk
        self._abort_signal: asyncio.Event | None = None
        self._aborted = False

    @property
    def trace_id(self) -> str:
        """The trace of this run; empty while nobody records."""
        return '' if self.span is None else self.span.trace_id

    @property
    def span_id(self) -> str:
        """The span of this run; empty while nobody records."""
        return '' if self.span is None else self.span.span_id

    @property
    def is_streaming(self) -> bool:
        """Whether the caller reads chunks."""
        return self._on_chunk is not None

    @property
    def streaming_callback(self) -> Callable[[Any], None] | None:
        """Where chunks go, or None if nobody reads them."""
        return self._on_chunk

    @property
    def abort_signal(self) -> asyncio.Event:
        """Set when the call is cancelled; for work that a cancelled task does not stop, such as a worker thread."""
        if self._abort_signal is None:
            self._abort_signal = asyncio.Event()
            if self._aborted:
                self._abort_signal.set()
        return self._abort_signal

    def send_chunk(self, chunk: Any) -> None:
        """Hand one chunk to the caller; does nothing if nobody reads them."""
        if self._on_chunk is not None:
            self._on_chunk(chunk)

    def redirect_chunks(self, on_chunk: Callable[[Any], None]) -> None:
        """Send the chunks elsewhere from now on."""
        self._on_chunk = on_chunk

    def abort(self) -> None:
        """Set the abort signal, for whoever holds it or asks for it later."""
        self._aborted = True
        if self._abort_signal is not None:
            self._abort_signal.set()
