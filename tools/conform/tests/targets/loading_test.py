# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins and applications are loaded, or it is said why not."""

import pytest
from conform.model.errors import StartError
from conform.targets.loading import Application, load
from genkit import Genkit


def test_a_plugin_is_made_with_its_settings(zoo):
    ai = load(Application(plugin='zoo', config={'word': 'Hello'}))
    assert getattr(ai.registry.plugins['zoo'], 'word') == 'Hello'  # noqa: B009 - the class is the test's


@pytest.mark.parametrize(
    ('plugin', 'config', 'message'),
    [
        ('zo', {}, "No plugin 'zo' is installed. Did you mean 'zoo'? There are: "),
        ('bad', {}, "The plugin 'bad' gives <class 'tested_zoo.NoPlugin'>, expected a class of plugins."),
        ('zoo', {'api_key': 'wrong'}, "Loading the plugin 'zoo' raised RuntimeError: the key is refused"),
        ('zoo', {'wrod': 'x'}, "Loading the plugin 'zoo' raised TypeError: Zoo.__init__() got an unexpected keyword"),
    ],
)
def test_a_plugin_that_cannot_be_made_is_refused(zoo, plugin, config, message):
    with pytest.raises(StartError) as caught:
        load(Application(plugin=plugin, config=config))
    assert caught.value.message.startswith(message)


def test_the_entry_is_a_file_or_a_module(write, tmp_path):
    write('tested_app.py', 'from genkit import Genkit\nai = Genkit(name="one")\nother = Genkit(name="two")\n')
    folder = str(tmp_path)
    names = [
        load(Application(entry=entry, folder=folder)).name
        for entry in ('tested_app', 'tested_app:other', 'tested_app.py', 'tested_app.py:other')
    ]
    assert names == ['one', 'two', 'one', 'two']


def test_a_file_is_a_module_of_its_own_with_its_folder_in_reach(write, tmp_path):
    write('tested_beside.py', 'NAME = "beside"')
    text = """
from __future__ import annotations
from dataclasses import KW_ONLY, dataclass
from genkit import Genkit
from tested_beside import NAME

@dataclass
class Point:
    _: KW_ONLY
    x: int

ai = Genkit(name=f'{__name__} {NAME}')
"""
    write('main.py', text)
    ai = load(Application(entry='main.py', folder=str(tmp_path)))
    assert isinstance(ai, Genkit)
    assert ai.name == 'conform_entry beside'


@pytest.mark.parametrize(
    ('text', 'entry', 'message'),
    [
        ('', 'main.py', "'main.py' holds no 'ai'; name the Genkit instance: --entry main.py:NAME."),
        ('ai = 1', 'main.py', "Loading the entry 'main.py' gave int, expected a Genkit instance."),
        ('1 / 0', 'main.py', "Loading the entry 'main.py' raised ZeroDivisionError: division by zero"),
        ('raise SystemExit(3)', 'main.py', "Loading the entry 'main.py' raised SystemExit: 3"),
        ('', 'absent:ai', "Loading the entry 'absent:ai' raised ModuleNotFoundError: No module named 'absent'"),
        ('', 'absent.py', 'There is no file '),
    ],
)
def test_an_entry_that_gives_no_application_is_refused(write, tmp_path, text, entry, message):
    write('main.py', text)
    with pytest.raises(StartError) as caught:
        load(Application(entry=entry, folder=str(tmp_path)))
    assert caught.value.message.startswith(message)
