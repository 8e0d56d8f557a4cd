# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The middleware that can be named: made from a configuration that is plain data."""

from typing import Any, Final

from genkit.middleware.cache import Cache
from genkit.middleware.fallback import Fallback
from genkit.middleware.filesystem.filesystem import Filesystem
from genkit.middleware.interface import BaseMiddleware
from genkit.middleware.media import DownloadRequestMedia
from genkit.middleware.rate_limit import RateLimit
from genkit.middleware.reask import Reask
from genkit.middleware.requests import (
    AugmentWithContext,
    SimulateConstrainedGeneration,
    SimulateSystemPrompt,
    ValidateSupport,
)
from genkit.middleware.retry import Retry
from genkit.middleware.skills import Skills
from genkit.middleware.tool_approval import ToolApproval
from genkit.middleware.tool_simulation import SimulateTools
from genkit.middleware.usage_count import UsageCount
from genkit.middleware.usage_limit import UsageLimit


BUILT_IN: Final[tuple[type[BaseMiddleware[Any]], ...]] = (
    AugmentWithContext,
    Cache,
    DownloadRequestMedia,
    Fallback,
    Filesystem,
    RateLimit,
    Reask,
    Retry,
    SimulateConstrainedGeneration,
    SimulateSystemPrompt,
    SimulateTools,
    Skills,
    ToolApproval,
    UsageCount,
    UsageLimit,
    ValidateSupport,
)
