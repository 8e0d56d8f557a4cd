# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a tree of the pieces of a template."""

from typing import Final, TypeAlias

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.handlebars.expressions import TagParser
from genkit._prompt.dotprompt.handlebars.lexer import Places, Segment, scan
from genkit._prompt.dotprompt.handlebars.syntax import (
    Block,
    Call,
    Comment,
    Content,
    Mustache,
    Partial,
    Place,
    Program,
    Statement,
    Strip,
    template_error,
)
from genkit._prompt.dotprompt.handlebars.whitespace import control_white_space


_Fork: TypeAlias = tuple[Program, Segment]

_BLOCK_KINDS: Final = {'#': '#', '#*': '*', '#>': '>', '^': '#'}
_START: Final = Place('', 1, 1)


def parse_template(source: str, origin: Place = _START) -> Program:
    """Return the tree of a template, with white space already taken as ``~`` and lone tags ask for it.

    Args:
        source: The template.
        origin: Where it begins within its file.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed.
    """
    parser = _Parser(source, origin)
    program, end = parser.program()
    if end is not None:
        name = ' '.join(token.text for token in end.tokens)
        raise parser.error(end, f'nothing is open that {{{{{end.kind.strip("{")}{name}}}}} could belong to.')
    control_white_space(program)
    return program


class _Parser:
    """Reads pieces one after another; each method leaves off behind what it has read."""

    def __init__(self, source: str, origin: Place) -> None:
        self._place = Places(source, origin)
        self._segments = iter(scan(source, self._place))

    def program(self) -> tuple[Program, Segment | None]:
        """Read statements up to a tag that ends them."""
        body: list[Statement] = []
        for segment in self._segments:
            if segment.kind in {'/', 'else'}:
                return Program(body), segment
            body.append(self._statement(segment))
        return Program(body), None

    def error(self, segment: Segment, message: str) -> GenkitError:
        """Return the error for something wrong with a piece."""
        return template_error(self._place(segment.offset), message)

    def _tag(self, segment: Segment) -> TagParser:
        return TagParser(segment, self._place)

    def _statement(self, segment: Segment) -> Statement:
        match segment.kind:
            case 'text':
                return Content(segment.text, segment.text)
            case 'comment':
                return Comment(segment.strip)
            case '{{':
                return Mustache(self._tag(segment).whole_call(), segment.strip)
            case '>':
                return self._partial(segment)
            case 'raw':
                return self._raw_block(segment)
            case '*':
                raise self.error(segment, 'decorators are not known, save {{#*inline "name"}} … {{/inline}}.')
            case _:
                return self._block(segment)

    def _partial(self, segment: Segment) -> Partial:
        name, arguments, named = self._tag(segment).partial()
        if len(arguments) > 1:
            raise self.error(segment, f'a partial takes one context, got {len(arguments)}; pass more as name=value.')
        return Partial(name, arguments, named, segment.strip, self._place(segment.offset))

    def _raw_block(self, segment: Segment) -> Block:
        call, params = self._tag(segment).block()
        if call.name != segment.end:
            raise self.error(segment, f'{{{{{{{{{call.name}}}}}}}}} is closed by {{{{{{{{/{segment.end}}}}}}}}}.')
        text = [Content(segment.text, segment.text)] if segment.text else []
        return Block('#', call, Program([*text], params))

    def _block(self, segment: Segment) -> Block:
        tag = self._tag(segment)
        kind = _BLOCK_KINDS[segment.kind]
        if kind == '>':
            call = Call(*tag.partial_call())
            params: list[str] = []
        else:
            call, params = tag.block()
        if kind == '*' and (call.name != 'inline' or len(call.arguments) != 1):
            raise self.error(segment, f'{{{{#*{call.name}}}}} is not known; there is {{{{#*inline "name"}}}}.')
        program, end = self._inside(segment, call)
        program.block_params = params
        block = Block(kind, call, program, open_strip=segment.strip)
        if end.kind != '/' and kind != '#':
            raise self.error(end, f'{{{{{segment.kind}{call.name}}}}} has no else.')
        block.close_strip = self._rest(block, call, segment, end)
        if block.inverse and block.inverse.is_chained:
            chained = block.inverse.body[0]
            assert isinstance(chained, Block)
            chained.close_strip = block.close_strip
        if segment.kind == '^':
            block.program, block.inverse = block.inverse, block.program
        return block

    def _inside(self, opening: Segment, call: Call) -> _Fork:
        program, end = self.program()
        if end is None:
            raise self.error(opening, f'{{{{#{call.name}}}}} is not closed; end it with {{{{/{call.name}}}}}.')
        return program, end

    def _rest(self, block: Block, outer: Call, opening: Segment, fork: Segment) -> Strip:
        """Read what follows the first part of a block and return the closing tag's strip."""
        if fork.kind == '/':
            return self._closed(opening, outer, fork)
        block.inverse_strip = fork.strip
        if fork.tokens:
            if opening.kind == '^':
                raise self.error(fork, 'an inverse block takes a plain {{else}}.')
            return self._chained(block, outer, opening, fork)
        block.inverse, end = self._inside(opening, outer)
        if end.kind != '/':
            raise self.error(end, f'{{{{#{outer.name}}}}} has had its {{{{else}}}} already.')
        return self._closed(opening, outer, end)

    def _chained(self, block: Block, outer: Call, opening: Segment, fork: Segment) -> Strip:
        """Read ``else if …`` as its own block inside of the else part, closed by the outer tag."""
        call, params = self._tag(fork).block()
        program, end = self._inside(opening, outer)
        program.block_params = params
        # As in handlebars.js, all but the first of a chain take the strip of their own tag for that of the closing one.
        inner = Block('#', call, program, open_strip=fork.strip, close_strip=fork.strip)
        block.inverse = Program([inner], is_chained=True)
        return self._rest(inner, outer, opening, end)

    def _closed(self, opening: Segment, call: Call, end: Segment) -> Strip:
        name = self._tag(end).closing_name()
        expected = call.callee.text
        if name != expected:
            place = self._place(opening.offset)
            raise self.error(end, f'{{{{/{name}}}}} does not close {{{{#{expected}}}}}, opened at {place}.')
        return end.strip
