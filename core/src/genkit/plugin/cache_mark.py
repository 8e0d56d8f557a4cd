# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Marks the end of a prompt prefix that the provider may cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from genkit._base.errors import GenkitError


@dataclass(frozen=True, slots=True)
class CacheMark:
    """A cache breakpoint: the prompt up to here is the same from call to call.

    Attributes:
        ttl: The lifetime of the cache entry, in seconds. Default: the provider's.
    """

    ttl: int | None = None

    @property
    def ttl_seconds(self) -> int | None:
        """An older name of ``ttl``."""
        return self.ttl


def cache_mark(metadata: Mapping[str, Any] | None) -> CacheMark | None:
    """Return the cache mark in the metadata of a part, a message or a tool.

    Written as ``{'cache': True}`` or ``{'cache': {'ttlSeconds': 300}}``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    marked = None if metadata is None else metadata.get('cache')
    if marked is None or marked is False:
        return None
    if marked is True:
        return CacheMark()
    members = cast('Mapping[str, Any]', marked) if isinstance(marked, Mapping) else None
    seconds = None if members is None else members.get('ttlSeconds', members.get('ttl_seconds'))
    if members is None or not (seconds is None or (isinstance(seconds, int) and seconds > 0)):
        raise GenkitError(
            f"The cache mark is {marked!r}; write {{'cache': True}} or {{'cache': {{'ttlSeconds': 300}}}}.",
            status='INVALID_ARGUMENT',
        )
    return CacheMark(seconds)
