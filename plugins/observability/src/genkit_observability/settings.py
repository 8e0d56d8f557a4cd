# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Settings of backends: an argument, or else a variable of the environment, checked before anything is sent."""

import os
import re
from base64 import b64encode
from typing import Final, cast
from urllib.parse import urlsplit

from genkit import GenkitError
from genkit.plugin import without_credentials, without_query


SOURCE: Final = 'observability'

_HOST: Final = re.compile(r'[a-z0-9]([a-z0-9.-]*[a-z0-9])?', re.IGNORECASE)


def find(given: str | None, *variables: str) -> str | None:
    """Return an argument, or what the first variable that is set holds."""
    return given or next((os.environ[name] for name in variables if os.environ.get(name)), None)


def needed(label: str, option: str, given: str | None, *variables: str) -> str:
    """Return a setting that a backend cannot do without.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` naming the argument and the variables.
    """
    found = find(given, *variables)
    if not found:
        raise GenkitError(
            f'{label} needs {option}: pass {option}=, or set {" or ".join(variables)}.',
            status='FAILED_PRECONDITION',
            source=SOURCE,
        )
    return found


def key(label: str, option: str, given: str | None, *variables: str) -> str:
    """Return a required setting that is sent in a header; the errors do not repeat it."""
    found = needed(label, option, given, *variables).strip()
    if not found.isascii() or not found.isprintable():
        raise invalid(
            f'{option} of {label} holds a character that no key has, such as a line break or a letter with an accent. '
            'Copy it again.'
        )
    return found


def address(option: str, value: str) -> str:
    """Return the address of a server, without a slash at its end.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what is none, and for one that holds a password or a query.
    """
    if not isinstance(cast('object', value), str):
        raise invalid(f'{option} is {value!r}; it must be an address such as https://collector.example:4318.')
    without_query(SOURCE, without_credentials(SOURCE, value, option))
    try:
        parts = urlsplit(value.strip())
        is_address = parts.scheme in ('http', 'https') and bool(parts.hostname) and (parts.port or 1) > 0
        is_address = is_address and value.strip().isprintable() and ' ' not in value.strip()
    except ValueError:
        is_address = False
    if not is_address:
        raise invalid(f'{option} is {value!r}; it must be an address such as https://collector.example:4318.')
    return value.strip().rstrip('/')


def host_part(option: str, value: str) -> str:
    """Return a part of a host name, such as a region, from which no address can lead elsewhere."""
    if not _HOST.fullmatch(value):
        raise invalid(f'{option} is {value!r}; it must be a part of a host name: letters, digits, dots and hyphens.')
    return value.lower()


def basic(user: str, password: str) -> str:
    """Return the header for a name and a password."""
    return f'Basic {b64encode(f"{user}:{password}".encode()).decode()}'


def invalid(message: str) -> GenkitError:
    """Return the error for a setting that cannot be."""
    return GenkitError(message, status='INVALID_ARGUMENT', source=SOURCE)
