# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How big a room may grow before it has to be divided."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .doors import requirements
from .finding import Finding
from .syntax import parse
from .tree import files, members, place


SOURCE_LINES = 500
TEST_LINES = 1000
FUNCTION_LINES = 60  # the docstring is not counted
CLASS_LINES = 400
PARAMETERS = 8
FOLDER_MODULES = 15
SAMPLE_LINES = 150
OPENAI_SHAPED_LINES = 200
COMMAND_LINES = 15

FACADE = 'core/src/genkit/_genkit/'  # spells every option once, as typed keywords
OPENAI_WIRE = 'genkit-plugin-compat-oai'
Function = ast.FunctionDef | ast.AsyncFunctionDef


def check(root: Path) -> list[Finding]:
    findings: list[Finding] = []
    for path in files(root, '**/*.py'):
        where = place(root, path)
        findings += _file(where, path)
        findings += _definitions(where, parse(path))
    return [*findings, *_folders(root), *_openai_shaped(root), *_commands(root)]


def _file(where: str, path: Path) -> Iterator[Finding]:
    lines = _count_lines(path)
    if _is_sample(where):
        limit, remedy = SAMPLE_LINES, 'show one thing less'
    elif 'tests' in where.split('/') or where.endswith('_test.py'):
        limit, remedy = TEST_LINES, 'divide it by what it tests'
    else:
        limit, remedy = SOURCE_LINES, 'divide it, one concept a file'
    if lines > limit:
        yield Finding(where, f'has {lines} lines of {limit}', remedy)


def _is_sample(where: str) -> bool:
    parts = where.split('/')
    return parts[0] == 'samples' and parts[2:] == ['main.py']


def _definitions(where: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and (lines := _span(node)) > CLASS_LINES:
            yield Finding(
                f'{where}:{node.lineno}', f'class `{node.name}` has {lines} lines', 'move a concern out of it'
            )
        if isinstance(node, Function):
            if (lines := _span(node) - _docstring_span(node)) > FUNCTION_LINES:
                yield Finding(f'{where}:{node.lineno}', f'`{node.name}` has {lines} lines', 'give its steps names')
            if (count := _parameters(node)) > PARAMETERS and not where.startswith(FACADE):
                yield Finding(
                    f'{where}:{node.lineno}', f'`{node.name}` takes {count} parameters', 'use an options type'
                )


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_span(node: Function) -> int:
    return _span(node.body[0]) if ast.get_docstring(node, clean=False) is not None else 0


def _parameters(node: Function) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    bound = names[:1] in (['self'], ['cls'])
    return len(names) + len(node.args.kwonlyargs) - bound


def _folders(root: Path) -> Iterator[Finding]:
    modules = Counter(path.parent for path in files(root, '**/*.py') if path.name != '__init__.py')
    for folder, count in modules.items():
        if count > FOLDER_MODULES:
            yield Finding(place(root, folder), f'holds {count} modules of {FOLDER_MODULES}', 'group some into a folder')


def _openai_shaped(root: Path) -> Iterator[Finding]:
    """Find classes that do more than say how the protocol is spoken; other endpoints have modules of their own."""
    for folder in members(root, 'plugins/*'):
        if OPENAI_WIRE not in requirements(folder):
            continue
        for path in files(root, f'{place(root, folder)}/src/**/*.py'):
            lines = _count_lines(path)
            if lines > OPENAI_SHAPED_LINES and any(map(_speaks_openai, ast.walk(parse(path)))):
                problem = (
                    f'has {lines} lines, {OPENAI_SHAPED_LINES} being enough for the class of an OpenAI-shaped provider'
                )
                yield Finding(place(root, path), problem, f'move what is not peculiar to it into {OPENAI_WIRE}')


def _speaks_openai(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(getattr(base, 'id', '') == 'OpenAICompatible' for base in node.bases)


def _commands(root: Path) -> Iterator[Finding]:
    for path in files(root, 'bin/*'):
        if (lines := _count_lines(path)) > COMMAND_LINES:
            yield Finding(place(root, path), f'has {lines} lines of {COMMAND_LINES}', 'move the work into a package')


def _count_lines(path: Path) -> int:
    return len(path.read_text('utf-8').splitlines())
