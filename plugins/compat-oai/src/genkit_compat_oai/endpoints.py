# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of endpoints that only some providers of the protocol have, and the client's library no method for."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any


Body = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""What is sent: an object, as JSON, or the fields of a form: each a name, and file name, content and content type."""


async def get(client: Any, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and the body of an answer; the path follows ``base_url``."""
    from openai import HttpxBinaryResponseContent  # noqa: PLC0415  (loaded with the client)

    answer = await client.get(path, cast_to=HttpxBinaryResponseContent, options={'headers': headers})
    return answer.response.status_code, answer.content


async def post(client: Any, path: str, body: Body, headers: Mapping[str, str]) -> bytes:
    """Return the body of an answer; the path follows ``base_url``."""
    from openai import HttpxBinaryResponseContent  # noqa: PLC0415  (loaded with the client)

    answer = await client.post(path, cast_to=HttpxBinaryResponseContent, **_sent(body, headers))
    return answer.content


@contextlib.asynccontextmanager
async def post_streaming(
    client: Any, path: str, body: Body, headers: Mapping[str, str]
) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Give the bytes of an answer as they come; the path follows ``base_url``."""
    from openai import AsyncStream  # noqa: PLC0415  (loaded with the client)

    kinds = {'cast_to': object, 'stream': True, 'stream_cls': AsyncStream[object]}
    stream = await client.post(path, **kinds, **_sent(body, headers))
    try:
        yield stream.response.aiter_bytes()
    finally:
        await stream.close()


def _sent(body: Body, headers: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return {'body': body, 'options': {'headers': headers}}
    return {'files': list(body), 'options': {'headers': {**headers, 'Content-Type': 'multipart/form-data'}}}
