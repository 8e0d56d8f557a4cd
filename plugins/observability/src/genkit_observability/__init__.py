# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sends Genkit's traces, metrics and logs to observability backends: one call, `configure_telemetry('honeycomb')`."""

from genkit_observability.aws import Aws
from genkit_observability.azure import Azure
from genkit_observability.configure import configure_telemetry
from genkit_observability.custom import Custom
from genkit_observability.destination import Backend, Destination
from genkit_observability.options import BackendName, TelemetryOptions
from genkit_observability.presets import Axiom, Cloudflare, Datadog, Grafana, Honeycomb, Langfuse, Phoenix, Sentry
from genkit_observability.telemetry import Telemetry


__all__ = [
    'Aws',
    'Axiom',
    'Azure',
    'Backend',
    'BackendName',
    'Cloudflare',
    'Custom',
    'Datadog',
    'Destination',
    'Grafana',
    'Honeycomb',
    'Langfuse',
    'Phoenix',
    'Sentry',
    'Telemetry',
    'TelemetryOptions',
    'configure_telemetry',
]
