# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Middleware: three hooks around a generate call, and what is built in."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from genkit._base.doors import opener as _opener
from genkit._base.doors import present as _present
from genkit._kinds.tool import make_tool
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ModelHookParams,
    ModelNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import MiddlewareRef, MultipartToolResponse


if _TYPE_CHECKING:
    from genkit.middleware.built_in import BUILT_IN
    from genkit.middleware.cache import Cache, CacheConfig, CacheStore, MemoryStore
    from genkit.middleware.fallback import Fallback, FallbackConfig
    from genkit.middleware.filesystem.filesystem import Filesystem, FilesystemConfig
    from genkit.middleware.guardrails import (
        InputGuardrail,
        InputGuardrailConfig,
        OutputGuardrail,
        OutputGuardrailConfig,
        Verdict,
    )
    from genkit.middleware.media import DownloadRequestMedia, DownloadRequestMediaConfig
    from genkit.middleware.rate_limit import Bucket, RateLimit, RateLimitConfig
    from genkit.middleware.reask import Reask, ReaskConfig
    from genkit.middleware.requests import (
        AugmentWithContext,
        AugmentWithContextConfig,
        SimulateConstrainedGeneration,
        SimulateConstrainedGenerationConfig,
        SimulateSystemPrompt,
        SimulateSystemPromptConfig,
        ValidateSupport,
        ValidateSupportConfig,
    )
    from genkit.middleware.retry import Retry, RetryConfig
    from genkit.middleware.skills import Skills, SkillsConfig
    from genkit.middleware.tool_approval import ToolApproval, ToolApprovalConfig
    from genkit.middleware.tool_simulation import SimulateTools
    from genkit.middleware.usage_count import UsageCount
    from genkit.middleware.usage_limit import Budget, BudgetExceededError, UsageLimit, UsageLimitConfig

__all__ = [
    'BUILT_IN',
    'AugmentWithContext',
    'AugmentWithContextConfig',
    'BaseMiddleware',
    'Bucket',
    'Budget',
    'BudgetExceededError',
    'Cache',
    'CacheConfig',
    'CacheStore',
    'DownloadRequestMedia',
    'DownloadRequestMediaConfig',
    'Fallback',
    'FallbackConfig',
    'Filesystem',
    'FilesystemConfig',
    'GenerateHookParams',
    'GenerateMiddlewareContext',
    'GenerateNext',
    'InputGuardrail',
    'InputGuardrailConfig',
    'MemoryStore',
    'MiddlewareRef',
    'ModelHookParams',
    'ModelNext',
    'MultipartToolResponse',
    'OutputGuardrail',
    'OutputGuardrailConfig',
    'RateLimit',
    'RateLimitConfig',
    'Reask',
    'ReaskConfig',
    'Retry',
    'RetryConfig',
    'SimulateConstrainedGeneration',
    'SimulateConstrainedGenerationConfig',
    'SimulateSystemPrompt',
    'SimulateSystemPromptConfig',
    'SimulateTools',
    'Skills',
    'SkillsConfig',
    'ToolApproval',
    'ToolApprovalConfig',
    'ToolHookParams',
    'ToolNext',
    'UsageCount',
    'UsageLimit',
    'UsageLimitConfig',
    'ValidateSupport',
    'ValidateSupportConfig',
    'Verdict',
    'make_tool',
]

# What is built in is loaded when it is asked for.
_ROOMS = {
    'genkit.middleware.built_in': ['BUILT_IN'],
    'genkit.middleware.cache': ['Cache', 'CacheConfig', 'CacheStore', 'MemoryStore'],
    'genkit.middleware.fallback': ['Fallback', 'FallbackConfig'],
    'genkit.middleware.filesystem.filesystem': ['Filesystem', 'FilesystemConfig'],
    'genkit.middleware.guardrails': [
        'InputGuardrail',
        'InputGuardrailConfig',
        'OutputGuardrail',
        'OutputGuardrailConfig',
        'Verdict',
    ],
    'genkit.middleware.media': ['DownloadRequestMedia', 'DownloadRequestMediaConfig'],
    'genkit.middleware.rate_limit': ['Bucket', 'RateLimit', 'RateLimitConfig'],
    'genkit.middleware.reask': ['Reask', 'ReaskConfig'],
    'genkit.middleware.requests': [
        'AugmentWithContext',
        'AugmentWithContextConfig',
        'SimulateConstrainedGeneration',
        'SimulateConstrainedGenerationConfig',
        'SimulateSystemPrompt',
        'SimulateSystemPromptConfig',
        'ValidateSupport',
        'ValidateSupportConfig',
    ],
    'genkit.middleware.retry': ['Retry', 'RetryConfig'],
    'genkit.middleware.skills': ['Skills', 'SkillsConfig'],
    'genkit.middleware.tool_approval': ['ToolApproval', 'ToolApprovalConfig'],
    'genkit.middleware.tool_simulation': ['SimulateTools'],
    'genkit.middleware.usage_count': ['UsageCount'],
    'genkit.middleware.usage_limit': ['Budget', 'BudgetExceededError', 'UsageLimit', 'UsageLimitConfig'],
}
__getattr__ = _opener(__name__, _ROOMS)


def __dir__() -> list[str]:
    """Return what there is, loaded or not."""
    return __all__


_built_in = {name for names in _ROOMS.values() for name in names}
_present(__name__, (name for name in __all__ if name not in _built_in), globals())
