# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a server, in our words."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, cast

from genkit import GenkitError
from genkit.plugin import provider_errors


_NOT_FOUND = 404
_SILENT = 500


class ServerError(Exception):
    """What the server answered in place of what it was asked for.

    Attributes:
        status_code: Of HTTP; 500 for a failure in the middle of a stream, which has none of its own.
        headers: Of the answer.
        body: As JSON, if it was.
    """

    def __init__(self, text: str, status_code: int = _SILENT, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.headers = headers or {}
        self.body = {'error': text}


def to_server_error(code: int, headers: Mapping[str, str], body: Any, text: str, model: str | None) -> ServerError:
    """Return the error that an answer stands for; a model that is not there comes with the way to get it."""
    said = cast('dict[str, Any]', body).get('error') if isinstance(body, dict) else None
    message = str(said or text or f'HTTP {code} without a word')
    if code == _NOT_FOUND and model is not None:
        message = f'{message}. Get it with `ollama pull {model}`; `ollama list` shows what is there.'
    return ServerError(message, code, headers)


def server_errors(address: str, secrets: Sequence[str | None]) -> AbstractContextManager[None]:
    """Turn what goes wrong inside the block into an error of ours."""
    return provider_errors('ollama', secrets, partial(_unreachable, address))


def _unreachable(address: str, error: Exception) -> GenkitError | None:
    import httpx  # noqa: PLC0415  (loaded with the first call)

    if not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return None
    return GenkitError(
        f'The Ollama server at {address} cannot be reached ({error or type(error).__name__}). Start it with '
        '`ollama serve`, or say where it is: server_address or OLLAMA_HOST.',
        status='UNAVAILABLE',
        source='ollama',
        cause=error,
    )
