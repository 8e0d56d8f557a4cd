# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Fetches untrusted URLs, without access to the private network of this program.

Every address of a host is checked before the connection is made, and the connection goes to the address that was
checked: a name that resolves differently a moment later changes nothing. Redirects are checked alike.

Bytes are counted as they arrive and as they are unpacked. Servers are asked not to pack them; one layer of gzip or
deflate is unpacked piece by piece all the same, as some servers store their files so.
"""

import asyncio
import socket
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from genkit._base.errors import GenkitError
from genkit._base.http.addresses import is_public
from genkit._base.readers.media_type import essence, is_accepted
from genkit._base.status import from_http_code


if TYPE_CHECKING:
    import httpx


_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MAX_REDIRECTS: Final = 5
_OK: Final = 200
_PORTS: Final = 2**16
_PACKED: Final = {'gzip': zlib.MAX_WBITS | 16, 'x-gzip': zlib.MAX_WBITS | 16, 'deflate': zlib.MAX_WBITS}


@dataclass(frozen=True, kw_only=True)
class DownloadLimits:
    """What a download may be.

    Attributes:
        max_bytes: The largest body, as it arrives and when it is unpacked.
        timeout: For the whole of it, redirects included.
        content_types: The families or types accepted, such as ``image/`` or ``application/pdf``; empty for all.
        allowed_hosts: Names or addresses that may lie in a private network.
    """

    max_bytes: int = 20 * 2**20
    timeout: float = 30.0
    content_types: Collection[str] = ()
    allowed_hosts: Collection[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Download:
    """What was fetched."""

    body: bytes
    content_type: str


async def download(url: str, limits: DownloadLimits) -> Download:
    """Return what is behind a URL.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a scheme other than HTTP, a name that no host may have, or a type that is
            malformed or not accepted, ``FAILED_PRECONDITION`` for a body that is packed in an unknown way or twice,
            ``PERMISSION_DENIED`` for an address that is not public, ``OUT_OF_RANGE`` for too large a body,
            ``DEADLINE_EXCEEDED``, ``UNAVAILABLE``, or what the server's status stands for.
    """
    import httpx  # noqa: PLC0415  (loaded when something is fetched)

    try:
        async with asyncio.timeout(limits.timeout):
            async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
                return await _follow(client, httpx.URL(url), limits)
    except TimeoutError as error:
        raise GenkitError(
            f'Fetching {_shown(url)} took longer than {limits.timeout:g} s.', status='DEADLINE_EXCEEDED'
        ) from error
    except (httpx.InvalidURL, ValueError) as error:  # also UnicodeError, from names that IDNA does not allow
        raise GenkitError(
            f'Fetching {_shown(url)} failed: it is no address, or redirects to none. Check the host.',
            status='INVALID_ARGUMENT',
        ) from error
    except (httpx.HTTPError, OSError) as error:
        raise GenkitError(f'Fetching {_shown(url)} failed.', status='UNAVAILABLE', cause=error) from error


async def _follow(client: 'httpx.AsyncClient', url: 'httpx.URL', limits: DownloadLimits) -> Download:
    for _ in range(_MAX_REDIRECTS + 1):
        address = await _checked_address(url, limits)
        request = client.build_request(
            'GET',
            url.copy_with(host=address),
            headers={'Host': url.netloc.decode(), 'Accept': '*/*', 'Accept-Encoding': 'identity'},
            extensions={'sni_hostname': url.host},
        )
        response = await client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS and 'location' in response.headers:
                url = url.join(response.headers['location'])
                continue
            return await _body(response, url, limits)
        finally:
            await response.aclose()
    raise GenkitError(f'{_shown(str(url))} redirects more than {_MAX_REDIRECTS} times.', status='OUT_OF_RANGE')


async def _body(response: 'httpx.Response', url: 'httpx.URL', limits: DownloadLimits) -> Download:
    if response.status_code != _OK:
        raise GenkitError(
            f'Fetching {_shown(str(url))} was answered with {response.status_code}.',
            status=from_http_code(response.status_code),
        )
    content_type = essence(response.headers.get('content-type', ''), f'The content type of {_shown(str(url))}')
    if limits.content_types and not is_accepted(content_type, limits.content_types):
        raise GenkitError(
            f'{_shown(str(url))} is of type {content_type!r}; accepted are {sorted(limits.content_types)!r}.',
            status='INVALID_ARGUMENT',
        )
    unpacker = _unpacker(response.headers.get('content-encoding', ''), url)
    received, pieces = 0, bytearray()
    async for piece in response.aiter_raw():
        received += len(piece)
        try:
            pieces += unpacker.decompress(piece, limits.max_bytes + 1 - len(pieces)) if unpacker else piece
        except zlib.error as error:
            raise GenkitError(f'{_shown(str(url))} is not packed as it says.', status='DATA_LOSS') from error
        if max(received, len(pieces)) > limits.max_bytes:
            raise GenkitError(
                f'{_shown(str(url))} is larger than the {limits.max_bytes} bytes allowed.', status='OUT_OF_RANGE'
            )
    if unpacker and not unpacker.eof:
        raise GenkitError(f'{_shown(str(url))} ends in the middle.', status='DATA_LOSS')
    return Download(bytes(pieces), content_type)


def _unpacker(encoding: str, url: 'httpx.URL') -> Any:
    """Return what unpacks a body piece by piece; None if it is not packed."""
    name = encoding.strip().lower()
    if name in ('', 'identity'):
        return None
    if name not in _PACKED:
        raise GenkitError(
            f'{_shown(str(url))} comes with content-encoding {encoding[:40]!r}, although it was asked for as it is; '
            f'one of {sorted(_PACKED)!r} is unpacked. Serve it without.',
            status='FAILED_PRECONDITION',
        )
    return zlib.decompressobj(_PACKED[name])


async def _checked_address(url: 'httpx.URL', limits: DownloadLimits) -> str:
    """Return an address of the URL's host that may be connected to."""
    if url.scheme not in ('http', 'https') or not url.host:
        raise GenkitError(f'{_shown(str(url))} is no HTTP address.', status='INVALID_ARGUMENT')
    port = url.port or (443 if url.scheme == 'https' else 80)
    if port >= _PORTS:
        raise GenkitError(
            f'{_shown(str(url))} names the port {port}; there is none above 65535.', status='INVALID_ARGUMENT'
        )
    found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if url.host not in limits.allowed_hosts:
        for address in addresses:
            if not is_public(address):
                raise GenkitError(
                    f'{url.host!r} leads to {address}, which is not a public address. '
                    f'Allow it with allowed_hosts=[{url.host!r}] if it is meant.',
                    status='PERMISSION_DENIED',
                )
    return addresses[0]


def _shown(url: str) -> str:
    """Return a URL without what may hold a secret: its query, its credentials, all of it where it is malformed."""
    try:
        parts = urlsplit(url)
        port = '' if parts.port is None else f':{parts.port}'
    except ValueError:
        return 'the URL'
    return repr(f'{parts.scheme}://{parts.hostname or ""}{port}{parts.path}'[:200])
