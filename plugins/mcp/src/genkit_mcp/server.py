# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application as an MCP server: its tools, prompts and resources, over stdio and HTTP."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from genkit import Action, Genkit, GenkitError
from genkit.types import GenerateRequest

from genkit_mcp.convert.contents import to_contents, to_prompt_messages
from genkit_mcp.mounting import LOOPBACK_HOSTS, LOOPBACK_ORIGINS, McpApp, allowed
from genkit_mcp.offer import (
    Offer,
    argument_schemas,
    definition_of,
    place_of,
    required_arguments,
    shown_output_schema,
    tool_inputs,
)
from genkit_mcp.settings import McpServerOptions
from genkit_mcp.stdin import taken_stdin
from genkit_mcp.tool_answers import answer_call


if TYPE_CHECKING:
    from mcp.server import Server
    from mcp.types import CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams

T = TypeVar('T')

_INVALID: Final = -32602
_INTERNAL: Final = -32603
_NO_RESOURCE: Final = -32002
_MODERN: Final = '2026-07-28'


class McpServer:
    """An application as an MCP server.

    Args:
        ai: The application.
        options: What is shown, and under which name.
    """

    def __init__(self, ai: Genkit, options: McpServerOptions) -> None:
        self.options = options
        self._offer = Offer(ai, options)
        self._server: Server[Any] | None = None

    @property
    def server(self) -> 'Server[Any]':
        """The server of the library, for transports of its own, and for clients in this process."""
        if self._server is None:
            self._server = self._made()
        return self._server

    def run(self) -> None:
        """Serve over stdin and stdout until the client leaves; for the main program."""
        try:
            asyncio.run(self.start())
        except KeyboardInterrupt:
            raise SystemExit(130) from None  # as programs end that Ctrl-C ends

    async def start(self, transport: Any = None) -> None:
        """Serve until the client leaves.

        While it serves over stdio, what the program prints goes to stderr, so that it does not break the protocol.

        Args:
            transport: A pair of streams of the library, or a context manager that gives one. Default: stdin and
                stdout.
        """
        from mcp.server.stdio import stdio_server  # noqa: PLC0415  (a slow import)

        if isinstance(transport, tuple):
            read, write = cast('tuple[Any, Any]', transport)
            await self.server.run(read, write, self.server.create_initialization_options())
            return
        with contextlib.ExitStack() as stack:
            if transport is None:
                lines: Any = stack.enter_context(taken_stdin())
                transport = stdio_server(stdin=lines)
            async with transport as (read, write):
                await self.server.run(read, write, self.server.create_initialization_options())

    def asgi_app(
        self,
        *,
        allowed_hosts: Sequence[str] | None = None,
        allowed_origins: Sequence[str] | None = None,
        stateless: bool = False,
        json_response: bool = False,
        max_body: int = 4 * 1024 * 1024,
    ) -> McpApp:
        """Return an ASGI application to serve or to mount: it answers at the path where it is.

        Args:
            allowed_hosts: Values of ``Host`` that are answered, such as ``'mcp.example.com'`` or ``'localhost:*'``;
                others get status 421. Default: those of this machine. ``['*']`` answers all; only behind a proxy that
                checks.
            allowed_origins: Values of ``Origin`` that are answered. Default: pages of this machine.
            stateless: Whether clients of the older generation get no session; they are asked no questions then.
            json_response: Whether answers are JSON instead of streams, without progress.
            max_body: The most bytes of a request.
        """

        def make() -> Any:
            from mcp.server.streamable_http_manager import (  # noqa: PLC0415  (a slow import)
                StreamableHTTPSessionManager,
            )
            from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415  (a slow import)

            security = TransportSecuritySettings(
                enable_dns_rebinding_protection='*' not in (allowed_hosts or ()),
                allowed_hosts=allowed(allowed_hosts, LOOPBACK_HOSTS),
                allowed_origins=allowed(allowed_origins, LOOPBACK_ORIGINS),
            )
            return StreamableHTTPSessionManager(
                self.server,
                security_settings=security,
                stateless=stateless,
                json_response=json_response,
                max_request_body_size=max_body,
            )

        return McpApp(make)

    def _made(self) -> 'Server[Any]':
        from mcp.server import Server  # noqa: PLC0415  (a slow import)
        from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity  # noqa: PLC0415

        options = self.options
        server: Server[Any] = Server(
            options.name,
            version=options.version,
            instructions=options.instructions,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
        )
        server.middleware.clear()  # the spans of actions say the same, and more
        ttl = options.question_timeout
        security = (
            RequestStateSecurity.ephemeral(ttl=ttl)
            if options.state_keys is None
            else RequestStateSecurity(keys=list(options.state_keys), ttl=ttl)
        )
        server.middleware.append(RequestStateBoundary(security, default_audience=options.name))
        return server

    # Tools

    async def _list_tools(self, _context: Any, params: Any) -> Any:
        from mcp.types import ListToolsResult, Tool  # noqa: PLC0415  (a slow import)

        actions, following = self._page(list((await self._offer.tools()).values()), params)
        tools: list[Tool] = []
        for action in actions:
            definition = definition_of(action)
            tools.append(
                Tool(
                    name=action.name,
                    description=definition.description or None,
                    input_schema={'type': 'object', **tool_inputs(definition).schema(definition)},
                    output_schema=shown_output_schema(action),
                    _meta=_meta_of(action),
                )
            )
        return ListToolsResult(tools=tools, next_cursor=following)

    async def _call_tool(self, context: Any, params: 'CallToolRequestParams') -> Any:
        tools = await self._offer.tools()
        if params.name not in tools:
            raise _error(_INVALID, f'Unknown tool: {params.name!r}')
        return await answer_call(tools[params.name], context, params, self.options)

    # Prompts

    async def _list_prompts(self, _context: Any, params: Any) -> Any:
        from mcp.types import ListPromptsResult, Prompt, PromptArgument  # noqa: PLC0415  (a slow import)

        actions, following = self._page(list((await self._offer.prompts()).values()), params)
        prompts: list[Prompt] = []
        for action in actions:
            about = action.describe()
            required = required_arguments(action)
            arguments = [
                PromptArgument(name=name, description=schema.get('description'), required=name in required)
                for name, schema in argument_schemas(action).items()
            ]
            prompts.append(Prompt(name=action.name, description=about.description, arguments=arguments or None))
        return ListPromptsResult(prompts=prompts, next_cursor=following)

    async def _get_prompt(self, _context: Any, params: 'GetPromptRequestParams') -> Any:
        from mcp.types import GetPromptResult  # noqa: PLC0415  (a slow import)

        action = (await self._offer.prompts()).get(params.name)
        if action is None:
            raise _error(_INVALID, f'Unknown prompt: {params.name!r}')
        schemas = argument_schemas(action)
        given = {name: _read(value, schemas.get(name, {})) for name, value in (params.arguments or {}).items()}
        missing = [name for name in required_arguments(action) if name not in given]
        if missing:
            raise _error(_INVALID, f'Prompt {params.name!r} needs {", ".join(map(repr, missing))}.')
        request: GenerateRequest = await _run(action, given)
        return GetPromptResult(description=action.description, messages=to_prompt_messages(request.messages))

    # Resources

    async def _list_resources(self, _context: Any, params: Any) -> Any:
        from mcp.types import ListResourcesResult, Resource  # noqa: PLC0415  (a slow import)

        known = [action for action in (await self._offer.resources()).values() if place_of(action).get('uri')]
        actions, following = self._page(known, params)
        resources = [
            Resource(uri=place_of(each)['uri'], name=each.name, description=each.description) for each in actions
        ]
        return ListResourcesResult(resources=resources, next_cursor=following)

    async def _list_templates(self, _context: Any, params: Any) -> Any:
        from mcp.types import ListResourceTemplatesResult, ResourceTemplate  # noqa: PLC0415  (a slow import)

        known = [action for action in (await self._offer.resources()).values() if place_of(action).get('template')]
        actions, following = self._page(known, params)
        templates = [
            ResourceTemplate(uri_template=place_of(each)['template'], name=each.name, description=each.description)
            for each in actions
        ]
        return ListResourceTemplatesResult(resource_templates=templates, next_cursor=following)

    async def _read_resource(self, context: Any, params: 'ReadResourceRequestParams') -> Any:
        from mcp.types import ReadResourceResult  # noqa: PLC0415  (a slow import)

        uri = str(params.uri)
        action = await self._offer.resource_for(uri)
        if action is None:
            code = _INVALID if context.protocol_version >= _MODERN else _NO_RESOURCE
            raise _error(code, f'Unknown resource: {uri!r}')
        output = await _run(action, {'uri': uri})
        return ReadResourceResult(contents=to_contents(uri, output.content))

    def _page(self, entries: list[T], params: Any) -> tuple[list[T], str | None]:
        cursor = getattr(params, 'cursor', None)
        if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and int(cursor) <= len(entries)):
            raise _error(_INVALID, f'Unknown cursor: {cursor[:100]!r}')
        start = int(cursor or 0)
        end = start + self.options.page_size
        return entries[start:end], str(end) if end < len(entries) else None


def create_mcp_server(ai: Genkit, options: McpServerOptions | None = None, **members: Any) -> McpServer:
    """Return an application as an MCP server.

    Args:
        ai: The application.
        options: See `McpServerOptions`.
        members: The same, by keyword: ``create_mcp_server(ai, name='kitchen')``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for both, or an unknown option.
    """
    if options is not None and members:
        raise GenkitError('Give either options or keywords.', status='INVALID_ARGUMENT')
    try:
        return McpServer(ai, options or McpServerOptions(**members))
    except TypeError as error:
        raise GenkitError(f'McpServerOptions: {error}', status='INVALID_ARGUMENT', cause=error) from error


async def _run(action: Action[Any, Any, Any], value: Any) -> Any:
    """Run a prompt or a resource; errors of ours keep their message, the library masks all others."""
    try:
        return (await action.arun_raw(value)).response
    except GenkitError as error:
        is_ours = error.status != 'INTERNAL'
        code = _INVALID if error.status in {'INVALID_ARGUMENT', 'NOT_FOUND'} else _INTERNAL
        raise _error(code, error.original_message if is_ours else f'{action.name!r} failed.') from error


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    """Return an argument of a prompt as its schema wants it; what cannot be read so is left to be refused."""
    kind = schema.get('type')
    if kind == 'boolean' and text.lower() in {'true', 'false'}:
        return text.lower() == 'true'
    if kind in {'integer', 'number'}:
        try:
            return int(text) if kind == 'integer' else float(text)
        except ValueError:
            return text
    return text


def _meta_of(action: Action[Any, Any, Any]) -> Any:
    described: Any = action.metadata.get('mcp')
    return cast('dict[str, Any]', described).get('_meta') if isinstance(described, dict) else None


def _error(code: int, message: str) -> Exception:
    from mcp.shared.exceptions import MCPError  # noqa: PLC0415  (a slow import)

    return MCPError(code=code, message=message)
