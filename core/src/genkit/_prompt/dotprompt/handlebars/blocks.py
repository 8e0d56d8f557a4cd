# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The blocks that every Handlebars has: if, unless, each, with, and a value used as a block."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from genkit._prompt.dotprompt.handlebars.budget import spend
from genkit._prompt.dotprompt.handlebars.function import BlockPart
from genkit._prompt.dotprompt.handlebars.scope import OUTER_FRAME, Evaluate, Render, Scope
from genkit._prompt.dotprompt.handlebars.values import entries, is_empty, is_true, items


Control: TypeAlias = Callable[[Evaluate, dict[str, Evaluate], BlockPart, Render], Render]


def if_block(condition: Evaluate, named: dict[str, Evaluate], part: BlockPart, otherwise: Render) -> Render:
    """Render the inside if a value is true; ``includeZero=true`` counts zero as true."""
    inside = part.render
    include_zero = named.get('includeZero')
    if include_zero is not None:
        return lambda scope: (
            inside(scope) if is_true(condition(scope), include_zero=is_true(include_zero(scope))) else otherwise(scope)
        )

    def render(scope: Scope) -> str:
        value = condition(scope)
        if value is True:
            return inside(scope)
        if value is False or value is None:
            return otherwise(scope)
        return inside(scope) if is_true(value) else otherwise(scope)

    return render


def unless_block(condition: Evaluate, named: dict[str, Evaluate], part: BlockPart, otherwise: Render) -> Render:
    """Render the inside if a value is not true."""
    return if_block(condition, named, BlockPart(otherwise), part.render)


def with_block(value: Evaluate, _: dict[str, Evaluate], part: BlockPart, otherwise: Render) -> Render:
    """Render the inside with another value as ``this``, unless it is empty."""
    inside, names = part.render, part.params

    def render(scope: Scope) -> str:
        this = value(scope)
        if is_empty(this):
            return otherwise(scope)
        return inside(scope.inner(this, params={names[0]: this} if names else {}))

    return render


def each_block(value: Evaluate, _: dict[str, Evaluate], part: BlockPart, otherwise: Render) -> Render:
    """Render the inside for every item of a sequence, or every member of a mapping."""

    def render(scope: Scope) -> str:
        collection = value(scope)
        found = items(collection)
        if found is not None:
            return _repeat(scope, part, enumerate(found), len(found)) if found else otherwise(scope)
        members = list(entries(collection) or ())
        return _repeat(scope, part, members, len(members)) if members else otherwise(scope)

    return render


def value_block(value: Evaluate, part: BlockPart, otherwise: Render) -> Render:
    """Render ``{{#name}}`` for a value: for each item, with it as ``this``, or not at all if it is false or absent."""
    inside = part.render
    repeat = each_block(value, {}, part, otherwise)

    def render(scope: Scope) -> str:
        found = value(scope)
        if found is True:
            return inside(scope)
        if found is None or found is False:
            return otherwise(scope)
        if isinstance(found, list | tuple):
            return repeat(scope)
        return inside(scope.inner(found))

    return render


def _repeat(scope: Scope, part: BlockPart, pairs: Iterable[tuple[Any, Any]], count: int) -> str:
    """Render a block once for each pair, in one scope and one frame that change from item to item."""
    inside, names = part.render, part.params
    outer = scope.this
    frame: dict[str, Any] = {**scope.frame, OUTER_FRAME: scope.frame}
    inner = Scope(None, scope, frame, scope.params, scope.partials)
    written: list[str] = []
    for number, (key, item) in enumerate(pairs):
        frame['index'] = number
        frame['key'] = key
        frame['first'] = number == 0
        frame['last'] = number == count - 1
        inner.this = item
        inner.parent = scope.parent if item is outer else scope
        if names:
            inner.params = {**scope.params, **dict(zip(names, (item, key), strict=False))}
        written.append(inside(inner))
    text = ''.join(written)
    spend(len(text) + count)
    return text


# What takes one value and an inside. A helper that is defined under one of these names comes first.
CONTROLS: Final[dict[str, Control]] = {
    'each': each_block,
    'if': if_block,
    'unless': unless_block,
    'with': with_block,
}
