# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sets up the export to Google Cloud, once."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Unpack

from genkit import GenkitError
from genkit.plugin import StartedOnce, captures_content, check_options, is_dev_environment, to_sampler

from genkit_google_cloud.options import GoogleCloudTelemetryOptions
from genkit_google_cloud.process import service_names
from genkit_google_cloud.services import LOGGER, SOURCE, Services
from genkit_google_cloud.telemetry import GoogleCloudTelemetry


if TYPE_CHECKING:
    from genkit.plugin import SpanRules

_STARTED: Final[StartedOnce[GoogleCloudTelemetry]] = StartedOnce()
_INTERVAL: Final = 300.0
_DEV_INTERVAL: Final = 5.0
_SHORTEST_INTERVAL: Final = 5.0
_SWITCHES: Final = (
    *('capture_content', 'disable_traces', 'disable_metrics', 'disable_logs', 'log_records', 'force_dev_export'),
)
_SIGNALS: Final = (('traces', 'Cloud Trace'), ('metrics', 'Cloud Monitoring'), ('logs', 'Cloud Logging'))


def enable_google_cloud_telemetry(
    project_id: str | None = None, **options: Unpack[GoogleCloudTelemetryOptions]
) -> GoogleCloudTelemetry:
    """Send traces to Cloud Trace, metrics to Cloud Monitoring and logs to Cloud Logging from now on.

    What is sent, and what is not, is logged once. An application's own tracer provider is used and stays what it is.
    Sending happens in the background; what is left is sent when the program ends.

    Args:
        project_id: The project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT``, or that of the credentials.
        options: See `GoogleCloudTelemetryOptions`.

    Returns:
        What can be flushed and closed. A second call with the same options returns the same.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an option that cannot be, ``ALREADY_EXISTS`` if telemetry goes to the
            project already, with other options.
    """
    _check(options)
    services = Services(project_id, options.get('credentials'), options.get('channel'), options.get('timeout', 10.0))
    rules = _rules(options)
    telemetry = GoogleCloudTelemetry(services, options, rules)
    shown = f'Google Cloud, project {services.known_project or "of the credentials"}'
    reason = _why_not(options)
    if reason:
        LOGGER.info('Nothing is sent to %s: %s', shown, reason)
        return telemetry

    def start() -> GoogleCloudTelemetry:
        default = _DEV_INTERVAL if is_dev_environment() else _INTERVAL
        telemetry.start(options.get('metric_export_interval', default), _STARTED.forget)
        LOGGER.info('Sending to %s: %s', shown, _announcement(options, rules))
        return telemetry

    return _STARTED.start(shown, options, start)


def _check(options: Mapping[str, Any]) -> None:
    check_options(
        'enable_google_cloud_telemetry()', options, GoogleCloudTelemetryOptions.__annotations__, ('project_id',)
    )
    for name in _SWITCHES:
        value = options.get(name, False)
        if not isinstance(value, bool):  # what is private depends on it
            raise GenkitError(
                f'{name} is {value!r}; it must be True or False.', status='INVALID_ARGUMENT', source=SOURCE
            )
    for name, least in (('metric_export_interval', _SHORTEST_INTERVAL), ('timeout', 0.001)):
        value = options.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float('inf'):
            raise GenkitError(
                f'{name} is {value!r}; it must be a number of seconds, at least {least:g}.',
                status='INVALID_ARGUMENT',
                source=SOURCE,
            )


def _rules(options: GoogleCloudTelemetryOptions) -> 'SpanRules':
    from genkit.plugin import SpanRules  # noqa: PLC0415  (needs OpenTelemetry's SDK)

    return SpanRules(
        resource=service_names(options),
        sampler=to_sampler(options.get('sampler')),
        capture_content=options.get('capture_content', True),
    )


def _why_not(options: GoogleCloudTelemetryOptions) -> str:
    if os.environ.get('OTEL_SDK_DISABLED', '').lower() == 'true':
        return 'OTEL_SDK_DISABLED is true.'
    if is_dev_environment() and not options.get('force_dev_export'):
        return 'this is the development environment (GENKIT_ENV=dev). force_dev_export=True sends all the same.'
    return ''


def _announcement(options: Mapping[str, Any], rules: 'SpanRules') -> str:
    """Return what goes where, and what does not."""
    sent = [f'{signal} to {name}' for signal, name in _SIGNALS if not options.get(f'disable_{signal}')]
    left_out = [signal for signal, _ in _SIGNALS if options.get(f'disable_{signal}')]
    if not rules.capture_content or not captures_content():
        left_out.append('inputs and outputs')
    share = '' if rules.sampler is None else f', sampled by {rules.sampler.get_description()}'
    return f'{", ".join(sent) or "nothing"}{share}. Not sent: {", ".join(left_out) or "nothing"}.'
