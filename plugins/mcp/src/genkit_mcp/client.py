# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A client: the tools, prompts and resources of one server, for applications and models."""

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, overload

from genkit import Action, Genkit, GenkitError, Part, ToolRunContext
from genkit.plugin import LoopCache

from genkit_mcp.callbacks import client_options
from genkit_mcp.connection import Connection
from genkit_mcp.convert.failures import mcp_error
from genkit_mcp.convert.prompts import McpPrompt, find_prompt
from genkit_mcp.convert.resources import resource_actions, template_actions
from genkit_mcp.convert.results import contents_to_parts, error_text, to_output
from genkit_mcp.convert.tools import tool_actions, with_distinct_names
from genkit_mcp.in_flight import Calls
from genkit_mcp.settings import McpClientOptions, McpServerConfig, Roots, read_config, read_settings
from genkit_mcp.tool_runs import ToolRuns


if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult, GetPromptResult, Prompt, Resource, ResourceTemplate
    from mcp.types import Tool as McpTool

AnyAction = Action[Any, Any, Any]
T = TypeVar('T')

_LOGGER: Final = logging.getLogger('genkit.mcp')
_UNKNOWN_METHOD: Final = -32601
_PAGES: Final = 1000


class McpClient:
    """The client of one server; it connects on first use, and again after the server has ended.

    Each event loop that uses it has a connection of its own, which ends with `close` in that loop.

    Args:
        name: The name that servers see, and that of the provider of `define_mcp_client`.
        config: How the server is reached.
        server_name: The first segment of the names of its tools. Default: the client's name.
        options: See `McpClientOptions`.

    Attributes:
        on_change: Called when the server says that its lists have changed.
    """

    def __init__(
        self,
        name: str,
        config: McpServerConfig | Mapping[str, Any],
        server_name: str | None = None,
        **options: Unpack[McpClientOptions],
    ) -> None:
        self.name = name
        self.server_name = server_name or name
        if not self.server_name or ':' in self.server_name:
            raise GenkitError(
                f'The name {self.server_name!r} of an MCP server is empty or holds a colon.', status='INVALID_ARGUMENT'
            )
        self.config = read_config(config)
        self.on_change: list[Callable[[], None]] = []
        self._settings = read_settings(options)
        self._roots: Roots | None = self.config.roots
        self._links: LoopCache[_Link] = LoopCache(self._linked)
        self._all: list[_Link] = []
        self._disabled = self.config.disabled
        self._closed = False

    def __repr__(self) -> str:
        """Return the name and how the server is reached."""
        return f'McpClient({self.name!r}, {self.config.place!r})'

    # The connection

    @property
    def is_enabled(self) -> bool:
        """Whether the server may be asked."""
        return not self._disabled

    async def ready(self) -> Self:
        """Wait until the server is connected; a client that is disabled is ready at once.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no such program, ``UNAVAILABLE`` or ``DEADLINE_EXCEEDED`` if it does
                not start, with the last lines of its stderr.
        """
        if not self._disabled:
            await self._link().connection.client()
        return self

    connect = ready

    async def close(self) -> None:
        """End the connections; the one of this event loop has ended when this returns."""
        self._closed = True
        await self._end()

    async def enable(self) -> None:
        """Allow asking the server, and connect."""
        self._disabled = False
        self._closed = False
        await self.ready()

    async def disable(self) -> None:
        """Disconnect, and ask the server nothing until `enable`; it has no tools meanwhile."""
        self._disabled = True
        await self._end()
        self._changed()

    async def restart(self) -> None:
        """Disconnect, and connect again."""
        await self._end()
        self._closed = False
        await self.ready()

    async def update_roots(self, roots: Roots) -> None:
        """Let the server work with other roots; one of the older generation is notified at once.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if the configuration has none, so that the server knows of none.
        """
        if self._roots is None:
            raise GenkitError(
                f'MCP client {self.name!r} was made without roots; give McpServerConfig(roots=[…]), if only [].',
                status='FAILED_PRECONDITION',
            )
        self._roots = roots
        for link in self._all:
            if link.connection.loop is asyncio.get_running_loop() and link.connection.is_open:
                await link.connection.call(_tell_of_roots)

    async def __aenter__(self) -> Self:
        """Connect."""
        return await self.ready()

    async def __aexit__(self, *raised: object) -> None:
        """Disconnect."""
        await self.close()

    # What the server has

    async def list_tools(self) -> 'list[McpTool]':
        """Return the tools of the server as the library has them, those of all pages."""
        return await self._listed('tools', lambda client, cursor: client.list_tools(cursor=cursor), 'tools')

    async def list_prompts(self) -> 'list[Prompt]':
        """Return the prompts of the server as the library has them."""
        return await self._listed('prompts', lambda client, cursor: client.list_prompts(cursor=cursor), 'prompts')

    async def list_resources(self) -> 'list[Resource]':
        """Return the resources of the server as the library has them."""
        return await self._listed('resources', lambda client, cursor: client.list_resources(cursor=cursor), 'resources')

    async def list_resource_templates(self) -> 'list[ResourceTemplate]':
        """Return the templates of the server as the library has them."""
        return await self._listed(
            'resources', lambda client, cursor: client.list_resource_templates(cursor=cursor), 'resource_templates'
        )

    async def call_tool(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Return what a tool answers, as its action does; ``name`` is the server's.

        Raises:
            GenkitError: ``INTERNAL`` with the server's text if the tool failed; as `ToolRuns.run`.
        """
        result = await self._run(name, dict(arguments or {}), ToolRunContext({}))
        if result.is_error and not self._settings.raw_tool_responses:
            raise GenkitError(f'Tool {name!r} of MCP server {self.server_name!r} failed: {error_text(result)}')
        return to_output(result, self._settings)

    async def read_resource(self, uri: str) -> list[Part]:
        """Return the content of a resource as parts: texts, and media for everything else.

        Raises:
            GenkitError: ``NOT_FOUND`` if the server has none of that address.
        """
        what = f'Resource {uri!r} of MCP server {self.server_name!r} could not be read'
        try:
            result = await self._asked(what, lambda client: client.read_resource(uri))
        except GenkitError as error:
            if error.status == 'INVALID_ARGUMENT':  # what servers of both generations say of unknown addresses
                raise GenkitError(error.original_message, status='NOT_FOUND', cause=error.cause) from error
            raise
        return contents_to_parts(result.contents)

    @overload
    async def get_prompt(self, ai: Genkit, name: str) -> McpPrompt: ...

    @overload
    async def get_prompt(self, ai: str, name: Mapping[str, str] | None = None) -> 'GetPromptResult': ...

    async def get_prompt(self, ai: Genkit | str, name: Any = None) -> Any:
        """Return a prompt to generate with, ``get_prompt(ai, name)``, or what the server makes of a name and arguments.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none of that name.
        """
        if isinstance(ai, str):
            return await self._prompted(ai, dict(name or {}))
        return find_prompt(await self.get_active_prompts(ai), str(name))

    # What an application uses

    async def get_active_tools(self, ai: Genkit) -> list[AnyAction]:
        """Return the tools as actions named ``<server>/<tool>``, for ``generate(tools=…)``; none if it is disabled."""
        return with_distinct_names(tool_actions(ai, self.server_name, await self.list_tools(), self._answered))

    async def get_active_resources(self, ai: Genkit) -> list[AnyAction]:  # noqa: ARG002  (as in the other lists)
        """Return resources and templates as actions, for ``generate(resources=…)``."""
        plain = resource_actions(self.server_name, await self.list_resources(), self.read_resource)
        return plain + template_actions(self.server_name, await self.list_resource_templates(), self.read_resource)

    async def get_active_prompts(self, ai: Genkit) -> list[McpPrompt]:
        """Return the prompts, to be called or rendered."""
        return [McpPrompt(ai, self.server_name, each, self._prompted) for each in await self.list_prompts()]

    async def register_tools(self, ai: Genkit) -> list[AnyAction]:
        """Register the tools that there are now, and return them."""
        return _registered(ai, await self.get_active_tools(ai))

    async def register(self, ai: Genkit) -> list[AnyAction]:
        """Register the tools, resources and prompts that there are now, and return them."""
        return _registered(ai, [action for actions in (await self.provided(ai)).values() for action in actions])

    async def provided(self, ai: Genkit) -> dict[str, list[AnyAction]]:
        """Return what a dynamic action provider offers, by kind; prompts and resources that fail are logged."""
        return {
            'tool': await self.get_active_tools(ai),
            'resource': await or_nothing(self.get_active_resources(ai)),
            'prompt': [prompt.action() for prompt in await or_nothing(self.get_active_prompts(ai))],
        }

    # Inside

    async def _answered(self, tool: str, arguments: Any, context: ToolRunContext) -> Any:
        return to_output(await self._run(tool, arguments, context), self._settings)

    async def _run(self, tool: str, arguments: Any, context: ToolRunContext) -> 'CallToolResult':
        self._require_enabled()
        return await self._link().runs.run(tool, arguments, context)

    async def _prompted(self, name: str, arguments: dict[str, str]) -> 'GetPromptResult':
        what = f'Prompt {name!r} of MCP server {self.server_name!r} could not be had'
        return await self._asked(what, lambda client: client.get_prompt(name, arguments))

    async def _listed(
        self, feature: str, ask: 'Callable[[Client, str | None], Awaitable[Any]]', member: str
    ) -> list[Any]:
        if self._disabled:
            return []
        entries: list[Any] = []
        cursors: set[str] = set()
        what = f'The {feature} of MCP server {self.server_name!r} could not be listed'
        cursor: str | None = None
        while True:
            at = cursor
            page = await self._asked(what, lambda client, at=at: _page(client, feature, ask(client, at)))
            if page is None:
                return entries
            entries += getattr(page, member)
            cursor = page.next_cursor
            if cursor is None:
                return entries
            if cursor in cursors or len(cursors) >= _PAGES:
                raise GenkitError(f'{what}: its pages have no end.', status='DATA_LOSS')
            cursors.add(cursor)

    async def _asked(self, what: str, ask: 'Callable[[Client], Awaitable[T]]') -> T:
        self._require_enabled()
        connection = self._link().connection
        await connection.client()
        try:
            async with asyncio.timeout(self.config.timeout):
                return await connection.call(ask)
        except TimeoutError as error:
            raise GenkitError(
                f'{what} within {self.config.timeout:g} seconds.', status='DEADLINE_EXCEEDED', cause=error
            ) from error
        except GenkitError:
            raise
        except Exception as error:
            raise mcp_error(error, what) from error

    def _require_enabled(self) -> None:
        if self._disabled:
            raise GenkitError(
                f'MCP client {self.name!r} is disabled. Enable it with enable().', status='FAILED_PRECONDITION'
            )

    def _link(self) -> '_Link':
        link = self._links.get()
        return self._links.replace(None, self._linked()) if link.connection.is_closed and not self._closed else link

    def _linked(self) -> '_Link':
        link = _Link(self)
        link.connection.is_closed = self._closed
        self._all = [each for each in self._all if not each.connection.loop.is_closed()] + [link]
        return link

    async def _end(self) -> None:
        links, self._all = self._all, []
        here = asyncio.get_running_loop()
        for link in links:
            if link.connection.loop is here:
                link.calls.close()
                await link.connection.close()
            elif not link.connection.loop.is_closed():
                link.connection.loop.call_soon_threadsafe(link.connection.stop)

    def _changed(self) -> None:
        for notify in self.on_change:
            notify()

    def options_for(self, connection: Connection, calls: Calls) -> dict[str, Any]:
        """Return the options of the library's client for a connection."""
        return client_options(self.name, self._settings, calls, lambda: self._roots, self._changed, connection)


class _Link:
    """The connection of one event loop, with its calls."""

    def __init__(self, client: McpClient) -> None:
        config = client.config
        self.calls = Calls(client.server_name, config.timeout, config.question_timeout)
        self.connection = Connection(
            client.server_name, config, lambda connection: client.options_for(connection, self.calls)
        )
        self.runs = ToolRuns(client.server_name, self.connection, self.calls)


def create_mcp_client(
    config: McpServerConfig | Mapping[str, Any],
    name: str = 'mcp-client',
    *,
    server_name: str | None = None,
    **options: Unpack[McpClientOptions],
) -> McpClient:
    """Return the client of one server; the arguments are those of `McpClient`."""
    return McpClient(name, config, server_name, **options)


async def or_nothing(listing: Awaitable[list[T]]) -> list[T]:
    """Return a list, or none if it fails, which is logged: tools are of use without prompts and resources."""
    try:
        return await listing
    except GenkitError as error:
        _LOGGER.warning('%s', error)
        return []


async def _page(client: 'Client', feature: str, page: Awaitable[T]) -> T | None:
    """Return a page of a list, or None if the server has no such list."""
    try:
        return await page
    except Exception as error:
        if getattr(error, 'code', None) == _UNKNOWN_METHOD:
            _LOGGER.debug('%r has no %s', client.server_info, feature)
            return None
        raise


async def _tell_of_roots(client: 'Client') -> None:
    if client.protocol_version < '2026-07-28':
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # deprecated in the newest generation, and the only way in the older one
            await client.send_roots_list_changed()  # pyright: ignore[reportDeprecated]


def _registered(ai: Genkit, actions: list[AnyAction]) -> list[AnyAction]:
    for action in actions:
        ai.registry.register_action(action)
    return actions
