# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a template is made of once it is parsed."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from genkit._base.errors import GenkitError


class Place(NamedTuple):
    """Where something stands in a template; both count from one."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return ``file:line:column``, or words when the template has no name."""
        return f'{self.file}:{self.line}:{self.column}' if self.file else f'line {self.line}, column {self.column}'


def template_error(
    place: Place, message: str, cause: BaseException | None = None, status: str = 'INVALID_ARGUMENT'
) -> GenkitError:
    """Return the error for something wrong at a place of a template."""
    return GenkitError(
        f'Template, {place}: {message}',
        status=status,
        details={'file': place.file or None, 'line': place.line, 'column': place.column},
        cause=cause,
    )


class Strip(NamedTuple):
    """Whether a tag's ``~`` takes the white space before and behind it."""

    before: bool = False
    behind: bool = False


NO_STRIP: Final = Strip()


@dataclass(slots=True)
class Literal:
    """A string, number, boolean or null; ``text`` is how it is looked up when it stands alone."""

    value: Any
    text: str
    place: Place


@dataclass(slots=True)
class Path:
    """A way to a value: ``../a.b``, ``this``, ``@root.a``.

    Attributes:
        depth: How many ``../`` it begins with.
        is_data: Whether it begins with ``@``.
        is_scoped: Whether it begins with ``.`` or ``this`` and so never means a helper.
    """

    steps: list[str]
    text: str
    place: Place
    depth: int = 0
    is_data: bool = False
    is_scoped: bool = False

    @property
    def is_simple(self) -> bool:
        """Whether this is a single name, which may mean a helper."""
        return len(self.steps) == 1 and not (self.is_data or self.is_scoped or self.depth)


@dataclass(slots=True)
class Call:
    """A callee with what is passed to it; also what stands between parentheses."""

    callee: 'Path | Literal'
    place: Place
    arguments: 'list[Expression]' = field(default_factory=list['Expression'])
    hash: 'dict[str, Expression]' = field(default_factory=dict[str, 'Expression'])

    @property
    def has_arguments(self) -> bool:
        """Whether anything is passed."""
        return bool(self.arguments or self.hash)

    @property
    def name(self) -> str:
        """The callee as it is written."""
        return self.callee.text


Expression: TypeAlias = Literal | Path | Call


@dataclass(slots=True)
class Content:
    """Plain text. ``original`` stays as it was while white space is taken from ``value``."""

    value: str
    original: str
    is_left_stripped: bool = False
    is_right_stripped: bool = False


@dataclass(slots=True)
class Comment:
    """A comment, which matters only for the white space around it."""

    strip: Strip


@dataclass(slots=True)
class Mustache:
    """A value, or what a helper returns."""

    call: Call
    strip: Strip


@dataclass(slots=True)
class Partial:
    """Another template, put in here; ``indent`` is set when the tag stands alone on its line."""

    name: Expression
    arguments: list[Expression]
    hash: dict[str, Expression]
    strip: Strip
    place: Place
    indent: str = ''


@dataclass(slots=True)
class Program:
    """A sequence of statements; ``is_chained`` if it is the block of an ``else if``."""

    body: 'list[Statement]'
    block_params: list[str] = field(default_factory=list[str])
    is_chained: bool = False


@dataclass(slots=True)
class Block:
    """Something with an inside: a helper's block, an inline partial or a partial with a fallback.

    Attributes:
        kind: ``#`` for helpers, ``*`` for inline partials, ``>`` for partials.
        program: What is between the tags; None in an inverse block.
        inverse: What is behind ``else``.
    """

    kind: str
    call: Call
    program: Program | None
    inverse: Program | None = None
    open_strip: Strip = NO_STRIP
    inverse_strip: Strip = NO_STRIP
    close_strip: Strip = NO_STRIP


Statement: TypeAlias = Content | Comment | Mustache | Partial | Block
