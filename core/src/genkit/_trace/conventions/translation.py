# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Attributes for collectors, translated from what the engine recorded, when an exporter reads the span.

OpenTelemetry has names for models, embedders, tools, retrievers, agents and workflows. For the kind of every other
span, and for one input and one output to be shown in a table, there are those of OpenInference:
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

from genkit._base.readers.json_text import read_json
from genkit._base.serialize import dump_json
from genkit._trace import attributes as names
from genkit._trace.conventions.gen_ai import OPERATION
from genkit._trace.conventions.messages import (
    INPUT_MESSAGES,
    OUTPUT_MESSAGES,
    SYSTEM_INSTRUCTIONS,
    TOOL_DEFINITIONS,
    Json,
    request_attributes,
    response_attributes,
    text_of,
    without_data,
)


SPAN_KIND: Final = 'openinference.span.kind'
TOOL_ARGUMENTS: Final = 'gen_ai.tool.call.arguments'
TOOL_RESULT: Final = 'gen_ai.tool.call.result'
QUERY_TEXT: Final = 'gen_ai.retrieval.query.text'

_SESSION: Final = 'genkit:metadata:agent:sessionId'
_PARSER_DEPTH: Final = 201


# What is made of inputs and outputs.
_CONTENT: Final = frozenset(
    {
        *(names.INPUT, names.OUTPUT, names.INIT, names.CONTEXT, names.INTERRUPT),
        *(f'{side}.{member}' for side in ('input', 'output') for member in ('value', 'mime_type')),
        *(INPUT_MESSAGES, OUTPUT_MESSAGES, SYSTEM_INSTRUCTIONS, TOOL_DEFINITIONS),
        *(TOOL_ARGUMENTS, TOOL_RESULT, QUERY_TEXT),
    }
)


def without_content(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a span, translated or not, that hold nothing of inputs and outputs."""
    return {name: value for name, value in attributes.items() if name not in _CONTENT}


def translated(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that collectors understand; none for a span that is not the engine's.

    What was recorded is the source, so that what was replaced or left out there is missing here as well. The content of
    data URLs is left out.

    Args:
        recorded: The attributes of a span.
    """
    name = recorded.get(names.SUBTYPE) or recorded.get(names.TYPE)
    if name is None:
        return {}
    kind = _KINDS.get(name, _CHAIN)
    found: dict[str, Any] = {SPAN_KIND: kind.kind}
    if kind.operation is not None:
        found[OPERATION] = recorded.get(OPERATION, kind.operation)
    if kind.naming is not None:
        found[kind.naming] = recorded.get(names.NAME, '')
    if _SESSION in recorded:
        found['gen_ai.conversation.id'] = recorded[_SESSION]
    found.update(_content('input', recorded.get(names.INPUT), kind.asked))
    found.update(_content('output', recorded.get(names.OUTPUT), kind.answered))
    return found


def _content(side: str, text: Any, described: Callable[[Any], dict[str, str]]) -> dict[str, str]:
    if not isinstance(text, str):
        return {}
    try:
        value = read_json(without_data(text), max_depth=_PARSER_DEPTH, allow_inf_nan=True)
        shown, mime_type = _shown(value)
        return {f'{side}.value': shown, f'{side}.mime_type': mime_type, **described(value)}
    except Exception:  # noqa: BLE001  (a span that cannot be shown in every way must not be lost)
        return {}


def _shown(value: Any) -> tuple[str, str]:
    """Return what stands for a value where there is room for one text, and of what type that is."""
    message = _message_in(value)
    text = value if message is None else text_of(message) or message['content']
    return (text, 'text/plain') if isinstance(text, str) else (dump_json(text), 'application/json')


def _message_in(value: Any) -> Json | None:
    """Return the last message of a request or of a turn, that of an answer, or a query."""
    match value:
        case {'messages': [*_, {'content': [*_]} as message]} | {
            'state': {'messages': [*_, {'content': [*_]} as message]}
        }:
            return cast('Json', message)
        case {'message': {'content': [*_]} as message} | {'query': {'content': [*_]} as message}:
            return cast('Json', message)
        case _:
            return None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else dump_json(value)


def _arguments(given: Any) -> dict[str, str]:
    return {TOOL_ARGUMENTS: _as_text(given)}


def _tool_result(result: Any) -> dict[str, str]:
    return {TOOL_RESULT: _as_text(result)}


def _query(given: Any) -> dict[str, str]:
    text, mime_type = _shown(given)
    return {QUERY_TEXT: text} if mime_type == 'text/plain' else {}


def _nothing(_: Any) -> dict[str, str]:
    return {}


class _Kind(NamedTuple):
    """What the conventions call a kind of span.

    Attributes:
        kind: OpenInference's name.
        operation: OpenTelemetry's name.
        naming: The attribute that holds the name of what runs.
        asked: Gives further attributes of the input.
        answered: The same, of the output.
    """

    kind: str
    operation: str | None = None
    naming: str | None = None
    asked: Callable[[Any], dict[str, str]] = _nothing
    answered: Callable[[Any], dict[str, str]] = _nothing


_CHAIN: Final = _Kind('CHAIN')
_MODEL: Final = _Kind('LLM', 'chat', None, request_attributes, response_attributes)
_TOOL: Final = _Kind(
    'TOOL',
    'execute_tool',
    'gen_ai.tool.name',
    _arguments,
    _tool_result,
)
_KINDS: Final = {
    'agent': _Kind('AGENT', 'invoke_agent', 'gen_ai.agent.name', answered=response_attributes),
    'background-model': _MODEL,
    'dotprompt': _CHAIN,
    'embedder': _Kind('EMBEDDING', 'embeddings'),
    'evaluator': _Kind('EVALUATOR'),
    'executable-prompt': _Kind('PROMPT'),
    'flow': _Kind('CHAIN', 'invoke_workflow', 'gen_ai.workflow.name'),
    'model': _MODEL,
    'prompt': _Kind('PROMPT'),
    'promptTemplate': _Kind('PROMPT'),
    'reranker': _Kind('RERANKER'),
    'retriever': _Kind(
        'RETRIEVER',
        'retrieval',
        'gen_ai.data_source.id',
        _query,
    ),
    'tool': _TOOL,
    'tool.v2': _TOOL,
}
