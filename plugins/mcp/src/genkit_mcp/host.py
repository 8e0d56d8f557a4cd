# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A host: several servers, which may be added, replaced and taken away while tools run."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Self, TypeVar, Unpack

from genkit import Action, Genkit, GenkitError
from genkit.plugin import did_you_mean

from genkit_mcp.client import McpClient, or_nothing
from genkit_mcp.convert.prompts import McpPrompt
from genkit_mcp.convert.tools import with_distinct_names
from genkit_mcp.settings import McpClientOptions, McpServerConfig, Roots, read_config, read_settings


AnyAction = Action[Any, Any, Any]
T = TypeVar('T')

_LOGGER: Final = logging.getLogger('genkit.mcp')


class McpHost:
    """Several servers by name.

    Args:
        mcp_servers: How each is reached.
        name: The host's name, which servers see.
        roots: Roots for servers whose configuration has none of its own.
        skip_failed: Whether servers that fail are logged and left out of lists. Default: False; the list fails and says
            which server did not start.
        options: See `McpClientOptions`.

    Attributes:
        on_change: Called when what the servers offer has changed.
    """

    def __init__(
        self,
        mcp_servers: Mapping[str, McpServerConfig | Mapping[str, Any]] | None = None,
        name: str = 'genkit-mcp',
        *,
        roots: Roots | None = None,
        skip_failed: bool = False,
        **options: Unpack[McpClientOptions],
    ) -> None:
        read_settings(options)
        self.name = name
        self.on_change: list[Callable[[], None]] = []
        self._roots = roots
        self._skip_failed = skip_failed
        self._options = options
        self._clients: dict[str, McpClient] = {}
        for server, config in (mcp_servers or {}).items():
            self._add(server, read_config(config))

    def __repr__(self) -> str:
        """Return the name and those of the servers."""
        return f'McpHost({self.name!r}, {sorted(self._clients)!r})'

    @property
    def active_clients(self) -> list[McpClient]:
        """The clients that are enabled."""
        return [client for client in self._clients.values() if client.is_enabled]

    def get_client(self, name: str) -> McpClient:
        """Return the client of a server.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        if name not in self._clients:
            raise GenkitError(
                f'MCP server {name!r} not found.{did_you_mean(name, list(self._clients))} '
                f'The host has {sorted(self._clients)!r}.',
                status='NOT_FOUND',
            )
        return self._clients[name]

    async def ready(self) -> Self:
        """Connect all servers that are enabled, at the same time.

        Raises:
            GenkitError: One or more do not start; the message says which, and why.
        """
        clients = self.active_clients
        outcomes = await asyncio.gather(*(client.ready() for client in clients), return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if not failures:
            return self
        first = failures[0]
        if len(failures) == 1 or not isinstance(first, GenkitError):
            raise first
        texts = ' '.join(each.original_message if isinstance(each, GenkitError) else str(each) for each in failures)
        raise GenkitError(f'{len(failures)} MCP servers do not start. {texts}', status=first.status, cause=first)

    start = ready

    async def close(self) -> None:
        """Disconnect all servers."""
        await asyncio.gather(*(client.close() for client in self._clients.values()))

    async def __aenter__(self) -> Self:
        """Connect."""
        return await self.ready()

    async def __aexit__(self, *raised: object) -> None:
        """Disconnect."""
        await self.close()

    # Its servers

    async def connect(self, name: str, config: McpServerConfig | Mapping[str, Any]) -> McpClient:
        """Add a server, or replace the one of that name, and connect it; calls that run on the old one fail."""
        known = read_config(config)
        before = self._clients.pop(name, None)
        client = self._add(name, known)
        self._changed()
        if before is not None:
            await before.close()
        return await client.ready()

    async def disconnect(self, name: str) -> None:
        """Take a server away; calls that run on it fail with ``UNAVAILABLE``."""
        client = self.get_client(name)
        del self._clients[name]
        self._changed()
        await client.close()

    async def enable(self, name: str) -> None:
        """Let a server be used again, and connect it."""
        await self.get_client(name).enable()
        self._changed()

    async def disable(self, name: str) -> None:
        """Disconnect a server until it is enabled; it offers nothing meanwhile."""
        await self.get_client(name).disable()

    async def reconnect(self, name: str) -> None:
        """Disconnect a server and connect it again."""
        await self.get_client(name).restart()
        self._changed()

    async def update_servers(self, mcp_servers: Mapping[str, McpServerConfig | Mapping[str, Any]]) -> None:
        """Have these servers and no others; those whose configuration is the same stay connected.

        Raises:
            GenkitError: A configuration is wrong, and nothing has changed; or a new server does not start.
        """
        wanted = {name: read_config(config) for name, config in mcp_servers.items()}
        gone = [name for name, client in self._clients.items() if client.config != self._with_roots(wanted.get(name))]
        closing = [self._clients.pop(name) for name in gone]
        for name, config in wanted.items():
            if name not in self._clients:
                self._add(name, config)
        self._changed()
        await asyncio.gather(*(client.close() for client in closing))
        await self.ready()

    # What they offer

    async def get_active_tools(self, ai: Genkit) -> list[AnyAction]:
        """Return the tools of all servers as ``<server>/<tool>``; models see the whole name where the ends collide."""
        return with_distinct_names(await self._from_all(lambda client: client.get_active_tools(ai)))

    async def get_active_resources(self, ai: Genkit) -> list[AnyAction]:
        """Return the resources and templates of all servers."""
        return await self._from_all(lambda client: client.get_active_resources(ai))

    async def get_active_prompts(self, ai: Genkit) -> list[McpPrompt]:
        """Return the prompts of all servers."""
        return await self._from_all(lambda client: client.get_active_prompts(ai))

    async def get_prompt(self, ai: Genkit, server: str, prompt: str) -> McpPrompt:
        """Return a prompt of a server.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no such server or prompt.
        """
        return await self.get_client(server).get_prompt(ai, prompt)

    async def register_tools(self, ai: Genkit) -> list[AnyAction]:
        """Register the tools that there are now, and return them."""
        tools = await self.get_active_tools(ai)
        for tool in tools:
            ai.registry.register_action(tool)
        return tools

    async def provided(self, ai: Genkit) -> dict[str, list[AnyAction]]:
        """Return what a dynamic action provider offers, by kind; prompts and resources that fail are logged."""
        return {
            'tool': await self.get_active_tools(ai),
            'resource': await or_nothing(self.get_active_resources(ai)),
            'prompt': [prompt.action() for prompt in await or_nothing(self.get_active_prompts(ai))],
        }

    # Inside

    def _add(self, name: str, config: McpServerConfig) -> McpClient:
        if not name or '/' in name:
            raise GenkitError(
                f'The name {name!r} of an MCP server is empty or holds a slash, which parts it from its tools.',
                status='INVALID_ARGUMENT',
            )
        client = McpClient(self.name, self._with_roots(config) or config, name, **self._options)
        client.on_change.append(self._changed)
        self._clients[name] = client
        return client

    def _with_roots(self, config: McpServerConfig | None) -> McpServerConfig | None:
        if config is None or config.roots is not None or self._roots is None:
            return config
        return dataclasses.replace(config, roots=self._roots)

    async def _from_all(self, ask: Callable[[McpClient], Awaitable[Sequence[T]]]) -> list[T]:
        clients = self.active_clients
        outcomes = await asyncio.gather(*(ask(client) for client in clients), return_exceptions=True)
        found: list[T] = []
        for client, outcome in zip(clients, outcomes, strict=True):
            if not isinstance(outcome, BaseException):
                found += outcome
            elif client not in self._clients.values() or not client.is_enabled:
                continue  # it was taken away while it was asked
            elif self._skip_failed and isinstance(outcome, Exception):
                _LOGGER.error('MCP server %r is left out: %s', client.server_name, outcome)
            else:
                raise outcome
        return found

    def _changed(self) -> None:
        for notify in self.on_change:
            notify()


def create_mcp_host(
    mcp_servers: Mapping[str, McpServerConfig | Mapping[str, Any]],
    name: str = 'genkit-mcp',
    *,
    roots: Roots | None = None,
    skip_failed: bool = False,
    **options: Unpack[McpClientOptions],
) -> McpHost:
    """Return a host; the arguments are those of `McpHost`."""
    return McpHost(mcp_servers, name, roots=roots, skip_failed=skip_failed, **options)
