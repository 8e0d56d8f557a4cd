# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which index a name means."""

import pytest
from releasekit.index.addresses import address_of
from releasekit.model.errors import UsageError
from releasekit.workspace.load import load_workspace


@pytest.mark.parametrize('name', ['pypi', 'testpypi'])
def test_public_indexes_need_no_entry(good, name):
    found = address_of(load_workspace(good.root), name)
    assert found.name == name
    assert found.url.startswith('https://')
    assert found.url.endswith('/simple/')
    assert found.upload_url.startswith('https://')


def test_an_entry_of_the_workspace_comes_before(good):
    good.append(
        'pyproject.toml',
        '[[tool.uv.index]]\nname = "pypi"\nurl = "https://mirror.test/simple"\npublish-url = "https://mirror.test/up"\n',
    )
    found = address_of(load_workspace(good.root), 'pypi')
    assert (found.url, found.upload_url) == ('https://mirror.test/simple', 'https://mirror.test/up')


def test_an_unknown_name_is_refused_with_those_that_are_known(good):
    with pytest.raises(
        UsageError, match=r"no index is called 'testpipy'\. Did you mean 'testpypi'\?.*local, pypi, testpypi"
    ):
        address_of(load_workspace(good.root), 'testpipy')
