# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable, Iterator

import pytest
from genkit.plugin import add_span_exporter, flush_exporters
from opentelemetry.sdk.trace import ReadableSpan
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
def recorded() -> InMemorySpanExporter:
    made = InMemorySpanExporter()
    add_span_exporter(made)
    return made


@pytest.fixture
def spans(recorded: InMemorySpanExporter) -> Callable[[], list[ReadableSpan]]:
    """Give the spans that have ended since the test began."""
    flush_exporters(10)
    recorded.clear()

    def ended() -> list[ReadableSpan]:
        assert flush_exporters(10)
        return list(recorded.get_finished_spans())

    return ended
