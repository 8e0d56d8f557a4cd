# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Small mistakes that could be made in a source file, one at a time."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_STATUSES = {'INVALID_ARGUMENT', 'NOT_FOUND', 'ABORTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'FAILED_PRECONDITION'}
_STATUSES |= {'PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', 'CANCELLED'}
_LOGGERS = {'debug', 'info', 'warning', 'error', 'exception', 'log'}
_UNTESTED = {'__repr__', '__str__', '__init_subclass__'}


@dataclass(frozen=True)
class Mutant:
    """A source file with one mistake.

    Attributes:
        path: The file.
        line: Where the mistake is.
        change: What was there, and what is there now.
        place: Which of the pieces that can be changed is changed.
        variant: Into which of the things that it could be.
    """

    path: Path
    line: int
    change: str
    place: int
    variant: int

    def rank(self, root: Path) -> str:
        """Return where it stands among all: the same place as long as file and mistake are the same."""
        known = f'{self.path.relative_to(root).as_posix()} {self.change}'
        return hashlib.sha256(known.encode()).hexdigest()

    def source(self) -> str:
        """Return the whole file, with the mistake in it."""
        tree = ast.parse(self.path.read_text(encoding='utf-8'))
        old = list(_places(tree))[self.place]
        new = list(_variants(old))[self.variant]
        return ast.unparse(ast.fix_missing_locations(_Replacement(old, new).visit(tree)))


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield a file with each mistake that makes a difference; what only people or type checkers read is left alone."""
    seen: Counter[str] = Counter()
    for place, node in enumerate(_places(ast.parse(path.read_text(encoding='utf-8')))):
        for variant, new in enumerate(_variants(node)):
            change = f'{_short(node)} -> {_short(new) if new is not None else "nothing"}'
            seen[change] += 1
            times = f' ({seen[change]})' if seen[change] > 1 else ''
            yield Mutant(path, node.lineno, change + times, place, variant)


class _Replacement(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._old:
            return self._new if self._new is not None else ast.Pass()
        return self.generic_visit(node)


def _places(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Yield what can be changed, inside functions alone: above them stand types, tables and names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name not in _UNTESTED and not any(_is_overload(each) for each in node.decorator_list):
                for statement in node.body:
                    yield from _inside(statement)
        elif isinstance(node, ast.ClassDef) and not any('Protocol' in ast.unparse(base) for base in node.bases):
            yield from _places(node)


def _inside(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    if _is_unread(node):
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for name, value in ast.iter_fields(node):
        if name in {'annotation', 'returns', 'type_comment', 'decorator_list'}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child)


def _is_overload(node: ast.expr) -> bool:
    return ast.unparse(node).endswith(('overload', 'abstractmethod'))


def _is_unread(node: ast.AST) -> bool:
    """Return whether nothing but a person reads a piece: docstrings, logs, texts of messages, casts."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
        return True
    called = node.value if isinstance(node, ast.Expr) else node
    if not isinstance(called, ast.Call):
        return False
    function = called.func
    return isinstance(function, ast.Attribute) and function.attr in _LOGGERS and 'log' in ast.unparse(function).lower()


def _variants(node: ast.AST) -> Iterator[ast.AST | None]:
    """Yield what could stand in the place of a piece; None for nothing at all."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield from _branches(node)
    elif isinstance(node, ast.Return):
        if node.value is not None and not isinstance(node.value, ast.Constant):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise | ast.Expr | ast.AugAssign | ast.Continue | ast.Break):
        yield None


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, str) and value in _STATUSES:
        yield ast.Constant('UNKNOWN')


def _branches(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif node.orelse:
        yield ast.If(node.test, node.orelse, node.body)
    else:
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, [])


def _short(node: ast.AST) -> str:
    return ' '.join(ast.unparse(node).split())[:100]
