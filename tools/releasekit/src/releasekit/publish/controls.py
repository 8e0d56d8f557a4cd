# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Controls of a run: pause, resume, drain."""

import asyncio
import contextlib
from pathlib import Path


class Controls:
    """Pause, resume, drain, and the packages that are taken out or put back.

    Attributes:
        removed: Packages that are not to be sent.
    """

    def __init__(self) -> None:
        self._running = asyncio.Event()
        self._running.set()
        self.changed = asyncio.Event()
        self._draining = asyncio.Event()
        self.removed: set[str] = set()

    @property
    def is_paused(self) -> bool:
        """Whether sending is paused until resumed."""
        return not self._running.is_set()

    @property
    def is_draining(self) -> bool:
        """Whether nothing new is begun any more."""
        return self._draining.is_set()

    def pause(self) -> None:
        """Send nothing from now on; what is under way comes to its end."""
        self._running.clear()
        self.changed.set()

    def resume(self) -> None:
        """Go on."""
        self._running.set()
        self.changed.set()

    def drain(self) -> None:
        """Begin nothing new, wait for nothing, and end once what is being sent has come to its end."""
        self._draining.set()
        self.resume()

    def remove(self, package: str) -> None:
        """Take out a package that is not yet under way; those that need it are blocked."""
        self.removed.add(package)
        self.changed.set()

    def add(self, package: str) -> None:
        """Put a package back that was taken out."""
        self.removed.discard(package)
        self.changed.set()

    async def let_pass(self) -> None:
        """Wait while the run is paused."""
        await self._running.wait()

    async def rest(self, seconds: float) -> None:
        """Wait for some time, and no longer than until the run is drained."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._draining.wait()

    def obey(self, order: str) -> bool:
        """Do what a line says, such as ``pause`` or ``remove NAME``; False if it says nothing known."""
        verb, _, package = order.strip().partition(' ')
        plain = {'pause': self.pause, 'resume': self.resume, 'drain': self.drain}
        named = {'remove': self.remove, 'add': self.add}
        if verb in plain and not package:
            plain[verb]()
        elif verb in named and package:
            named[verb](package.strip())
        else:
            return False
        return True


async def follow_orders(path: Path, controls: Controls, seconds: float = 0.2) -> None:
    """Obey the lines that are appended to a file, until cancelled."""
    _begin(path)
    done = 0
    while True:
        lines = _lines(path)
        for line in lines[done:]:
            controls.obey(line)
        done = len(lines)
        await asyncio.sleep(seconds)


def _begin(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('', encoding='utf-8')


def _lines(path: Path) -> list[str]:
    """Return the lines that are complete."""
    return path.read_text(encoding='utf-8').split('\n')[:-1]
