# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How servers are reached, and what an application allows them; options of clients, hosts and servers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from genkit import GenkitError
from genkit.plugin import did_you_mean


if TYPE_CHECKING:
    from genkit import Genkit


Roots: TypeAlias = Sequence[str | Mapping[str, str]]

MODES = ('auto', 'legacy', '2026-07-28')
_SHORTEST_SECRET = 6
_SECRET = re.compile(r'key|token|secret|passw|auth|credential', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class McpServerConfig:
    """How one server is reached: a program, an address, or a transport.

    Attributes:
        command: The program to start, which speaks over stdin and stdout.
        args: Its arguments.
        env: Its environment, besides a few harmless variables of this process.
        cwd: Its working folder.
        url: The address of a server with streamable HTTP.
        headers: Headers of every request to ``url``, such as ``Authorization``.
        transport: An ``mcp`` server in this process, a transport of the library, or a function that returns one; a
            function allows connecting again.
        disabled: Whether nothing is asked of it until it is enabled.
        roots: ``file://`` addresses, or ``{'uri': …, 'name': …}``, that the server may ask for. Default: none, and the
            server is not told of the feature, because some servers replace their own folders by them.
        mode: The generation of the protocol: ``'auto'``, ``'legacy'`` (until 2025-11-25) or ``'2026-07-28'``.
        start_timeout: Seconds until the server must be ready. Default: 30.
        timeout: Seconds of silence after which a request fails; progress starts them again. Default: 60.
        question_timeout: Seconds that a call is held open for the answer to a question, in the older generation.
            Default: 600.
    """

    command: str | None = None
    args: Sequence[str] = field(default=(), repr=False)
    env: Mapping[str, str] | None = field(default=None, repr=False)
    cwd: str | None = None
    url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    transport: Any = None
    disabled: bool = False
    roots: Roots | None = None
    mode: str = 'auto'
    start_timeout: float = 30.0
    timeout: float = 60.0
    question_timeout: float = 600.0

    def __post_init__(self) -> None:
        """Check what would otherwise fail only when the server is asked.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``.
        """
        given = [name for name in ('command', 'url', 'transport') if getattr(self, name) is not None]
        if len(given) != 1:
            _refuse(f'An MCP server needs exactly one of command=, url= and transport=; got {given or "none"}.')
        if isinstance(self.args, str):
            _refuse(f'args={self.args!r} is a text; give a list, such as {self.args.split()!r}.')
        if self.mode not in MODES:
            _refuse(f'mode={self.mode!r} is not one of {", ".join(map(repr, MODES))}.')
        for name in ('start_timeout', 'timeout', 'question_timeout'):
            if not getattr(self, name) > 0:
                _refuse(f'{name}={getattr(self, name)!r} must be more than 0 seconds.')
        if self.url is not None and (
            urlsplit(self.url).scheme not in {'http', 'https'} or not urlsplit(self.url).netloc
        ):
            _refuse(f'url={_without_secrets(self.url)!r} is no address; expected http://… or https://….')

    @property
    def secrets(self) -> list[str]:
        """What no message may show: the values of the environment and of the headers."""
        values = [*(self.env or {}).values(), *(self.headers or {}).values()]
        return [value for value in values if len(value) >= _SHORTEST_SECRET]

    @property
    def place(self) -> str:
        """What messages call the server: its program, its address without credentials, or its transport."""
        if self.command is not None:
            return ' '.join([self.command, *_shown(self.args)])[:200]
        return _without_secrets(self.url) if self.url is not None else type(self.transport).__name__


def read_config(given: 'McpServerConfig | Mapping[str, Any]') -> McpServerConfig:
    """Return a configuration from a mapping as configuration files hold it, or the one that was given.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for unknown members.
    """
    if isinstance(given, McpServerConfig):
        return given
    if not isinstance(given, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        _refuse(f'An MCP server is an McpServerConfig or a mapping such as {{"command": "…"}}; got {given!r}.')
    known = [each.name for each in fields(McpServerConfig)]
    members = {_SPELLINGS.get(name, name): value for name, value in given.items() if name != 'type'}
    for name in members:
        if name not in known:
            _refuse(f'An MCP server has no option {name!r}.{did_you_mean(name, known)} There are {", ".join(known)}.')
    return McpServerConfig(**members)


_SPELLINGS = {'requestInit': 'headers', 'startTimeout': 'start_timeout', 'questionTimeout': 'question_timeout'}


class McpClientOptions(TypedDict, total=False):
    """Options of a client or a host besides its servers.

    Attributes:
        version: The version that servers see. Default: ``'1.0.0'``.
        raw_tool_responses: Whether tools return the whole result as the protocol has it. Default: False.
        multipart: Whether images, sounds and links of results become parts for the model. Default: True; False returns
            the single item as it is.
        elicitation: Whether servers may ask questions, which become interrupts. Default: True.
        sampling: The application whose models servers may use, with its default model, or a function from the request
            of the library to its result. Default: servers may not.
        sampling_model: The model for ``sampling``. Default: that of the application.
    """

    version: str
    raw_tool_responses: bool
    multipart: bool
    elicitation: bool
    sampling: 'Genkit | Callable[..., Any] | None'
    sampling_model: str | None


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """`McpClientOptions` with their defaults."""

    version: str = '1.0.0'
    raw_tool_responses: bool = False
    multipart: bool = True
    elicitation: bool = True
    sampling: Any = None
    sampling_model: str | None = None


def read_settings(options: McpClientOptions) -> ClientSettings:
    """Return the options with their defaults.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for unknown options.
    """
    known = list(McpClientOptions.__annotations__)
    for name in options:
        if name not in known:
            _refuse(f'There is no option {name!r}.{did_you_mean(name, known)} There are {", ".join(known)}.')
    return ClientSettings(**cast('dict[str, Any]', options))


@dataclass(frozen=True, kw_only=True)
class McpServerOptions:
    """What an application shows as an MCP server.

    Attributes:
        name: The server's name.
        version: Its version.
        instructions: A text for the models of clients.
        tools: Names of the tools to show. Default: all that are registered; none with ``()``.
        prompts: Names of the prompts to show. Default: all.
        resources: Names of the resources to show. Default: all.
        page_size: Entries of one page of a listing. Default: 100.
        state_keys: Secrets, of 32 bytes or more, that seal what waits for an answer; the first one seals, all open.
            Default: one made for this process, so that nothing that waits survives a restart.
        question_timeout: Seconds that a question may wait for its answer. Default: 600.
        context: Returns the context of the tools' actions, such as who calls, from the library's request context, whose
            ``request`` is that of HTTP.
    """

    name: str = 'genkit-mcp'
    version: str = '1.0.0'
    instructions: str | None = None
    tools: Sequence[str] | None = None
    prompts: Sequence[str] | None = None
    resources: Sequence[str] | None = None
    page_size: int = 100
    state_keys: Sequence[bytes | str] | None = field(default=None, repr=False)
    question_timeout: float = 600.0
    context: 'Callable[[Any], Any] | None' = None


def _shown(args: Sequence[str]) -> list[str]:
    """Return arguments without what may be a secret: values of options that are named so, and those behind ``=``."""
    shown: list[str] = []
    is_value = False
    for argument in args:
        name, equals, _ = argument.partition('=')
        shown.append('…' if is_value else f'{name}=…' if equals else argument)
        is_value = not equals and name.startswith('-') and _SECRET.search(name) is not None
    return shown


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return f'{parts.scheme}://{parts.netloc.rpartition("@")[2]}{parts.path}'


def _refuse(message: str) -> NoReturn:
    raise GenkitError(message, status='INVALID_ARGUMENT')
