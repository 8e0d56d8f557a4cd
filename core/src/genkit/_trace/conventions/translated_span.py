# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans of OpenTelemetry's SDK that tell collectors what they mean when they are read, at no cost to their makers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from opentelemetry.sdk import trace as sdk
from opentelemetry.util.types import AttributeValue

from genkit._trace.conventions.translation import translated


_SDK_SPAN: Final = getattr(sdk, '_Span', None)


class TranslatedSpan(sdk.Span):
    """A span of the SDK in every other respect.

    Attributes:
        aside: What only the developer tools may see.
    """

    aside: Mapping[str, Any] = MappingProxyType({})
    _translated: Mapping[str, AttributeValue] | None = None
    _end_time: int | None

    def keep_aside(self, attributes: Mapping[str, Any]) -> None:
        """Keep attributes for the developer tools alone."""
        self.aside = {**self.aside, **attributes}

    @property
    def recorded_attributes(self) -> Mapping[str, AttributeValue]:
        """The attributes as they were recorded."""
        return super().attributes or {}

    @property
    def attributes(self) -> Mapping[str, AttributeValue] | None:
        """The attributes, and once the span has ended what they mean to collectors; found when it is asked for."""
        if self._end_time is None:
            return super().attributes
        if self._translated is None:
            recorded = dict(self.recorded_attributes)
            self._translated = MappingProxyType({**recorded, **translated(recorded)})
        return self._translated

    def _readable_span(self) -> sdk.ReadableSpan:
        return self  # nothing changes a span that has ended


def make_translated(span: Any) -> bool:
    """Make a span that the SDK's tracer started one that is translated; return whether it is of the class for that."""
    if type(span) is not _SDK_SPAN:
        return False
    span.__class__ = TranslatedSpan  # what a processor was given when it began stays the same object
    return True
