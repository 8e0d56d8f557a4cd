# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One WebSocket that carries JSON objects, and everything that belongs to it."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

from genkit.plugin.errors.answer_errors import answer_error
from genkit.plugin.errors.provider_errors import provider_error
from genkit.plugin.realtime.failures import SocketClosed, opening_error
from genkit.plugin.wire_values import read_json


if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

Body = dict[str, Any]

OPEN_SECONDS: Final = 20.0
CLOSE_SECONDS: Final = 1.0
PING_SECONDS: Final = 20.0
SEND_SECONDS: Final = 60.0
MOST_BYTES: Final = 16 * 2**20
_MOST_WAITING: Final = 16  # messages
_DEAF: Final = 'the other side reads nothing any more'


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """The library's logger without its lowest level, where it writes every header: keys are among them."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  (as the base class calls it)
        return level > logging.DEBUG and super().isEnabledFor(level)

    def log(self, level: int, msg: object, *args: object, **options: Any) -> None:
        if level > logging.DEBUG:
            super().log(level, msg, *args, **options)


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a WebSocket is opened.

    Attributes:
        url: The address, as ``wss:`` or ``https:``; for tests on this machine ``ws:`` or ``http:``.
        headers: Keys are among them.
        secrets: Texts that no error may repeat.
    """

    url: str
    headers: Mapping[str, str]
    secrets: Sequence[str | None] = ()

    def __repr__(self) -> str:
        """Return the address alone."""
        return f'Address({self.url!r})'

    @property
    def socket_url(self) -> str:
        """The address as that of a WebSocket."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(scheme={'https': 'wss', 'http': 'ws'}.get(parts.scheme, parts.scheme)))


class JsonSocket:
    """A connection; `open` makes one.

    Args:
        connection: The library's.
        source: The plugin's name.
        secrets: Texts that no error may repeat.
    """

    def __init__(self, connection: 'ClientConnection', source: str, secrets: Sequence[str | None]) -> None:
        self._connection = connection
        self._source = source
        self._secrets = secrets
        self._reading: asyncio.Task[str | bytes] | None = None
        self._woken: asyncio.Future[None] | None = None
        self._is_woken = False
        self._is_deaf = False  # the other side
        self._pong: Any = None

    @classmethod
    async def open(cls, source: str, address: Address) -> 'JsonSocket':
        """Open a connection; proxies are those of the environment, and redirects are not followed.

        Raises:
            GenkitError: As any failure of the provider: by the status of HTTP, or ``UNAVAILABLE``.
        """
        from websockets.asyncio.client import connect  # noqa: PLC0415  (loaded with the first conversation)

        class Connect(connect):
            """Follows no redirect: the key would go along."""

            def process_redirect(self, exc: Exception) -> Exception | str:
                return exc

        try:
            connection = await Connect(
                address.socket_url,
                additional_headers=dict(address.headers),
                user_agent_header=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,  # `receive` pings, when nothing is waiting to be read
                max_size=MOST_BYTES,
                max_queue=_MOST_WAITING,
                logger=_Quiet(logging.getLogger('websockets.client')),
            )
        except Exception as error:  # noqa: BLE001  (whatever the library raises becomes an error of the provider)
            raised = opening_error(source, error, address.secrets)
            raise raised from raised.__cause__
        return cls(connection, source, address.secrets)

    async def send(self, message: Body, seconds: float = SEND_SECONDS) -> None:
        """Send a message, waiting while the other side does not read.

        Args:
            message: The message.
            seconds: How long to wait; then the connection is given up, so that nobody waits for it.

        Raises:
            SocketClosed: The connection is no more, or its other side reads nothing.
            GenkitError: ``INVALID_ARGUMENT`` for half a character, which cannot be sent.
        """
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415  (see `open`)

        try:
            content = json.dumps(message, separators=(',', ':'), ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise provider_error(self._source, error, self._secrets) from error
        try:
            async with asyncio.timeout(seconds):
                await self._connection.send(content, text=True)
        except ConnectionClosed as closed:
            raise _closed(closed) from closed
        except TimeoutError:
            self._is_deaf = True
            self._connection.transport.abort()
            raise SocketClosed(reason=_DEAF) from None

    async def receive(self, seconds: float | None = None) -> Body | None:
        """Return the next message; None when `wake` was called.

        Raises:
            TimeoutError: None came within so many seconds.
            SocketClosed: The connection is no more, or its other side does not answer.
            GenkitError: What came is no JSON object.
        """
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        try:
            while True:
                if self._reading is None:
                    self._reading = loop.create_task(self._connection.recv())
                if self._is_woken and not self._reading.done():
                    self._is_woken = False
                    return None
                self._woken = loop.create_future()
                left = PING_SECONDS if end is None else min(PING_SECONDS, max(0.0, end - loop.time()))
                await asyncio.wait({self._reading, self._woken}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if self._reading.done():
                    return self._read()
                if end is not None and loop.time() >= end:
                    raise TimeoutError
                if not self._is_woken:
                    await self._ping()
        finally:
            self._woken = None

    def wake(self) -> None:
        """Let `receive` return None, now or when it is called next."""
        self._is_woken = True
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def aclose(self) -> None:
        """Close the connection; a side that does not answer is left after a second."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
        try:
            with contextlib.suppress(Exception):  # it is given up, whatever it says
                await self._connection.close()
        finally:
            self._connection.transport.abort()
            if reading is not None:
                await asyncio.wait([reading])
                if not reading.cancelled():
                    reading.exception()  # read here, so that nothing complains

    def _read(self) -> Body:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415  (see `open`)

        reading, self._reading, self._pong = self._reading, None, None
        assert reading is not None
        try:
            content = reading.result()
        except ConnectionClosed as closed:
            raise (SocketClosed(reason=_DEAF) if self._is_deaf else _closed(closed)) from closed
        try:
            message = read_json(content)
        except ValueError:
            raise answer_error(self._source, content, self._secrets, begun=True) from None
        if not isinstance(message, dict):
            raise answer_error(self._source, message, self._secrets, begun=True)
        return cast('Body', message)

    async def _ping(self) -> None:
        """Ask the other side whether it is there; it has until the next time to answer."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415  (see `open`)

        if self._pong is not None and not self._pong.done():
            raise SocketClosed(reason='nothing came for a while, not even the answer to a ping')
        try:
            async with asyncio.timeout(PING_SECONDS):
                self._pong = await self._connection.ping()
        except ConnectionClosed as closed:
            raise _closed(closed) from closed
        except TimeoutError:
            raise SocketClosed(reason=_DEAF) from None


def _closed(closed: Any) -> SocketClosed:
    """Return how a connection ended, of the library's error."""
    received, sent = closed.rcvd, closed.sent
    if sent is not None and (received is None or closed.rcvd_then_sent is False):
        return SocketClosed(sent.code, sent.reason, ours=True)
    return SocketClosed() if received is None else SocketClosed(received.code, received.reason)
