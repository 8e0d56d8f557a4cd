# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what stands inside of a tag: paths, literals, arguments, subexpressions, block parameters."""

from collections.abc import Callable
from typing import Any, Final

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.handlebars.lexer import Segment, Token
from genkit._prompt.dotprompt.handlebars.syntax import Call, Expression, Literal, Path, Place, template_error


_WORDS: Final[dict[str, Any]] = {'true': True, 'false': False, 'null': None, 'undefined': None}
_NAMES: Final = frozenset({'name', 'odd'})
_STEPS: Final = _NAMES | {'number', 'word'}
_LONGEST_WHOLE: Final = 300  # digits; far below where Python refuses to read on
_END: Final = Token('end', '}}', -1)

Named = dict[str, Expression]


class TagParser:
    """Reads the tokens of one tag, once."""

    def __init__(self, segment: Segment, place: Callable[[int], Place]) -> None:
        self._segment = segment
        self._tokens = segment.tokens
        self._place = place
        self._at = 0

    def whole_call(self) -> Call:
        """Read a callee with its arguments, to the end of the tag."""
        call = self._call()
        self._finish()
        return call

    def block(self) -> tuple[Call, list[str]]:
        """Read a block's call and its parameters, ``as |a b|``."""
        call = self._call()
        params: list[str] = []
        if self._peek().kind == 'as':
            self._take()
            while self._peek().kind in _NAMES:
                params.append(self._take().text)
            self._expect('|')
        self._finish()
        return call, params

    def partial(self) -> tuple[Expression, list[Expression], Named]:
        """Read a partial's name, which may be a subexpression, and what is passed to it."""
        name = self._argument() if self._peek().kind == '(' else self._callee()
        arguments, named = self._arguments()
        self._finish()
        return name, arguments, named

    def partial_call(self) -> tuple[Path | Literal, Place, list[Expression], Named]:
        """Read the same as the members of a call, for a partial with a fallback."""
        place = self._here()
        name, arguments, named = self.partial()
        if isinstance(name, Call):
            raise template_error(place, 'a partial block needs a fixed name.')
        return name, place, arguments, named

    def closing_name(self) -> str:
        """Read the name in a closing tag."""
        name = self._callee()
        self._finish()
        return name.text

    def _call(self) -> Call:
        place = self._here()
        callee = self._callee()
        arguments, named = self._arguments()
        return Call(callee, place, arguments, named)

    def _callee(self) -> Path | Literal:
        expression = self._argument()
        if isinstance(expression, Call):
            raise template_error(expression.place, 'a helper is named, not computed; give its name.')
        return expression

    def _arguments(self) -> tuple[list[Expression], Named]:
        arguments: list[Expression] = []
        named: Named = {}
        while self._peek().kind not in {'end', ')', 'as'}:
            if self._peek().kind in _NAMES and self._peek(1).kind == '=':
                key = self._take().text
                self._take()
                named[key] = self._argument()
            elif named:
                raise self._unexpected('a further name=value')
            else:
                arguments.append(self._argument())
        return arguments, named

    def _argument(self) -> Expression:
        token, place = self._peek(), self._here()
        if token.kind == '(':
            self._take()
            call = self._call()
            self._expect(')')
            return call
        if token.kind in {'string', 'number', 'word'}:
            self._take()
            return Literal(_literal_value(token), token.text, place)
        return self._path()

    def _path(self) -> Path:
        place = self._here()
        is_data = self._peek().kind == '@'
        if is_data:
            self._take()
        path = Path([], '', place, is_data=is_data)
        text = ['@' if is_data else '', self._step(path, _NAMES)]
        while self._peek().kind in {'.', '/'}:
            text += (self._take().text, self._step(path, _STEPS))
        path.text = ''.join(text)
        return path

    def _step(self, path: Path, kinds: frozenset[str]) -> str:
        token = self._peek()
        if token.kind not in kinds:
            raise self._unexpected('a name')
        self._take()
        if token.kind == 'number':
            path.steps += token.text.split('.')
        elif token.kind != 'name' or token.text not in {'..', '.', 'this'}:
            path.steps.append(token.text)
        elif path.steps:
            message = f'{token.text!r} may only begin a path; write [{token.text}] to mean a member of that name.'
            raise template_error(path.place, message)
        else:
            path.depth += token.text == '..'
            path.is_scoped = True
        return token.text

    def _peek(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _here(self) -> Place:
        token = self._peek()
        return self._place(token.offset if token is not _END else self._segment.offset)

    def _expect(self, kind: str) -> None:
        if self._peek().kind != kind:
            raise self._unexpected(repr(kind))
        self._take()

    def _finish(self) -> None:
        if self._at < len(self._tokens):
            raise self._unexpected("'}}'")

    def _unexpected(self, expected: str) -> GenkitError:
        return template_error(self._here(), f'expected {expected}, got {self._peek().text!r}.')


def _literal_value(token: Token) -> Any:
    if token.kind == 'string':
        return token.text
    if token.kind == 'word':
        return _WORDS[token.text]
    is_whole = '.' not in token.text and len(token.text) <= _LONGEST_WHOLE
    return int(token.text) if is_whole else float(token.text)
