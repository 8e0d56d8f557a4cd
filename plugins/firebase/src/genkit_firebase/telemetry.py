# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Telemetry to the Google Cloud project behind a Firebase project, by `genkit-plugin-google-cloud`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from genkit import StatusName

from genkit_firebase.config import firebase_project
from genkit_firebase.errors import refused


if TYPE_CHECKING:
    from typing import Unpack

    from genkit_google_cloud import GoogleCloudTelemetry, GoogleCloudTelemetryOptions

_ENABLED: Final[list['GoogleCloudTelemetry']] = []


def enable_firebase_telemetry(
    project: str | None = None, **options: 'Unpack[GoogleCloudTelemetryOptions]'
) -> 'GoogleCloudTelemetry':
    """Send traces, metrics and logs to the project's Cloud Trace, Cloud Monitoring and Cloud Logging from now on.

    Args:
        project: The Firebase project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT``, that of
            ``FIREBASE_CONFIG``, or that of the credentials.
        options: Those of ``enable_google_cloud_telemetry`` in ``genkit_google_cloud``.

    Returns:
        What can be flushed and closed.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if the extra ``telemetry`` is not installed, and what that function raises.
    """
    try:
        library: Any = import_module('genkit_google_cloud')
    except ModuleNotFoundError as error:
        if error.name != 'genkit_google_cloud':
            raise
        raise refused(
            "Telemetry needs genkit-plugin-google-cloud; install it with `uv add 'genkit-plugin-firebase[telemetry]'`.",
            StatusName.FAILED_PRECONDITION,
            error,
        ) from error
    telemetry: GoogleCloudTelemetry = library.enable_google_cloud_telemetry(project or firebase_project(), **options)
    if telemetry not in _ENABLED:
        _ENABLED.append(telemetry)
    return telemetry


def enabled_telemetry() -> 'GoogleCloudTelemetry | None':
    """Return the telemetry that was enabled last and still exports, if any does."""
    return next((each for each in reversed(_ENABLED) if each.exporting), None)
