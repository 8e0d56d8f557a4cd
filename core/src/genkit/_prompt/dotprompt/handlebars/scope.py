# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a statement sees while it is rendered."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias


Render: TypeAlias = Callable[['Scope'], str]
Evaluate: TypeAlias = Callable[['Scope'], Any]
RenderPartial: TypeAlias = Callable[['Scope', Any], str]

NOTHING: Final[Mapping[str, Any]] = {}
NO_PARTIALS: Final[Mapping[str, RenderPartial]] = {}

# The name under which the inside of ``{{#> name}}`` is put in, and the key under which a frame keeps the outer one.
PARTIAL_BLOCK: Final = '@partial-block'
OUTER_FRAME: Final = '_parent'


class Scope:
    """One step of the way from the input to the value at hand.

    Attributes:
        this: The value that names are looked up in.
        parent: The scope that ``../`` means.
        frame: What ``@`` names; a loop's frame keeps that around it under ``_parent``.
        params: The block parameters, by name.
        partials: The inline partials that are in force here.
    """

    __slots__ = ('frame', 'params', 'parent', 'partials', 'this')

    def __init__(
        self,
        this: Any,
        parent: 'Scope | None',
        frame: Mapping[str, Any],
        params: Mapping[str, Any] = NOTHING,
        partials: Mapping[str, RenderPartial] = NO_PARTIALS,
    ) -> None:
        self.this = this
        self.parent = parent
        self.frame = frame
        self.params = params
        self.partials = partials

    def inner(self, this: Any, frame: Mapping[str, Any] | None = None, params: Mapping[str, Any] = NOTHING) -> 'Scope':
        """Return the scope of a block's inside; ``../`` counts only where the value changes."""
        parent = self.parent if this is self.this else self
        merged = {**self.params, **params} if params else self.params
        return Scope(this, parent, self.frame if frame is None else frame, merged, self.partials)


def inner_frame(frame: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return a frame within another one."""
    return {**frame, OUTER_FRAME: frame, **members}
