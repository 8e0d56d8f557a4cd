# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The address of a flow: checked before it is used, and shown without what may be secret."""

import httpx

from genkit._base.errors import GenkitError


def parse_address(url: str) -> httpx.URL:
    """Return the URL of a flow.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not an absolute HTTP address.
    """
    parsed = _parsed(url)
    if parsed is None or parsed.scheme not in ('http', 'https') or not parsed.host:
        raise GenkitError(
            f'{_shown_text(url)} is not the address of a flow. '
            "Give one that begins with http:// or https:// and names a host, such as 'http://127.0.0.1:3400/menu'.",
            status='INVALID_ARGUMENT',
        )
    return parsed


def shown_address(url: httpx.URL) -> str:
    """Return a URL for a message: without credentials, query and fragment."""
    return repr(str(url.copy_with(username=None, password=None, query=None, fragment=None)))


def _parsed(url: object) -> httpx.URL | None:
    try:
        return httpx.URL(url) if isinstance(url, str) else None
    except httpx.InvalidURL:  # its text may hold a part of the credentials
        return None


def _shown_text(url: object) -> str:
    """Return the invalid value given as an address, unless it may contain a secret."""
    if not isinstance(url, str):
        return f'A value of type {type(url).__name__}'
    return 'What was given' if set(url) & set('@?#') else repr(url[:200])
