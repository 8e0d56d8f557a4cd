# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The price of a model's call, found where spans are exported: the price data is too large for the caller's time."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from genkit._trace.attributes import NAME
from genkit._trace.conventions.gen_ai import CACHED_TOKENS, COST, INPUT_TOKENS, OUTPUT_TOKENS
from genkit._trace.conventions.span_copy import copy_span
from genkit.types import GenerationUsage
from genkit.types.cost import cost_of


def price_of(attributes: Mapping[str, Any]) -> dict[str, float]:
    """Return the attribute that says what a call cost in US dollars; none if that is not known, or said already."""
    if COST in attributes:
        return {}
    if INPUT_TOKENS not in attributes and OUTPUT_TOKENS not in attributes:
        return {}
    usage = GenerationUsage(
        input_tokens=attributes.get(INPUT_TOKENS),
        output_tokens=attributes.get(OUTPUT_TOKENS),
        cached_content_tokens=attributes.get(CACHED_TOKENS),
    )
    cost = cost_of(str(attributes.get(NAME, '')), usage)
    return {} if cost is None else {COST: float(cost)}


class PricedExporter(SpanExporter):
    """Adds prices on the way to another exporter; runs in the background.

    Args:
        exporter: Where the spans go.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch."""
        return self._exporter.export([_priced(span) for span in spans])

    def shutdown(self) -> None:
        """Close the exporter."""
        self._exporter.shutdown()


def _priced(span: ReadableSpan) -> ReadableSpan:
    price = price_of(span.attributes or {})
    return copy_span(span, attributes={**(span.attributes or {}), **price}) if price else span
