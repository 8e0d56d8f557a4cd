# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from releasekit.workspace.renaming import renamed_manifest, renamed_requirement, renamed_text


NAMES = {'kit': 'acme-kit', 'kit-plugin-x': 'acme-kit-plugin-x'}


@pytest.mark.parametrize(
    ('text', 'renamed'),
    [
        ('uv add kit kit-plugin-x', 'uv add acme-kit acme-kit-plugin-x'),
        ('`pip install "kit[web]>=1"`', '`pip install "acme-kit[web]>=1"`'),
        ('a line about kit[web] and Kit-Plugin.X', 'a line about acme-kit[web] and acme-kit-plugin-x'),
        ('uvx kit check', 'uvx --from acme-kit kit check'),
        ('[kit-plugin-x](plugins/x/README.md)', '[acme-kit-plugin-x](plugins/x/README.md)'),
        ('the kit-plugin-x package.\n', 'the acme-kit-plugin-x package.\n'),
    ],
)
def test_names_are_changed_where_distributions_are_meant(text, renamed):
    assert renamed_text(text, NAMES) == renamed


@pytest.mark.parametrize(
    'text',
    [
        'from kit import Kit',
        'a kit of tools',
        'https://example.com/kit-plugin-x',
        'plugins/kit-plugin-x/README.md',
        'uv add --editable CHECKOUT/kit',
        'kit-plugin-x-more and my-kit-plugin-x',
        'name@kit-plugin-x',
        'npm install -g kit-cli',
    ],
)
def test_words_paths_addresses_and_imports_stay(text):
    assert renamed_text(text, NAMES) == text


def test_a_requirement_keeps_extras_range_and_marker():
    text = "Kit[web] >=1,<2 ; python_version < '3.13'"
    assert renamed_requirement(text, NAMES) == "acme-kit[web] >=1,<2 ; python_version < '3.13'"
    assert renamed_requirement('kitten>=1', NAMES) == 'kitten>=1'


def test_a_manifest_is_renamed_wherever_it_names_a_distribution():
    text = """\
[project]
name = "kit-plugin-x"  # its name
dependencies = ["kit>=1", "idna"]
optional-dependencies = { all = ["kit-plugin-x[y]"] }

[build-system]
requires = ["hatchling", "kit"]

[dependency-groups]
test = ["kit[web]", { include-group = "dev" }]
dev = []

[tool.uv.sources]
kit = { workspace = true }

[tool.releasekit]
core = "kit"
plugin-prefix = "kit-plugin-"
groups = { all = { members = ["kit", "kit-*"] } }

[tool.releasekit.packages.kit-plugin-x]
formerly = ["old"]
"""
    renamed = renamed_manifest(text, NAMES, 'acme-')
    assert 'name = "acme-kit-plugin-x"  # its name' in renamed
    assert '["acme-kit>=1", "idna"]' in renamed
    assert '["acme-kit-plugin-x[y]"]' in renamed
    assert '["hatchling", "acme-kit"]' in renamed
    assert '["acme-kit[web]", { include-group = "dev" }]' in renamed
    assert 'acme-kit = { workspace = true }' in renamed
    assert 'core = "acme-kit"\nplugin-prefix = "acme-kit-plugin-"' in renamed
    assert 'members = ["acme-kit", "kit-*"]' in renamed
    assert '[tool.releasekit.packages.acme-kit-plugin-x]' in renamed
    assert renamed_manifest(renamed, {}, '') == renamed


def test_a_manifest_keeps_its_byte_order_mark_and_its_line_ends():
    text = '\ufeff[project]\r\nname = "kit"\r\ndependencies = ["kit-plugin-x"]\r\n'
    expected = '\ufeff[project]\r\nname = "acme-kit"\r\ndependencies = ["acme-kit-plugin-x"]\r\n'
    assert renamed_manifest(text, NAMES, 'acme-') == expected
