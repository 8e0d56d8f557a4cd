# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A small MCP server, made with the library of the protocol: a menu, and a table that asks for whom it is."""

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from pydantic import BaseModel


MENU = {'soup': 4.5, 'bread': 2.0, 'cake': 3.5}
server = MCPServer('kitchen')


class Guest(BaseModel):
    name: str


@server.tool()
def menu() -> dict[str, float]:
    """Return the menu with prices in euros."""
    return MENU


@server.tool()
async def reserve(table: int, context: Context[None]) -> str:
    """Reserve a table."""
    answer = await context.elicit(f'For whom is table {table}?', Guest)
    return f'table {table} is for {answer.data.name}' if answer.action == 'accept' else 'no table was reserved'


if __name__ == '__main__':
    server.run('stdio')
