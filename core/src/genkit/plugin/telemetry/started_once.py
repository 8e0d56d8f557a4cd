# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a process sets up once, however often it is asked to."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from genkit._base.errors import GenkitError


T = TypeVar('T')


class StartedOnce(Generic[T]):
    """Remembers what was started under which key and with which settings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started: dict[str, tuple[Mapping[str, Any], T]] = {}

    def start(self, key: str, settings: Mapping[str, Any], make: Callable[[], T], shown: str | None = None) -> T:
        """Return what runs under a key with these settings, and start it if nothing does.

        Args:
            key: What it is, such as its address.
            settings: What was asked for. Names of those that differ are shown, never values.
            make: Starts it.
            shown: The key for people, without what may be a secret. Default: the key.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` if something runs there with other settings.
        """
        with self._lock:
            if key not in self._started:
                self._started[key] = (dict(settings), make())
            known, started = self._started[key]
        differing = sorted(name for name in {*known, *settings} if known.get(name) != settings.get(name))
        if differing:
            raise GenkitError(
                f'Telemetry goes to {shown or key} already, with another {", another ".join(differing)}. Configure it '
                'once; to change it, call close() of what the first call returned before.',
                status='ALREADY_EXISTS',
            )
        return started

    def forget(self, started: T) -> None:
        """Let something be started again."""
        with self._lock:
            self._started = {key: known for key, known in self._started.items() if known[1] is not started}
