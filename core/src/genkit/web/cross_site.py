# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Protection against requests that a web page sends without its user's knowledge."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import LOOPBACK_NAMES, host_name


CrossSite = Literal['refuse', 'allow'] | Sequence[str]

# What a browser asks for permission to send; other types, and none at all, any page can send to anybody.
_JSON: Final = re.compile(r"application/([\w.!#$&^'*%`|~-]+\+)?json", re.ASCII | re.IGNORECASE)
_MOST_KNOWN: Final = 100
_OWN_SITE: Final = frozenset({'same-origin', 'none'})
_DEFAULT_PORTS: Final = {'http': 80, 'https': 443, None: None}


class ContentTypeError(GenkitError):
    """A request's body is not said to be JSON; answered with 415."""

    def __init__(self, given: str) -> None:
        said = f'The content type is {given!r}' if given else 'The content type is missing'
        super().__init__(
            f"{said}; it must be JSON. Send the header 'content-type: application/json': "
            "curl -H 'content-type: application/json' …",
            status='INVALID_ARGUMENT',
        )

    @property
    def http_code(self) -> int:
        """415."""
        return 415


class CrossSitePolicy:
    """Rejects requests that a page of another site can make a browser send.

    Bodies must be JSON, which pages of other sites cannot send without permission. Requests that a browser marks as
    coming from another site or another origin are refused. On a loopback address ``Host`` must name this machine, or a
    page could reach it under a name that the attacker controls (DNS rebinding).

    Args:
        cross_site: ``'refuse'``; a list of origins that may call, such as ``['https://app.example.com']``, whose hosts
            are accepted as ``Host``, too; or ``'allow'`` to take any request, whatever its content type.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """

    def __init__(self, cross_site: CrossSite = 'refuse') -> None:
        self._allows_all = cross_site == 'allow'
        self._origins = frozenset[str]() if isinstance(cross_site, str) else _origins(cross_site)
        if isinstance(cross_site, str) and cross_site not in ('refuse', 'allow'):
            raise _no_policy(cross_site)
        self._known: set[tuple[str, str | None]] = set()  # addresses and hosts that have been looked at and are fine
        self._hosts = LOOPBACK_NAMES | {host_name(origin) for origin in self._origins}

    def check(self, headers: Mapping[str, str], server: str | None = None, *, has_body: bool = True) -> None:
        """Refuse a request for a flow that a page may not send.

        Args:
            headers: By name in lower case.
            server: The address that the request came in at, if it is known.
            has_body: Whether it has a body.

        Raises:
            GenkitError: ``PERMISSION_DENIED``, or ``INVALID_ARGUMENT`` for the content type.
        """
        if self._allows_all:
            return
        if server is not None and (server, headers.get('host')) not in self._known:
            self.check_host(headers, server)
        if 'origin' in headers or 'sec-fetch-site' in headers:  # otherwise it is not a browser
            self._check_origin(headers)
        content_type = headers.get('content-type', '')
        if (
            has_body
            and content_type != 'application/json'
            and not _JSON.fullmatch(content_type.partition(';')[0].strip())
        ):
            raise ContentTypeError(content_type)

    def check_host(self, headers: Mapping[str, str], server: str | None) -> None:
        """Refuse a request that reached this machine under a foreign name.

        Raises:
            GenkitError: ``PERMISSION_DENIED``.
        """
        if self._allows_all or server is None:
            return
        host = headers.get('host')
        name = None if host is None else host_name(f'//{host}')
        if host is not None and name not in self._hosts and name != server and _is_loopback(server):
            raise GenkitError(
                f'Host {host!r} is not this machine; use http://127.0.0.1 or http://localhost. If a proxy passes '
                f"requests on under that name, say so where flows are served: cross_site=['https://{host}'].",
                status='PERMISSION_DENIED',
            )
        if len(self._known) < _MOST_KNOWN:
            self._known.add((server, host))

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        origin, site = headers.get('origin'), headers.get('sec-fetch-site')
        if (origin or '').lower() in self._origins or site in _OWN_SITE:
            return
        if site is None and origin is not None and _is_at(origin, headers.get('host')):
            return
        source = f'Pages of {origin!r}' if origin else 'Pages of other sites'
        raise GenkitError(
            f'{source} may not call flows here. To let them, say so where flows are served: '
            f'cross_site=[{origin or "https://app.example.com"!r}].',
            status='PERMISSION_DENIED',
        )


def listening_at(scope: Mapping[str, Any]) -> str | None:
    """Return the server address of an ASGI request, if the server provides it."""
    server = scope.get('server')
    return server[0] if server else None


def _is_loopback(server: str) -> bool:
    return server in LOOPBACK_NAMES or server.removeprefix('::ffff:').startswith('127.')


def _is_at(origin: str, host: str | None) -> bool:
    place = _place(origin)
    return host is not None and place is not None and bool(place[0]) and place == _place(f'//{host}', origin)


def _place(url: str, like: str | None = None) -> tuple[str | None, int | None] | None:
    """Return host and port of a URL; one without a scheme has that of another."""
    try:
        parts = urlsplit(url)
        scheme = urlsplit(like).scheme if like else parts.scheme
        return (parts.hostname, parts.port or _DEFAULT_PORTS.get(scheme))
    except ValueError:
        return None


def _origins(given: Any) -> frozenset[str]:
    if not isinstance(given, list | tuple | set | frozenset):
        raise _no_policy(given)
    origins = list(cast('Sequence[Any]', given))
    for origin in origins:
        if not isinstance(origin, str) or not _is_origin(origin):
            raise _no_policy(origins)
    return frozenset(origin.lower() for origin in origins)


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.scheme and parts.hostname) and text == f'{parts.scheme}://{parts.netloc}' and '*' not in text
    except ValueError:
        return False


def _no_policy(given: object) -> GenkitError:
    return GenkitError(
        f"cross_site is {given!r}; it must be 'refuse', 'allow' or a list of origins such as "
        "['https://app.example.com'], each with its scheme and without a path.",
        status='INVALID_ARGUMENT',
    )
