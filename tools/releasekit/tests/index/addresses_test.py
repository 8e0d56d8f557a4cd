# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which index a name means."""

import pytest
from releasekit.index.addresses import address_of
from releasekit.model.errors import UsageError
from releasekit.workspace.load import load_workspace


@pytest.fixture(autouse=True)
def _no_other_index(monkeypatch):
    for name in ('UV_DEFAULT_INDEX', 'UV_INDEX_URL', 'UV_PUBLISH_URL'):
        monkeypatch.delenv(name, raising=False)


def test_the_public_index_is_where_uv_has_it(good):
    found = address_of(load_workspace(good.root), 'pypi')
    assert found.name == 'pypi'
    assert found.url.startswith('https://')
    assert found.url.endswith('/simple')
    assert found.upload_url.startswith('https://upload.')


def test_the_environment_of_uv_says_otherwise(good, monkeypatch):
    monkeypatch.setenv('UV_DEFAULT_INDEX', 'https://mirror.test/simple')
    monkeypatch.setenv('UV_PUBLISH_URL', 'https://mirror.test/up')
    found = address_of(load_workspace(good.root), 'pypi')
    assert (found.url, found.upload_url) == ('https://mirror.test/simple', 'https://mirror.test/up')


def test_an_entry_of_the_workspace_comes_before(good, monkeypatch):
    monkeypatch.setenv('UV_DEFAULT_INDEX', 'https://elsewhere.test/simple')
    good.append(
        'pyproject.toml',
        '[[tool.uv.index]]\nname = "pypi"\nurl = "https://mirror.test/simple"\npublish-url = "https://mirror.test/up"\n',
    )
    found = address_of(load_workspace(good.root), 'pypi')
    assert (found.url, found.upload_url) == ('https://mirror.test/simple', 'https://mirror.test/up')


def test_an_unknown_name_is_refused_with_those_that_are_known(good):
    with pytest.raises(UsageError, match=r"no index is called 'pypii'\. Did you mean 'pypi'\?.*local, pypi"):
        address_of(load_workspace(good.root), 'pypii')
