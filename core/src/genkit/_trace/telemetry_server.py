# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sends spans and logs to the developer tools' telemetry server."""

import atexit
import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from genkit._base.serialize import dump_json
from genkit._trace.logs import export_logs
from genkit._trace.outbox import Outbox
from genkit._trace.provider import add_span_exporter, flush_exporters


if TYPE_CHECKING:
    from httpx import Client

_LOGGER: Final = logging.getLogger('genkit.trace')
_TIMEOUT_SECONDS: Final = 5.0


class TelemetryServer:
    """Posts to the first of the known servers that can be reached.

    More than one may be known: each run of the developer tools brings its own, all over one folder. Failures are logged
    once and then only counted against the server that failed.

    Args:
        url: The server that the environment names; nothing is sent before a first one is known.
        live: Whether spans are also sent when they begin.
    """

    def __init__(self, url: str | None = None, *, live: bool = True) -> None:
        self._urls: list[str] = []
        self._fixed = bool(url)
        self._live = live
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._logs: Outbox[Any] | None = None
        self._failing = False
        if url:
            self._add(url)

    @property
    def url(self) -> str | None:
        """The server in use."""
        return self._urls[0] if self._urls else None

    def adopt(self, url: str) -> None:
        """Use a server that became known later, unless the environment named one."""
        if not self._fixed:
            self._add(url)

    def flush(self, seconds: float = 1.0) -> None:
        """Wait a moment until what has ended is sent; not at all while the server cannot be reached."""
        if self._failing or not self._urls:
            return
        flush_exporters(seconds)
        if self._logs is not None:
            self._logs.flush(seconds)

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        """Post JSON; runs in an outbox's thread."""
        content = dump_json(body).encode()
        for url in list(self._urls):
            try:
                answer = self._http().post(url + path, content=content)
                answer.raise_for_status()
            except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
                self._failed(url, error)
            else:
                self._failing = False
                return

    def close(self) -> None:
        """Let go of the connection; what is sent later makes another one."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _failed(self, url: str, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            _LOGGER.info('The telemetry server %s did not take a trace: %r', url, error)
        with self._lock:
            if self._urls[0] == url:  # the others get their turn first from now on
                self._urls.append(self._urls.pop(0))

    def _http(self) -> 'Client':
        from httpx import Client  # noqa: PLC0415  (loaded when the first trace is sent)

        with self._lock:  # spans and logs are sent from a thread each
            if self._client is None:
                self._client = Client(
                    timeout=_TIMEOUT_SECONDS, trust_env=False, headers={'content-type': 'application/json'}
                )
            return self._client

    def _add(self, url: str) -> None:
        with self._lock:
            first = not self._urls
            if url.rstrip('/') not in self._urls:
                self._urls.append(url.rstrip('/'))
        if first:
            self._start()

    def _start(self) -> None:
        from genkit._trace.live_export import EndedSpans, LiveSpans  # noqa: PLC0415  (needs the SDK of OpenTelemetry)

        atexit.register(self.close)  # before those that send what is left, so that it comes after them
        add_span_exporter((LiveSpans if self._live else EndedSpans)(self.post))
        if os.environ.get('GENKIT_OTEL_ENABLE_LOGS') != 'false':
            self._logs = export_logs(self.post)
