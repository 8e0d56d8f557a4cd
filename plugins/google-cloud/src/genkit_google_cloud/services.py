# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The gRPC services of Google Cloud: their clients are made when something is sent, in the process that sends it."""

import atexit
import contextlib
import importlib
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genkit import GenkitError


LOGGER: Final = logging.getLogger('genkit.google_cloud')
SOURCE: Final = 'google-cloud'
PROJECT_VARIABLES: Final = ('GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT')

_SCOPES: Final = ('https://www.googleapis.com/auth/cloud-platform',)
_LONGEST_LOAD: Final = 20.0  # seconds
_REFUSALS: Final = ('UNAUTHENTICATED', 'PERMISSION_DENIED')


@dataclass(frozen=True)
class Service:
    """A service of Google Cloud.

    Attributes:
        label: Its name for people.
        host: Its address.
        role: The role that may write there.
        client: The module and the class of its client.
        transport: The module and the class of its transport by gRPC.
    """

    label: str
    host: str
    role: str
    client: tuple[str, str]
    transport: tuple[str, str]


TRACE: Final = Service(
    'Cloud Trace',
    'cloudtrace.googleapis.com:443',
    'roles/cloudtrace.agent',
    ('google.cloud.trace_v2', 'TraceServiceClient'),
    ('google.cloud.trace_v2.services.trace_service.transports', 'TraceServiceGrpcTransport'),
)
MONITORING: Final = Service(
    'Cloud Monitoring',
    'monitoring.googleapis.com:443',
    'roles/monitoring.metricWriter',
    ('google.cloud.monitoring_v3', 'MetricServiceClient'),
    ('google.cloud.monitoring_v3.services.metric_service.transports', 'MetricServiceGrpcTransport'),
)
LOGGING: Final = Service(
    'Cloud Logging',
    'logging.googleapis.com:443',
    'roles/logging.logWriter',
    ('google.cloud.logging_v2.services.logging_service_v2', 'LoggingServiceV2Client'),
    ('google.cloud.logging_v2.services.logging_service_v2.transports', 'LoggingServiceV2GrpcTransport'),
)


class Services:
    """Calls services; what fails costs one line of the log for each service and kind.

    Args:
        project_id: The project; None for that of the environment or the credentials.
        credentials: Credentials of ``google.auth``; None for the default ones.
        channel: Makes channels in place of those with TLS and credentials.
        timeout: Seconds for a request, all tries together.
    """

    def __init__(
        self,
        project_id: str | None,
        credentials: Any = None,
        channel: Callable[[str], Any] | None = None,
        timeout: float = 10,
    ) -> None:
        found = (os.environ[name] for name in PROJECT_VARIABLES if os.environ.get(name))
        self._project = project_id or next(found, None)
        self._credentials = credentials
        self._channel = channel
        self._timeout = timeout
        self._lock = threading.RLock()
        self._clients: dict[str, tuple[Any, Any]] = {}
        self._process = 0
        self._said: set[tuple[str, str]] = set()

    @property
    def known_project(self) -> str | None:
        """The project, unless only the credentials know it."""
        return self._project

    def project(self) -> str:
        """Return the project.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if neither the environment nor the credentials know it.
        """
        with self._lock:
            if self._project is None:
                self._project = getattr(self._authenticated(), 'project_id', None) or self._project
            if self._project is None:
                raise GenkitError(
                    'no project is known: pass project_id=, or set GOOGLE_CLOUD_PROJECT',
                    status='FAILED_PRECONDITION',
                    source=SOURCE,
                )
            return self._project

    def call(self, service: Service, method: str, make_request: Callable[[str], Any]) -> bool:
        """Call a method of a service; False if that failed, which has been logged then.

        Args:
            service: The service.
            method: The name of the client's method.
            make_request: Takes the project and returns the request.
        """
        try:
            request = make_request(self.project())
            getattr(self._client(service), method)(request=request, timeout=self._timeout, retry=self._retry())
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            self._complain(service, error)
            return False
        return True

    def close(self) -> None:
        """Close the channels."""
        with self._lock:
            clients, self._clients = self._clients, {}
            is_own = self._process == os.getpid()
        for _, channel in clients.values() if is_own else ():
            channel.close()

    def _client(self, service: Service) -> Any:
        with self._lock:
            if self._process != os.getpid():  # a forked process shares no channel
                self._clients = {}
                self._process = os.getpid()
            if service.label not in self._clients:
                self._clients[service.label] = self._made(service)
            return self._clients[service.label][0]

    def _made(self, service: Service) -> tuple[Any, Any]:
        client, transport = (_loaded(*names) for names in (service.client, service.transport))
        if self._channel is not None:
            channel = self._channel(service.host)
        else:
            channel = transport.create_channel(service.host, credentials=self._authenticated(), scopes=_SCOPES)
        return client(transport=transport(channel=channel)), channel

    def _authenticated(self) -> Any:
        if self._credentials is None:
            auth: Any = importlib.import_module('google.auth')
            self._credentials, project = auth.default(scopes=_SCOPES)
            self._project = self._project or project
        return self._credentials

    def _retry(self) -> Any:
        retry: Any = importlib.import_module('google.api_core.retry')
        exceptions: Any = importlib.import_module('google.api_core.exceptions')
        passing = retry.if_exception_type(exceptions.ServiceUnavailable, exceptions.ResourceExhausted)
        return retry.Retry(predicate=passing, initial=0.25, maximum=4, multiplier=2, timeout=self._timeout)

    def _complain(self, service: Service, error: Exception) -> None:
        kind, message = _described(service, error)
        with self._lock:
            is_new = (service.label, kind) not in self._said
            self._said.add((service.label, kind))
        if is_new:
            LOGGER.warning('%s: %s. More of this kind is not logged.', service.label, message)


def _described(service: Service, error: Exception) -> tuple[str, str]:
    """Return the kind of an error and what to say about it."""
    code = getattr(getattr(error, 'grpc_status_code', None), 'name', '')
    text = ' '.join(str(getattr(error, 'message', None) or error).split())[:300].rstrip('.')
    if code in _REFUSALS:
        advice = f'Check GOOGLE_APPLICATION_CREDENTIALS (or credentials=) and the role {service.role}'
        return code, f'refused with {code}: {text}. {advice}'
    if type(error).__module__.startswith('google.auth'):
        advice = 'Check GOOGLE_APPLICATION_CREDENTIALS (or credentials=)'
        return 'credentials', f'not reached, as there are no usable credentials: {text}. {advice}'
    if isinstance(error, GenkitError):
        return error.status, f'not reached, as {text}'
    return code or type(error).__name__, f'did not take what was sent: {code or type(error).__name__}: {text}'


def load_early(services: Sequence[Service]) -> None:
    """Load the clients of services in the background, which takes seconds.

    A process that forks, or ends, waits for that: half a module is of no use to a child, and an export that begins when
    the program ends would take too long.
    """

    def load() -> None:
        for service in services:
            with contextlib.suppress(Exception):  # it is raised again, and logged, where the client is used
                _loaded(*service.client)
                _loaded(*service.transport)

    thread = threading.Thread(target=load, name='Google Cloud clients', daemon=True)
    if hasattr(os, 'register_at_fork'):
        os.register_at_fork(before=lambda: _wait_for(thread))
    atexit.register(_wait_for, thread)
    thread.start()


def _wait_for(thread: threading.Thread) -> None:
    if thread is not threading.current_thread():
        thread.join(_LONGEST_LOAD)


def _loaded(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def raw_type(module: str, name: str) -> Any:
    """Return the class of a message without the wrapper, which would take most of the time."""
    return _loaded(module, name).meta.pb


def wrapped(module: str, name: str, message: Any) -> Any:
    """Return a request as the clients take it."""
    return _loaded(module, name).wrap(message)


def labels_of(resource: Mapping[str, str], project: str) -> dict[str, str]:
    """Return the labels of a process as a monitored resource of the type ``generic_task``."""
    return {'project_id': project, **resource}
