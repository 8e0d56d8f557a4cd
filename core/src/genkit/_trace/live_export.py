# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Exporters for the developer tools' telemetry server."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from genkit._trace.export import LiveSpanExporter
from genkit._trace.span_data import to_traces


class EndedSpans(SpanExporter):
    """Posts spans that have ended, a trace at a time.

    Args:
        post: Takes a path and what to post there; deals with failures itself.

    Attributes:
        for_tools: That it also gets what other exporters must not see.
    """

    for_tools = True

    def __init__(self, post: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._post = post

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Post a batch."""
        for trace in to_traces(spans):
            self._post('/api/traces', trace)
        return SpanExportResult.SUCCESS


class LiveSpans(EndedSpans, LiveSpanExporter):
    """Posts spans when they begin, with an end time of 0, and again when they have ended."""
