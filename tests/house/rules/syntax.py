# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a Python file imports and defines, read from its syntax tree without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import name` with the relative dots resolved."""

    line: int
    module: str
    name: str | None = None

    @property
    def target(self) -> str:
        return f'{self.module}.{self.name}' if self.name else self.module


def parse(path: Path) -> ast.Module:
    return _parse(path, path.stat().st_mtime_ns)


def imports(path: Path, home: Path) -> Iterator[Import]:
    """Yields every import of a file: at the top, inside functions, for types only, and by a literal name.

    `home` is the folder on the import path, from which relative imports are resolved.
    """
    package = module_name(path, home).split('.')
    if path.name != '__init__.py':
        package.pop()
    for node in ast.walk(parse(path)):
        match node:
            case ast.Import():
                yield from (Import(node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom():
                above = package[: len(package) - node.level + 1] if node.level else []
                module = '.'.join([*above, *([node.module] if node.module else [])])
                yield from (Import(node.lineno, module, alias.name) for alias in node.names)
            case ast.Call(
                func=ast.Name(id='import_module' | 'required') | ast.Attribute(attr='import_module'),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield Import(node.lineno, name)
            case _:
                pass


def module_name(path: Path, home: Path) -> str:
    parts = path.relative_to(home).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


@lru_cache(maxsize=4096)
def _parse(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text('utf-8'), str(path))
