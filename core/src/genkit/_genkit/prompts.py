# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The methods of `Genkit` that define and find prompts."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast, get_origin, overload

from typing_extensions import TypeVar

from genkit._base.json_schema import is_json_schema, require_json_schema
from genkit._base.suggest import as_list, check_options, refuse
from genkit._generate.hooks import MiddlewareArgument
from genkit._generate.options import ModelArgument, OutputArgument, output_members
from genkit._generate.output import Output
from genkit._generate.tools import ToolArgument, with_tools_made
from genkit._prompt.definition import Content, Documents, Input, Messages, PromptDefinition
from genkit._prompt.environment import environment
from genkit._prompt.folder import load_prompt_folder, load_prompt_source
from genkit._prompt.prompt import ExecutablePrompt, find_prompt, register_prompt
from genkit._prompt.template_check import warn_of_unknown_names
from genkit._registry.registry import Registry
from genkit.types import ToolChoice


# What nothing is said of is Any, so that `ai.prompt('name')` is known to a strict type checker.
InputT = TypeVar('InputT', default=Any)
OutputT = TypeVar('OutputT', default=Any)


class PromptOptions(TypedDict, total=False):
    """Options of a prompt besides its name, input and output.

    Attributes:
        config: The model's configuration.
        system: A template, parts, or a function of ``(input, context)``.
        prompt: A template, parts, or a function of ``(input, context)``.
        messages: A template of a whole conversation, messages, or a function of ``(input, {context, history})``.
        docs: Documents, or a function of ``(input, context)``.
    """

    model: ModelArgument
    config: Any
    description: str | None
    system: Content
    prompt: Content
    messages: Messages
    output_format: str | None
    output_content_type: str | None
    output_instructions: bool | str | None
    output_constrained: bool | None
    max_turns: int | None
    return_tool_requests: bool | None
    metadata: Mapping[str, Any] | None
    tools: 'Sequence[ToolArgument] | ToolArgument | None'
    tool_choice: ToolChoice | str | None
    use: Sequence[MiddlewareArgument] | MiddlewareArgument | None
    docs: Documents


# What the signature names is suggested too.
_PROMPT_OPTIONS = {**PromptOptions.__annotations__, 'input_schema': Any, 'output_schema': Any, 'variant': Any}


class Prompts:
    """Prompts, partials and helpers.

    Attributes:
        registry: Where they go.
    """

    registry: Registry

    @overload
    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input: Input[InputT],
        output: Output[OutputT],
        input_schema: None = None,
        output_schema: None = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[InputT, OutputT]: ...

    @overload
    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input_schema: type[InputT] | None = None,
        output_schema: type[OutputT] | None = None,
        input: None = None,
        output: None = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[InputT, OutputT]: ...

    @overload
    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input: Input[InputT],
        output: None = None,
        input_schema: None = None,
        output_schema: type[OutputT] | None = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[InputT, OutputT]: ...

    @overload
    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input: None = None,
        output: Output[OutputT],
        input_schema: type[InputT] | None = None,
        output_schema: None = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[InputT, OutputT]: ...

    @overload
    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input: Input[Any] | None = None,
        output: Output[Any] | None = None,
        input_schema: Any = None,
        output_schema: Any = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[Any, Any]: ...

    def define_prompt(
        self,
        name: str | None = None,
        variant: str | None = None,
        *,
        input: Input[Any] | None = None,  # noqa: A002  (the contract's name)
        output: Output[Any] | None = None,
        input_schema: Any = None,
        output_schema: Any = None,
        **options: Unpack[PromptOptions],
    ) -> ExecutablePrompt[Any, Any]:
        """Define a prompt; strings are templates. With a name it is registered.

        Args:
            name: The name for `prompt`. Default: the prompt is not registered.
            variant: One of several prompts of a name.
            input: The prompt's input.
            output: The requested output.
            input_schema: A type, a JSON schema or a registered name, in place of ``input``.
            output_schema: A type, a JSON schema or a registered name, in place of ``output``.
            options: See `PromptOptions`.
        """
        check_options('define_prompt()', options, _PROMPT_OPTIONS)
        options = with_tools_made(options)
        expected = self._readable(_input(input, input_schema) or Input())
        definition = _definition(name, variant, expected, _output(output, output_schema, options), options)

        unchecked = [definition]

        async def define() -> PromptDefinition:
            if unchecked:
                warn_of_unknown_names(self.registry, unchecked.pop())
            return definition

        prompt: ExecutablePrompt[Any, Any] = ExecutablePrompt(self.registry, define, definition.key or None)
        if name is not None:
            metadata = {'prompt': {'name': name, **({'variant': variant} if variant else {})}}
            schema = definition.input.schema
            found = self.registry.lookup_schema(schema) if isinstance(schema, str) else schema
            register_prompt(self.registry, definition.key, prompt, lambda: definition, metadata, found)
        return prompt

    def _readable(self, expected: Input[Any]) -> Input[Any]:
        """Return what a prompt takes with Picoschema as JSON schema."""
        schema: Any = expected.schema
        if not isinstance(schema, dict) or is_json_schema(cast('dict[str, Any]', schema)):
            return expected
        if any(isinstance(value, type) for value in cast('dict[str, Any]', schema).values()):
            require_json_schema('input_schema', schema)
        return dataclasses.replace(expected, schema=environment(self.registry).json_schema(schema))

    def prompt(
        self,
        name: str,
        variant: str | None = None,
        *,
        input: Input[InputT] | None = None,  # noqa: A002  (the contract's name)
        output: Output[OutputT] | None = None,
        input_schema: type[InputT] | None = None,
        output_schema: type[OutputT] | None = None,
    ) -> ExecutablePrompt[InputT, OutputT]:
        """Return a handle to a registered prompt, which is looked up when it is used.

        Args:
            name: Its name.
            variant: One of several prompts of that name.
            input: Replaces the prompt's input; the prompt's default is kept if this has none.
            output: Replaces the prompt's output.
            input_schema: A type, in place of ``input``.
            output_schema: A type, in place of ``output``.
        """
        expected = _input(input, input_schema)
        wanted = output or (None if output_schema is None else Output(output_schema))

        async def define() -> PromptDefinition:
            definition = await (await find_prompt(self.registry, name, variant)).definition()
            own = definition.input if expected is None else _laid_over(definition.input, expected)
            return dataclasses.replace(definition, input=own, output=wanted or definition.output)

        return ExecutablePrompt(self.registry, define, f'{name}.{variant}' if variant else name)

    def define_prompt_source(self, name: str, source: str, variant: str | None = None) -> ExecutablePrompt[Any, Any]:
        """Define a prompt from the text of a ``.prompt`` file, frontmatter included."""
        return load_prompt_source(self.registry, name, source, variant)

    def load_prompts(self, folder: str | Path | Traversable, namespace: str = '') -> None:
        """Register the prompts of a folder, or of a package: ``importlib.resources.files('package') / 'prompts'``."""
        load_prompt_folder(self.registry, folder, namespace)

    def define_partial(self, name: str, source: str) -> None:
        """Define a partial, which templates include as ``{{> name}}``."""
        environment(self.registry).define_partial(name, source)

    def define_helper(self, name: str, fn: Callable[..., Any]) -> None:
        """Define a helper function, which templates call as ``{{name argument key=value}}``."""
        environment(self.registry).define_helper(name, fn)


def _input(given: Any, schema: Any) -> Input[Any] | None:
    """Return what a prompt takes; a type in place of an `Input` is its schema."""
    if given is None:
        return None if schema is None else Input(schema)
    if isinstance(given, Input):
        return cast('Input[Any]', given)
    if isinstance(given, type) or get_origin(given) is not None:
        return Input(given)
    return refuse('input', given, 'expected what a prompt takes: write input_schema=…, or Input(schema, default={…}).')


def _laid_over(own: Input[Any], given: Input[Any]) -> Input[Any]:
    schema = own.schema if given.schema is None else given.schema
    return Input(schema, own.default if given.default is None else given.default)


def _definition(
    name: str | None, variant: str | None, expected: Input[Any], output: Any, options: PromptOptions
) -> PromptDefinition:
    plain = ('model', 'config', 'description', 'system', 'prompt', 'messages', 'docs', 'max_turns', 'tool_choice')
    members: dict[str, Any] = {key: options.get(key) for key in (*plain, 'return_tool_requests')}
    return PromptDefinition(
        name=name,
        variant=variant,
        input=expected,
        output=output,
        metadata=options.get('metadata') or {},
        tools=as_list('tools', options.get('tools')),
        use=as_list('use', options.get('use')),
        **members,
    )


def _output(output: OutputArgument, schema: Any, options: PromptOptions) -> Any:
    asked = {key: options.get(f'output_{key}') for key in ('format', 'content_type', 'instructions', 'constrained')}
    members = {key: value for key, value in {**asked, 'schema': schema}.items() if value is not None}
    return {**output_members(output), **members} or None
