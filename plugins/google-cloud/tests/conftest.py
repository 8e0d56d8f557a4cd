# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An environment without Google Cloud, and what a test enabled taken away after it."""

import logging
import os
from collections.abc import Iterator

import pytest
from genkit_google_cloud.enable import _STARTED

from .receiver import GoogleCloud


_PREFIXES = ('GOOGLE_', 'GCLOUD_', 'K_', 'FUNCTION_', 'GAE_', 'OTEL_', 'CLOUDSDK_')


def _close_all() -> None:
    for _, telemetry in list(_STARTED._started.values()):
        telemetry.close(1)


@pytest.fixture(autouse=True)
def no_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in os.environ:
        if name.startswith(_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.delenv('GENKIT_ENV', raising=False)
    monkeypatch.setenv('NO_GCE_CHECK', 'true')
    make_record = logging.getLogRecordFactory()
    yield
    _close_all()
    logging.setLogRecordFactory(make_record)


@pytest.fixture
def cloud() -> Iterator[GoogleCloud]:
    with GoogleCloud() as made:
        yield made
        _close_all()  # while there is something to send to


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Return the lines that the plugin logs, as ``messages``."""
    caplog.set_level(logging.INFO, logger='genkit.google_cloud')
    return caplog
