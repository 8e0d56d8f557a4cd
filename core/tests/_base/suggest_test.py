# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit._base.suggest import how_to_install
from genkit.plugin import did_you_mean


@pytest.mark.parametrize(
    ('name', 'known', 'hint'),
    [
        ('gret', ['greet', 'bye'], " Did you mean 'greet'?"),
        ('groq/lama-3', ['groq/llama-3.3', 'ollama/qwen'], " Did you mean 'groq/llama-3.3'?"),
        ('llama-3.3', ['provider/with/llama-3.3'], " Did you mean 'provider/with/llama-3.3'?"),
        ('xyz', ['greet', 'bye'], ''),
        ('greet', [], ''),
    ],
)
def test_the_nearest_known_name_is_offered_if_it_is_near(name, known, hint):
    assert did_you_mean(name, known) == hint


def test_names_may_come_from_a_generator():
    assert did_you_mean('flwo', (name for name in ('flow', 'tool'))) == " Did you mean 'flow'?"


@pytest.mark.parametrize(
    ('distribution', 'command'),
    [
        ('genkit', '`uv add --editable CHECKOUT/core`, where CHECKOUT is a clone'),
        ('genkit[web]', "`uv add --editable 'CHECKOUT/core[web]'`, where"),
        ('genkit-plugin-groq', '`uv add --editable CHECKOUT/plugins/groq`, where'),
    ],
)
def test_a_package_of_this_project_is_installed_from_its_clone(distribution: str, command: str) -> None:
    assert command in how_to_install(distribution)
    assert command.replace('uv add', 'uv add --dev') in how_to_install(distribution, dev=True)
