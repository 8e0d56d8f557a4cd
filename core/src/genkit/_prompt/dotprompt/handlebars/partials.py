# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Templates within templates: by name, defined on the spot, or with a fallback inside."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.handlebars.budget import spend_partial
from genkit._prompt.dotprompt.handlebars.scope import (
    NOTHING,
    PARTIAL_BLOCK,
    Evaluate,
    Render,
    RenderPartial,
    Scope,
)
from genkit._prompt.dotprompt.handlebars.syntax import Place, template_error


class InlinePartial(NamedTuple):
    """What ``{{#*inline "name"}}`` defines: how to read its name, and its inside."""

    name: Evaluate
    inside: Render


@dataclass(frozen=True, slots=True)
class PartialCall:
    """One place where a template puts in another one.

    Attributes:
        name: Reads the partial's name.
        context: Reads what ``this`` means in the partial.
        find: Finds a partial that is not defined on the spot.
        place: For the message when there is none.
        indent: Put before every line.
    """

    name: Evaluate
    context: Evaluate
    find: Callable[[str], Render | None]
    place: Place
    indent: str

    def render(self, scope: Scope) -> str:
        """Write the partial."""
        name = str(self.name(scope))
        text = self._written(name, scope, scope.partials)
        if text is None:
            raise self._missing(name)
        spend_partial(len(text))
        return _indented(text, self.indent) if self.indent else text

    def with_inside(self, inside: Render, inline: list[InlinePartial]) -> Render:
        """Return the function that writes the partial, or the inside if there is no such partial.

        The partial writes the inside where it says ``{{> @partial-block}}`` and knows the inside's inline partials.
        """

        def render(scope: Scope) -> str:
            block = _bound(inside, scope, is_block=True)
            text = self._written(
                str(self.name(scope)), scope, {**scope.partials, **_defined(inline, scope), PARTIAL_BLOCK: block}
            )
            written = block(scope, self.context(scope)) if text is None else text
            spend_partial(len(written))
            return written

        return render

    def _written(self, name: str, scope: Scope, partials: Mapping[str, RenderPartial]) -> str | None:
        inline = scope.partials.get(name)
        if inline is not None:
            caller = Scope(scope.this, scope.parent, scope.frame, scope.params, partials)
            return inline(caller, self.context(scope))
        render = self.find(name)
        if render is None:
            return None
        return render(Scope(self.context(scope), None, scope.frame, NOTHING, partials))

    def _missing(self, name: str) -> GenkitError:
        return template_error(
            self.place, f'partial {name!r} is not defined; define it, or give it an inside to fall back on.'
        )


def inline_partials(pairs: Iterable[tuple[Evaluate, Render]]) -> list[InlinePartial]:
    """Return what a block defines on the spot."""
    return [InlinePartial(name, inside) for name, inside in pairs]


def hoisted(inline: list[InlinePartial], render: Render) -> Render:
    """Return a function that writes a block with its inline partials known from its beginning."""
    if not inline:
        return render

    def write(scope: Scope) -> str:
        partials = dict(scope.partials)
        inside = Scope(scope.this, scope.parent, scope.frame, scope.params, partials)
        partials.update(_defined(inline, inside))
        return render(inside)

    return write


def _defined(inline: list[InlinePartial], home: Scope) -> dict[str, RenderPartial]:
    return {str(partial.name(home)): _bound(partial.inside, home) for partial in inline}


def _bound(inside: Render, home: Scope, *, is_block: bool = False) -> RenderPartial:
    """Return an inside as a partial that sees what was in force where it was written.

    An inline partial still puts in the block of its caller; such a block puts in the one around itself.
    """

    def render(caller: Scope, this: Any) -> str:
        parent = home.parent if this is home.this else home
        partials = home.partials
        if not is_block and PARTIAL_BLOCK in caller.partials:
            partials = {**partials, PARTIAL_BLOCK: caller.partials[PARTIAL_BLOCK]}
        return inside(Scope(this, parent, caller.frame, home.params, partials))

    return render


def _indented(text: str, indent: str) -> str:
    lines = text.split('\n')
    last = len(lines) if lines[-1] else len(lines) - 1
    return '\n'.join([f'{indent}{line}' if at < last else line for at, line in enumerate(lines)])
