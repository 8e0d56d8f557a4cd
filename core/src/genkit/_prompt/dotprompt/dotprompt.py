# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles and renders prompts, with the helpers, partials, tools and schemas they may name."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.conversation import to_messages
from genkit._prompt.dotprompt.document import Document, parse_document
from genkit._prompt.dotprompt.handlebars.built_in import BUILT_IN_HELPERS
from genkit._prompt.dotprompt.handlebars.function import Helper, HelperFunction
from genkit._prompt.dotprompt.handlebars.parser import parse_template
from genkit._prompt.dotprompt.handlebars.syntax import Place
from genkit._prompt.dotprompt.handlebars.template import Template
from genkit._prompt.dotprompt.handlebars.values import entries
from genkit._prompt.dotprompt.markers import DOTPROMPT_HELPERS
from genkit._prompt.dotprompt.metadata import PromptMetadata, read_metadata
from genkit._prompt.dotprompt.picoschema import ResolveSchema, picoschema_to_json_schema
from genkit._prompt.dotprompt.unknown_names import Shapes, UnknownName, unknown_names
from genkit.types import Message, ToolDefinition


ResolvePartial: TypeAlias = Callable[[str], str | None]
ResolveTool: TypeAlias = Callable[[str], ToolDefinition | None]

_CACHE_SIZE: Final = 1024


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """What a prompt has become.

    Attributes:
        metadata: Its settings, which all renderings of a prompt share: copy what is to be changed.
        messages: Its messages, made for this rendering.
    """

    metadata: PromptMetadata
    messages: list[Message]


class CompiledPrompt:
    """A prompt that is ready to be rendered as often as needed, from several threads if need be.

    Attributes:
        document: The prompt's text, divided.
    """

    def __init__(
        self, document: Document, template: Template, resolve: Callable[[Document, Mapping[str, Any]], PromptMetadata]
    ) -> None:
        self.document = document
        self._template = template
        self._resolve = resolve

    @functools.cached_property
    def metadata(self) -> PromptMetadata:
        """What the frontmatter says, read when first asked for.

        Raises:
            GenkitError: ``NOT_FOUND`` if it names a schema that is not defined; asking again tries again.
        """
        return self._resolve(self.document, {})

    def metadata_with(self, overrides: Mapping[str, Any]) -> PromptMetadata:
        """Return what the frontmatter says with some of its members replaced; ``config`` is merged."""
        return self._resolve(self.document, overrides)

    def render(
        self,
        input: Any = None,  # noqa: A002  (what frontmatter, the wire and the callers call it)
        *,
        context: Mapping[str, Any] | None = None,
        messages: Sequence[Message] = (),
        docs: Sequence[Any] = (),
        overrides: Mapping[str, Any] | None = None,
    ) -> RenderedPrompt:
        """Return the prompt's settings and messages.

        Args:
            input: The values that the template names, put over the frontmatter's defaults.
            context: What the template names with ``@``, such as ``@auth.uid``.
            messages: The conversation so far.
            docs: Documents, which the template sees as ``@metadata.docs``.
            overrides: Frontmatter members that replace the prompt's own; ``config`` is merged.

        Raises:
            GenkitError: With the place in the template, if a helper fails or a partial is missing.
        """
        metadata = self.metadata_with(overrides) if overrides else self.metadata
        about = {'prompt': metadata, 'docs': docs, 'messages': messages}
        text = self._template.render(_with_defaults(metadata, input), {'metadata': about, **(context or {})})
        return RenderedPrompt(metadata, to_messages(text, messages))


class Dotprompt:
    """Compiles prompts and keeps what they may name.

    Args:
        resolve_schema: Finds the JSON schema of a name in Picoschema.
        resolve_partial: Finds the source of a partial that is not defined here.
        resolve_tool: Finds a tool that is not defined here.

    ```python
    from genkit._prompt.dotprompt import Dotprompt

    dotprompt = Dotprompt()
    rendered = dotprompt.compile('{{role "system"}}Be brief.{{role "user"}}Hello {{name}}').render({'name': 'Ada'})
    assert [message.text for message in rendered.messages] == ['Be brief.', 'Hello Ada']
    ```
    """

    def __init__(
        self,
        *,
        resolve_schema: ResolveSchema | None = None,
        resolve_partial: ResolvePartial | None = None,
        resolve_tool: ResolveTool | None = None,
    ) -> None:
        self._resolve_schema = resolve_schema or _know_nothing
        self._resolve_partial = resolve_partial or _know_nothing
        self._resolve_tool = resolve_tool or _know_nothing
        self._helpers: dict[str, Helper] = {**BUILT_IN_HELPERS, **DOTPROMPT_HELPERS}
        self._partials: dict[str, str] = {}
        self._tools: dict[str, ToolDefinition] = {}
        self._compiled = functools.lru_cache(_CACHE_SIZE)(self._compile)
        self._partial_templates = functools.lru_cache(_CACHE_SIZE)(self._compile_partial)

    def define_helper(self, name: str, function: HelperFunction) -> None:
        """Let templates call a function; see `Helper` for what it receives. Replaces what had the name before.

        Prompts that are compiled already keep the helpers they were compiled with.
        """
        self._helpers[name] = Helper(name, function)
        self._compiled.cache_clear()
        self._partial_templates.cache_clear()

    def define_partial(self, name: str, source: str) -> None:
        """Let templates put in another one as ``{{> name}}``; prompts see the change at once."""
        self._partials[name] = source

    def define_tool(self, tool: ToolDefinition) -> None:
        """Let frontmatter name a tool, which then stands in the settings with its description."""
        self._tools[tool.name] = tool

    def compile(self, source: str, *, file: str = '') -> CompiledPrompt:
        """Return a prompt ready to be rendered. The same text is compiled once.

        Args:
            source: Frontmatter and template, or a template alone.
            file: The file's name, for messages.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed.
        """
        return self._compiled(source, file)

    def json_schema(self, schema: Any) -> dict[str, Any] | None:
        """Return Picoschema as JSON schema.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for what is malformed, ``NOT_FOUND`` for unknown names.
        """
        return picoschema_to_json_schema(schema, self._resolve_schema)

    def unknown_names(self, source: str, shapes: Shapes, *, file: str = '') -> list[UnknownName]:
        """Return the names in a template that no input of some shapes has.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed.
        """
        document = parse_document(source, file=file)
        return unknown_names(parse_template(document.template, document.origin), shapes, self._helpers)

    def render_metadata(self, source: str, *, file: str = '') -> PromptMetadata:
        """Return what a prompt's frontmatter says, without looking at its template.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed, ``NOT_FOUND`` for unknown schemas.
        """
        return self._metadata(parse_document(source, file=file), {})

    def _compile(self, source: str, file: str) -> CompiledPrompt:
        document = parse_document(source, file=file)
        template = Template(document.template, self._helpers.copy(), self._partial, document.origin)
        return CompiledPrompt(document, template, self._metadata)

    def _compile_partial(self, name: str, source: str) -> Template:
        return Template(source, self._helpers.copy(), self._partial, Place(f'partial {name}', 1, 1))

    def _partial(self, name: str) -> Template | None:
        source = self._partials.get(name)
        if source is None:
            source = self._resolve_partial(name)
        return None if source is None else self._partial_templates(name, source)

    def _metadata(self, document: Document, overrides: Mapping[str, Any]) -> PromptMetadata:
        frontmatter = document.frontmatter
        merged = {**frontmatter, **overrides}
        config = frontmatter.get('config')
        if 'config' in overrides and isinstance(config, dict):
            merged['config'] = {**cast('dict[str, Any]', config), **(overrides['config'] or {})}
        metadata = read_metadata(merged, self._resolve_schema, document.origin.file)
        return metadata if metadata.tools is None else self._with_tools(metadata, metadata.tools)

    def _with_tools(self, metadata: PromptMetadata, names: list[str]) -> PromptMetadata:
        found = {name: self._tools.get(name) or self._resolve_tool(name) for name in names}
        described = [tool for tool in found.values() if tool is not None]
        return metadata.replaced(
            tools=[name for name in names if found[name] is None],
            tool_defs=[*(metadata.tool_defs or []), *described],
        )


def _with_defaults(metadata: PromptMetadata, value: Any) -> Any:
    """Return an input put over the defaults; one without members stays as it is."""
    default = metadata.input.default if metadata.input else None
    if value is None:
        return default or {}
    members = entries(value)
    if members is None:
        if not default:
            return value
        raise GenkitError(
            f'The prompt has defaults for {sorted(default)!r}, but the input {value!r} has no members to put over '
            'them. Give a mapping.',
            status='INVALID_ARGUMENT',
        )
    return {**(default or {}), **dict(members)}


def _know_nothing(name: str) -> None:
    del name
