# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the names in a template that no input can have, as far as the schema of the input tells.

Where it does not tell, nothing is found: behind block parameters and ``@`` names, in partials, and in the blocks of
helpers of an application, which may render their inside with any value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

from genkit._prompt.dotprompt.handlebars.blocks import CONTROLS
from genkit._prompt.dotprompt.handlebars.evaluate import as_path
from genkit._prompt.dotprompt.handlebars.function import Helper
from genkit._prompt.dotprompt.handlebars.syntax import (
    Block,
    Call,
    Expression,
    Literal,
    Mustache,
    Partial,
    Path,
    Place,
    Program,
    Statement,
)


# The blocks of Dotprompt, whose inside sees what is seen outside.
_TRANSPARENT: Final = frozenset({'ifEquals', 'unlessEquals'})
_DEPTH: Final = 20


class UnknownName(NamedTuple):
    """A name that no input has.

    Attributes:
        name: The step of the path that leads nowhere.
        place: Where it stands.
        known: What there is in its place.
    """

    name: str
    place: Place
    known: list[str]


class Shape(NamedTuple):
    """A schema within a whole one.

    Attributes:
        schema: Of one value.
        root: Holds the definitions that it may refer to.
        is_closed: Whether an object has no more than its properties, unless it says otherwise.
    """

    schema: Mapping[str, Any]
    root: Mapping[str, Any]
    is_closed: bool

    def within(self, schema: Any) -> 'Shape | None':
        """Return another schema of the same whole; None for ``true`` and ``false``."""
        return self._replace(schema=cast('Mapping[str, Any]', schema)) if isinstance(schema, Mapping) else None


# What a value may be; empty if that is not known.
Shapes: TypeAlias = tuple[Shape, ...]


def unknown_names(program: Program, shapes: Shapes, helpers: Mapping[str, Helper]) -> list[UnknownName]:
    """Return the names that no input has, in the order in which they stand.

    Args:
        program: The template's tree.
        shapes: What the input may be.
        helpers: What a name may mean besides.
    """
    walk = _Walk(helpers)
    walk.program(program, _Seen((shapes,)))
    return walk.found


class _Seen(NamedTuple):
    """What is seen at a place: the values, from the outermost to that of ``this``, and the block parameters."""

    values: tuple[Shapes, ...]
    params: frozenset[str] = frozenset()

    def inside(self, shapes: Shapes, params: Sequence[str] = ()) -> '_Seen':
        return _Seen((*self.values, shapes), self.params.union(params))

    def unknown(self, params: Sequence[str] = ()) -> '_Seen':
        """Return what is seen where nothing is known, neither of the value nor of those around it."""
        return _Seen(((),), self.params.union(params))


class _Walk:
    def __init__(self, helpers: Mapping[str, Helper]) -> None:
        self._helpers = helpers
        self.found: list[UnknownName] = []

    def program(self, program: Program | None, seen: _Seen) -> None:
        for statement in program.body if program else ():
            self._statement(statement, seen)

    def _statement(self, statement: Statement, seen: _Seen) -> None:
        match statement:
            case Mustache():
                self._call(statement.call, seen)
            case Partial():
                self._arguments(statement.arguments, statement.hash, seen)
            case Block(kind='#'):
                self._block(statement, seen)
            case Block():
                self._arguments(statement.call.arguments, statement.call.hash, seen)
            case _:
                return

    def _block(self, block: Block, seen: _Seen) -> None:
        call, path = block.call, as_path(block.call.callee)
        is_value = not path.is_simple or path.steps[0] in seen.params
        name = '' if is_value else path.steps[0]
        params = block.program.block_params if block.program else []
        self._arguments(call.arguments, call.hash, seen)
        if name in self._helpers:
            inside = seen if name in _TRANSPARENT else seen.unknown(params)
            self.program(block.program, inside)
            self.program(block.inverse, inside)
            return
        if name in CONTROLS:
            value = call.arguments[0] if call.arguments else None
            inside = seen if name in {'if', 'unless'} else self._entered(value, seen, params, is_each=name == 'each')
        else:
            inside = self._entered(path, seen, params, is_each=False)
            self._look_up(path, seen)
        self.program(block.program, inside)
        self.program(block.inverse, seen)

    def _entered(self, value: Expression | None, seen: _Seen, params: Sequence[str], *, is_each: bool) -> _Seen:
        """Return what is seen inside ``each``, ``with`` and a value used as a block."""
        if not isinstance(value, Path) or not value.steps:
            return seen.unknown(params)
        shapes = self._shapes(value, seen)
        of_items = tuple(item for shape in shapes if (item := _item(shape)) is not None)
        if is_each or of_items:
            return seen.inside(of_items, params) if len(of_items) == len(shapes) else seen.unknown(params)
        are_objects = all(shape.schema.get('type') == 'object' for shape in shapes)
        return seen.inside(shapes, params) if shapes and are_objects else seen.unknown(params)

    def _call(self, call: Call, seen: _Seen) -> None:
        self._arguments(call.arguments, call.hash, seen)
        path = as_path(call.callee)
        helper = self._helpers.get(path.steps[0]) if path.is_simple and path.steps[0] not in seen.params else None
        if not call.has_arguments and (helper is None or helper.least > 0):
            self._look_up(path, seen)

    def _arguments(self, arguments: Sequence[Expression], named: Mapping[str, Expression], seen: _Seen) -> None:
        for expression in (*arguments, *named.values()):
            if isinstance(expression, Path):
                self._look_up(expression, seen)
            elif isinstance(expression, Call):
                self._arguments(expression.arguments, expression.hash, seen)
            else:
                assert isinstance(expression, Literal)

    def _look_up(self, path: Path, seen: _Seen) -> None:
        shapes = self._start(path, seen)
        for step in path.steps:
            if not shapes:
                return
            found = [_member(shape, step) for shape in shapes]
            if all(member is None for member in found):
                known = [name for shape in shapes for name in shape.schema['properties']]
                self.found.append(UnknownName(step, path.place, list(dict.fromkeys(known))))
                return
            shapes = _joined(found)

    def _shapes(self, path: Path, seen: _Seen) -> Shapes:
        """Return what a path leads to."""
        shapes = self._start(path, seen)
        for step in path.steps:
            shapes = _joined([_member(shape, step) for shape in shapes])
        return shapes

    @staticmethod
    def _start(path: Path, seen: _Seen) -> Shapes:
        is_param = bool(path.steps) and path.steps[0] in seen.params and not (path.depth or path.is_scoped)
        if path.is_data or is_param or path.depth >= len(seen.values):
            return ()
        return _expanded(seen.values[-1 - path.depth])


def _joined(found: Sequence[Shapes | None]) -> Shapes:
    """Return what several alternatives lead to; nothing is known if one of them does not tell."""
    if any(shapes == () for shapes in found):
        return ()
    return _expanded(tuple(shape for shapes in found for shape in shapes or ()))


def _member(shape: Shape, name: str) -> Shapes | None:
    """Return what a member may be: nothing if that is not known, None if there is no such member."""
    properties = shape.schema.get('properties')
    if shape.schema.get('type') != 'object' or not isinstance(properties, Mapping):
        return ()
    member = shape.within(cast('Mapping[str, Any]', properties).get(name))
    if member is not None:
        return (member,)
    if name in properties or 'patternProperties' in shape.schema:
        return ()
    more = shape.schema.get('additionalProperties', not shape.is_closed)
    return None if more is False else ()


def _item(shape: Shape) -> Shape | None:
    return shape.within(shape.schema.get('items')) if shape.schema.get('type') == 'array' else None


def _expanded(shapes: Shapes) -> Shapes:
    """Return shapes with references followed and alternatives apart, without null; nothing if one does not tell."""
    expanded = [each for shape in shapes for each in _alternatives(shape, _DEPTH)]
    return () if any(each is None for each in expanded) else tuple(each for each in expanded if each is not None)


def _alternatives(shape: Shape | None, depth: int) -> Iterator[Shape | None]:
    if shape is None or depth == 0:
        yield None
        return
    schema = shape.schema
    reference = schema.get('$ref')
    if isinstance(reference, str):
        name = reference.removeprefix('#/$defs/')
        yield from _alternatives(shape.within(cast('Any', shape.root.get('$defs') or {}).get(name)), depth - 1)
        return
    either = schema.get('anyOf') or schema.get('oneOf')
    if isinstance(either, list) and not schema.get('properties'):
        for each in cast('list[Any]', either):
            yield from _alternatives(shape.within(each), depth - 1)
    elif 'allOf' in schema or either is not None:
        yield None
    elif schema.get('type') != 'null':
        yield shape
