# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google Cloud for Genkit: telemetry to Cloud Trace, Cloud Monitoring and Cloud Logging, and Model Armor."""

from genkit_google_cloud.armor import ModelArmor, ModelArmorConfig
from genkit_google_cloud.enable import enable_google_cloud_telemetry
from genkit_google_cloud.flushing import FlushTelemetry
from genkit_google_cloud.options import GoogleCloudTelemetryOptions
from genkit_google_cloud.telemetry import GoogleCloudTelemetry


__all__ = [
    'FlushTelemetry',
    'GoogleCloudTelemetry',
    'GoogleCloudTelemetryOptions',
    'ModelArmor',
    'ModelArmorConfig',
    'enable_google_cloud_telemetry',
]
