# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One span of the engine: opened with what is known, closed with an outcome."""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack, cast

from opentelemetry import context as otel_context
from opentelemetry import trace

from genkit._base.errors import GenkitError, Interrupt, quotes_content
from genkit._trace import attributes as names
from genkit._trace.content import Content
from genkit._trace.provider import (
    current_content,
    current_tracer,
    make_translated,
    records_everything,
    required_tracer,
)
from genkit._trace.recorded import Recorded, recorded, recorded_context


if TYPE_CHECKING:
    from genkit._trace.conventions.translated_span import TranslatedSpan

_PATH: ContextVar[str] = ContextVar('genkit_path', default='')
_IGNORED: ContextVar[bool] = ContextVar('genkit_ignore_trace', default=False)
_IGNORE_LABEL: Final = 'genkitx:ignore-trace'
_HIDDEN: Final = 'its text repeats inputs or outputs, which are not recorded'


def current_path() -> str:
    """Return the path of the innermost span of the engine."""
    return _PATH.get()


class SpanOptions(TypedDict, total=False):
    """Options of a span.

    Attributes:
        kind: The action's kind, if it is one.
        input_value: The input; serialized once, and only if the span is recorded.
        context: The call's context; recorded without authentication data.
        labels: The caller's own attributes, copied as they are.
        describe: Gives more attributes of name, input and outcome once it is known; it is None for a failure.
        needs_ids: Whether the ids matter even if nothing is recorded.
    """

    kind: str | None
    input_value: Any
    context: Mapping[str, Any] | None
    labels: Mapping[str, str] | None
    describe: Callable[[str, Any, Any], Mapping[str, Any]] | None
    needs_ids: bool


class Span:
    """A span to be used in a ``with`` block; `open_span` gives one that costs nothing if nothing is recorded.

    Args:
        name: What runs.
        span_type: ``action``, ``flowStep``, ``util``, ``evaluator``…
        options: See `SpanOptions`.

    Attributes:
        init: What a conversation begins with; recorded beside its input.
        recorded_input: What is recorded of the input; None if nothing is.
        recorded_output: What is recorded of the outcome; None before the span has ended.
    """

    __slots__ = (
        '_content',
        '_given',
        '_ids',
        '_ignore_token',
        '_name',
        '_output',
        '_path_token',
        '_record',
        '_recording',
        '_span',
        '_token',
        '_translates',
        '_type',
        'init',
        'recorded_input',
        'recorded_output',
    )

    def __init__(self, name: str, span_type: str, **options: Unpack[SpanOptions]) -> None:
        self._name = name
        self._type = span_type
        self._given = options
        self._output: Any = None
        self.init: Any = None
        self.recorded_input: Recorded | None = None
        self.recorded_output: Recorded | None = None
        self._span: trace.Span | None = None
        self._recording = False
        self._ignore_token: Token[bool] | None = None
        self._ids = ('', '')

    @property
    def trace_id(self) -> str:
        """The trace, 32 hex digits; empty if no exporter records spans."""
        context = self._valid_context
        return self._ids[0] if context is None else f'{context.trace_id:032x}'

    @property
    def span_id(self) -> str:
        """The span, 16 hex digits; empty if no exporter records spans."""
        context = self._valid_context
        return self._ids[1] if context is None else f'{context.span_id:016x}'

    @property
    def _valid_context(self) -> trace.SpanContext | None:
        context = None if self._span is None else self._span.get_span_context()
        return context if context is not None and context.is_valid else None

    @property
    def recording(self) -> bool:
        """Whether this span is recorded."""
        return self._recording

    def set_output(self, value: Any, known: Recorded | None = None) -> None:
        """Set the outcome; serialized when the span ends, and only if the span is recorded.

        Args:
            value: The outcome.
            known: What is to be recorded of it, if that is known already.
        """
        self._output = value
        self.recorded_output = known

    def set_attribute(self, name: str, value: str | float) -> None:
        """Record one more attribute."""
        if self._recording and self._span is not None:
            self._span.set_attribute(name, value)

    def __enter__(self) -> Self:
        """Open the span and make it the current one."""
        given = self._given
        labels = given.get('labels')
        if _IGNORED.get() or (labels and labels.get(_IGNORE_LABEL) == 'true'):
            self._ignore_token = _IGNORED.set(True)
            return self
        needs_ids = given.get('needs_ids', False)
        tracer = required_tracer() if needs_ids else current_tracer()
        if tracer is None:
            return self
        path, opening = names.opening(_PATH.get(), self._name, self._type, given.get('kind'))
        attributes = opening.copy()
        known = records_everything()
        self._content: Content = 'recorded' if known else current_content()
        if known:
            self._add_content(attributes)
        around = otel_context.get_current()
        span = tracer.start_span(self._name, around, attributes=attributes)
        self._span = span
        self._recording = span.is_recording()
        record: Callable[[Mapping[str, Any]], None] | None = getattr(span, 'record', None)
        self._translates = record is not None or make_translated(span)
        self._record = record or partial(_set_texts, span)
        if labels:
            span.set_attributes(labels)
        if self._recording and not known and self._content != 'dropped':
            self._record_content(self._add_content({}))
        self._path_token: Token[str] = _PATH.set(path)
        self._token = otel_context.attach(trace.set_span_in_context(span, around))
        if needs_ids and self._valid_context is None:
            self._ids = (secrets.token_hex(16), secrets.token_hex(8))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close the span with its outcome."""
        if self._ignore_token is not None:
            _IGNORED.reset(self._ignore_token)
        span = self._span
        if span is None:
            return
        otel_context.detach(self._token)
        _PATH.reset(self._path_token)
        try:
            if self._recording:
                if error is None or isinstance(error, Interrupt):
                    self._record_success(error)
                else:
                    self._record_error(span, error)
                if not self._translates:
                    self._translate(span)
        finally:
            span.end()

    def _translate(self, span: trace.Span) -> None:
        """Add what a span of another SDK does not find out by itself when it is read."""
        from genkit._trace.conventions.translation import translated  # noqa: PLC0415  (for few programs)

        self._record(translated(getattr(span, 'attributes', None) or {}))

    def _add_content(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Add the attributes that need serializing, only worth it if the span is recorded; return them."""
        value, context = self._given.get('input_value'), self._given.get('context')
        if value is not None:
            attributes[names.INPUT] = self.recorded_input = recorded(value)
        if self.init is not None:
            attributes[names.INIT] = recorded(self.init)
        if context:
            attributes[names.CONTEXT] = recorded_context(context)
        return attributes

    def _record_content(self, content: dict[str, Any]) -> None:
        if self._content == 'recorded':
            self._record(content)
        elif self._translates:
            cast('TranslatedSpan', self._span).keep_aside(_as_texts(content))

    def _record_success(self, interrupt: Interrupt | None) -> None:
        outcome: dict[str, Any] = {names.STATE: 'success'}
        is_recorded = self._content == 'recorded'
        content = outcome if is_recorded else {}
        if self._content == 'dropped':
            pass
        elif interrupt is not None:
            content[names.INTERRUPT] = recorded(interrupt.metadata)
        elif self._output is not None:
            if self.recorded_output is None:
                self.recorded_output = recorded(self._output)
            content[names.OUTPUT] = self.recorded_output
        if self._given.get('describe') is not None:
            outcome.update(self._described(self._output))
        self._record(outcome)
        if not is_recorded:
            self._record_content(content)

    def _record_error(self, span: trace.Span, error: BaseException) -> None:
        origin = error.cause if isinstance(error, GenkitError) and error.cause is not None else error
        is_hidden = self._content != 'recorded' and quotes_content(error)
        text = f'{type(origin).__name__}: {_HIDDEN}' if is_hidden else _text_of(origin)
        self._record({names.STATE: 'error', names.ERROR: text, **self._described(None)})
        if origin.__dict__.get('_genkit_recorded') != self.trace_id:
            span.set_attribute(names.IS_FAILURE_SOURCE, True)
            origin.__dict__['_genkit_recorded'] = self.trace_id
        with contextlib.suppress(Exception):  # an error whose text cannot be made must not hide itself
            if is_hidden:
                span.add_event('exception', {'exception.type': type(origin).__qualname__, 'exception.message': _HIDDEN})
            else:
                span.record_exception(origin)
        span.set_status(trace.Status(trace.StatusCode.ERROR, text))

    def _described(self, outcome: Any) -> Mapping[str, Any]:
        describe = self._given.get('describe')
        if describe is None:
            return {}
        try:
            return describe(self._name, self._given.get('input_value'), outcome)
        except Exception:  # noqa: BLE001  (recording must not break the call that is recorded)
            return {}


class _UnrecordedSpan(Span):
    """A no-op span for when nothing is recorded; one instance serves all calls."""

    __slots__ = ()

    def __enter__(self) -> Self:
        """Do nothing."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Do nothing."""

    def set_output(self, value: Any, known: Recorded | None = None) -> None:
        """Forget the outcome."""


UNRECORDED: Final[Span] = _UnrecordedSpan('', '')


def open_span(name: str, span_type: str, **options: Unpack[SpanOptions]) -> Span:
    """Return a span to be used in a ``with`` block; the arguments are those of `Span`."""
    if current_tracer() is None and not options.get('needs_ids'):
        return UNRECORDED
    return Span(name, span_type, **options)


def _set_texts(span: trace.Span, attributes: Mapping[str, Any]) -> None:
    span.set_attributes(_as_texts(attributes))


def _as_texts(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes for who does not know what was recorded from its text."""
    return {name: str(value) if value.__class__ is Recorded else value for name, value in attributes.items()}


def _text_of(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    except Exception:  # noqa: BLE001  (the error that is being recorded matters more)
        return type(error).__name__
