# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a process that serves the developer tools ends, and when a script that has run to its end goes on living."""

import atexit
import contextlib
import functools
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from genkit._base.app_loop import is_told_to_end


# A signal that comes just before a wait begins is only handled when the wait ends, so no wait is endless.
SIGNAL_SECONDS: Final = 0.5
_SIGNALS: Final = ('SIGTERM', 'SIGHUP')


class Ending(Protocol):
    """What has to end before the process does."""

    def withdraw(self) -> None:
        """Take away what tells the tools of this process; takes no time."""
        ...

    def close(self) -> None:
        """Withdraw, send what has ended, and stop."""
        ...


class _Process:
    """This process; a forked child has the same, and must leave it alone.

    Attributes:
        parent: The process that started it.
        interrupted: Whether Ctrl-C was pressed already.
        signals: Those that close and then end the process.
    """

    endings: list[Ending] = []  # noqa: RUF012  (one per process on purpose)
    pid = 0
    parent = 0
    interrupted = False
    signals: set[int] = set()  # noqa: RUF012  (one per process on purpose)


def close_at_the_end(ending: Ending) -> None:
    """Close something on every kind of exit, and let the process live until then if the tools wait for it."""
    _Process.endings.append(ending)
    _close_on_signals()
    if not _Process.pid:
        _Process.pid, _Process.parent = os.getpid(), os.getppid()
        atexit.register(close_all)
        if _is_script_of_the_tools():
            _outlive_the_script()


def close_all() -> None:
    """Close everything, in the process that opened it."""
    while _Process.endings and _Process.pid == os.getpid():
        _Process.endings.pop().close()


def note_interrupt() -> None:
    """Record that Ctrl-C was pressed; called by the code that kept it from ending the script."""
    _Process.interrupted = True


def tools_have_gone() -> bool:
    """Return whether the tools that started this process have ended; not all of them take it with them."""
    return _is_started_by_tools() and os.getppid() != _Process.parent


def was_a_server() -> bool:
    """Return whether other code handled our signals and has stopped: a server that one of them has stopped."""
    return any(signal.getsignal(number) is signal.SIG_DFL for number in _Process.signals)


def _close_on_signals() -> None:
    """Close on the signals that would end the process at once; on signals that other code handles, only withdraw.

    Servers handle them, and then often die of them a second time, which runs nothing any more.
    """
    if _Process.signals or threading.current_thread() is not threading.main_thread():
        return
    for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
        handler = signal.getsignal(number)
        if handler is signal.SIG_DFL:
            signal.signal(number, _close_and_end)
            _Process.signals.add(number)
        elif callable(handler):
            signal.signal(number, functools.partial(_withdraw_and_hand_on, handler))


def _close_and_end(number: int, _frame: Any) -> None:
    close_all()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _withdraw_and_hand_on(handler: Callable[[int, Any], Any], number: int, frame: Any) -> None:
    if _Process.pid == os.getpid():
        for ending in list(_Process.endings):
            ending.withdraw()
    handler(number, frame)


def _is_script_of_the_tools() -> bool:
    """Return whether the tools started a script of the application's own, rather than a server or a test runner."""
    path = getattr(sys.modules.get('__main__'), '__file__', None)
    if not _is_started_by_tools() or path is None or _is_worker():
        return False
    installed = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    return installed.isdisjoint(Path(path).resolve().parents)


def _is_started_by_tools() -> bool:
    return 'GENKIT_TELEMETRY_SERVER' in os.environ or 'GENKIT_REFLECTION_V2_SERVER' in os.environ


def _is_worker() -> bool:
    """Return whether another Python process started this one, which runs the script's module again, for some work."""
    processes = sys.modules.get('multiprocessing.process')
    return processes is not None and processes.parent_process() is not None


def _outlive_the_script() -> None:
    """Keep the process after its script has ended, until the tools end it; a script that failed ends at once."""
    # Before worker threads are refused, which is earlier than anything that `atexit` or a thread that is not a daemon
    # can do. The standard library's own executor uses it; without it scripts end when they end.
    register: Any = getattr(threading, '_register_atexit', None)
    if register is not None:
        importlib.import_module('concurrent.futures.thread')  # whose own step must come after ours
        register(_stay)


def _stay() -> None:
    failed = getattr(sys, 'last_value', None) is not None
    if failed or _Process.interrupted or is_told_to_end() or was_a_server() or _Process.pid != os.getpid():
        return
    with contextlib.suppress(KeyboardInterrupt):
        while not tools_have_gone():  # or until Ctrl-C; other signals end the process
            time.sleep(SIGNAL_SECONDS)
