# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every public method of `Genkit` is called in a Python block of the documentation, where `blocks_test` runs it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from genkit import Genkit

from .blocks_test import ROOT, SKIPPED, blocks_of


METHODS = sorted(name for name in dir(Genkit) if not name.startswith('_') and callable(getattr(Genkit, name)))


def documents() -> list[Path]:
    """Return the pages of docs/ and every README."""
    found = [*ROOT.glob('docs/**/*.md'), *ROOT.rglob('README.md')]
    return sorted({page for page in found if not any(part in SKIPPED for part in page.relative_to(ROOT).parts)})


def missing_methods(texts: Iterable[str]) -> list[str]:
    """Return the methods that no block of these pages calls."""
    shown = {name for text in texts for name in called_methods(text)}
    return [method for method in METHODS if method not in shown]


def called_methods(text: str) -> set[str]:
    """Return what a page calls, as a function or as a decorator, on `Genkit` or on a name that holds one."""
    trees = [ast.parse(source) for _, source in blocks_of(text)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    holders = {'Genkit', *(name for node in nodes for name in holders_of(node))}
    return {
        callee.attr
        for node in nodes
        for callee in callees(node)
        if isinstance(callee, ast.Attribute) and (is_name(callee.value, holders) or makes_genkit(callee.value))
    }


def holders_of(node: ast.AST) -> Iterator[str]:
    """Yield the names that an assignment of ``Genkit(…)`` binds."""
    if isinstance(node, ast.Assign) and makes_genkit(node.value):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def callees(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a call calls, and what decorates a definition without being called."""
    if isinstance(node, ast.Call):
        yield node.func
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from node.decorator_list


def makes_genkit(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and is_name(node.func, {'Genkit'})


def is_name(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def test_every_method_of_genkit_is_called_in_the_documentation():
    missing = missing_methods(page.read_text(encoding='utf-8') for page in documents())
    assert not missing, f'No block of docs/ or of a README calls Genkit.{", Genkit.".join(missing)}.'


def test_a_method_that_no_page_calls_is_named():
    every = '\n'.join(f'ai.{method}()' for method in METHODS if method != 'rerank')
    assert missing_methods([f'```python\nai = Genkit()\n{every}\n```\n']) == ['rerank']


@pytest.mark.parametrize(
    'source',
    [
        'ai = Genkit()\n\n\n@ai.flow()\nasync def f(): ...',
        'ai = Genkit()\n\n\n@ai.flow\nasync def f(): ...',
        'app = ai = Genkit(model="m")\napp.flow("x")(print)',
        'Genkit().flow("x")(print)',
        'Genkit.flow(None)',
        'ai = Genkit()\nasync for chunk in ai.flow().stream():\n    await chunk',
    ],
)
def test_calls_and_decorators_count(source):
    assert called_methods(f'```python\n{source}\n```\n') == {'flow'}


@pytest.mark.parametrize(
    'text',
    [
        'Call `ai.flow()`.',
        '```text\nai = Genkit()\nai.flow()\n```\n',
        '```python\nai = Genkit()\nprint(ai.flow)\n```\n',
        '```python\nai = other()\nai.flow()\n```\n',
        '```python\n# ai = Genkit(); ai.flow()\n```\n',
    ],
)
def test_a_mention_or_the_method_of_something_else_does_not_count(text):
    assert called_methods(text) == set()


def test_a_name_holds_genkit_in_the_later_blocks_of_its_page_too():
    assert called_methods('```python\nai = Genkit()\n```\n\n```python\nai.flow()\n```\n') == {'flow'}
