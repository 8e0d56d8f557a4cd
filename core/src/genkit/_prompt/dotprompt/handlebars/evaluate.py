# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes functions of expressions, once for a template; they read a scope and keep nothing of it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean
from genkit._prompt.dotprompt.handlebars.function import BlockPart, Helper, HelperOptions
from genkit._prompt.dotprompt.handlebars.scope import OUTER_FRAME, Evaluate, Render, Scope
from genkit._prompt.dotprompt.handlebars.syntax import Call, Expression, Literal, Path, template_error
from genkit._prompt.dotprompt.handlebars.values import member, to_text


# Compared by identity rather than by `isinstance`: the common case costs least, and subclasses take the general way.
_PLAIN_DICT: Final = cast('Any', dict)
_NO_BLOCKS: Final = (None, None)

Blocks = tuple[BlockPart | None, BlockPart | None]


class Expressions:
    """Compiles expressions.

    Args:
        helpers: The functions that a template may call.
    """

    def __init__(self, helpers: Mapping[str, Helper]) -> None:
        self._helpers = helpers

    def value(self, expression: Expression, params: frozenset[str]) -> Evaluate:
        """Return the function that reads an argument."""
        match expression:
            case Literal(value=value):
                return lambda _: value
            case Path():
                return read_path(expression, params)
            case Call():
                return self.call(expression, params, self._required(expression))

    def output(self, call: Call, params: frozenset[str]) -> Render:
        """Return the function that writes a value, or what a helper returns."""
        helper = self.helper(call, params)
        if helper is not None:
            return _writer(self.call(call, params, helper))
        path = as_path(call.callee)
        if path.is_simple and path.steps[0] not in params:
            return _write_name(path.steps[0])
        return _writer(read_path(path, params))

    def helper(self, call: Call, params: frozenset[str]) -> Helper | None:
        """Return the helper that a tag calls, None if it names a value.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if arguments are passed to what is not a helper.
        """
        path = as_path(call.callee)
        is_value = not path.is_simple or path.steps[0] in params
        helper = None if is_value else self._helpers.get(path.steps[0])
        if call.has_arguments:
            return helper or self._required(call)
        return None if helper is None or helper.least > 0 else helper

    def call(self, call: Call, params: frozenset[str], helper: Helper, blocks: Blocks = _NO_BLOCKS) -> Evaluate:
        """Return the function that calls a helper."""
        arguments = [self.value(argument, params) for argument in call.arguments]
        named = [(name, self.value(value, params)) for name, value in call.hash.items()]
        name, place = call.name, call.place

        def evaluate(scope: Scope) -> Any:
            options = HelperOptions(name, {key: read(scope) for key, read in named}, scope, blocks)
            return helper.call([read(scope) for read in arguments], options, place)

        return evaluate

    def _required(self, call: Call) -> Helper:
        helper = self._helpers.get(call.name)
        if helper is None or not as_path(call.callee).is_simple:
            raise self.missing(call)
        return helper

    def missing(self, call: Call) -> GenkitError:
        """Return the error for a call of what is not a helper."""
        known = sorted(self._helpers)
        return template_error(
            call.place,
            f'helper {call.name!r} is not defined.{did_you_mean(call.name, known)} There are: {", ".join(known)}.',
        )


def as_path(callee: Path | Literal) -> Path:
    """Return a callee as a path: a literal that stands alone is the name of a member."""
    return callee if isinstance(callee, Path) else Path([callee.text], callee.text, callee.place)


def read_path(path: Path, params: frozenset[str]) -> Evaluate:
    """Return the function that follows a path."""
    steps = path.steps
    if path.is_data:
        return _read_frame(path.depth, steps)
    if steps and steps[0] in params and not (path.depth or path.is_scoped):
        return _read_param(steps)
    if path.depth:
        return _read_outer(path.depth, steps)
    if not steps:
        return lambda scope: scope.this
    return _read_name(steps[0]) if len(steps) == 1 else _read_steps(steps)


def _writer(evaluate: Evaluate) -> Render:
    def write(scope: Scope) -> str:
        value = evaluate(scope)
        return value if type(value) is str else to_text(value)

    return write


def _write_name(name: str) -> Render:
    def write(scope: Scope) -> str:
        this = scope.this
        value = this.get(name) if type(this) is _PLAIN_DICT else member(this, name)
        return value if type(value) is str else to_text(value)

    return write


def _read_name(name: str) -> Evaluate:
    def read(scope: Scope) -> Any:
        this = scope.this
        return this.get(name) if type(this) is _PLAIN_DICT else member(this, name)

    return read


def _read_steps(steps: list[str]) -> Evaluate:
    return lambda scope: _follow(scope.this, steps)


def _read_outer(depth: int, steps: list[str]) -> Evaluate:
    def read(scope: Scope) -> Any:
        outer: Scope | None = scope
        for _ in range(depth):
            outer = outer.parent if outer else None
        return None if outer is None else _follow(outer.this, steps)

    return read


def _read_frame(depth: int, steps: list[str]) -> Evaluate:
    if not depth and len(steps) == 1:
        name = steps[0]
        return lambda scope: scope.frame.get(name)

    def read(scope: Scope) -> Any:
        frame: Any = scope.frame
        for _ in range(depth):
            frame = frame.get(OUTER_FRAME) if frame else None
        return _follow(frame, steps)

    return read


def _read_param(steps: list[str]) -> Evaluate:
    name, rest = steps[0], steps[1:]
    if not rest:
        return lambda scope: scope.params.get(name)
    return lambda scope: _follow(scope.params.get(name), rest)


def _follow(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if value is None:
            return None
        value = value.get(step) if type(value) is _PLAIN_DICT else member(value, step)
    return value
