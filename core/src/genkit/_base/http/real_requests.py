# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Forbids connections to other machines for a while."""

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Self

from genkit._base.errors import GenkitError


_NAMES: Final = frozenset({'localhost', 'localhost.localdomain', 'ip6-localhost'})
_CONNECTING: Final = ('connect', 'connect_ex', 'sendto')
_MAX_CAUSES: Final = 30


class RealRequestError(GenkitError):
    """A connection to another machine, where there is to be none."""


class NoRealRequests:
    """Forbids connections to other machines inside a ``with`` or an ``async with`` block.

    Connections within this machine remain possible. The block counts for every task and thread of the process;
    connections that Python's sockets do not make, such as those of gRPC, are not seen.

    Args:
        allow: Further hosts, as names or addresses.
    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._allowed = set(allow)
        self._replaced: dict[str, Any] = {}
        self._getaddrinfo: Callable[..., Any] = socket.getaddrinfo

    def __enter__(self) -> Self:
        """Begin to forbid."""
        self._getaddrinfo = socket.getaddrinfo
        socket.getaddrinfo = self._resolving(self._getaddrinfo)
        for name in _CONNECTING:
            self._replaced[name] = vars(socket.socket).get(name)
            setattr(socket.socket, name, self._connecting(getattr(socket.socket, name)))
        return self

    def __exit__(self, *_: object) -> None:
        """Forbid no longer."""
        socket.getaddrinfo = self._getaddrinfo
        for name, before in self._replaced.items():
            if before is None:
                delattr(socket.socket, name)
            else:
                setattr(socket.socket, name, before)

    async def __aenter__(self) -> Self:
        """Begin to forbid."""
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        """Forbid no longer."""
        self.__exit__()

    def _resolving(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            self._require_allowed(host, port)
            found = resolve(host, port, *arguments, **options)
            self._allowed |= {str(entry[4][0]) for entry in found}
            return found

        return getaddrinfo

    def _connecting(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        def checked(connection: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1] if arguments else None
            if isinstance(address, tuple):
                self._require_allowed(*address[:2])
            return connect(connection, *arguments)

        return checked

    def _require_allowed(self, host: Any, port: Any) -> None:
        name = host.decode(errors='replace') if isinstance(host, bytes) else host
        if not name or name in self._allowed or is_this_machine(str(name)):
            return
        raise RealRequestError(
            f'A request to {name!r}, port {port!r}, was about to be made, and no_real_requests() allows none. Replace '
            "what makes it, as in overridden(ai, model=['an answer']), or allow the host: "
            f'no_real_requests(allow=[{name!r}]).',
            status='FAILED_PRECONDITION',
        )


def is_this_machine(host: str) -> bool:
    """Return whether a name or an address is that of the machine itself."""
    if host.lower().rstrip('.') in _NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition('%')[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def forbidden_request(error: BaseException) -> RealRequestError | None:
    """Return the refusal of a connection that an error came of, if it did."""
    for cause in _causes(error, _MAX_CAUSES):
        if isinstance(cause, RealRequestError):
            return cause
    return None


def _causes(error: BaseException | None, steps: int) -> Iterator[BaseException]:
    while error is not None and steps:
        yield error
        steps -= 1
        members: Sequence[BaseException] = getattr(error, 'exceptions', ())
        if isinstance(error, BaseExceptionGroup):
            for each in members:
                yield from _causes(each, steps)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
