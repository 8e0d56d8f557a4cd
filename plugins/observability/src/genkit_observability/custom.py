# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Any server that speaks OTLP."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from genkit import GenkitError
from opentelemetry.util.re import parse_env_headers

from genkit_observability.destination import SIGNALS, Backend, Destination, Signal, otlp_endpoints
from genkit_observability.settings import SOURCE, address, needed


_VARIABLE = 'OTEL_EXPORTER_OTLP_{}ENDPOINT'


@dataclass(frozen=True)
class Custom(Backend):
    """Any server that speaks OTLP over HTTP: a collector, Jaeger, Tempo, an agent; it takes what the server takes.

    Attributes:
        endpoint: The server's address, to which ``/v1/traces`` and so on are added, or that of its traces. Default:
            what ``OTEL_EXPORTER_OTLP_ENDPOINT`` and ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` name (those of metrics and
            logs); the exporter that these variables ask for is then not used.
    """

    name: ClassVar[str] = 'custom'
    endpoint: str | None = None

    def destination(self) -> Destination:
        """Return the endpoints below the address."""
        return Destination(
            'OTLP',
            otlp_endpoints(address('endpoint', self.endpoint)) if self.endpoint else _of_environment(),
            'OTEL_EXPORTER_OTLP_HEADERS (or headers=)',
            signal_headers={signal: environment_headers(signal) for signal in SIGNALS},
        )


def environment_endpoint(signal: Signal) -> str | None:
    """Return the address that OpenTelemetry's variables name for a signal; None if they name none."""
    base = os.environ.get(_VARIABLE.format(''))
    own = os.environ.get(_VARIABLE.format(f'{signal.upper()}_'))
    return own or (f'{base.rstrip("/")}/v1/{signal}' if base else None)


def environment_headers(signal: Signal) -> Mapping[str, str]:
    """Return the headers that OpenTelemetry's variables hold for a signal."""
    names = ('OTEL_EXPORTER_OTLP_HEADERS', f'OTEL_EXPORTER_OTLP_{signal.upper()}_HEADERS')
    return {name: value for text in names for name, value in parse_env_headers(os.environ.get(text, '')).items()}


def _of_environment() -> dict[Signal, str]:
    needed('OTLP', 'endpoint', environment_endpoint('traces'), _VARIABLE.format(''))
    protocols = ('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL')
    named = next((name for name in protocols if os.environ.get(name)), None)
    if named and os.environ[named] == 'grpc':
        raise GenkitError(
            f'{named} is grpc, but traces are sent over HTTP here. Set it to http/protobuf, and the address to the '
            "server's port for that, often 4318.",
            status='FAILED_PRECONDITION',
            source=SOURCE,
        )
    found: dict[Signal, str | None] = {signal: environment_endpoint(signal) for signal in SIGNALS}
    return {signal: address(_VARIABLE.format(''), url) for signal, url in found.items() if url}
