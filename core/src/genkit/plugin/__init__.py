# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Building blocks of plugins."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from genkit._action.action import Action
from genkit._action.bidi import BidiRunContext
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import describe_problems, to_json_schema
from genkit._base.doors import opener as _opener
from genkit._base.doors import present as _present
from genkit._base.doors import serve_older_names
from genkit._base.environment import is_dev_environment
from genkit._base.errors import ErrorReason, GenkitError, quoting
from genkit._base.http.events import EventReader, LineReader
from genkit._base.http.pieces import pieces_of
from genkit._base.loop_cache import LoopCache, LoopClient
from genkit._base.once import Once
from genkit._base.secrets import redact
from genkit._base.status import StatusName, from_http_code
from genkit._base.suggest import check_options, did_you_mean
from genkit._base.version import GENKIT_CLIENT_HEADER, GENKIT_VERSION, client_header
from genkit._kinds.background_model import make_background_model
from genkit._kinds.bidi_model import BidiModelAction, make_bidi_model
from genkit._kinds.embedder import (
    EmbedderOptions,
    EmbedderSupports,
    EmbedPurpose,
    embed,
    embed_purpose,
    embedder_action_metadata,
    embedding_for,
    make_embedder,
)
from genkit._kinds.evaluator import EvaluatorInfo, evaluator_action_metadata, make_batch_evaluator, make_evaluator
from genkit._kinds.indexer import indexer_action_metadata, make_indexer
from genkit._kinds.instructions import augment_with_docs
from genkit._kinds.model import ModelAction, make_model, model_action_metadata
from genkit._kinds.reranker import make_reranker, reranker_action_metadata
from genkit._kinds.resource import make_resource
from genkit._kinds.retriever import make_retriever, retriever_action_metadata
from genkit._registry.plugin import Plugin
from genkit._registry.registry import Registry
from genkit._trace.content import captures_content
from genkit._trace.logs import LogEntry, add_log_exporter
from genkit._trace.outbox import Outbox
from genkit._trace.provider import add_span_exporter, flush_exporters, replace_otlp, tracer_provider
from genkit.plugin.addresses import header_secrets, url_path, without_credentials, without_query
from genkit.plugin.cache_mark import CacheMark, cache_mark
from genkit.plugin.configs import parse_config
from genkit.plugin.credentials import ApiKey, Credentials, without_key
from genkit.plugin.errors.answer_errors import answer_error, cut_short, error_in_body, no_answer
from genkit.plugin.errors.provider_errors import provider_error, provider_errors, reworded
from genkit.plugin.errors.retry_hints import retry_after_ms
from genkit.plugin.finish import later_reason, to_finish_reason, token_usage
from genkit.plugin.google_tokens import GoogleTokens
from genkit.plugin.json_events import JsonEvents
from genkit.plugin.media import (
    Content,
    content_type_of,
    decode_data_url,
    fetch,
    is_data_url,
    is_of_other_kind,
    made_address,
    made_media,
    text_to_embed,
    to_data_url,
)
from genkit.plugin.models.model_plugin import Maker, ModelPlugin
from genkit.plugin.models.model_table import ModelEntry, ModelTable, Task, chat_supports
from genkit.plugin.models.provider_plugin import ProviderOptions, ProviderPlugin, whole_request
from genkit.plugin.rankings import Rank, ranked_documents
from genkit.plugin.realtime.chunks import (
    Sound,
    event_chunk,
    is_sound,
    milliseconds_of,
    sound_of,
    sound_part,
    transcript_chunk,
)
from genkit.plugin.realtime.session import MOST_SOUND, Owed, RealtimeSession
from genkit.plugin.realtime.socket import Address
from genkit.plugin.realtime.talk import OpenTalks, Talk
from genkit.plugin.schema_dialects import (
    ANTHROPIC_ANSWER_SCHEMAS,
    ANTHROPIC_TOOL_SCHEMAS,
    ANY_TOOL_SCHEMAS,
    GEMINI_SCHEMAS,
    GEMINI_TOOL_SCHEMAS,
    GRAMMAR_SCHEMAS,
    OLLAMA_TOOL_SCHEMAS,
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
    Fitted,
    SchemaDialect,
    Unwrapping,
    fit,
    fitted_answers,
)
from genkit.plugin.sent_parts import data_text, unsupported_media, unsupported_part
from genkit.plugin.spoken_parts import SpokenParts
from genkit.plugin.stores.filters.conditions import AllOf, AnyOf, Comparison, Condition
from genkit.plugin.stores.filters.filter import Filter
from genkit.plugin.stores.filters.meeting import meets
from genkit.plugin.stores.filters.translating import FilterTranslator
from genkit.plugin.stores.flat_documents import FlatDocuments
from genkit.plugin.stores.indexing import document_id
from genkit.plugin.stores.store_plugin import StorePlugin
from genkit.plugin.stores.vector_store import StoreEntry, StoreIndex, StoreMatch, VectorStore, collections_by_name
from genkit.plugin.telemetry.sampling import to_sampler
from genkit.plugin.telemetry.started_once import StartedOnce
from genkit.plugin.telemetry.time_limits import is_done_within
from genkit.plugin.tools.tool_calls import ToolCallAssembler, parse_arguments, tool_request_part
from genkit.plugin.tools.tool_inputs import ToolInputs
from genkit.plugin.tools.tool_names import ToolNames
from genkit.plugin.tools.tool_turns import (
    ToolAnswer,
    ToolCall,
    answer_parts,
    answer_text,
    object_arguments,
    text_arguments,
    tool_answers,
    tool_calls,
)
from genkit.plugin.wire_values import (
    TextPieces,
    bytes_of,
    count_of,
    finite,
    items_of,
    members_of,
    misfit,
    read_json,
    text_of,
    vector_of,
    whole_characters,
)
from genkit.types.model import get_effective_api_key, get_request_api_key
from genkit.types.reference import as_members


if _TYPE_CHECKING:
    from genkit._trace.conventions.span_copy import SpanChanges, copy_span
    from genkit.plugin.telemetry.span_pipeline import SentBeside, SpanPipeline, SpanRules

__all__ = [
    'ANTHROPIC_ANSWER_SCHEMAS',
    'ANTHROPIC_TOOL_SCHEMAS',
    'ANY_TOOL_SCHEMAS',
    'GEMINI_SCHEMAS',
    'GEMINI_TOOL_SCHEMAS',
    'GENKIT_CLIENT_HEADER',
    'GENKIT_VERSION',
    'GRAMMAR_SCHEMAS',
    'MOST_SOUND',
    'OLLAMA_TOOL_SCHEMAS',
    'OPENAI_ANSWER_SCHEMAS',
    'OPENAI_LOOSE_SCHEMAS',
    'OPENAI_TOOL_SCHEMAS',
    'Action',
    'ActionKind',
    'ActionRunContext',
    'Address',
    'AllOf',
    'AnyOf',
    'ApiKey',
    'BidiModelAction',
    'BidiRunContext',
    'CacheMark',
    'Comparison',
    'Condition',
    'Content',
    'Credentials',
    'EmbedPurpose',
    'EmbedderOptions',
    'EmbedderSupports',
    'ErrorReason',
    'EvaluatorInfo',
    'EventReader',
    'Filter',
    'FilterTranslator',
    'Fitted',
    'FlatDocuments',
    'GenkitError',
    'GoogleTokens',
    'JsonEvents',
    'LineReader',
    'LogEntry',
    'LoopCache',
    'LoopClient',
    'Maker',
    'ModelAction',
    'ModelEntry',
    'ModelPlugin',
    'ModelTable',
    'Once',
    'OpenTalks',
    'Outbox',
    'Owed',
    'Plugin',
    'ProviderOptions',
    'ProviderPlugin',
    'Rank',
    'RealtimeSession',
    'Registry',
    'SchemaDialect',
    'SentBeside',
    'Sound',
    'SpanChanges',
    'SpanPipeline',
    'SpanRules',
    'SpokenParts',
    'StartedOnce',
    'StatusName',
    'StoreEntry',
    'StoreIndex',
    'StoreMatch',
    'StorePlugin',
    'Talk',
    'Task',
    'TextPieces',
    'ToolAnswer',
    'ToolCall',
    'ToolCallAssembler',
    'ToolInputs',
    'ToolNames',
    'Unwrapping',
    'VectorStore',
    'add_log_exporter',
    'add_span_exporter',
    'answer_error',
    'answer_parts',
    'answer_text',
    'as_members',
    'augment_with_docs',
    'bytes_of',
    'cache_mark',
    'captures_content',
    'chat_supports',
    'check_options',
    'client_header',
    'collections_by_name',
    'content_type_of',
    'copy_span',
    'count_of',
    'cut_short',
    'data_text',
    'decode_data_url',
    'describe_problems',
    'did_you_mean',
    'document_id',
    'embed',
    'embed_purpose',
    'embedder_action_metadata',
    'embedding_for',
    'error_in_body',
    'evaluator_action_metadata',
    'event_chunk',
    'fetch',
    'finite',
    'fit',
    'fitted_answers',
    'flush_exporters',
    'from_http_code',
    'get_effective_api_key',
    'get_request_api_key',
    'header_secrets',
    'indexer_action_metadata',
    'is_data_url',
    'is_dev_environment',
    'is_done_within',
    'is_of_other_kind',
    'is_sound',
    'items_of',
    'later_reason',
    'made_address',
    'made_media',
    'make_background_model',
    'make_batch_evaluator',
    'make_bidi_model',
    'make_embedder',
    'make_evaluator',
    'make_indexer',
    'make_model',
    'make_reranker',
    'make_resource',
    'make_retriever',
    'meets',
    'members_of',
    'milliseconds_of',
    'misfit',
    'model_action_metadata',
    'no_answer',
    'object_arguments',
    'parse_arguments',
    'parse_config',
    'pieces_of',
    'provider_error',
    'provider_errors',
    'quoting',
    'ranked_documents',
    'read_json',
    'redact',
    'replace_otlp',
    'reranker_action_metadata',
    'retriever_action_metadata',
    'retry_after_ms',
    'reworded',
    'serve_older_names',
    'sound_of',
    'sound_part',
    'text_arguments',
    'text_of',
    'text_to_embed',
    'to_data_url',
    'to_finish_reason',
    'to_json_schema',
    'to_sampler',
    'token_usage',
    'tool_answers',
    'tool_calls',
    'tool_request_part',
    'tracer_provider',
    'transcript_chunk',
    'unsupported_media',
    'unsupported_part',
    'url_path',
    'vector_of',
    'whole_characters',
    'whole_request',
    'without_credentials',
    'without_key',
    'without_query',
]

# These build on OpenTelemetry's SDK, which is loaded by what exports spans.
_SPANS = {
    'genkit._trace.conventions.span_copy': ['SpanChanges', 'copy_span'],
    'genkit.plugin.telemetry.span_pipeline': ['SentBeside', 'SpanPipeline', 'SpanRules'],
}
__getattr__ = _opener(__name__, _SPANS)


def __dir__() -> list[str]:
    """Return what there is, loaded or not."""
    return __all__


_present(__name__, (name for name in __all__ if name in globals()), globals())
