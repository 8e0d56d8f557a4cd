# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, whether they must be called, how they are called, and the schema that an answer is held to."""

import itertools
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import (
    GEMINI_SCHEMAS,
    GEMINI_TOOL_SCHEMAS,
    ToolNames,
    cut_short,
    fit,
    items_of,
    text_of,
    tool_request_part,
    whole_characters,
)
from genkit.types import GenerateRequest, ToolChoice, ToolDefinition, ToolRequest, ToolRequestPart

from genkit_google_genai.config import GeminiConfig


Body = dict[str, Any]

_STEP: Final = re.compile(r"""\.([^.\[\]'"]+)|\[(\d{1,6})\]|\['([^']*)'\]|\["([^"]*)"\]""")
_VALUES: Final = ('stringValue', 'numberValue', 'boolValue')
_CHOICES: Final = {ToolChoice.AUTO: 'AUTO', ToolChoice.REQUIRED: 'ANY', ToolChoice.NONE: 'NONE'}
_OWN_TOOLS: Final = ('code_execution', 'google_search', 'google_maps', 'url_context', 'file_search')


def tool_names(request: GenerateRequest) -> ToolNames:
    """Return the names and inputs of a request's tools, as the protocol takes them."""
    return ToolNames(request.tools, schemas=GEMINI_TOOL_SCHEMAS)


def to_tools(request: GenerateRequest, config: GeminiConfig, names: ToolNames) -> Body:
    """Return what a request says of tools, in the members of a config."""
    tools: list[Body] = []
    declared = [_declaration(tool, names) for tool in request.tools or ()]
    if declared:
        tools.append({'function_declarations': declared})
    for name in _OWN_TOOLS:
        given: Any = getattr(config, name)
        if given:
            tools.append({name: cast('Body', given) if isinstance(given, Mapping) else {}})
    told: Body = {}
    if config.function_calling_config is not None:
        told['function_calling_config'] = config.function_calling_config
    elif request.tool_choice is not None and declared:
        told['function_calling_config'] = {'mode': _CHOICES[request.tool_choice]}
    if config.retrieval_config is not None:
        told['retrieval_config'] = config.retrieval_config
    return {'tools': tools or None, 'tool_config': told or None}


def to_output(request: GenerateRequest) -> Body:
    """Return how the answer is to look, in the members of a config."""
    output = request.output
    if output is None or not output.constrained or output.schema_ is None:
        wants_json = output is not None and output.format == 'json' and not request.tools
        return {'response_mime_type': 'application/json'} if wants_json and output and output.constrained else {}
    schema = fit(output.schema_, GEMINI_SCHEMAS).schema
    return {'response_mime_type': 'application/json', 'response_json_schema': schema}


def _declaration(tool: ToolDefinition, names: ToolNames) -> Body:
    body: Body = {'name': names.to_wire(tool.name), 'description': tool.description}
    if tool.input_schema:
        body['parameters_json_schema'] = names.inputs.schema(tool)
    return body


class Calls:
    """Reads the calls of one answer; they come whole, or with their arguments in pieces, which an option asks for.

    Source: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling (November 2026).

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
    """

    def __init__(self, names: ToolNames, source: str) -> None:
        self._names = names
        self._source = source
        self._whole: list[ToolRequestPart] = []
        self._count = 0
        self._open: _Pieces | None = None

    def add(self, call: Body, metadata: dict[str, Any] | None) -> ToolRequestPart:
        """Take a call, or a piece of one, and return it as far as it is known.

        Raises:
            GenkitError: ``INTERNAL`` for a call without a name.
        """
        name, goes_on = call.get('name'), bool(call.get('willContinue'))
        if name is None and self._open is not None:
            pieces = self._open
        else:
            if not isinstance(name, str) or not name:
                raise _senseless(name, 'the name of a tool call, which must be a text')
            self._count += 1
            ref = call.get('id')
            pieces = _Pieces(self._names.from_wire(name), str(ref or f'call_{self._count}'))
            if not goes_on and 'partialArgs' not in call:
                return self._shown(
                    self._add(tool_request_part(pieces.name, call.get('args'), pieces.ref, metadata, self._names))
                )
            if self._open is not None:
                raise cut_short(self._source, 'the end of a tool call')
            self._open = pieces
        pieces.metadata = metadata or pieces.metadata
        for piece in items_of(call.get('partialArgs'), 'functionCall.partialArgs'):
            pieces.add(piece)
        if goes_on:
            request = ToolRequest(name=pieces.name, ref=pieces.ref, partial=True)
            return ToolRequestPart(tool_request=request, metadata=pieces.metadata)
        self._open = None
        return self._shown(
            self._add(tool_request_part(pieces.name, pieces.given, pieces.ref, pieces.metadata, self._names))
        )

    def finish(self) -> list[ToolRequestPart]:
        """Return the whole calls.

        Raises:
            GenkitError: ``DATA_LOSS`` if the arguments of one are not complete.
        """
        if self._open is not None:
            raise cut_short(self._source, 'the end of a tool call')
        return self._whole

    def _add(self, part: ToolRequestPart) -> ToolRequestPart:
        self._whole.append(part)
        return part

    def _shown(self, part: ToolRequestPart) -> ToolRequestPart:
        return part.replaced(tool_request=part.tool_request.replaced(partial=True))


class _Pieces:
    """A call whose arguments come in pieces, each with the path to its place."""

    def __init__(self, name: str, ref: str) -> None:
        self.name = name
        self.ref = ref
        self.metadata: dict[str, Any] | None = None
        self.given: dict[str, Any] = {}
        self._continued: str | None = None

    def add(self, piece: Body) -> None:
        path = text_of(piece.get('jsonPath'), 'partialArgs.jsonPath')
        value = next((piece[name] for name in _VALUES if piece.get(name) is not None), None)
        if isinstance(value, str):
            value = whole_characters(value)
        holder, key = self._place(path)
        before = _at(holder, key)
        goes_on = self._continued == path and isinstance(before, str)
        _put(holder, key, before + text_of(value, 'partialArgs.stringValue') if goes_on else value)
        self._continued = path if piece.get('willContinue') else None

    def _place(self, path: str) -> tuple[Any, str | int]:
        """Return what holds the value at a path, and under which name or number; made where it is not there."""
        steps = [_step(found) for found in _STEP.finditer(path)]
        if (
            not steps
            or not path.startswith('$')
            or sum(len(found[0]) for found in _STEP.finditer(path)) != len(path) - 1
        ):
            raise _senseless(path, 'the path of an argument, such as `$.city` or `$.days[0].name`')
        holder: Any = self.given
        for step, following in itertools.pairwise(steps):
            inner: Any = _at(holder, step)
            if inner is None:
                inner = list[Any]() if isinstance(following, int) else dict[str, Any]()
                _put(holder, step, inner)
            holder = inner
        return holder, steps[-1]


def _step(found: re.Match[str]) -> str | int:
    name, number, *quoted = found.groups()
    return int(number) if number is not None else next(text for text in (name, *quoted) if text is not None)


def _at(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict) and isinstance(step, str):
        return cast('dict[str, Any]', holder).get(step)
    if isinstance(holder, list) and isinstance(step, int) and step <= len(items := cast('list[Any]', holder)):
        return items[step] if step < len(items) else None
    raise _senseless(step, 'a step in the path of an argument, which does not fit what came before')


def _put(holder: Any, step: Any, value: Any) -> None:
    if isinstance(holder, list) and step == len(items := cast('list[Any]', holder)):
        items.append(value)
    else:
        holder[step] = value


def _senseless(value: Any, what: str) -> GenkitError:
    return GenkitError(
        f'The provider sent {value!r} as {what}; see whether base_url leads to a server that speaks this protocol.',
        status='INTERNAL',
    )
