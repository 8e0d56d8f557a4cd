# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Telemetry servers, and what sends to them, taken away again after a test."""

import logging
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from genkit._trace import provider
from genkit._trace.telemetry_server import TelemetryServer

from .receiver import TelemetryReceiver


@pytest.fixture
def receiver() -> Iterator[TelemetryReceiver]:
    with TelemetryReceiver() as made:
        yield made


@pytest.fixture
def exporting(untraced: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., TelemetryServer]]:
    """Return a function that makes a `TelemetryServer`, for a process that exports nothing yet."""
    monkeypatch.setattr(provider._Tracing, 'processors', [])
    monkeypatch.delenv('GENKIT_OTEL_ENABLE_LOGS', raising=False)
    make_record = logging.getLogRecordFactory()
    made: list[TelemetryServer] = []

    def make(url: str | None = None, *, live: bool = True) -> TelemetryServer:
        made.append(TelemetryServer(url, live=live))
        return made[-1]

    yield make
    logging.setLogRecordFactory(make_record)
    for server in made:
        if server._logs is not None:
            server._logs.close()
        if provider._Tracing.own is not None:
            provider._Tracing.own.shutdown()
        server.close()


@pytest.fixture
def run_app(tmp_path: Path) -> Callable[..., 'subprocess.CompletedProcess[str]']:
    """Return a function that runs a program as the tools would, without their waiting for it."""
    (tmp_path / 'pyproject.toml').touch()

    def run(program: str, url: str, **environment: str) -> 'subprocess.CompletedProcess[str]':
        inherited = {name: value for name, value in os.environ.items() if not name.startswith('GENKIT_')}
        tools = {
            'GENKIT_ENV': 'dev',
            'GENKIT_TELEMETRY_SERVER': url,
            'GENKIT_ENABLE_REALTIME_TELEMETRY': 'true',
        }
        return subprocess.run(
            [sys.executable, '-W', 'error', '-c', textwrap.dedent(program)],  # not a script: it ends when it ends
            cwd=tmp_path,
            env={**inherited, **tools, **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return run
