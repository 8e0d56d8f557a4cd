# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The address of a provider, as an application gives it, and names that become a part of one."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from genkit._base.errors import ErrorReason, GenkitError


_SHORTEST_SECRET: Final = 8
_OF_PARTS: Final = re.compile(r'auth|cookie|token|secret|key', re.IGNORECASE)
_SCHEME: Final = re.compile(r'(?:bearer|basic|token)\s', re.IGNORECASE)
_BETWEEN: Final = re.compile(r'[\s;,=]+')


def without_credentials(plugin: str, address: str | None, option: str = 'base_url') -> str | None:
    """Return a URL, which must not contain credentials, because HTTP libraries log it.

    Args:
        plugin: Named in the error.
        address: Of the provider; None if the application gives none.
        option: The name of the plugin's argument.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, without repeating the credentials.
    """
    if address is None or '@' not in address:
        return address
    try:
        host = urlsplit(address if '://' in address else f'//{address}').netloc.rpartition('@')
    except ValueError:  # the end of the host is ambiguous
        host = ('', '@', '')
    if not host[1]:
        return address
    shown = f' for {host[2]!r}' if host[2] else ''
    raise GenkitError(
        f'The {option} of plugin {plugin!r} holds a name or password{shown}, which would be logged with each request. '
        "Leave them out, and pass api_key= or headers={'Authorization': …} instead.",
        status='INVALID_ARGUMENT',
        source=plugin,
    )


def without_query(plugin: str, address: str | None) -> str | None:
    """Return a base URL, to which paths can be added, as it has neither a query nor a fragment.

    Args:
        plugin: Named in the error.
        address: Of the provider; None if the application gives none.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, without repeating what may be a key.
    """
    if address is None or not {'?', '#'} & set(address):
        return address
    raise GenkitError(
        f"The base_url of plugin {plugin!r} has a '?' or a '#', behind which no path can be added. End it before that; "
        'what has to be sent with each request can be given as headers={…}.',
        status='INVALID_ARGUMENT',
        source=plugin,
    )


def url_path(name: str, *, safe: str = '') -> str:
    """Return a name as a part of a URL's path, from which it cannot lead elsewhere.

    Args:
        name: Such as that of a model, or the id of a job.
        safe: Characters that stay as they are; ``/`` for names that are several steps of the path.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that is empty, or has a step ``.`` or ``..``, which HTTP clients
            take out together with what stands before it.
    """
    path = quote(name, safe=safe, errors='replace')
    if not path or not {'.', '..'}.isdisjoint(path.split('/')):
        raise GenkitError(
            f"{name!r} cannot be part of an address: it is empty, or '.' or '..' in it leads elsewhere. Give the name "
            'as the provider has it.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_INPUT,
        )
    return path


def header_secrets(headers: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return the header values, and parts of them, that may be secrets and must not appear in errors."""
    found = [value for value in (headers or {}).values() if len(value) >= _SHORTEST_SECRET]
    for name, value in (headers or {}).items():
        if _OF_PARTS.search(name) or _SCHEME.match(value):
            found += [part for part in _BETWEEN.split(value) if len(part) >= _SHORTEST_SECRET]
    return tuple(found)
