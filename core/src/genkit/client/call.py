# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One call of a flow: where it goes, what it carries and how it is made."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypedDict, cast

import httpx

from genkit._base.errors import GenkitError
from genkit._base.secrets import REDACTED, is_secret
from genkit._base.serialize import dump_json
from genkit._base.version import client_header
from genkit.client.address import parse_address, shown_address
from genkit.client.retries import Retries


# RFC 9110, sections 5.1 and 5.5, in ASCII.
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r'(?:[!-~](?:[\t -~]*[!-~])?)?')
_MAX_BYTES: Final = 100_000_000
_SHORTEST_SECRET: Final = 6  # what is shorter hides nothing and occurs everywhere


class ClientOptions(TypedDict, total=False):
    """Options of a call of a served flow.

    Attributes:
        headers: Additional request headers, such as ``{'authorization': f'Bearer {token}'}``.
        timeout: The maximum time without data from the server, in seconds: before its response and between two chunks
            of a stream; None for no limit. Connecting may take 10 s of it. It applies to each attempt. Default: 60.
        retries: The maximum number of retries of a call that certainly did not run the flow. Default: 0.
        init: The initial value of a flow or agent, in addition to its input.
        http_client: An HTTP client to use instead of the one of the running event loop, with its proxies,
            certificates and redirects; it is not closed.
        max_bytes: The maximum size of a response, whole or streamed, after decompression. Default: 100 MB.
    """

    headers: Mapping[str, str] | None
    timeout: float | None
    retries: Retries | int
    init: Any
    http_client: httpx.AsyncClient | None
    max_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call that is ready to be made, as often as needed.

    Attributes:
        url: The flow's address, credentials included.
        body: The JSON that is sent.
        headers: What is sent beside it, without what the way of answering asks for.
        timeout: Seconds of silence.
        retries: When to try again.
        http_client: The caller's own.
        max_bytes: The largest answer.
    """

    url: httpx.URL = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    timeout: float | None
    retries: Retries
    http_client: httpx.AsyncClient | None
    max_bytes: int = _MAX_BYTES

    @classmethod
    def of(
        cls,
        url: str,
        input: Any,  # noqa: A002  (the contract's name)
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = 60.0,
        retries: Retries | int = 0,
        init: Any = None,
        http_client: httpx.AsyncClient | None = None,
        max_bytes: int = _MAX_BYTES,
    ) -> Self:
        """Return the call that a caller describes; see `ClientOptions`.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an address, an input or a header that cannot be sent.
        """
        return cls(
            url=parse_address(url),
            body=_body(input, init),
            headers={'x-goog-api-client': client_header(), **_checked_headers(headers or {})},
            timeout=timeout,
            retries=Retries(max_retries=retries) if isinstance(retries, int) else retries,
            http_client=http_client,
            max_bytes=max_bytes,
        )

    @property
    def where(self) -> str:
        """The address for messages."""
        return shown_address(self.url)

    def without_secrets(self, value: Any) -> Any:
        """Return JSON that the server sent with the credentials of this call replaced, should it repeat them."""
        if isinstance(value, str):
            for secret in self._secrets():
                value = value.replace(secret, REDACTED)
            return value
        if isinstance(value, dict):
            return {key: self.without_secrets(item) for key, item in cast('dict[str, Any]', value).items()}
        if isinstance(value, list):
            return [self.without_secrets(item) for item in cast('list[Any]', value)]
        return value

    def _secrets(self) -> Iterator[str]:
        named = [*self.headers.items(), *self.url.params.multi_items()]
        values = [value.split(' ')[-1] for name, value in named if is_secret(name) or name == 'key']
        return (value for value in (*values, self.url.username, self.url.password) if len(value) >= _SHORTEST_SECRET)


def _body(input: Any, init: Any) -> bytes:  # noqa: A002  (the contract's name)
    members = {'data': input} if init is None else {'data': input, 'init': init}
    try:
        return dump_json(members).encode()
    except ValueError as error:
        raise GenkitError(
            f'The input, of type {type(input).__name__}, cannot be written as JSON. '
            'Give text, numbers, lists, dictionaries, dataclasses or Pydantic models that do not contain themselves.',
            status='INVALID_ARGUMENT',
            cause=error,
        ) from error


def _checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers in lower case; refuse what HTTP cannot carry here, where the value can be kept out of the text."""
    for name, value in cast('Mapping[Any, Any]', headers).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise GenkitError(f'{name!r} is not the name of a header.', status='INVALID_ARGUMENT')
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise GenkitError(
                f'The value of the header {name!r}, of type {type(value).__name__}, cannot be sent. '
                'Give text of ASCII characters, without line breaks and without spaces at its ends.',
                status='INVALID_ARGUMENT',
            )
    return {name.lower(): value for name, value in headers.items()}
