# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What frontmatter says of a prompt."""

import logging
from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from pydantic import BeforeValidator, Field, ValidationError
from pydantic.alias_generators import to_snake

from genkit._action.schema import describe_problems
from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean
from genkit._prompt.dotprompt.picoschema import ResolveSchema, picoschema_to_json_schema
from genkit.types import GenerationCommonConfig, ToolDefinition
from genkit.types.wire import OpenWireModel, WireModel


def _as_text(value: Any) -> Any:
    """Take a number for text: ``version: 1.5`` is a name as well."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Text = Annotated[str, BeforeValidator(_as_text)]


class PromptInput(OpenWireModel):
    """What a prompt takes.

    Attributes:
        default: Values for what the caller leaves out.
        schema_: The JSON schema of the input.
    """

    default: dict[str, Any] | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias='schema')


class PromptOutput(OpenWireModel):
    """What a prompt's answer looks like."""

    format: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias='schema')


class PromptMetadata(WireModel):
    """What frontmatter says of a prompt.

    Attributes:
        tools: The names of tools that are still to be found.
        tool_defs: Tools that are described already.
        use: Middleware by reference.
        ext: The members whose keys have a dot, by what stands before the last one.
        raw: The frontmatter as it was written.
    """

    name: _Text | None = None
    variant: _Text | None = None
    version: _Text | None = None
    description: str | None = None
    model: str | None = None
    config: dict[str, Any] = Field(default_factory=dict[str, Any])
    tools: list[str] | None = None
    tool_defs: list[ToolDefinition] | None = None
    tool_choice: str | None = None
    return_tool_requests: bool | None = None
    max_turns: int | None = None
    input: PromptInput | None = None
    output: PromptOutput | None = None
    use: list[Any] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    ext: dict[str, dict[str, Any]] = Field(default_factory=dict[str, dict[str, Any]])
    raw: dict[str, Any] = Field(default_factory=dict[str, Any])


_LOGGER: Final = logging.getLogger('genkit.prompt')
_KEYS: Final = {
    field.alias or name: name for name, field in PromptMetadata.model_fields.items() if name not in {'ext', 'raw'}
}


def read_metadata(frontmatter: Mapping[str, Any], resolve_schema: ResolveSchema, file: str = '') -> PromptMetadata:
    """Return what frontmatter says, schemas as JSON schemas.

    Keys without a dot that are not known stay in ``raw`` only, and are logged: nearly all are slips.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member; ``NOT_FOUND`` for a schema that is not defined.
    """
    known = {key: value for key, value in frontmatter.items() if key in _KEYS and value is not None}
    for key in frontmatter.keys() - _KEYS.keys():
        if '.' not in key:
            _LOGGER.warning('Frontmatter%s: %r does nothing.%s', f' of {file}' if file else '', key, _advice(key))
    for key in ('input', 'output'):
        if key in known:
            known[key] = _with_schemas(known[key], ('schema',), resolve_schema)
    if isinstance(known.get('toolDefs'), list):
        tools: list[Any] = known['toolDefs']
        known['toolDefs'] = [_with_schemas(tool, ('inputSchema', 'outputSchema'), resolve_schema) for tool in tools]
    try:
        return PromptMetadata.model_validate({**known, 'ext': _extensions(frontmatter), 'raw': dict(frontmatter)})
    except ValidationError as error:
        raise GenkitError(
            f'Frontmatter{f" of {file}" if file else ""}: {describe_problems(error)}. Correct these members.',
            status='INVALID_ARGUMENT',
        ) from error


def _advice(key: str) -> str:
    if key == 'system':
        return ' Begin the template with {{role "system"}}, the text, and {{role "user"}}.'
    if to_snake(key) in GenerationCommonConfig.model_fields:
        return f' Write it below `config:`, as in `config: {{{key}: …}}`.'
    return did_you_mean(key, _KEYS) or ' A key of an extension has a dot, as in `mine.key`.'


def _with_schemas(value: Any, keys: tuple[str, ...], resolve_schema: ResolveSchema) -> Any:
    if not isinstance(value, Mapping):
        return value
    members = dict(cast('Mapping[str, Any]', value))
    for key in keys:
        if key in members:
            members[key] = picoschema_to_json_schema(members[key], resolve_schema)
    return members


def _extensions(frontmatter: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    extensions: dict[str, dict[str, Any]] = {}
    for key, value in frontmatter.items():
        namespace, dot, name = key.rpartition('.')
        if dot:
            extensions.setdefault(namespace, {})[name] = value
    return extensions
