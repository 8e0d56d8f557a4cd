# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a backend takes what, once arguments and environment have been read."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal


Signal = Literal['traces', 'metrics', 'logs']
SIGNALS: Final[tuple[Signal, ...]] = ('traces', 'metrics', 'logs')

Authorize = Callable[[Signal, str, bytes, Mapping[str, str]], Mapping[str, str]]
"""Returns the headers that authorize a request, of its signal, address, compressed body and other headers."""


@dataclass(frozen=True)
class Limits:
    """What a backend takes at most, in bytes before compression.

    Attributes:
        request: Of a request.
        spans: How many spans a request may hold.
        span: Of a span; longer ones are cut.
        resource: Of a resource and its scope; longer ones are cut.
    """

    request: int = 4 * 1024 * 1024
    spans: int = 10_000
    span: int | None = None
    resource: int | None = None


@dataclass(frozen=True)
class Destination:
    """A backend's addresses, and how requests to them are made.

    Attributes:
        label: The backend's name for people.
        endpoints: The address of each signal that it takes.
        credential: The settings that hold the credential, for messages.
        headers: Sent with every request.
        signal_headers: Sent beside them with the requests of one signal.
        resource: Attributes that the backend wants to see of the resource.
        limits: What it takes at most.
        key: Sent within requests, where a backend wants it there.
        authorize: Authorizes a request when it is sent, where a header that stays the same cannot.
        format: The format of requests.
        delta_metrics: Whether it takes metrics as differences.
    """

    label: str
    endpoints: Mapping[Signal, str]
    credential: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    signal_headers: Mapping[Signal, Mapping[str, str]] = field(
        default_factory=dict[Signal, Mapping[str, str]], repr=False
    )
    resource: Mapping[str, str] = field(default_factory=dict[str, str])
    limits: Limits = field(default_factory=Limits)
    key: str = field(default='', repr=False)
    authorize: Authorize | None = field(default=None, repr=False)
    format: Literal['otlp', 'application-insights'] = 'otlp'
    delta_metrics: bool = False


class Backend(ABC):
    """A backend and its settings; what is None is found in the environment.

    Attributes:
        name: What `configure_telemetry` calls it.
    """

    name: ClassVar[str]

    @abstractmethod
    def destination(self) -> Destination:
        """Return where it takes what.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` naming the setting that is missing, ``INVALID_ARGUMENT`` for one
                that cannot be.
        """


def otlp_endpoints(address: str, *signals: Signal) -> dict[Signal, str]:
    """Return the address of each signal below that of an OTLP endpoint, which may be given as that of its traces."""
    base = address.rstrip('/').removesuffix('/v1/traces')
    return {signal: f'{base}/v1/{signal}' for signal in signals or SIGNALS}
