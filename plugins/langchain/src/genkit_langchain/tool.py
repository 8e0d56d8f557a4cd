# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, both ways."""

from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import uuid4

from genkit import Action, Genkit, GenkitError, MultipartToolResponse, Tool
from genkit.plugin import ToolInputs, answer_text, parse_arguments
from genkit.types import Part, TextPart, ToolDefinition, ToolResponse
from langchain_core.callbacks import AsyncCallbackManagerForToolRun, CallbackManagerForToolRun
from langchain_core.messages import ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, model_validator
from pydantic_core import to_jsonable_python

from genkit_langchain import bridge
from genkit_langchain.convert.pieces import to_block, to_parts
from genkit_langchain.errors import langchain_errors
from genkit_langchain.tracing import inside, traced_config, traced_metadata


_JSON: Final = ('{', '[')


class GenkitTool(BaseTool):
    """A tool of Genkit as a tool of LangChain; `to_langchain_tool` makes one.

    Attributes:
        action: The tool's action. Its schema is the one that models are given; an input that is no object becomes the
            one member of an object.
    """

    action: Action[Any, Any, Any] = Field(exclude=True, repr=False)

    @model_validator(mode='after')
    def _marked(self) -> 'GenkitTool':
        self.metadata = traced_metadata(self.metadata)
        return self

    def _to_args_and_kwargs(
        self, tool_input: str | dict[str, Any], tool_call_id: str | None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self._parse_input(tool_input, tool_call_id),), {}  # a member may have any name, also ``config``

    def _run(self, given: Any, *, run_manager: CallbackManagerForToolRun | None = None) -> Any:
        return bridge.run(self._answer(given, run_manager))

    async def _arun(self, given: Any, *, run_manager: AsyncCallbackManagerForToolRun | None = None) -> Any:
        return await self._answer(given, run_manager)

    async def _answer(self, given: Any, run_manager: Any) -> Any:
        with inside(run_manager):
            result = (await self.action.arun_raw(_inputs(self.action).from_wire(self.name, given))).response
        if not isinstance(result, MultipartToolResponse):
            return to_jsonable_python(result, by_alias=True)
        if not result.content:
            return to_jsonable_python(result.output, by_alias=True)
        text = answer_text(ToolResponse(name=self.name, output=result.output))
        return [*([] if result.output is None else [{'type': 'text', 'text': text}]), *map(to_block, result.content)]


def to_langchain_tool(tool: Tool[..., Any] | Action[Any, Any, Any]) -> GenkitTool:
    """Return a tool of Genkit as a tool of LangChain, for ``bind_tools`` and agents.

    Args:
        tool: A function decorated with ``@ai.tool``, what ``ai.dynamic_tool`` returned, or its action.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import to_langchain_tool

        ai = Genkit()


        @ai.tool
        def price(dish: str, portions: int = 1) -> float:
            '''Return what an order costs.'''
            return 4.5 * portions


        assert to_langchain_tool(price).invoke({'dish': 'soup', 'portions': 2}) == 9.0
        ```
    """
    action: Any = getattr(tool, 'action', tool)
    if not isinstance(action, Action) or not hasattr(cast('Any', action), 'definition'):
        raise GenkitError(
            f'to_langchain_tool() got {tool!r}; expected a tool of Genkit: a function decorated with @ai.tool, or what '
            'ai.dynamic_tool() returned.',
            status='INVALID_ARGUMENT',
        )
    known = cast('Action[Any, Any, Any]', action)
    definition = _definition(known)
    schema = _inputs(known).schema(definition)
    return GenkitTool(
        name=definition.name,
        description=definition.description,
        args_schema={'title': definition.name, **schema},
        action=known,
    )


def from_langchain_tool(ai: Genkit, tool: BaseTool, name: str | None = None) -> Tool[..., Any]:
    """Add a tool of LangChain to an application, and return it as a tool of Genkit.

    Its answer is what LangChain gives a model: a text, which becomes data if it is a JSON object or array, and images
    and files as further parts. Arguments that LangChain injects are left out of the schema.

    Args:
        ai: The application.
        tool: The tool; of a runnable, ``runnable.as_tool(…)``.
        name: Its name in Genkit. Default: its own.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what is no tool.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import from_langchain_tool
        from langchain_core.tools import tool


        @tool
        def add(one: int, other: int) -> int:
            '''Add two numbers.'''
            return one + other


        ai = Genkit()
        assert from_langchain_tool(ai, add).definition().description == 'Add two numbers.'
        ```
    """
    if not isinstance(tool, BaseTool):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        raise GenkitError(
            f'from_langchain_tool() got {tool!r}; expected a BaseTool, such as a function decorated with @tool of '
            'langchain_core.tools, or runnable.as_tool(…).',
            status='INVALID_ARGUMENT',
        )
    function: Mapping[str, Any] = convert_to_openai_tool(tool)['function']
    schema: dict[str, Any] = function.get('parameters') or {'type': 'object', 'properties': {}}

    async def run(given: Any) -> Any:
        return await _called(tool, given)

    return ai.tool(name or tool.name, tool.description, input_schema=schema)(run)


async def _called(tool: BaseTool, given: Any) -> Any:
    call = tool_call(name=tool.name, args=dict(given or {}), id=f'call_{uuid4().hex}')
    with langchain_errors(), traced_config() as config:
        answer: Any = await tool.ainvoke({**call, 'type': 'tool_call'}, config)
    if not isinstance(answer, ToolMessage):
        return to_jsonable_python(answer, fallback=str)
    if isinstance(answer.content, str):
        return _read(answer.content)
    parts = to_parts(cast('Any', answer.content_blocks), of_model=False)
    others: list[Part] = [part for part in parts if not isinstance(part, TextPart)]
    text = ''.join(part.text for part in parts if isinstance(part, TextPart))
    return MultipartToolResponse(output=_read(text) if text else None, content=others or None)


def _read(text: str) -> Any:
    return parse_arguments(text) if text.lstrip().startswith(_JSON) else text


def _definition(action: Any) -> ToolDefinition:
    return action.definition()


def _inputs(action: Any) -> ToolInputs:
    return ToolInputs([_definition(action)])
