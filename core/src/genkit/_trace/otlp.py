# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Export by OTLP, as the variables of OpenTelemetry ask for it.

Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import importlib
import logging
import os
from typing import TYPE_CHECKING, Any, Final


if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_LOGGER: Final = logging.getLogger('genkit.trace')
_ENDPOINTS: Final = ('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
_PROTOCOLS: Final = ('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL')


def otlp_is_asked_for() -> bool:
    """Return whether the environment names a collector, or OTLP, and does not switch tracing off."""
    if os.environ.get('OTEL_SDK_DISABLED', '').lower() == 'true':
        return False
    chosen = os.environ.get('OTEL_TRACES_EXPORTER')
    return 'otlp' in chosen.split(',') if chosen else any(os.environ.get(name) for name in _ENDPOINTS)


def otlp_exporter() -> 'SpanExporter | None':
    """Return the exporter that the environment describes; None, and a log line, if it is not installed."""
    protocol = next((os.environ[name] for name in _PROTOCOLS if os.environ.get(name)), 'http/protobuf')
    kind = 'grpc' if protocol == 'grpc' else 'http'
    try:
        module: Any = importlib.import_module(f'opentelemetry.exporter.otlp.proto.{kind}.trace_exporter')
    except ImportError:
        package = f'opentelemetry-exporter-otlp-proto-{kind}'
        _LOGGER.warning('Traces are not exported: OTLP is asked for, but not installed. Run: uv add %s', package)
        return None
    from genkit._trace.price import PricedExporter  # noqa: PLC0415  (loaded when something is exported)

    logging.getLogger(module.__name__).addFilter(_OnlyTheFirst())
    return PricedExporter(module.OTLPSpanExporter())


class _OnlyTheFirst(logging.Filter):
    """Lets the exporter complain once: a collector that is down is no news the second time."""

    def __init__(self) -> None:
        super().__init__()
        self._said = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this is the first complaint."""
        first = not self._said or record.levelno < logging.WARNING
        self._said = self._said or record.levelno >= logging.WARNING
        return first
