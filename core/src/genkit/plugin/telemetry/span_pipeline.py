# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans on their way to a destination: priced, named after the service, sampled, and without what must not leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler

from genkit._trace.conventions.span_copy import SpanChanges, copy_span, without_content_of
from genkit._trace.price import price_of


_CLOSE_SECONDS: Final = 5.0


class SentBeside(Protocol):
    """What is flushed and closed together with spans, such as metrics."""

    def flush(self, seconds: float) -> bool:
        """Send what waits; False if that took too long."""
        ...

    def close(self, seconds: float) -> None:
        """Send what waits, unless that takes too long, and end."""
        ...


@dataclass(frozen=True)
class SpanRules:
    """What leaves the process, and under whose name.

    Attributes:
        resource: Attributes of the resource, which win over those of the tracer provider.
        sampler: Decides by the trace's id whether a span is sent; it gets no parent.
        capture_content: Whether inputs, outputs and the texts of errors, which may repeat them, are sent.
    """

    resource: Mapping[str, str] = field(default_factory=dict[str, str])
    sampler: Sampler | None = None
    capture_content: bool = True


class SpanPipeline(SpanExporter):
    """Prepares spans and hands them to a function, which sends them; for `add_span_exporter`.

    Args:
        send: Sends a batch, in the exporter's thread; False if it was lost.
        rules: What is sent.
        observe: Sees every priced span, sampled or not, before its content is removed.
        beside: Is flushed after the spans were sent, and closed with them.
    """

    def __init__(
        self,
        send: Callable[[Sequence[ReadableSpan]], bool],
        rules: SpanRules,
        observe: Callable[[ReadableSpan], object] | None = None,
        beside: Sequence[SentBeside] = (),
    ) -> None:
        self._send = send
        self._rules = rules
        self._observe = observe
        self._beside = beside
        self._named: tuple[Resource, Resource] | None = None
        self._closed = False
        self._sending = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        if self._closed:
            return SpanExportResult.SUCCESS
        prepared = [self._prepared(span) for span in spans]
        sampled = [span for span in prepared if self._is_sampled(span)]
        self._sending = True
        try:
            is_sent = not sampled or self._send(sampled)
        finally:
            self._sending = False
        return SpanExportResult.SUCCESS if is_sent else SpanExportResult.FAILURE

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is sent beside the spans; False if that took too long."""
        end = monotonic() + timeout_millis / 1000
        in_time = True
        for part in () if self._closed else self._beside:
            in_time = part.flush(max(end - monotonic(), 0)) and in_time
        return in_time

    def shutdown(self) -> None:
        """Send no more; what is sent beside the spans is not waited for where these could not be sent in time."""
        if not self._closed:
            self._closed = True
            for part in self._beside:
                part.close(0 if self._sending else _CLOSE_SECONDS)

    def _prepared(self, span: ReadableSpan) -> ReadableSpan:
        attributes = span.attributes or {}
        priced = copy_span(span, attributes={**attributes, **price_of(attributes)}, resource=self._resource(span))
        if self._observe is not None:
            self._observe(priced)
        changes: SpanChanges = {} if self._rules.capture_content else without_content_of(priced)
        return copy_span(priced, **changes) if changes else priced

    def _resource(self, span: ReadableSpan) -> Resource:
        """Return a span's resource under the service's name; nearly all spans have one and the same."""
        given = span.resource
        if not self._rules.resource:
            return given
        if self._named is None or self._named[0] is not given:
            self._named = (given, given.merge(Resource(self._rules.resource)))
        return self._named[1]

    def _is_sampled(self, span: ReadableSpan) -> bool:
        sampler, context = self._rules.sampler, span.get_span_context()
        if sampler is None or context is None:
            return True
        decision = sampler.should_sample(None, context.trace_id, span.name, span.kind, span.attributes).decision
        return decision is Decision.RECORD_AND_SAMPLE
