# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sets up the export to a backend, once."""

import logging
import os
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final, Unpack, cast
from urllib.parse import urlsplit

from genkit import GenkitError
from genkit.plugin import (
    StartedOnce,
    captures_content,
    check_options,
    did_you_mean,
    is_dev_environment,
    replace_otlp,
    to_sampler,
)

from genkit_observability.aws import Aws
from genkit_observability.azure import Azure
from genkit_observability.custom import Custom, environment_endpoint
from genkit_observability.destination import SIGNALS, Backend, Destination
from genkit_observability.options import BackendName, BackendSettings, ExportOptions, TelemetryOptions
from genkit_observability.presets import Axiom, Cloudflare, Datadog, Grafana, Honeycomb, Langfuse, Phoenix, Sentry
from genkit_observability.settings import SOURCE, invalid
from genkit_observability.telemetry import Telemetry


if TYPE_CHECKING:
    from genkit.plugin import SpanRules

BACKENDS: Final[Mapping[str, type[Backend]]] = {
    backend.name: backend
    for backend in (
        *(Aws, Axiom, Azure, Cloudflare, Custom, Datadog),
        *(Grafana, Honeycomb, Langfuse, Phoenix, Sentry),
    )
}

# What others call them.
OTHER_NAMES: Final[Mapping[str, str]] = {
    'application-insights': 'azure',
    'azure-monitor': 'azure',
    'cloudwatch': 'aws',
    'jaeger': 'custom',
    'otlp': 'custom',
    'tempo': 'custom',
    'x-ray': 'aws',
    'xray': 'aws',
}

_LOGGER: Final = logging.getLogger('genkit.observability')
_STARTED: Final[StartedOnce[Telemetry]] = StartedOnce()


def configure_telemetry(backend: BackendName | Backend | str, **options: Unpack[TelemetryOptions]) -> Telemetry:
    """Send traces, and metrics and logs if so wanted, to a backend from now on.

    What is sent, and what is not, is logged once. An application's own tracer provider is used and stays what it is.
    Sending happens in the background; what is left is sent when the program ends.

    Args:
        backend: Such as ``honeycomb``, or ``Honeycomb(…)`` with its settings.
        options: See `TelemetryOptions`. Settings of the backend win over the environment.

    Returns:
        What can be flushed and closed. A second call with the same settings returns the same.

    Raises:
        GenkitError: ``NOT_FOUND`` for a backend that is not known, ``FAILED_PRECONDITION`` naming a setting that is
            missing, ``INVALID_ARGUMENT`` for one that cannot be, ``ALREADY_EXISTS`` if telemetry goes to that address
            already, with other settings.
    """
    chosen = _chosen(backend, options)
    export = cast('ExportOptions', {name: value for name, value in options.items() if name not in _OF_BACKENDS})
    destination = _with_headers(chosen.destination(), options.get('headers'))
    export = _checked(destination, export)
    rules = _rules(destination, export, options)
    telemetry = Telemetry(destination, _STARTED.forget)
    reason = _why_not(export)
    if reason:
        _LOGGER.info('Nothing is sent to %s: %s', destination.label, reason)
        return telemetry
    settings = {**_settings_of(destination), **export}
    shown = f'{destination.label} at {_shown(destination)}'
    key = f'{destination.label} {destination.endpoints["traces"]}'
    return _STARTED.start(key, settings, lambda: _started(telemetry, export, rules), shown)


_OF_BACKENDS: Final = BackendSettings.__annotations__


def _chosen(backend: Any, options: Mapping[str, Any]) -> Backend:
    """Return a backend with its settings."""
    check_options('configure_telemetry()', options, TelemetryOptions.__annotations__)
    settings = {name: value for name, value in options.items() if name in _OF_BACKENDS}
    if isinstance(backend, Backend):
        kind = type(backend)
    elif isinstance(backend, str):
        name = backend.strip().lower()
        found = BACKENDS.get(OTHER_NAMES.get(name, name))
        if found is None:
            raise _unknown(backend)
        kind = found
    else:
        raise invalid(f"backend is {backend!r}; it must be a name such as 'honeycomb', or Honeycomb(…).")
    known = {field.name: field for field in fields(cast('Any', kind))}
    check_options(f'The backend {kind.name!r}', settings, known)
    return replace(cast('Any', backend), **settings) if isinstance(backend, Backend) else kind(**settings)


def _unknown(name: str) -> GenkitError:
    known = sorted(BACKENDS)
    hint = did_you_mean(name.strip().lower(), [*known, *OTHER_NAMES]) or f' Known are {", ".join(known)}.'
    otherwise = " Any server that speaks OTLP is configured with 'custom' and endpoint=."
    return GenkitError(f'Backend {name!r} is not known.{hint}{otherwise}', status='NOT_FOUND', source=SOURCE)


def _with_headers(destination: Destination, headers: Mapping[str, str] | None) -> Destination:
    if not headers:
        return destination
    for name, value in headers.items():
        texts: tuple[Any, ...] = (name, value)
        if not all(isinstance(text, str) and text.isascii() and text.isprintable() for text in texts) or ' ' in name:
            raise invalid(f'The header {name!r} cannot be sent: names and values are printable letters of ASCII.')
    added = {name.lower(): value for name, value in headers.items()}
    return replace(destination, headers={**destination.headers, **added})


def _checked(destination: Destination, export: ExportOptions) -> ExportOptions:
    """Return the options of the export, complete."""
    for name in ('timeout', 'metric_interval'):
        value: Any = export.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float('inf'):
            raise invalid(f'{name} is {value!r}; it must be a number of seconds above 0.')
    for name in ('capture_content', 'metrics', 'logs', 'force_dev_export'):
        value = export.get(name, False)
        if not isinstance(value, bool):  # what is private depends on it
            raise invalid(f'{name} is {value!r}; it must be True or False.')
    for signal in ('metrics', 'logs'):
        if export.get(signal) and signal not in destination.endpoints:
            takes = ' and '.join(destination.endpoints)
            hint = ' Name a log group: log_group=, or AWS_LOG_GROUP.' if destination.label == 'AWS' else ''
            raise invalid(f'{destination.label} takes {takes} here, and no {signal}.{hint}')
    if destination.label == 'AWS' and 'logs' in destination.endpoints and 'logs' not in export:
        export = {**export, 'logs': True}
    return export


def _rules(destination: Destination, export: ExportOptions, options: TelemetryOptions) -> 'SpanRules':
    from genkit.plugin import SpanRules  # noqa: PLC0415  (needs OpenTelemetry's SDK)

    return SpanRules(
        resource={**destination.resource, **_names(options)},
        sampler=to_sampler(options.get('sampler')),
        capture_content=export.get('capture_content', True),
    )


def _names(options: TelemetryOptions) -> dict[str, str]:
    environment = options.get('environment')
    found = {
        'service.name': options.get('service_name'),
        'service.version': options.get('service_version'),
        'deployment.environment.name': environment,
        'deployment.environment': environment,  # its older name, which some backends read
    }
    return {name: value for name, value in found.items() if value}


def _settings_of(destination: Destination) -> dict[str, Any]:
    """Return what tells two configurations of one backend apart, by names for people."""
    return {
        'key or header': (
            destination.key,
            dict(destination.headers),
            {signal: dict(headers) for signal, headers in destination.signal_headers.items()},
        ),
        'endpoint': dict(destination.endpoints),
        'name of the service': dict(destination.resource),
    }


def _started(telemetry: Telemetry, export: ExportOptions, rules: 'SpanRules') -> Telemetry:
    destination = telemetry.destination
    if destination.endpoints['traces'] == environment_endpoint('traces'):
        replace_otlp()
    telemetry.start(export, rules)
    _LOGGER.info('%s', _announcement(destination, export, rules))
    return telemetry


def _why_not(export: ExportOptions) -> str:
    if os.environ.get('OTEL_SDK_DISABLED', '').lower() == 'true':
        return 'OTEL_SDK_DISABLED is true.'
    if is_dev_environment() and not export.get('force_dev_export'):
        return 'this is the development environment (GENKIT_ENV=dev). force_dev_export=True sends all the same.'
    return ''


def _announcement(destination: Destination, export: ExportOptions, rules: 'SpanRules') -> str:
    """Return the line that says where what goes."""
    sent = ['traces', *(signal for signal in SIGNALS[1:] if export.get(signal))]
    left_out = [signal for signal in SIGNALS if signal not in sent]
    if not rules.capture_content or not captures_content():
        left_out.append('inputs and outputs')
    share = '' if rules.sampler is None else f', sampled by {rules.sampler.get_description()}'
    what, nothing = ', '.join(sent), ', '.join(left_out) or 'nothing'
    return f'Sending {what} to {destination.label} at {_shown(destination)}{share}. Not sent: {nothing}.'


def _shown(destination: Destination) -> str:
    """Return the address of a destination's traces without what may be a secret in it."""
    parts = urlsplit(destination.endpoints['traces'])
    return f'{parts.scheme}://{parts.netloc.rpartition("@")[2]}'
