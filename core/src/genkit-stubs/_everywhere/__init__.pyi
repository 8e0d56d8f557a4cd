# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
# Made by bin/fix from the table of older import paths.
# pyright: reportGeneralTypeIssues=false
from genkit.agent import *
from genkit.middleware import *
from genkit.plugin import *
from genkit.types import *
from genkit import *
from genkit.types import ScoreDetails as _Details
from genkit.types import OperationError as _Error
from genkit import Action as _Flow
from genkit.types import GenerateResponseChunk as _GenerateResponseChunkWrapper
from genkit.types import GenerateResponse as _GenerateResponseWrapper
from genkit._action.stream import StreamResponse as _GenerateStreamResponse
from genkit._genkit.definitions import Definitions as _GenkitRegistry
from genkit._trace.span import Span as _GenkitSpan
from genkit._prompt.prompt import Input as _Input
from genkit.types import Message as _MessageWrapper
from genkit.types.part import Metadata as _Metadata
from genkit.types import GenerationCommonConfig as _ModelConfigDict
from genkit._kinds.model import ModelNext as _ModelMiddlewareNext
from genkit.types import ModelRef as _ModelReference
from genkit import StreamResponse as _ModelStreamResponse
from genkit.types import GenerationUsage as _ModelUsage
from genkit._generate.options import GenerateOptions as _OutputOptions
from genkit._prompt.prompt import PromptGenerateOptions as _PromptGenerateOptions
from genkit.types import Resume as _ResumeOptions
from genkit import ErrorReason as _RuntimeErrorReason
from genkit._base.status import StatusName as _StatusCodes
from genkit._trace.provider import add_span_exporter as _add_custom_exporter
from genkit._base.http.clients import close_cached_clients as _clear_client_cache
from genkit._base.errors import error_message as _get_error_message
from genkit._base.errors import error_stack as _get_error_stack
from genkit._older.actions import respond_to_interrupt as _respond_to_interrupt
from genkit._trace.span import Span as _run_in_new_span

Details = _Details
Error = _Error
Flow = _Flow
GenerateResponseChunkWrapper = _GenerateResponseChunkWrapper
GenerateResponseWrapper = _GenerateResponseWrapper
GenerateStreamResponse = _GenerateStreamResponse
GenkitRegistry = _GenkitRegistry
GenkitSpan = _GenkitSpan
Input = _Input
MessageWrapper = _MessageWrapper
Metadata = _Metadata
ModelConfigDict = _ModelConfigDict
ModelMiddlewareNext = _ModelMiddlewareNext
ModelReference = _ModelReference
ModelStreamResponse = _ModelStreamResponse
ModelUsage = _ModelUsage
OutputOptions = _OutputOptions
PromptGenerateOptions = _PromptGenerateOptions
ResumeOptions = _ResumeOptions
RuntimeErrorReason = _RuntimeErrorReason
StatusCodes = _StatusCodes
add_custom_exporter = _add_custom_exporter
clear_client_cache = _clear_client_cache
get_error_message = _get_error_message
get_error_stack = _get_error_stack
respond_to_interrupt = _respond_to_interrupt
run_in_new_span = _run_in_new_span
