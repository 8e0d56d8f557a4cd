# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest
from genkit.plugin import add_span_exporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from .engines import Engine, best_engine, google_engine, npm_engine
from .firestore_server import FirestoreServer


@pytest.fixture(scope='session')
def google() -> Iterator[Engine]:
    with google_engine() as engine:
        yield engine


@pytest.fixture(scope='session')
def best() -> Iterator[Engine]:
    with best_engine() as engine:
        yield engine


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FirestoreServer]:
    with FirestoreServer() as running:
        monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', running.host)
        yield running


@pytest.fixture(scope='session')
def npm() -> Iterator[Engine]:
    with npm_engine() as engine:
        yield engine


@pytest.fixture(scope='session')
def exporter() -> InMemorySpanExporter:
    """What has been recorded since the first test that asked for it."""
    recorded = InMemorySpanExporter()
    add_span_exporter(recorded)
    return recorded
