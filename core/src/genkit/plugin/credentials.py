# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The key of a provider: given to the plugin, found in the environment, or brought by a single request."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import isawaitable
from typing import Any, Literal, cast

from genkit._action.context import current_context
from genkit._base.errors import GenkitError
from genkit.types.model import get_request_api_key


ApiKey = str | Literal[False] | Callable[[], str | Awaitable[str]] | None
"""A key; what gives one, asked for each request; False if every request brings its own; None for the environment's."""


class Credentials:
    """Finds the API key of a call in the request's config, its context, the plugin's argument or the environment.

    A context brings a key as ``context['secrets']['api_key']``, which no trace shows.

    Args:
        plugin: Named in the error.
        api_key: The plugin's argument; False if every request must bring its own key. A function, which may be
            asynchronous, is for keys that expire; only `fetch` can use one.
        variables: The environment variables to look up; the first one set wins.
        option: What the plugin calls its argument.
    """

    def __init__(self, plugin: str, api_key: ApiKey, variables: Sequence[str], option: str = 'api_key') -> None:
        self._plugin = plugin
        self._given: ApiKey = api_key
        self._variables = variables
        self._option = option

    def __repr__(self) -> str:
        """Return the plugin's name; never a key."""
        return f'Credentials({self._plugin!r})'

    async def fetch(self, config: Any = None) -> str:
        """Return the key for a request, as `key_for`; a function that gives keys is asked for one.

        Raises:
            GenkitError: As `key_for`; ``FAILED_PRECONDITION`` too if the function gives no text.
        """
        if not callable(self._given) or get_request_api_key(config) or _of_context():
            return self.key_for(config)
        given = self._given()
        key: Any = await given if isawaitable(given) else given
        if not isinstance(key, str) or not key:
            what = 'an empty text' if key == '' else f'a value of type {type(key).__name__}'
            raise GenkitError(
                f'The function that gives plugin {self._plugin!r} its keys returned {what}; it must return a key.',
                status='FAILED_PRECONDITION',
                source=self._plugin,
            )
        return self._sendable(key)

    def key_for(self, config: Any = None) -> str:
        """Return the key for a request.

        Args:
            config: The request's, as data or as an object.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` naming every place a key can be put.
        """
        found = self.find(config)
        if found is None:
            also = 'or in' if self._option == 'api_key' else 'or api_key= in'
            raise GenkitError(
                f'Plugin {self._plugin!r} has no key. Set {" or ".join(self._variables)}, or pass {self._option}= to '
                f'the plugin {also} the config of a request.',
                status='FAILED_PRECONDITION',
                source=self._plugin,
            )
        return found

    def find(self, config: Any = None) -> str | None:
        """Return the key for a request like `key_for`, or None, for servers that may not require one.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if every request must bring one and this one does not.
        """
        own = get_request_api_key(config) or _of_context()
        if own:
            return self._sendable(own)
        if self._given is False:
            raise GenkitError(
                f'Plugin {self._plugin!r} has no key ({self._option}=False): every request must bring one, as '
                "config={'api_key': …} or context={'secrets': {'api_key': …}}.",
                status='FAILED_PRECONDITION',
                source=self._plugin,
            )
        found = self._given or self._of_environment()
        if callable(found):
            raise TypeError(f'plugin {self._plugin!r} takes no function as {self._option}')
        return self._sendable(found) if found else None

    def _sendable(self, key: str) -> str:
        if not key.isascii() or not key.isprintable() or ' ' in key:
            raise GenkitError(
                f'The key of plugin {self._plugin!r} holds a character that no key has, such as a space, a line break '
                'or a letter with an accent. Copy it again.',
                status='INVALID_ARGUMENT',
                source=self._plugin,
            )
        return key

    def _of_environment(self) -> str | None:
        return next((os.environ[name] for name in self._variables if os.environ.get(name)), None)


def without_key(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without the API key, so that it may be sent or recorded."""
    return {name: value for name, value in config.items() if name not in ('api_key', 'apiKey')}


def _of_context() -> str | None:
    secrets = (current_context() or {}).get('secrets')
    if not isinstance(secrets, Mapping):
        return None
    members = cast('Mapping[str, Any]', secrets)
    return members.get('api_key') or members.get('apiKey')
