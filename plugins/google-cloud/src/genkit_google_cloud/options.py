# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `enable_google_cloud_telemetry`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict


if TYPE_CHECKING:
    from opentelemetry.sdk.trace.sampling import Sampler


class GoogleCloudTelemetryOptions(TypedDict, total=False):
    """What is sent to Google Cloud, and how.

    Attributes:
        credentials: Credentials of ``google.auth``. Default: Application Default Credentials.
        service_name: Default: ``K_SERVICE``, ``GAE_SERVICE``, or what the tracer provider says.
        service_version: Default: ``K_REVISION``, ``GAE_VERSION``, or what the tracer provider says.
        environment: Such as ``production``. Default: what the tracer provider says.
        sampler: The share of traces that is sent, between 0 and 1, or a sampler of OpenTelemetry, which decides by the
            trace's id and gets no parent. Metrics count all. Default: ``OTEL_TRACES_SAMPLER``, else all.
        capture_content: Whether inputs, outputs and the texts of errors, which may repeat them, are sent. Default:
            True.
        disable_traces: Whether no traces are sent. Default: False.
        disable_metrics: Whether no metrics are sent. Default: False.
        disable_logs: Whether nothing is logged to Cloud Logging. Default: False.
        log_records: Whether the process's log records are sent there, beside what Genkit logs. Default: True.
        metric_export_interval: Seconds between two writes of metrics, at least 5. Default: 300, and 5 in the
            development environment.
        timeout: Seconds for a request. Default: 10.
        force_dev_export: Whether something is sent in the development environment, ``GENKIT_ENV=dev``, too.
        channel: Makes the gRPC channel to a service, by its address such as ``cloudtrace.googleapis.com:443``, in place
            of one with TLS and the credentials.
    """

    credentials: Any
    service_name: str
    service_version: str
    environment: str
    sampler: 'float | Sampler'
    capture_content: bool
    disable_traces: bool
    disable_metrics: bool
    disable_logs: bool
    log_records: bool
    metric_export_interval: float
    timeout: float
    force_dev_export: bool
    channel: Callable[[str], Any]
