# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runnables of LangChain and flows of Genkit, both ways."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from genkit import Action, ActionRunContext, FlowWrapper, Genkit, GenkitError
from langchain_core.callbacks import AsyncCallbackManagerForChainRun, CallbackManagerForChainRun
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import WithJsonSchema
from pydantic_core import to_jsonable_python

from genkit_langchain import bridge
from genkit_langchain.convert.documents import to_document
from genkit_langchain.convert.messages import to_messages
from genkit_langchain.errors import langchain_errors
from genkit_langchain.tracing import inside, traced_config, traced_metadata


def from_runnable(
    ai: Genkit, runnable: Runnable[Any, Any], name: str | None = None, description: str | None = None
) -> FlowWrapper[..., Any]:
    """Add a runnable to an application as a flow: a chain, a prompt, a parser, a compiled graph.

    The flow streams what the runnable streams, and what runs inside is recorded below its span. Messages and documents
    that it returns become those of Genkit.

    Args:
        ai: The application.
        runnable: The runnable.
        name: The flow's name. Default: the runnable's.
        description: For users.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what is no runnable.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import from_runnable
        from langchain_core.prompts import PromptTemplate

        ai = Genkit()
        chain = PromptTemplate.from_template('Greet {name}.') | (lambda made: made.text)
        greeting = from_runnable(ai, chain, 'greeting')
        assert await greeting({'name': 'Ada'}) == 'Greet Ada.'
        ```
    """
    if not isinstance(runnable, Runnable):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        raise GenkitError(
            f'from_runnable() got {runnable!r}; expected a runnable of LangChain. A function becomes one with '
            'RunnableLambda(function).',
            status='INVALID_ARGUMENT',
        )

    async def run(given: Any, context: ActionRunContext) -> Any:
        with langchain_errors(), traced_config() as config:
            if not context.is_streaming:
                return to_value(await runnable.ainvoke(given, config))
            return to_value(await _streamed(runnable, given, config, context))

    run.__annotations__['given'] = _described(runnable)
    return ai.flow(name or runnable.get_name(), description)(run)


def to_runnable(flow: FlowWrapper[..., Any] | Action[Any, Any, Any]) -> Runnable[Any, Any]:
    """Return a flow of Genkit as a step of a chain; its input is what the step before it gives.

    Args:
        flow: A function decorated with ``@ai.flow``, or an action.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import to_runnable

        ai = Genkit()


        @ai.flow
        async def shout(text: str) -> str:
            return text.upper()


        chain = to_runnable(shout) | (lambda text: f'{text}!')
        assert chain.invoke('soup') == 'SOUP!'
        ```
    """
    action: Any = getattr(flow, 'action', flow)
    if not isinstance(action, Action):
        raise GenkitError(
            f'to_runnable() got {flow!r}; expected a flow of Genkit, a function decorated with @ai.flow, or an action.',
            status='INVALID_ARGUMENT',
        )
    known = cast('Action[Any, Any, Any]', action)

    async def step(given: Any, run_manager: AsyncCallbackManagerForChainRun) -> Any:
        with inside(run_manager):
            return (await known.arun(given)).response

    def plain_step(given: Any, run_manager: CallbackManagerForChainRun) -> Any:
        return bridge.run(step(given, cast('Any', run_manager)))

    runnable: Runnable[Any, Any] = RunnableLambda(plain_step, afunc=step, name=known.name)
    return runnable.with_config(metadata=traced_metadata(None))


def to_value(value: Any) -> Any:
    """Return what a runnable gave in a form that can be sent: messages and documents of Genkit, and JSON."""
    if isinstance(value, BaseMessage):
        [message] = to_messages([value])
        return message.to_wire()
    if isinstance(value, Document):
        return to_document(value).to_wire()
    if isinstance(value, Mapping):
        return {str(name): to_value(each) for name, each in cast('Mapping[Any, Any]', value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_value(each) for each in cast('list[Any]', value)]
    return to_jsonable_python(value, by_alias=True, fallback=str)


async def _streamed(runnable: Runnable[Any, Any], given: Any, config: Any, context: ActionRunContext) -> Any:
    """Return the sum of what a runnable streams, or the last piece where pieces cannot be added."""
    whole: Any = None
    count = 0
    async for piece in runnable.astream(given, config):
        context.send_chunk(to_value(piece))
        count += 1
        try:
            whole = piece if count == 1 else whole + piece
        except TypeError:
            whole = piece
    return whole


def _described(runnable: Runnable[Any, Any]) -> Any:
    """Return an annotation with the runnable's own schema, for the developer tools; anything is accepted."""
    try:
        return Annotated[Any, WithJsonSchema(runnable.get_input_jsonschema())]
    except Exception:  # noqa: BLE001  (the types of a runnable may be any, and many have no schema)
        return Any
