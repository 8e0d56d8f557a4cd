# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The table `[tool.releasekit]`."""

import tomllib
from pathlib import Path

import pytest
from releasekit.model.configuration import Configuration, read_configuration
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest


def read(text):
    return read_configuration(Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', text, tomllib.loads(text)))


def test_every_value_has_a_default():
    assert read('') == Configuration()
    assert read('').internal_prefixes == ('genkit-plugin-', 'genkit-sample-')


def test_values_replace_defaults():
    found = read('[tool.releasekit]\nplugin-prefix = "acme-"\npythons = ["3.13"]\nskip = ["cycles"]')
    assert found == Configuration(plugin_prefix='acme-', pythons=('3.13',), skip=('cycles',))


def test_an_unknown_key_is_named_with_the_one_that_was_meant():
    with pytest.raises(WorkspaceError) as raised:
        read('[tool.releasekit]\nplugin-prefx = "acme-"')
    assert str(raised.value).startswith(
        "pyproject.toml:2: unknown key 'plugin-prefx' in [tool.releasekit]. Did you mean "
    )
    assert "'plugin-prefix'" in str(raised.value)


def test_a_value_of_the_wrong_shape_is_named():
    with pytest.raises(
        WorkspaceError, match=r'pyproject\.toml:2: `tool\.releasekit\.pythons` must be a list of strings'
    ):
        read('[tool.releasekit]\npythons = "3.13"')
