# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prompts of servers: rendered there, generated with here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genkit import Action, ActionKind, GenerateRequest, GenerateResponse, Genkit, GenkitError, Message, Role

from genkit_mcp.convert.results import to_part


if TYPE_CHECKING:
    from mcp.types import GetPromptResult, Prompt

GetPrompt = Callable[[str, dict[str, str]], Awaitable['GetPromptResult']]


class McpPrompt:
    """A prompt of a server: call it to generate, or render it to get its messages.

    Attributes:
        name: ``<server>/<prompt>``.
        description: What the server says of it.
        input_schema: The JSON schema of its arguments, which are texts.
    """

    def __init__(self, ai: Genkit, server: str, prompt: 'Prompt', get: GetPrompt) -> None:
        self._ai = ai
        self._get = get
        self._prompt = prompt
        self.name = f'{server}/{prompt.name}'
        self.description = prompt.description or prompt.title or ''
        self.input_schema = _schema(prompt)

    def __repr__(self) -> str:
        """Return the prompt's name."""
        return f'McpPrompt({self.name!r})'

    async def __call__(self, input: Mapping[str, Any] | None = None, **options: Any) -> GenerateResponse[Any]:  # noqa: A002
        """Render the prompt and generate; the options are those of `Genkit.generate`."""
        return await self._ai.generate(messages=await self.render(input), **options)

    async def render(self, input: Mapping[str, Any] | None = None) -> list[Message]:  # noqa: A002  (as in prompts)
        """Return the messages that the server makes of the arguments.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for arguments that are missing or no texts, and what the server raises.
        """
        given = dict(input or {})
        missing = [each.name for each in self._prompt.arguments or () if each.required and given.get(each.name) is None]
        if missing:
            raise GenkitError(
                f'Prompt {self.name!r} needs {", ".join(map(repr, missing))}; got {sorted(given)!r}.',
                status='INVALID_ARGUMENT',
            )
        texts = {name: _text(self.name, name, value) for name, value in given.items() if value is not None}
        result = await self._get(self._prompt.name, texts)
        return to_messages(result)

    def action(self) -> Action[Any, Any, Any]:
        """Return it as an action that gives a request."""

        async def run(value: Any) -> GenerateRequest:
            return GenerateRequest(messages=await self.render(value))

        return Action(
            ActionKind.PROMPT,
            self.name,
            run,
            description=self.description,
            metadata={'type': 'prompt', 'mcp': {'_meta': self._prompt.meta} if self._prompt.meta else {}},
            input_schema=self.input_schema,
        )


def to_messages(result: 'GetPromptResult') -> list[Message]:
    """Return the messages of a prompt; neighbours of one role become one message."""
    messages: list[Message] = []
    for each in result.messages:
        role = Role.MODEL if each.role == 'assistant' else Role.USER
        part = to_part(each.content)
        if messages and messages[-1].role == role:
            messages[-1] = messages[-1].replaced(content=[*messages[-1].content, part])
        else:
            messages.append(Message(role=role, content=[part]))
    return messages


def find_prompt(prompts: Sequence[McpPrompt], name: str) -> McpPrompt:
    """Return the prompt of a name, with or without its server's.

    Raises:
        GenkitError: ``NOT_FOUND``.
    """
    for prompt in prompts:
        if prompt.name == name or prompt.name.partition('/')[2] == name:
            return prompt
    raise GenkitError(
        f'Prompt {name!r} not found; the MCP server has {sorted(prompt.name for prompt in prompts)!r}.',
        status='NOT_FOUND',
    )


def _schema(prompt: 'Prompt') -> dict[str, Any]:
    arguments = prompt.arguments or []
    members = {
        each.name: {'type': 'string', **({'description': each.description} if each.description else {})}
        for each in arguments
    }
    required = [each.name for each in arguments if each.required]
    return {'type': 'object', 'properties': members, **({'required': required} if required else {})}


def _text(prompt: str, name: str, value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str):
        raise GenkitError(
            f'Argument {name!r} of prompt {prompt!r} is {value!r}; prompts of MCP servers take texts alone.',
            status='INVALID_ARGUMENT',
        )
    return value
