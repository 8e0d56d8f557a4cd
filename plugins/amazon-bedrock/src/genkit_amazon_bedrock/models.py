# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the models on Bedrock are capable of, as data.

Sources: the model cards behind https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html, and the pages on
structured outputs and prompt caching beside it (November 2026). Patterns begin with an asterisk, because a name may be
that of an inference profile (``us.``, ``eu.``, ``global.``), or an ARN.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from genkit.plugin import (
    ANTHROPIC_ANSWER_SCHEMAS,
    ANTHROPIC_TOOL_SCHEMAS,
    ModelEntry,
    ModelTable,
    SchemaDialect,
    Task,
    chat_supports,
)
from genkit.types import Constrained, Stage, Supports

from genkit_amazon_bedrock.config import (
    BedrockConfig,
    CohereEmbedConfig,
    LumaConfig,
    NovaEmbedConfig,
    RerankConfig,
    StabilityConfig,
    TitanEmbedConfig,
    TitanImageEmbedConfig,
)


Structured = Literal['format', 'tool', 'prompt']
Form = Literal[
    'converse', 'titan', 'titan-image', 'cohere-3', 'cohere-4', 'nova', 'stability', 'luma', 'cohere', 'amazon'
]

# The same subset of JSON schema for answers and for the arguments of strict tools.
ANSWER_SCHEMAS: Final = replace(
    ANTHROPIC_ANSWER_SCHEMAS,
    name='Bedrock',
    source='https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html (November 2026)',
)
STRICT_TOOL_SCHEMAS: Final = replace(
    ANSWER_SCHEMAS, name='Bedrock, strict tools', strict=True, otherwise=ANTHROPIC_TOOL_SCHEMAS
)
TOOL_SCHEMAS: Final = replace(
    ANTHROPIC_TOOL_SCHEMAS,
    name='Bedrock, tools',
    source='https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html (November 2026)',
)


@dataclass(frozen=True, kw_only=True)
class BedrockEntry(ModelEntry):
    """A model on Bedrock, or a family of them.

    Attributes:
        form: The protocol: that of all chat models, or one of the model's own.
        structured: How an answer is held to a schema: by the protocol, by a tool that takes the answer, or not at all.
        samples: Whether it takes ``temperature``, ``top_p`` and ``top_k``.
        top_k: Where ``top_k`` stands among the options of the model's own protocol.
    """

    config: type[Any] = BedrockConfig
    form: Form = 'converse'
    structured: Structured = 'prompt'
    samples: bool = True
    top_k: tuple[str, ...] = ()

    @property
    def schemas(self) -> SchemaDialect:
        """What it takes as the schema of an answer."""
        return ANSWER_SCHEMAS if self.structured == 'format' else TOOL_SCHEMAS


_HELD: Final = {'format': Constrained.ALL, 'tool': Constrained.NO_TOOLS, 'prompt': Constrained.NONE}
_SEES: Final = frozenset({'pdf'})
_CACHES: Final = frozenset({'prompt-caching'})
_THINKS: Final = frozenset({'reasoning'})
_WITH_TOOLS: Final = frozenset({'json-with-tools'})


def _chat(
    name: str,
    structured: Structured = 'prompt',
    extras: frozenset[str] = frozenset(),
    *,
    media: bool = False,
    tools: bool = True,
    forced: bool = False,
    **more: Any,
) -> BedrockEntry:
    supports = chat_supports(_HELD[structured], media=media, tools=tools, tool_choice=forced)
    return BedrockEntry(
        name=name,
        supports=supports,
        structured=structured,
        extras=extras | _WITH_TOOLS if structured == 'format' and tools else extras,
        **more,
    )


def _claude(name: str, structured: Structured = 'format', *, thinks: bool = True, **more: Any) -> BedrockEntry:
    extras = _SEES | _CACHES | _THINKS if thinks else _SEES | _CACHES
    return _chat(name, structured, extras, media=True, top_k=('top_k',), **{'forced': True, **more})


def _nova(name: str, extras: frozenset[str] = frozenset(), *, media: bool = True) -> BedrockEntry:
    known = extras | _CACHES | _SEES if media else extras | _CACHES
    return _chat(name, 'tool', known, media=media, forced=True, top_k=('inferenceConfig', 'topK'))


def _embedder(name: str, form: Form, config: type[Any], dimensions: int, *, sees: bool = False) -> BedrockEntry:
    return BedrockEntry(
        name=name, task=Task.EMBED, form=form, config=config, dimensions=dimensions, supports=Supports(media=sees)
    )


def _reranker(name: str, form: Form) -> BedrockEntry:
    return BedrockEntry(name=name, task=Task.RERANK, form=form, config=RerankConfig)


_DRAWS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['media'])
_FILMS: Final = _DRAWS

# The first that matches; Claude's newest think always, take no sampling options, and cannot be forced to call a tool.
FAMILIES: Final = (
    _claude('*anthropic.claude-3-7*', 'tool', stage=Stage.LEGACY),
    _claude('*anthropic.claude-3-*', 'tool', thinks=False, stage=Stage.LEGACY),
    _claude('*anthropic.claude-*-4-1-*', 'tool', stage=Stage.LEGACY),
    _claude('*anthropic.claude-*-4-[56]-*'),
    _claude('*anthropic.claude-*-4-[56]'),
    _claude('*anthropic.claude-*-4-[789]*', samples=False),
    _claude('*anthropic.claude-*-4-2025*', 'tool', stage=Stage.LEGACY),
    _claude('*anthropic.claude-haiku-5*', samples=False),
    _claude('*anthropic.claude-*-5-[0-9]*', samples=False, forced=False),
    _claude('*anthropic.claude-*', samples=False),
    _embedder('*amazon.nova-*-multimodal-embeddings*', 'nova', NovaEmbedConfig, 3072, sees=True),
    _nova('*amazon.nova-micro*', media=False),
    _nova('*amazon.nova-2-*', _THINKS),
    _nova('*amazon.nova-*'),
    _embedder('*amazon.titan-embed-image*', 'titan-image', TitanImageEmbedConfig, 1024, sees=True),
    _embedder('*amazon.titan-embed-*', 'titan', TitanEmbedConfig, 1024),
    _reranker('*amazon.rerank*', 'amazon'),
    _embedder('*cohere.embed-v4*', 'cohere-4', CohereEmbedConfig, 1536, sees=True),
    _embedder('*cohere.embed-*', 'cohere-3', CohereEmbedConfig, 1024, sees=True),
    _reranker('*cohere.rerank*', 'cohere'),
    _chat('*cohere.command-*', top_k=('k',), stage=Stage.LEGACY),
    BedrockEntry(name='*stability.*', task=Task.IMAGE, form='stability', config=StabilityConfig, supports=_DRAWS),
    BedrockEntry(name='*luma.ray-*', task=Task.VIDEO, form='luma', config=LumaConfig, supports=_FILMS),
    _chat('*meta.llama4*', media=True),
    _chat('*meta.llama3-2-11b*', media=True),
    _chat('*meta.llama3-2-90b*', media=True),
    _chat('*meta.llama*'),
    _chat('*mistral.pixtral*', media=True, forced=True, top_k=('top_k',)),
    _chat('*mistral.mistral-large-240*', forced=True, stage=Stage.LEGACY),
    _chat('*mistral.mistral-7b-*', tools=False, stage=Stage.LEGACY),
    _chat('*mistral.mixtral-*', tools=False, stage=Stage.LEGACY),
    _chat('*mistral.mistral-large-3-*', 'format', media=True, forced=True),
    _chat('*mistral.ministral-3-*', 'format', media=True, forced=True),
    _chat('*mistral.*', 'format'),
    _chat('*deepseek.r1*', extras=_THINKS, tools=False),
    _chat('*deepseek.*', 'format', _THINKS),
    _chat('*openai.gpt-oss-*', 'format', _THINKS),
    _chat('*qwen.qwen3-vl-*', 'format', media=True),
    _chat('*qwen.*', 'format'),
    _chat('*google.gemma-3*', 'format', media=True, tools=False),
    _chat('*minimax.*', 'format', _THINKS),
    _chat('*moonshot*.kimi-*', 'format', _THINKS),
    _chat('*nvidia.*', 'format'),
    _chat('*zai.*', 'format', _THINKS),
    _chat('*ai21.jamba-*'),
    _chat('*writer.palmyra-*'),
)
# What the name does not say, such as an application inference profile: the schema of an answer goes into the prompt.
UNKNOWN: Final = _chat('*', extras=_SEES | _CACHES | _THINKS, media=True, forced=True)

LISTED: Final = (
    'global.anthropic.claude-sonnet-4-6',
    'global.anthropic.claude-opus-5-5',
    'global.anthropic.claude-opus-5',
    'global.anthropic.claude-sonnet-5',
    'global.anthropic.claude-fable-5',
    'global.anthropic.claude-opus-4-8',
    'global.anthropic.claude-opus-4-6-v1',
    'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    'us.amazon.nova-2-lite-v1:0',
    'amazon.nova-pro-v1:0',
    'amazon.nova-lite-v1:0',
    'amazon.nova-micro-v1:0',
    'us.meta.llama4-maverick-17b-instruct-v1:0',
    'us.meta.llama4-scout-17b-instruct-v1:0',
    'us.meta.llama3-3-70b-instruct-v1:0',
    'mistral.mistral-large-3-675b-instruct',
    'us.mistral.pixtral-large-2502-v1:0',
    'us.deepseek.r1-v1:0',
    'deepseek.v3-v1:0',
    'openai.gpt-oss-120b-1:0',
    'openai.gpt-oss-20b-1:0',
    'qwen.qwen3-235b-a22b-2507-v1:0',
    'qwen.qwen3-coder-480b-a35b-v1:0',
    'qwen.qwen3-32b-v1:0',
    'amazon.titan-embed-text-v2:0',
    'amazon.nova-2-multimodal-embeddings-v1:0',
    'cohere.embed-v4:0',
    'cohere.embed-english-v3',
    'cohere.embed-multilingual-v3',
    'stability.stable-image-ultra-v1:1',
    'stability.stable-image-core-v1:1',
    'stability.sd3-5-large-v1:0',
    'luma.ray-v2:0',
    'cohere.rerank-v3-5:0',
    'amazon.rerank-v1:0',
)

MODELS: Final = ModelTable((), FAMILIES, UNKNOWN).listing(LISTED)
