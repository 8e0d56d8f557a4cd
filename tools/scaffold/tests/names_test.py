# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from scaffold.names import PACKAGES, described, names_page, shown_in, stale_names


ROOT = Path(__file__).parents[3]


def test_every_public_name_stands_on_the_page_with_the_page_that_shows_it_or_as_advanced():
    page = names_page({'Genkit': '[Generating](generate.md)'})
    assert '| [Generating](generate.md) |' in next(
        line for line in page.splitlines() if line.startswith('| `Genkit` |')
    )
    for package, _ in PACKAGES:
        section = page.partition(f'## `{package}`\n')[2].partition('\n## ')[0]
        assert [line.split('`')[1] for line in section.splitlines() if line.startswith('| `')] == [
            *import_module(package).__all__
        ]


@pytest.mark.parametrize('package', [package for package, _ in PACKAGES])
def test_every_public_class_and_function_says_what_it_is(package: str):
    module = import_module(package)
    named = {name: getattr(module, name) for name in module.__all__}
    silent = [
        name
        for name, value in named.items()
        if (inspect.isclass(value) or inspect.isroutine(value)) and not described(module, name)
    ]
    assert silent == []


def test_values_and_aliases_say_of_which_type_they_are():
    module = ModuleType('m')
    vars(module).update(LIMIT=7, Either=int | str)
    assert (described(module, 'LIMIT'), described(module, 'Either')) == ('`int`', 'an alias of a type')


def test_the_first_page_of_the_index_that_holds_a_name_shows_it(tmp_path: Path):
    guide = tmp_path / 'docs' / 'guide'
    guide.mkdir(parents=True)
    (tmp_path / 'docs/README.md').write_text('[B](guide/b.md) [A](guide/a.md)')
    (guide / 'a.md').write_text('# Page A\n\nretrieve and embed')
    (guide / 'b.md').write_text('# Page B\n\nretrieve')
    shown = shown_in(tmp_path)
    assert (shown['retrieve'], shown['embed']) == ('[Page B](b.md)', '[Page A](a.md)')
    assert [path.name for path, _ in stale_names(tmp_path)] == ['names.md']


def test_without_a_guide_there_is_no_page(tmp_path: Path):
    assert list(stale_names(tmp_path)) == []
