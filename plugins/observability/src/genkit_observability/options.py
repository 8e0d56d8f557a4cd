# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `configure_telemetry`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict


if TYPE_CHECKING:
    from opentelemetry.sdk.trace.sampling import Sampler

BackendName = Literal[
    'aws',
    'axiom',
    'azure',
    'cloudflare',
    'custom',
    'datadog',
    'grafana',
    'honeycomb',
    'langfuse',
    'phoenix',
    'sentry',
]
"""A backend that is known by name."""


class BackendSettings(TypedDict, total=False):
    """Settings of backends; each takes some of them, and finds the others in the environment."""

    api_key: str
    api_token: str
    connection_string: str
    credential: Any
    credentials: Any
    dataset: str
    dsn: str
    endpoint: str
    log_group: str
    log_stream: str
    logs_endpoint: str
    metrics_dataset: str
    profile: str
    project: str
    public_key: str
    region: str
    secret_key: str
    site: str
    token: str
    user_id: str


class ExportOptions(TypedDict, total=False):
    """What is sent to a backend, and how.

    Attributes:
        service_name: Default: what the tracer provider says, so ``OTEL_SERVICE_NAME``.
        service_version: Default: what the tracer provider says.
        environment: Such as ``production``. Default: what the tracer provider says.
        sampler: The share of traces that is sent, between 0 and 1, or a sampler of OpenTelemetry, which decides by the
            trace's id and gets no parent. Default: ``OTEL_TRACES_SAMPLER``, else all.
        capture_content: Whether inputs, outputs and the texts of errors, which may repeat them, are sent. Default:
            True.
        metrics: Whether metrics are sent. Default: False.
        logs: Whether the process's log records are sent, with their span. Default: False; for AWS, whether a log group
            is named.
        metric_interval: Seconds between two sendings of metrics. Default: 60.
        headers: Sent with every request, beside the backend's.
        timeout: Seconds for a request, all tries together. Default: 10.
        force_dev_export: Whether something is sent in the development environment, ``GENKIT_ENV=dev``, too.
    """

    service_name: str
    service_version: str
    environment: str
    sampler: 'float | Sampler'
    capture_content: bool
    metrics: bool
    logs: bool
    metric_interval: float
    headers: Mapping[str, str]
    timeout: float
    force_dev_export: bool


class TelemetryOptions(ExportOptions, BackendSettings, total=False):
    """All options of `configure_telemetry`."""
