# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit for Python: write an AI flow once, run it on any model, see every step."""

from genkit._action.action import Action, ActionOptions, ActionResponse, CallOptions
from genkit._action.context import ActionRunContext, ToolRunContext
from genkit._action.kind import ActionKind
from genkit._action.stream import StreamResponse
from genkit._aliases import install as _install_aliases
from genkit._base.doors import present as _present
from genkit._base.errors import (
    ErrorReason,
    GenerationBlockedError,
    GenerationResponseError,
    GenkitError,
    Interrupt,
    PublicError,
    ToolInterruptError,
    UnstableApiError,
    UserFacingError,
)
from genkit._base.extract import extract_json, parse_partial_json
from genkit._base.logger import get_logger
from genkit._base.status import StatusName
from genkit._base.version import GENKIT_CLIENT_HEADER, GENKIT_VERSION
from genkit._generate.bidi import BidiGenerateOptions
from genkit._generate.formats import FormatDef, Formatter, FormatterConfig
from genkit._generate.options import GenerateOptions
from genkit._generate.output import Output
from genkit._genkit.agents import AgentOptions, AgentPromptOptions
from genkit._genkit.genkit import Genkit
from genkit._genkit.prompts import PromptOptions
from genkit._kinds.bidi_model import BidiModelOptions
from genkit._kinds.embedder import EmbedderOptions, EmbedderSupports, embedder_ref
from genkit._kinds.evaluator import EvaluatorInfo, evaluator_ref
from genkit._kinds.flow import FlowWrapper
from genkit._kinds.indexer import Progress, indexer_ref
from genkit._kinds.model import model_ref
from genkit._kinds.reranker import reranker_ref
from genkit._kinds.resource import make_resource
from genkit._kinds.retriever import retriever_ref
from genkit._kinds.simple_retriever import SimpleRetrieverOptions
from genkit._kinds.tool import Tool, response, restart_tool, tool_response
from genkit._prompt.definition import Input, PromptGenerateOptions
from genkit._prompt.prompt import ExecutablePrompt
from genkit._registry.dynamic import DapCacheConfig, DapConfig, DynamicActionProvider
from genkit._registry.plugin import Plugin
from genkit._trace.provider import add_span_exporter
from genkit.types import (
    Document,
    Embedding,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    ModelInfo,
    ModelRef,
    MultipartToolResponse,
    Part,
    RetrieverResponse,
    Role,
    Supports,
    TextPart,
    ToolChoice,
    ToolRequestPart,
    ToolResponsePart,
)


__version__ = GENKIT_VERSION

__all__ = [
    'GENKIT_CLIENT_HEADER',
    'GENKIT_VERSION',
    'Action',
    'ActionKind',
    'ActionOptions',
    'ActionResponse',
    'ActionRunContext',
    'AgentOptions',
    'AgentPromptOptions',
    'BidiGenerateOptions',
    'BidiModelOptions',
    'CallOptions',
    'DapCacheConfig',
    'DapConfig',
    'Document',
    'DynamicActionProvider',
    'EmbedderOptions',
    'EmbedderSupports',
    'Embedding',
    'ErrorReason',
    'EvaluatorInfo',
    'ExecutablePrompt',
    'FinishReason',
    'FlowWrapper',
    'FormatDef',
    'Formatter',
    'FormatterConfig',
    'GenerateOptions',
    'GenerateRequest',
    'GenerateResponse',
    'GenerateResponseChunk',
    'GenerationBlockedError',
    'GenerationResponseError',
    'GenerationUsage',
    'Genkit',
    'GenkitError',
    'Input',
    'Interrupt',
    'Media',
    'MediaPart',
    'Message',
    'ModelInfo',
    'ModelRef',
    'MultipartToolResponse',
    'Output',
    'Part',
    'Plugin',
    'Progress',
    'PromptGenerateOptions',
    'PromptOptions',
    'PublicError',
    'RetrieverResponse',
    'Role',
    'SimpleRetrieverOptions',
    'StatusName',
    'StreamResponse',
    'Supports',
    'TextPart',
    'Tool',
    'ToolChoice',
    'ToolInterruptError',
    'ToolRequestPart',
    'ToolResponsePart',
    'ToolRunContext',
    'UnstableApiError',
    'UserFacingError',
    'add_span_exporter',
    'embedder_ref',
    'evaluator_ref',
    'extract_json',
    'get_logger',
    'indexer_ref',
    'make_resource',
    'model_ref',
    'parse_partial_json',
    'reranker_ref',
    'response',
    'restart_tool',
    'retriever_ref',
    'tool_response',
]

_present(__name__, __all__, globals())
_install_aliases()
