# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Content that is kept at the provider for a time, because a message says so.

A message marked ``{'cache': {'ttlSeconds': …}}`` is kept with all before it, with the instructions and the tools;
``{'cache': True}`` needs nothing, as the provider caches equal beginnings by itself.
Source: https://ai.google.dev/gemini-api/docs/caching (November 2026).
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from genkit.plugin import GenkitError, StatusName, cache_mark, header_secrets
from genkit.types import Message, Role
from pydantic_core import to_json

from genkit_google_genai.convert.tools import Body
from genkit_google_genai.errors import google_errors


_KEPT_NAMES: Final = 256
_MARGIN_SECONDS: Final = 10.0

Keep = Callable[[str, Body], Awaitable[str]]


class ContentCache:
    """Remembers under which names content is kept, and for how long."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def apply(self, body: Body, messages: Sequence[Message], key: str, keep: Keep) -> Body:
        """Return the arguments of a call with what is kept left out and named instead.

        Args:
            body: The arguments.
            messages: What they were made from.
            key: Tells owners apart; only its hash is remembered.
            keep: Keeps content for a model and returns its name.
        """
        place, seconds = _marked(messages)
        if place is None or seconds is None or 'cached_content' in body['config']:
            return body
        contents, config = body['contents'], body['config']
        shared = {name: config[name] for name in ('system_instruction', 'tools', 'tool_config') if name in config}
        wanted: Body = {**shared, 'contents': contents[:place]}
        digest = hashlib.sha256(to_json([key, body['model'], wanted], bytes_mode='base64')).hexdigest()
        name = self._find(digest)
        if name is None:
            try:
                name = await keep(body['model'], {**wanted, 'ttl': f'{seconds}s'})
            except GenkitError as error:
                if error.status != StatusName.INVALID_ARGUMENT:
                    raise
                return body  # too short to be kept, or a model that keeps nothing
            self._remember(digest, name, seconds)
        rest = {name: value for name, value in config.items() if name not in shared}
        return {**body, 'contents': contents[place:], 'config': {**rest, 'cached_content': name}}

    def _find(self, digest: str) -> str | None:
        name, until = self._names.get(digest, ('', 0.0))
        return name if until > time.monotonic() + _MARGIN_SECONDS else None

    def _remember(self, digest: str, name: str, seconds: int) -> None:
        self._names[digest] = (name, time.monotonic() + seconds)
        while len(self._names) > _KEPT_NAMES:
            self._names.popitem(last=False)


def keeper(client: Any, http: Body, source: str) -> Keep:
    """Return what keeps content with the vendor's client.

    Args:
        client: The client.
        http: The HTTP options of the call.
        source: The plugin's name, for errors.
    """

    async def keep(model: str, config: Body) -> str:
        with google_errors(source, header_secrets(http.get('headers'))):
            return (await client.caches.create(model=model, config={**config, 'http_options': http})).name

    return keep


def _marked(messages: Sequence[Message]) -> tuple[int | None, Any]:
    """Return how many contents are to be kept, and for how many seconds; something must be left to be asked."""
    contents = [message for message in messages if message.role != Role.SYSTEM]
    for place in range(len(contents) - 1, 0, -1):
        mark = cache_mark(contents[place - 1].metadata)
        if mark is not None and mark.ttl is not None:
            return place, mark.ttl
    return None, None
