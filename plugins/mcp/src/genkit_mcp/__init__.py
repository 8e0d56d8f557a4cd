# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The Model Context Protocol for Genkit: clients, hosts and servers over stdio and HTTP."""

from genkit_mcp.client import McpClient, create_mcp_client
from genkit_mcp.convert.answers import accept, decline, questions_of
from genkit_mcp.convert.prompts import McpPrompt
from genkit_mcp.host import McpHost, create_mcp_host
from genkit_mcp.mounting import McpApp
from genkit_mcp.providers import define_mcp_client, define_mcp_host
from genkit_mcp.server import McpServer, create_mcp_server
from genkit_mcp.settings import McpClientOptions, McpServerConfig, McpServerOptions


__all__ = [
    'McpApp',
    'McpClient',
    'McpClientOptions',
    'McpHost',
    'McpPrompt',
    'McpServer',
    'McpServerConfig',
    'McpServerOptions',
    'accept',
    'create_mcp_client',
    'create_mcp_host',
    'create_mcp_server',
    'decline',
    'define_mcp_client',
    'define_mcp_host',
    'questions_of',
]
