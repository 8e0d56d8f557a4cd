# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest

from .engines import Engine, best_engine, google_engine, npm_engine


@pytest.fixture(scope='session')
def google() -> Iterator[Engine]:
    with google_engine() as engine:
        yield engine


@pytest.fixture(scope='session')
def best() -> Iterator[Engine]:
    with best_engine() as engine:
        yield engine


@pytest.fixture(scope='session')
def npm() -> Iterator[Engine]:
    with npm_engine() as engine:
        yield engine
