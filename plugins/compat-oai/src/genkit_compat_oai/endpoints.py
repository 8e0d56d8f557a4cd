# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of endpoints that only some providers of the protocol have, and the client's library no method for."""

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from genkit.plugin import pieces_of


Field = tuple[str, tuple[str | None, bytes] | tuple[str | None, bytes, str]]
"""A field of a form: its name; its file name, if it is a file, its content and perhaps its content type."""

Body = Mapping[str, Any] | Sequence[Field] | tuple[bytes, str]
"""What is sent: an object, as JSON; the fields of a form; or bytes and their content type."""


class Answer(NamedTuple):
    """What an endpoint answers.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        content: The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


async def get(client: Any, path: str, headers: Mapping[str, str]) -> Answer:
    """Return an answer; the path follows ``base_url``."""
    from openai import HttpxBinaryResponseContent  # noqa: PLC0415  (loaded with the client)

    return _answer(await client.get(path, cast_to=HttpxBinaryResponseContent, options={'headers': headers}))


async def post(client: Any, path: str, body: Body, headers: Mapping[str, str]) -> Answer:
    """Return an answer; the path follows ``base_url``, unless it is a whole URL."""
    from openai import HttpxBinaryResponseContent  # noqa: PLC0415  (loaded with the client)

    return _answer(await client.post(path, cast_to=HttpxBinaryResponseContent, **_sent(body, headers)))


@contextlib.asynccontextmanager
async def post_streaming(
    client: Any, path: str, body: Body, headers: Mapping[str, str]
) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Give the bytes of an answer as they come; the path follows ``base_url``."""
    from openai import AsyncStream  # noqa: PLC0415  (loaded with the client)

    kinds = {'cast_to': object, 'stream': True, 'stream_cls': AsyncStream[object]}
    stream = await client.post(path, **kinds, **_sent(body, headers))
    try:
        async with pieces_of(stream.response) as pieces:
            yield pieces
    finally:
        await stream.close()


def form_fields(options: Mapping[str, Any]) -> list[Field]:
    """Return options as fields of a form: one for each item of a list, an object as JSON."""
    return [(name, _content(item)) for name, value in options.items() for item in _items(value)]


def _items(value: Any) -> list[Any]:
    return cast('list[Any]', value) if isinstance(value, list) else [value]


def _content(value: Any) -> tuple[None, bytes] | tuple[None, bytes, str]:
    if isinstance(value, dict):
        return None, json.dumps(value).encode(), 'application/json'
    return None, (str(value).lower() if isinstance(value, bool) else str(value)).encode()


def _answer(answered: Any) -> Answer:
    return Answer(answered.response.status_code, answered.response.headers, answered.content)


def _sent(body: Body, headers: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return {'body': body, 'options': {'headers': headers}}
    if isinstance(body, tuple) and isinstance(body[0], bytes):
        return {'content': body[0], 'options': {'headers': {**headers, 'Content-Type': body[1]}}}
    return {'files': list(body), 'options': {'headers': {**headers, 'Content-Type': 'multipart/form-data'}}}
