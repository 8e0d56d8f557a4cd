# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An environment in which no backend is configured, and what was configured by a test taken away after it."""

import logging
import os
from collections.abc import Iterator

import pytest
from genkit_observability.configure import _STARTED


_PREFIXES = (
    *('APPLICATIONINSIGHTS_', 'AWS_', 'AXIOM_', 'CF_', 'DD_', 'GRAFANA_', 'HONEYCOMB_', 'LANGFUSE_'),
    *('OTEL_', 'PHOENIX_', 'SENTRY_'),
)


@pytest.fixture(autouse=True)
def no_backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in os.environ:
        if name.startswith(_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.delenv('GENKIT_ENV', raising=False)
    monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')
    monkeypatch.setenv('AWS_CONFIG_FILE', os.devnull)
    monkeypatch.setenv('AWS_SHARED_CREDENTIALS_FILE', os.devnull)
    make_record = logging.getLogRecordFactory()
    yield
    for _, telemetry in list(_STARTED._started.values()):
        telemetry.close(1)
    logging.setLogRecordFactory(make_record)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Return the lines that the plugin logs, as ``messages``."""
    caplog.set_level(logging.INFO, logger='genkit.observability')
    return caplog
