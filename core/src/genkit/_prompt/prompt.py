# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prompts that can be run: rendered, then given to a model."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Generic, Unpack, cast

from typing_extensions import TypeVar

from genkit._action.action import Action
from genkit._action.context import current_context
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._action.stream import StreamResponse
from genkit._base.errors import GenkitError
from genkit._base.suggest import as_list, check_options, did_you_mean
from genkit._generate.loop import Generation, generate_with_context
from genkit._generate.options import MESSAGES_WAY_OUT, Asked, GenerateOptions, prepare
from genkit._generate.tools import with_tools_made
from genkit._generate.turn import resolve_request
from genkit._kinds.options import read_documents
from genkit._kinds.tool import ToolAction
from genkit._prompt.definition import Input, PromptDefinition, PromptGenerateOptions
from genkit._prompt.rendering import RenderingCall, read_input, render
from genkit._registry.registry import Registry
from genkit._trace.attributes import METADATA_PREFIX
from genkit._trace.span import open_span
from genkit.types import (
    ActionMetadata,
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    ModelRef,
)


InputT = TypeVar('InputT', default=Any)
OutputT = TypeVar('OutputT', default=Any)

# What a call is given and `generate` takes as it is.
_PASSED_ON: Final = frozenset(
    ('tools', 'tool_choice', 'max_turns', 'return_tool_requests', 'use', 'on_chunk', 'context', 'step_name')
)
_INPUT_HINT: Final = "What the templates name is given as one argument: write prompt({{'{name}': …}})."

__all__ = ['ExecutablePrompt', 'Input', 'PromptAction', 'PromptGenerateOptions', 'find_prompt', 'register_prompt']


class ExecutablePrompt(Generic[InputT, OutputT]):
    """A prompt with its model, tools and output; run it with ``await prompt(input)``.

    Args:
        registry: Knows models, tools, partials and schemas.
        define: Returns the definition; called on every use, so that a file is read as late as possible.
        name: The prompt's name.

    Attributes:
        registry: As given.
    """

    def __init__(
        self,
        registry: Registry,
        define: Callable[[], Coroutine[Any, Any, PromptDefinition]],
        name: str | None = None,
    ) -> None:
        self.name = name
        self.registry = registry
        self._define = define

    def __repr__(self) -> str:
        """Return the prompt's name."""
        return f'{type(self).__name__}({self.name!r})'

    async def __call__(
        self,
        input: InputT | Mapping[str, Any] | None = None,  # noqa: A002  (the contract's name)
        opts: PromptGenerateOptions | None = None,
        **options: Unpack[PromptGenerateOptions],
    ) -> GenerateResponse[OutputT]:
        """Render and generate.

        Args:
            input: The values that the templates name.
            opts: What this call changes.
            options: The same, by keyword.

        Raises:
            GenkitError: What rendering or ``generate`` raises.
        """
        merged: PromptGenerateOptions = {**(opts or {}), **options}
        with open_span(self._spoken_name, 'dotprompt', input_value=input) as span:
            action_options, generation = await self.prepare(input, merged)
            response = await generate_with_context(action_options, generation, merged.get('context'))
            span.set_output(response, generation.recorded)
            return response

    def stream(
        self,
        input: InputT | Mapping[str, Any] | None = None,  # noqa: A002  (the contract's name)
        opts: PromptGenerateOptions | None = None,
        *,
        timeout: float | None = None,
        **options: Unpack[PromptGenerateOptions],
    ) -> StreamResponse[GenerateResponseChunk[OutputT], GenerateResponse[OutputT]]:
        """Render the prompt and stream the generation: iterate over the chunks, await ``response``."""
        merged = with_tools_made(cast('PromptGenerateOptions', {**(opts or {}), **options}))

        def start(put: Callable[[Any], None]) -> Coroutine[Any, Any, GenerateResponse[OutputT]]:
            return self(input, {**merged, 'on_chunk': put})

        return StreamResponse(start, timeout)

    async def render(
        self,
        input: InputT | Mapping[str, Any] | None = None,  # noqa: A002  (the contract's name)
        opts: PromptGenerateOptions | None = None,
        **options: Unpack[PromptGenerateOptions],
    ) -> GenerateActionOptions:
        """Render the prompt and return the generate options, without calling a model."""
        return (await self.prepare(input, {**(opts or {}), **options}))[0]

    async def as_tool(self) -> ToolAction:
        """Return the prompt as a tool: its input is the prompt's input, its result the prompt's output or text."""
        definition = await self._define()

        async def run(value: Any) -> Any:
            response: GenerateResponse[Any] = await self(value)
            return response.output if definition.output is not None else response.text

        schema = definition.input.schema
        return ToolAction(
            ActionKind.TOOL,
            definition.key,
            run,
            description=definition.description,
            metadata={'type': 'tool'},
            input_schema=self.registry.lookup_schema(schema) if isinstance(schema, str) else schema or {},
            output_schema={},
        )

    @property
    def ref(self) -> dict[str, Any]:
        """A reference to this prompt."""
        return {'name': self.name}

    async def definition(self) -> PromptDefinition:
        """Return the prompt's definition."""
        return await self._define()

    @property
    def _spoken_name(self) -> str:
        return self.name or 'prompt'

    async def prepare(self, value: Any, opts: PromptGenerateOptions) -> tuple[GenerateActionOptions, Generation]:
        """Return what a call would generate with: what can travel, and what it needs beside that."""
        labels = {f'{METADATA_PREFIX}promptName': self._spoken_name}
        with open_span('render', 'promptTemplate', input_value={} if value is None else value, labels=labels) as span:
            prepared = await self._prepare(value, opts)
            span.set_output(prepared[0])
            return prepared

    async def _prepare(self, value: Any, opts: PromptGenerateOptions) -> tuple[GenerateActionOptions, Generation]:
        definition = await self._define()
        if not opts.keys() <= PromptGenerateOptions.__annotations__.keys():
            self._refuse_options(opts, definition)
        what = f'prompt {definition.key or "without a name"}'
        metadata = {**definition.metadata, **(opts.get('metadata') or {})}
        call = RenderingCall(
            read_input(self.registry, definition.input, value, what),
            {'metadata': metadata, **(opts.get('context') or current_context() or self.registry.context)},
            as_list('messages', opts.get('messages'), MESSAGES_WAY_OUT),
            read_documents('docs', opts.get('docs') or ()),
        )
        rendering = await render(self.registry, definition, call)
        options: dict[str, Any] = {
            **definition.options,
            **{name: given for name, given in opts.items() if name in _PASSED_ON and given is not None},
            **{f'resume_{name}': given for name, given in (opts.get('resume') or {}).items()},
            'config': _merged_config(definition.config, opts.get('config')),
            'docs': rendering.docs or None,
        }
        asked = Asked(
            model=opts.get('model') or definition.model,
            messages=rendering.messages,
            output=opts.get('output') or definition.output,
        )
        return prepare(self.registry, asked, cast('GenerateOptions', options))

    def _refuse_options(self, opts: PromptGenerateOptions, definition: PromptDefinition) -> None:
        schema = definition.input.schema
        schema = self.registry.lookup_schema(schema) if isinstance(schema, str) else schema
        described: dict[str, Any] = {} if schema is None else to_json_schema(schema)
        name = next(name for name in opts if name not in PromptGenerateOptions.__annotations__)
        if name in (described.get('properties') or ()):
            raise GenkitError(
                f'A call of a prompt has no option {name!r}. {_INPUT_HINT.format(name=name)}', status='INVALID_ARGUMENT'
            )
        check_options('A call of a prompt', opts, PromptGenerateOptions.__annotations__, otherwise=_INPUT_HINT)


class PromptAction(Action[Any, Any]):
    """A prompt as an action: renders.

    Attributes:
        prompt: What it renders.
        read: Returns the prompt's definition, read from its file if need be.
    """

    prompt: ExecutablePrompt[Any, Any]
    read: Callable[[], PromptDefinition]

    def describe(self) -> ActionMetadata:
        """Return what the developer tools show; of a file that cannot be read, its name."""
        from genkit._prompt.describing import prompt_metadata  # noqa: PLC0415  (for the tools alone)

        about = super().describe()
        try:
            definition = self.read()
            known = prompt_metadata(self.prompt.registry, definition)
        except (GenkitError, OSError, ValueError):
            return about
        return about.replaced(
            description=definition.description,
            input_schema=known.get('input', {}).get('schema', about.input_schema),
            metadata={**definition.metadata, **self.metadata, 'prompt': known},
        )


def register_prompt(
    registry: Registry,
    key: str,
    prompt: ExecutablePrompt[Any, Any],
    read: Callable[[], PromptDefinition],
    metadata: dict[str, Any],
    input_schema: Any = None,
) -> None:
    """Register a prompt as ``/prompt/<key>``, which gives a request, and ``/executable-prompt/<key>``, its options.

    Args:
        registry: Where to.
        key: ``name[.variant]``.
        prompt: What is run.
        read: Returns its definition; asked by who lists actions.
        metadata: What is known without reading it.
        input_schema: Of its input, if that is known as well.
    """

    async def as_options(value: Any) -> GenerateActionOptions:
        return await prompt.render(value)

    async def as_request(value: Any) -> GenerateRequest:
        return await resolve_request(registry, await prompt.render(value))

    kinds = ((ActionKind.PROMPT, as_request, 'prompt'), (ActionKind.EXECUTABLE_PROMPT, as_options, 'executablePrompt'))
    for kind, run, label in kinds:
        action = PromptAction(
            kind,
            key,
            run,
            metadata={**metadata, 'type': label},
            input_schema=input_schema if isinstance(input_schema, dict) else input_schema or {},
        )
        action.prompt = prompt
        action.read = read
        registry.register_action(action)


async def find_prompt(registry: Registry, name: str, variant: str | None = None) -> ExecutablePrompt[Any, Any]:
    """Return a registered prompt.

    Raises:
        GenkitError: ``NOT_FOUND``.
    """
    key = f'{name}.{variant}' if variant else name
    for candidate in (key, f'dotprompt/{key}'):
        action = await registry.resolve_action(ActionKind.PROMPT, candidate)
        if isinstance(action, PromptAction):
            return action.prompt
    known = [action.name for action in registry.registered_actions(ActionKind.PROMPT)]
    described = f'Prompt {name!r} (variant {variant})' if variant else f'Prompt {name!r}'
    raise GenkitError(
        f'{described} not found.{did_you_mean(key, known)} '
        'Define it with ai.define_prompt(…) or put a file into the prompt folder.',
        status='NOT_FOUND',
    )


def _merged_config(own: Any, given: Any) -> Any:
    return given if own is None else ModelRef(name='', config=own).merged_config(given)
