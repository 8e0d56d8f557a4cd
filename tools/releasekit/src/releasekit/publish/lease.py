# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One run at a time across machines: a ref of a remote that only moves from where its holder last put it.

The clocks of runners need not agree. What keeps a paused runner from sending after another run took over is the ref
itself, which is asked before files are sent; times only tell when a silent holder may be presumed gone.
"""

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError
from releasekit.publish.delivery import Setback


REF = 'refs/releasekit/lease'
Guard = Callable[[], Awaitable[None]]


class Notes(Protocol):
    """Texts behind refs of a remote; git is one."""

    def read_note(self, remote: str, ref: str) -> tuple[str, str] | None:
        """Return the hash and the text behind a ref, or None."""
        ...

    def move_note(self, remote: str, ref: str, text: str, before: str | None) -> str | None:
        """Put a text behind a ref and return its hash; None, and nothing changed, if it is no more where it was."""
        ...


@dataclass(frozen=True)
class LeaseOptions:
    """How a lease is held; times are seconds.

    Attributes:
        remote: Where.
        beat: Between two signs of life.
        silence: After which a holder is presumed gone.
        trust: For which an answer of the remote is believed.
    """

    remote: str
    beat: float = 60.0
    silence: float = 600.0
    trust: float = 5.0


class Lease:
    """The right to send, while it is held.

    Args:
        notes: Where it is kept.
        options: How it is held.
        what: What this run does, shown to runs that find the lease held.

    Attributes:
        token: Rises with every holder.
    """

    def __init__(self, notes: Notes, options: LeaseOptions, what: str) -> None:
        self._notes = notes
        self._options = options
        self._what = what
        self._hash: str | None = None
        self._moving = asyncio.Lock()
        self._believed_until = 0.0
        self.token = 0

    async def take(self) -> None:
        """Take it.

        Raises:
            RefusedError: Another run has it, or was quicker.
        """
        found = await asyncio.to_thread(self._notes.read_note, self._options.remote, REF)
        held = _read(found[1] if found else '')
        if held and not held.get('released'):
            silent = time.time() - float(held.get('time', 0))
            if silent < self._options.silence:
                raise RefusedError(
                    'RK-LOCK-HELD',
                    f'another run is under way: {held.get("who")}, {held.get("what")}, last heard of {silent:.0f} s '
                    f'ago. It is presumed gone after {self._options.silence:.0f} s of silence.',
                )
        self.token = int(held.get('token', 0)) + 1
        if not await self._move(found[0] if found else None):
            raise RefusedError('RK-LOCK-HELD', 'another run took the lease in this very moment')

    async def keep(self) -> None:
        """Give a sign of life from time to time, until cancelled or overtaken."""
        while True:
            await asyncio.sleep(self._options.beat)
            with contextlib.suppress(RefusedError):  # the remote may be there again for the next one
                async with self._moving:
                    if not await self._move(self._hash):
                        return

    async def give_back(self) -> None:
        """Let the next run begin at once."""
        with contextlib.suppress(RefusedError):  # it will be presumed gone
            async with self._moving:
                await self._move(self._hash, released=True)

    async def guard(self) -> None:
        """Raise unless this run holds the lease still.

        Raises:
            Setback: It does not, or the remote cannot be asked.
        """
        loop = asyncio.get_running_loop()
        if loop.time() < self._believed_until:
            return
        async with self._moving:
            asked = loop.time()
            try:
                found = await asyncio.to_thread(self._notes.read_note, self._options.remote, REF)
            except RefusedError as error:
                raise Setback('RK-LEASE-LOST', f'the remote cannot be asked for the lease: {error}') from error
            if found is None or found[0] != self._hash:
                holder = _read(found[1]).get('who') if found else 'nobody'
                text = f'the lease of this run is gone, {holder} has it now; nothing more is sent'
                raise Setback('RK-LEASE-LOST', text, ends_run=True)
            self._believed_until = asked + self._options.trust

    async def _move(self, before: str | None, *, released: bool = False) -> bool:
        note = {
            'who': f'process {os.getpid()} on {socket.gethostname()}',
            'what': self._what,
            'token': self.token,
            'time': round(time.time(), 3),
            'released': released,
        }
        moved = await asyncio.to_thread(
            self._notes.move_note, self._options.remote, REF, json.dumps(note, ensure_ascii=False), before
        )
        if moved is None:
            return False
        self._hash = moved
        return True


@asynccontextmanager
async def leased(notes: Notes, options: LeaseOptions, what: str) -> AsyncGenerator[Guard]:
    """Hold a lease, and give what a run asks before it sends.

    Raises:
        RefusedError: Another run has it.
    """
    lease = Lease(notes, options, what)
    await lease.take()
    beating = asyncio.create_task(lease.keep())
    try:
        yield lease.guard
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        await lease.give_back()


def _read(text: str) -> Mapping[str, Any]:
    try:
        found = parse_json(text)
    except ValueError:
        return {}
    return cast('dict[str, Any]', found) if isinstance(found, dict) else {}
