# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of plugins whose models are called over HTTP, with a key."""

import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

from genkit._base.loop_cache import LoopClient
from genkit.plugin.addresses import header_secrets, without_credentials, without_query
from genkit.plugin.credentials import ApiKey, Credentials
from genkit.plugin.models.model_plugin import ModelPlugin
from genkit.types import GenerateRequest, Message, Role


class ProviderOptions(TypedDict, total=False):
    """Options of a provider's plugin besides the key.

    Attributes:
        base_url: The URL of the API. Default: from the environment, else the provider's own.
        name: The prefix of the model names. Default: the plugin's.
        timeout: The maximum time without data from the provider, in seconds. Default: 600.
        max_retries: The maximum number of retries by the client. Default: 0, as ``retry`` of ``genkit.middleware``
            does that.
        headers: Sent with every request.
        models: Models to list in addition to those of the plugin; models that are not listed work as well.
    """

    base_url: str | None
    name: str | None
    timeout: float
    max_retries: int
    headers: Mapping[str, str] | None
    models: Sequence[str]


class ProviderPlugin(ModelPlugin):
    """A plugin whose models are called over HTTP, with a key and a client of the provider's library.

    A subclass says in `_connect` how the client is made of ``_base_url`` (None for the library's own default),
    ``_timeout``, ``_max_retries`` and ``_headers``. The key of a request comes from ``_credentials``, and ``_secrets``
    are values of headers that no error may repeat.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        base_url: As in `ProviderOptions`, like all that follow.
        name: See there.
        timeout: See there.
        max_retries: See there.
        headers: See there.
        models: See there.

    Attributes:
        key_variables: Environment variables that may hold the key.
        base_url_variable: The environment variable that may hold ``base_url``.
        default_base_url: The default of ``base_url``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a ``base_url`` with credentials, a query or a fragment in it.
    """

    key_variables: ClassVar[Sequence[str]]
    base_url_variable: ClassVar[str | None] = None
    default_base_url: ClassVar[str | None] = None

    def __init__(
        self,
        api_key: ApiKey = None,
        *,
        base_url: str | None = None,
        name: str | None = None,
        timeout: float = 600.0,
        max_retries: int = 0,
        headers: Mapping[str, str] | None = None,
        models: Sequence[str] = (),
    ) -> None:
        self.name = name or self.name
        self.models = self.models.listing(model.removeprefix(f'{self.name}/') for model in models)
        self._credentials = Credentials(self.name, api_key, self.key_variables)
        of_environment = os.environ.get(self.base_url_variable) if self.base_url_variable else None
        url = base_url or of_environment or self.default_base_url
        self._base_url = without_query(self.name, without_credentials(self.name, url))
        self._timeout = timeout
        self._max_retries = max_retries
        self._headers = dict(headers or {})
        self._secrets = header_secrets(headers)
        self.clients = LoopClient(self._connect)

    @abstractmethod
    def _connect(self) -> Any:
        """Return a new client for the running event loop; its requests bring their own keys."""


def whole_request(request: GenerateRequest | Sequence[Message] | str) -> GenerateRequest:
    """Return the request that is meant by one, by its messages or by a prompt, for methods that take all three."""
    if isinstance(request, str):
        request = [Message(role=Role.USER, content=request)]
    return request if isinstance(request, GenerateRequest) else GenerateRequest(messages=list(request))
