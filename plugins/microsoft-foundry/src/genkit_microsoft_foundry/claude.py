# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Claude, which is asked in Anthropic's protocol.

Source: https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry (November 2026).
"""

import contextlib
import copy
from collections.abc import AsyncGenerator, Callable, MutableMapping
from typing import Any, Self

from genkit.plugin import Action, Credentials, GenkitError, ModelEntry, ModelTable
from genkit_anthropic import Anthropic

from genkit_microsoft_foundry.credentials import Token


class ClaudeOnFoundry(Anthropic):
    """Claude by the route ``/anthropic/v1/messages`` of a resource.

    Args:
        credentials: Find the key or the token of a call.
        models: Which deployments are Claude's.
        explained: Returns the error of a call with what helps; its arguments are the error and the config.
        options: See `ProviderOptions`.
    """

    label = 'Microsoft Foundry'
    base_url_variable = None
    key_variables = ()

    def __init__(
        self,
        credentials: Credentials,
        models: ModelTable,
        explained: Callable[[GenkitError, Any], GenkitError],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._credentials = credentials
        self._explained = explained
        self.models = models

    def explaining(self, explained: Callable[[GenkitError, Any], GenkitError]) -> Self:
        """Return a view of this plugin with other explanations of its errors."""
        one = copy.copy(self)
        one._explained = explained  # noqa: SLF001  (a copy of this one)
        return one

    def make(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        """Return the action of a deployment."""
        return self._chat(name, entry)

    def client_type(self) -> type[Any]:
        """Return the class of the client, which sends keys as this service wants them."""
        base: Any = super().client_type()

        class FoundryClient(base):
            def sign(self, headers: MutableMapping[str, str], key: str) -> None:
                for name in ('authorization', 'x-api-key'):  # the client's own, which are no key
                    headers.pop(name, None)
                is_token = isinstance(key, Token)
                headers.update({'authorization': f'Bearer {key}'} if is_token else {'x-api-key': key, 'api-key': key})

        return FoundryClient

    @contextlib.asynccontextmanager
    async def _call(self, config: Any) -> AsyncGenerator[tuple[Any, dict[str, str]]]:
        """Give a client and the headers of one call, and turn the client's errors into ours."""
        try:
            async with super()._call(config) as call:
                yield call
        except GenkitError as error:
            raise self._explained(error, config) from error.__cause__
