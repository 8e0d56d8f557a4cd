# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Takes the white space that a template does not mean: around ``~``, and the lines of tags that stand alone.

A tag stands alone when its line holds nothing else; then the whole line goes, as in every Handlebars. Whether it does
is asked of the text as it was written, never of what is left of it.
"""

import re
from typing import Final, NamedTuple

from genkit._prompt.dotprompt.handlebars.syntax import Block, Comment, Content, Mustache, Partial, Program, Statement


# What JavaScript calls white space; Python's own notion differs in a few signs.
_SPACES: Final = '\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff' + ''.join(
    map(chr, range(0x2000, 0x200B))
)
_REST_OF_LINE: Final = re.compile(r'[ \t]*(?:\r?\n)?')


class _Edges(NamedTuple):
    """What a statement says of the white space around it."""

    opens_stripped: bool = False
    closes_stripped: bool = False
    may_open_alone: bool = False
    may_close_alone: bool = False
    may_stand_alone: bool = False


def control_white_space(program: Program, *, is_root: bool = True) -> None:
    """Take from the texts of a tree what does not belong to the output."""
    body = program.body
    for at, statement in enumerate(body):
        edges = _edges_of(statement)
        if edges is None:
            continue
        before = _ends_line(body, at, is_root=is_root)
        behind = _begins_line(body, at, is_root=is_root)
        if edges.closes_stripped:
            _strip_behind(body, at)
        if edges.opens_stripped:
            _strip_before(body, at)
        if edges.may_stand_alone and before and behind:
            _drop_line_behind(body, at)
            if _drop_indent_before(body, at) and isinstance(statement, Partial):
                statement.indent = _indent_of(body[at - 1])
        if isinstance(statement, Block):
            _drop_lines_of_tags(body, at, statement, opens=edges.may_open_alone and before)
            if edges.may_close_alone and behind:
                _drop_line_behind(body, at)
                last = statement.inverse or statement.program
                _drop_indent_before(_body(last), None)


def _drop_lines_of_tags(body: list[Statement], at: int, block: Block, *, opens: bool) -> None:
    if opens:
        _drop_line_behind(_body(block.program or block.inverse), None)
        _drop_indent_before(body, at)


def _edges_of(statement: Statement) -> _Edges | None:
    match statement:
        case Block():
            return _inside_of(statement)
        case Mustache():
            return _Edges(statement.strip.before, statement.strip.behind)
        case Partial() | Comment():
            return _Edges(statement.strip.before, statement.strip.behind, may_stand_alone=True)
        case Content():
            return None


def _inside_of(block: Block) -> _Edges:
    """Clean the inside of a block and return what it says of its outside."""
    for part in (block.program, block.inverse):
        if part is not None:
            control_white_space(part, is_root=False)
    first = _body(block.program or block.inverse)
    inverse = block.inverse if block.program else None
    second, last = _else_parts(inverse)
    edges = _Edges(
        opens_stripped=block.open_strip.before,
        closes_stripped=block.close_strip.behind,
        may_open_alone=_begins_line(first, None),
        may_close_alone=_ends_line(second if inverse else first, None),
    )
    if block.open_strip.behind:
        _strip_behind(first, None)
    if inverse is None:
        if block.close_strip.before:
            _strip_before(first, None)
        return edges
    if block.inverse_strip.before:
        _strip_before(first, None)
    if block.inverse_strip.behind:
        _strip_behind(second, None)
    if block.close_strip.before:
        _strip_before(last, None)
    if _ends_line(first, None) and _begins_line(second, None):
        _drop_indent_before(first, None)
        _drop_line_behind(second, None)
    return edges


def _else_parts(inverse: Program | None) -> tuple[list[Statement], list[Statement]]:
    """Return the bodies behind the first ``else`` and behind the last of a chain."""
    if inverse is None:
        return [], []
    if not inverse.is_chained:
        return inverse.body, inverse.body
    block = inverse.body[0]
    assert isinstance(block, Block)
    last = inverse
    while last.is_chained:
        inner = last.body[-1]
        assert isinstance(inner, Block)
        assert inner.program is not None
        last = inner.program
    return _body(block.program), last.body


def _body(program: Program | None) -> list[Statement]:
    return program.body if program else []


def _text(body: list[Statement], at: int) -> Content | None:
    statement = body[at] if 0 <= at < len(body) else None
    return statement if isinstance(statement, Content) else None


def _ends_line(body: list[Statement], at: int | None, *, is_root: bool = False) -> bool:
    """Whether only white space stands between the line's beginning and a statement, or the end when that is None."""
    at = len(body) if at is None else at
    if at < 1:
        return is_root
    text = _text(body, at - 1)
    if text is None:
        return False
    kept = text.original.rstrip(_SPACES)
    return '\n' in text.original[len(kept) :] or (not kept and is_root and at == 1)


def _begins_line(body: list[Statement], at: int | None, *, is_root: bool = False) -> bool:
    """Whether only white space stands between a statement, or the beginning when that is None, and the line's end."""
    following = 0 if at is None else at + 1
    if following >= len(body):
        return is_root
    text = _text(body, following)
    if text is None:
        return False
    kept = text.original.lstrip(_SPACES)
    is_last = following == len(body) - 1
    return '\n' in text.original[: len(text.original) - len(kept)] or (not kept and is_root and is_last)


def _strip_behind(body: list[Statement], at: int | None) -> None:
    text = _text(body, 0 if at is None else at + 1)
    if text is not None:
        _set_right_stripped(text, text.value.lstrip(_SPACES))


def _strip_before(body: list[Statement], at: int | None) -> None:
    text = _text(body, len(body) - 1 if at is None else at - 1)
    if text is not None:
        _set_left_stripped(text, text.value.rstrip(_SPACES))


def _drop_line_behind(body: list[Statement], at: int | None) -> None:
    text = _text(body, 0 if at is None else at + 1)
    if text is not None and not text.is_right_stripped:
        _set_right_stripped(text, _REST_OF_LINE.sub('', text.value, count=1))


def _drop_indent_before(body: list[Statement], at: int | None) -> bool:
    text = _text(body, len(body) - 1 if at is None else at - 1)
    if text is None or text.is_left_stripped:
        return False
    _set_left_stripped(text, text.value.rstrip(' \t'))
    return text.is_left_stripped


def _set_right_stripped(text: Content, value: str) -> None:
    text.is_right_stripped = value != text.value
    text.value = value


def _set_left_stripped(text: Content, value: str) -> None:
    text.is_left_stripped = value != text.value
    text.value = value


def _indent_of(statement: Statement) -> str:
    assert isinstance(statement, Content)
    return statement.original[len(statement.original.rstrip(' \t')) :]
