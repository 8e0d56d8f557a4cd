# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry's names for what models, tools and embedders do, so that any backend reads our spans.

Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ (semantic conventions 1.37). The price of a
call has no name there; ``gen_ai.usage.cost``, in US dollars, is what several backends read.
"""

import functools
from typing import Any, Final, cast

from genkit.types import EmbedResponse, GenerateRequest, GenerateResponse, GenerationUsage
from genkit.types.cost import said_cost
from genkit.types.reference import as_members


Attributes = dict[str, Any]

OPERATION: Final = 'gen_ai.operation.name'
PROVIDER: Final = 'gen_ai.provider.name'
REQUEST_MODEL: Final = 'gen_ai.request.model'
FINISH_REASONS: Final = 'gen_ai.response.finish_reasons'
INPUT_TOKENS: Final = 'gen_ai.usage.input_tokens'
OUTPUT_TOKENS: Final = 'gen_ai.usage.output_tokens'
CACHED_TOKENS: Final = 'gen_ai.usage.cache_read.input_tokens'
REASONING_TOKENS: Final = 'gen_ai.usage.reasoning.output_tokens'
COST: Final = 'gen_ai.usage.cost'
TOOL_NAME: Final = 'gen_ai.tool.name'
TOOL_TYPE: Final = 'gen_ai.tool.type'

_USAGE: Final = 'gen_ai.usage.'
_TOTAL: Final = 'genkit:total_usage.'

# The conventions' names of providers, where a plugin's differs.
_PROVIDERS: Final = {
    'amazon-bedrock': 'aws.bedrock',
    'azure-openai': 'azure.ai.openai',
    'googleai': 'gcp.gemini',
    'microsoft-foundry': 'azure.ai.inference',
    'mistral': 'mistral_ai',
    'vertexai': 'gcp.vertex_ai',
    'xai': 'x_ai',
}
_CONFIG: Final = {
    'temperature': 'gen_ai.request.temperature',
    'max_output_tokens': 'gen_ai.request.max_tokens',
    'maxOutputTokens': 'gen_ai.request.max_tokens',
    'top_p': 'gen_ai.request.top_p',
    'topP': 'gen_ai.request.top_p',
    'top_k': 'gen_ai.request.top_k',
    'topK': 'gen_ai.request.top_k',
    'stop_sequences': 'gen_ai.request.stop_sequences',
    'stopSequences': 'gen_ai.request.stop_sequences',
}


def model_attributes(name: str, request: Any, response: Any) -> Attributes:
    """Return what a model was asked and what it used; the response is None if the call failed."""
    attributes = _of_provider('chat', name).copy()
    config = request.config if isinstance(request, GenerateRequest) else None
    if config:
        attributes.update(_of_config(config))
    if isinstance(response, GenerateResponse):
        answered = cast('GenerateResponse[Any]', response)
        if answered.finish_reason is not None:
            attributes[FINISH_REASONS] = (str(answered.finish_reason),)
        if answered.usage is not None:
            attributes.update(_counted(answered.usage))
            said = said_cost(answered.usage)
            if said is not None:
                attributes[COST] = float(said)
    return attributes


def total_usage_attributes(usage: GenerationUsage) -> Attributes:
    """Return what several calls of a model used together.

    Not under OpenTelemetry's names: backends add those up over a trace, and would count each call twice.
    """
    return {f'{_TOTAL}{name.removeprefix(_USAGE)}': count for name, count in _counted(usage).items()}


def embedder_attributes(name: str, _request: Any, response: Any) -> Attributes:
    """Return what an embedder made."""
    attributes = _of_provider('embeddings', name).copy()
    if isinstance(response, EmbedResponse) and response.embeddings:
        attributes['gen_ai.embeddings.dimension.count'] = len(response.embeddings[0].embedding)
    return attributes


def tool_attributes(name: str, _given: Any, _result: Any) -> Attributes:
    """Return which tool ran."""
    return {OPERATION: 'execute_tool', TOOL_NAME: name, TOOL_TYPE: 'function'}


def _counted(usage: GenerationUsage) -> Attributes:
    counted = {
        INPUT_TOKENS: usage.input_tokens,
        OUTPUT_TOKENS: usage.output_tokens,
        CACHED_TOKENS: usage.cached_content_tokens,
        REASONING_TOKENS: usage.thoughts_tokens,
    }
    return {name: int(count) for name, count in counted.items() if count is not None}


@functools.lru_cache(maxsize=1024)
def _of_provider(operation: str, name: str) -> Attributes:
    plugin, slash, model = name.partition('/')
    provider = {PROVIDER: _PROVIDERS.get(plugin, plugin)} if slash else {}
    return {OPERATION: operation, REQUEST_MODEL: model if slash else name, **provider}


def _of_config(config: Any) -> Attributes:
    members = as_members(config)
    return {
        _CONFIG[name]: tuple(map(str, cast('list[Any]', value))) if isinstance(value, list) else value
        for name, value in members.items()
        if name in _CONFIG and isinstance(value, int | float | list)
    }
