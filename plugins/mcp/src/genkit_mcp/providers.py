# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Clients and hosts as dynamic action providers: ``generate(tools=['<name>:tool/*'])``."""

from collections.abc import Mapping
from typing import Any, Unpack

from genkit import Genkit

from genkit_mcp.client import McpClient
from genkit_mcp.host import McpHost
from genkit_mcp.settings import McpClientOptions, McpServerConfig, Roots


def define_mcp_client(
    ai: Genkit,
    config: McpServerConfig | Mapping[str, Any],
    name: str = 'mcp-client',
    *,
    server_name: str | None = None,
    cache_ttl_millis: int | None = None,
    **options: Unpack[McpClientOptions],
) -> McpClient:
    """Define a provider of what one server offers: ``<name>:tool/*`` or ``<name>:tool/<server>/<tool>``.

    Args:
        ai: The application.
        config: How the server is reached; it is started when something is asked for.
        name: The provider's name.
        server_name: The first segment of the names of its tools. Default: the provider's name.
        cache_ttl_millis: How long what it offers is kept, in milliseconds. Default: 3000.
        options: See `McpClientOptions`.
    """
    client = McpClient(name, config, server_name, **options)
    _provide(ai, client, cache_ttl_millis)
    return client


def define_mcp_host(
    ai: Genkit,
    mcp_servers: Mapping[str, McpServerConfig | Mapping[str, Any]],
    name: str = 'genkit-mcp',
    *,
    roots: Roots | None = None,
    skip_failed: bool = False,
    cache_ttl_millis: int | None = None,
    **options: Unpack[McpClientOptions],
) -> McpHost:
    """Define a provider of what several servers offer: ``<name>:tool/*`` or ``<name>:tool/<server>/*``.

    Args:
        ai: The application.
        mcp_servers: How each is reached, by name.
        name: The provider's name.
        roots: As for `McpHost`.
        skip_failed: As for `McpHost`.
        cache_ttl_millis: How long what they offer is kept, in milliseconds. Default: 3000.
        options: See `McpClientOptions`.
    """
    host = McpHost(mcp_servers, name, roots=roots, skip_failed=skip_failed, **options)
    _provide(ai, host, cache_ttl_millis)
    return host


def _provide(ai: Genkit, source: McpClient | McpHost, cache_ttl_millis: int | None) -> None:
    provider = ai.define_dynamic_action_provider(
        source.name,
        lambda: source.provided(ai),
        description=f'What is offered over MCP by {source!r}',
        cache_ttl_millis=cache_ttl_millis,
    )
    source.on_change.append(provider.invalidate_cache)
