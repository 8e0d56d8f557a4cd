# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Run contexts of actions and tools, and the context of the running call."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from genkit._base.errors import GenkitError, Interrupt
from genkit._trace.span import Span


CURRENT_RUN: 'ContextVar[ActionRunContext | None]' = ContextVar('genkit_run', default=None)


def current_context() -> dict[str, Any] | None:
    """Return the context of the call that is running, or None outside one."""
    run = CURRENT_RUN.get()
    return None if run is None else run.context


def cancel_with_current_run(task: 'asyncio.Task[Any]') -> None:
    """Let a task end with the run that starts it: cancelled with it, and when it fails.

    Outside a run, the task is cancelled with the task that starts it. A run that returns leaves its tasks alone.
    """
    run = CURRENT_RUN.get()
    if run is not None:
        run.adopt(task)
        return
    parent = asyncio.current_task()
    if parent is None:
        return

    def ended(finished: 'asyncio.Task[Any]') -> None:
        if finished.cancelled():
            task.cancel()

    parent.add_done_callback(ended)
    task.add_done_callback(lambda _: parent.remove_done_callback(ended))


class ActionRunContext:
    """The context of one run, passed to an action's function as its second parameter.

    Attributes:
        context: The caller's context, such as its authentication data.
        span: The span of this run, once it has started.
    """

    __slots__ = ('_abort_signal', '_aborted', '_adopted', '_on_chunk', 'context', 'span')

    def __init__(
        self,
        context: Mapping[str, Any] | None = None,
        on_chunk: Callable[[Any], None] | None = None,
    ) -> None:
        if on_chunk is not None and inspect.iscoroutinefunction(on_chunk):
            raise GenkitError(
                f'on_chunk={on_chunk!r} is asynchronous, and an action hands its chunks to a plain function. Give one, '
                'or iterate over the chunks of `action.stream(…)`.',
                status='INVALID_ARGUMENT',
            )
        self.context: dict[str, Any] = context if isinstance(context, dict) else dict(context or {})
        self.span: Span | None = None
        self._on_chunk = on_chunk
        self._abort_signal: asyncio.Event | None = None
        self._aborted = False
        self._adopted: set[asyncio.Task[Any]] | None = None

    @property
    def trace_id(self) -> str:
        """The trace id of this run; empty if no exporter records spans."""
        return '' if self.span is None else self.span.trace_id

    @property
    def span_id(self) -> str:
        """The span id of this run; empty if no exporter records spans."""
        return '' if self.span is None else self.span.span_id

    @property
    def is_streaming(self) -> bool:
        """Whether the caller reads chunks."""
        return self._on_chunk is not None

    @property
    def streaming_callback(self) -> Callable[[Any], None] | None:
        """The callback that receives chunks, or None if the caller does not stream."""
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
        """Send one chunk to the caller; does nothing if the caller does not stream."""
        if self._on_chunk is not None:
            self._on_chunk(chunk)

    def redirect_chunks(self, on_chunk: Callable[[Any], None]) -> None:
        """Send the chunks elsewhere from now on."""
        self._on_chunk = on_chunk

    def abort(self) -> None:
        """Set the abort signal, for current and later holders, and cancel the tasks that this run has started."""
        self._aborted = True
        if self._abort_signal is not None:
            self._abort_signal.set()
        self.cancel_adopted()

    def adopt(self, task: 'asyncio.Task[Any]') -> None:
        """Cancel a task when this run is cancelled or fails."""
        if self._adopted is None:
            self._adopted = set()
        self._adopted.add(task)
        task.add_done_callback(self._adopted.discard)

    def cancel_adopted(self) -> None:
        """Cancel the tasks that this run has started and that still run."""
        for task in tuple(self._adopted or ()):
            loop = task.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)


class ToolRunContext(ActionRunContext):
    """The context of one tool run, passed to a tool's function as its second, or only, parameter.

    Attributes:
        resumed_metadata: Metadata given when the tool was restarted; None on a first run.
        original_input: The input before it was replaced on restarting.
        interrupt_metadata: The recorded metadata of this tool's interrupt; None on a first run.
    """

    __slots__ = ('interrupt_metadata', 'original_input', 'resumed_metadata')

    def __init__(
        self,
        context: Mapping[str, Any] | None = None,
        on_chunk: Callable[[Any], None] | None = None,
        *,
        resumed_metadata: Any = None,
        original_input: Any = None,
        interrupt_metadata: Any = None,
    ) -> None:
        super().__init__(context, on_chunk)
        self.resumed_metadata = resumed_metadata
        self.original_input = original_input
        self.interrupt_metadata = interrupt_metadata

    def is_resumed(self) -> bool:
        """Return whether this run restarts the tool after an interrupt."""
        return self.resumed_metadata is not None

    def interrupt(self, metadata: Any = None) -> None:
        """Pause the generation until the caller responds to the tool request or restarts the tool.

        Args:
            metadata: Information for the caller, such as a question. Anything but a mapping is stored as ``question``.

        Raises:
            Interrupt: Always.
        """
        raise Interrupt(metadata)
