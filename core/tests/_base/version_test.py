# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import importlib.metadata
from collections.abc import Iterator

import pytest
from genkit import GENKIT_CLIENT_HEADER, GENKIT_VERSION
from genkit._base.environment import is_dev_environment
from genkit._base.version import set_client_header
from genkit.plugin import client_header


@pytest.fixture(autouse=True)
def own_header() -> Iterator[None]:
    yield
    set_client_header(None)


def test_the_version_is_that_of_the_distribution():
    assert importlib.metadata.version('genkit') == GENKIT_VERSION


def test_the_client_header_names_sdk_and_version():
    assert client_header() == GENKIT_CLIENT_HEADER == f'genkit-python/{GENKIT_VERSION}'


def test_an_application_adds_its_own_words_to_the_header():
    set_client_header('my-app/2')
    assert client_header() == f'{GENKIT_CLIENT_HEADER} my-app/2'
    set_client_header(None)
    assert client_header() == GENKIT_CLIENT_HEADER


@pytest.mark.parametrize(('value', 'is_dev'), [('dev', True), ('prod', False), ('', False), (None, False)])
def test_only_the_developer_tools_make_a_process_a_development_one(monkeypatch, value, is_dev):
    if value is None:
        monkeypatch.delenv('GENKIT_ENV', raising=False)
    else:
        monkeypatch.setenv('GENKIT_ENV', value)
    assert is_dev_environment() is is_dev
