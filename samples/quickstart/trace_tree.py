# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Turns ended spans into a tree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan


@dataclass
class Step:
    """One span, with those that it opened in the order they began."""

    name: str
    kind: str
    milliseconds: float
    failed: bool
    children: list['Step'] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        children = [child.as_json() for child in self.children]
        return {'name': self.name, 'kind': self.kind, 'milliseconds': round(self.milliseconds, 1), 'steps': children}

    @property
    def label(self) -> str:
        return f'{self.name} ({self.kind}) {self.milliseconds:,.0f} ms{" failed" if self.failed else ""}'


def to_tree(spans: Iterable[ReadableSpan]) -> list[Step]:
    """Return the spans without a parent, everything else below them."""
    begun = sorted(spans, key=lambda span: span.start_time or 0)
    steps = {span.context.span_id: _step(span) for span in begun if span.context}
    roots: list[Step] = []
    for span in begun:
        if span.context:
            parent = steps.get(span.parent.span_id) if span.parent else None
            (parent.children if parent else roots).append(steps[span.context.span_id])
    return roots


def lines(steps: Sequence[Step], indent: str = '') -> Iterator[str]:
    """Draw a tree, one line a step."""
    for number, step in enumerate(steps, start=1):
        last = number == len(steps)
        yield f'{indent}{"└─" if last else "├─"} {step.label}'
        yield from lines(step.children, f'{indent}{"   " if last else "│  "}')


def _step(span: ReadableSpan) -> Step:
    attributes = span.attributes or {}
    kind = attributes.get('genkit:metadata:subtype') or attributes.get('genkit:type') or 'span'
    elapsed = (span.end_time or 0) - (span.start_time or 0)
    return Step(span.name, str(kind), elapsed / 1e6, failed=not span.status.is_ok)
