# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which traces are sent, as an argument or the variables of OpenTelemetry say it."""

import os
from typing import TYPE_CHECKING, Any, cast

from genkit._base.errors import GenkitError


if TYPE_CHECKING:
    from opentelemetry.sdk.trace.sampling import Sampler


def to_sampler(given: 'float | Sampler | None') -> 'Sampler | None':
    """Return the sampler of an option ``sampler``; None if everything is to be sent.

    Args:
        given: A share of traces between 0 and 1, a sampler, or None to leave it to ``OTEL_TRACES_SAMPLER`` and
            ``OTEL_TRACES_SAMPLER_ARG``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    if given is None:
        return _of_environment()
    if hasattr(given, 'should_sample'):
        return cast('Sampler', given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise _invalid('sampler', given)
    return _of_share(given, 'sampler')


def _of_environment() -> 'Sampler | None':
    name = os.environ.get('OTEL_TRACES_SAMPLER', '').strip().lower().removeprefix('parentbased_')
    if name == 'always_off':
        return _of_share(0, 'OTEL_TRACES_SAMPLER')
    if name != 'traceidratio':
        return None
    text = os.environ.get('OTEL_TRACES_SAMPLER_ARG') or '1'
    try:
        return _of_share(float(text), 'OTEL_TRACES_SAMPLER_ARG')
    except ValueError as error:
        raise _invalid('OTEL_TRACES_SAMPLER_ARG', text) from error


def _of_share(share: float, name: str) -> 'Sampler | None':
    if not 0 <= share <= 1:
        raise _invalid(name, share)
    if share == 1:
        return None
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased  # noqa: PLC0415  (loaded when something is sent)

    return cast('Any', TraceIdRatioBased(share))


def _invalid(name: str, value: Any) -> GenkitError:
    return GenkitError(
        f'{name} is {value!r}; it must be a share of traces between 0 and 1, or a sampler of OpenTelemetry.',
        status='INVALID_ARGUMENT',
    )
