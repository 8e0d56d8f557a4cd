# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles templates to functions.

A compiled template is a function of a scope, put together from one function for each tag. It holds nothing of what it
has rendered, so it may be kept and used from several threads.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from genkit._prompt.dotprompt.handlebars.blocks import CONTROLS, value_block
from genkit._prompt.dotprompt.handlebars.budget import (
    MAX_CHARACTERS,
    MAX_PARTIALS,
    Budget,
    TooMuchError,
    current_budget,
)
from genkit._prompt.dotprompt.handlebars.evaluate import Expressions, as_path, read_path
from genkit._prompt.dotprompt.handlebars.function import BlockPart, Helper
from genkit._prompt.dotprompt.handlebars.parser import parse_template
from genkit._prompt.dotprompt.handlebars.partials import InlinePartial, PartialCall, hoisted, inline_partials
from genkit._prompt.dotprompt.handlebars.scope import Evaluate, Render, Scope
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
    template_error,
)
from genkit._prompt.dotprompt.handlebars.values import with_members


_NO_PARAMS: Final[frozenset[str]] = frozenset()
_START: Final = Place('', 1, 1)


class Template:
    """A compiled template.

    Args:
        source: The template.
        helpers: The functions it may call beside the built-in blocks.
        partial: Finds the compiled template behind a partial's name, None if there is none.
        origin: Where the template begins within its file, for messages.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed, or of a call of an unknown helper.
    """

    def __init__(
        self,
        source: str,
        helpers: Mapping[str, Helper],
        partial: 'Callable[[str], Template | None]',
        origin: Place = _START,
    ) -> None:
        self._origin = origin
        try:
            program = parse_template(source, origin)
            self.function: Render = _Compiler(helpers, partial).program(program, _NO_PARAMS)
        except RecursionError as error:
            raise template_error(origin, 'its blocks are nested too deeply.') from error

    def render(self, value: Any, frame: Mapping[str, Any] | None = None) -> str:
        """Return the text for a value.

        Args:
            value: What names are looked up in.
            frame: What ``@`` names; ``@root`` is the value.

        Raises:
            GenkitError: With the place, if a helper fails or a partial is missing.
        """
        token = None if current_budget.get() is not None else current_budget.set(Budget())
        try:
            return self.function(Scope(value, None, {**(frame or {}), 'root': value}))
        except TooMuchError as error:
            message = (
                f'it writes more than {MAX_CHARACTERS // 2**20} Mi characters or puts in more than {MAX_PARTIALS} '
                'partials. Does a partial put in itself more than once?'
            )
            raise template_error(self._origin, message) from error
        except RecursionError as error:
            message = 'rendering it never ends, or the input is nested too deeply; does a partial put in itself?'
            raise template_error(self._origin, message) from error
        finally:
            if token is not None:
                current_budget.reset(token)


class _Skeleton(NamedTuple):
    """The texts of a sequence, with gaps where functions write."""

    texts: list[str]
    writers: list[tuple[int, Render]]


class _Compiler:
    """Makes a function of a tree. ``params`` are the names of the block parameters in force."""

    def __init__(self, helpers: Mapping[str, Helper], partial: Callable[[str], Template | None]) -> None:
        self._helpers = helpers
        self._expressions = Expressions(helpers)
        self._partial = partial

    def program(self, program: Program | None, params: frozenset[str]) -> Render:
        if program is None:
            return _nothing
        inside = params.union(program.block_params)
        return hoisted(self._inline_partials(program, inside), self._sequence(program.body, inside))

    def _part(self, program: Program | None, params: frozenset[str]) -> BlockPart | None:
        return None if program is None else BlockPart(self.program(program, params), tuple(program.block_params))

    def _sequence(self, body: list[Statement], params: frozenset[str]) -> Render:
        texts: list[str] = []
        writers: list[tuple[int, Render]] = []
        for statement in body:
            match statement:
                case Content():
                    texts.append(statement.value)
                case Comment() | Block(kind='*'):
                    continue
                case _:
                    writers.append((len(texts), self._writer(statement, params)))
                    texts.append('')
        return _joined(_Skeleton(texts, writers))

    def _writer(self, statement: Mustache | Partial | Block, params: frozenset[str]) -> Render:
        match statement:
            case Mustache():
                return self._mustache(statement.call, params)
            case Partial():
                return self._partial_call(statement, params).render
            case Block(kind='>'):
                return self._partial_block(statement, params)
            case Block():
                return self._block(statement, params)

    def _mustache(self, call: Call, params: frozenset[str]) -> Render:
        if call.has_arguments and call.name in CONTROLS and call.name not in self._helpers:
            raise template_error(call.place, f'{call.name!r} needs an inside: {{{{#{call.name} …}}}}.')
        return self._expressions.output(call, params)

    def _block(self, block: Block, params: frozenset[str]) -> Render:
        call, name = block.call, block.call.name
        if name in CONTROLS and name not in self._helpers and as_path(call.callee).is_simple and name not in params:
            return self._control(block, params)
        program, inverse = self._part(block.program, params), self._part(block.inverse, params)
        helper = self._expressions.helper(call, params)
        if helper is None:
            value = read_path(as_path(call.callee), params)
            return value_block(value, program or BlockPart(_nothing), inverse.render if inverse else _nothing)
        if not helper.takes_options:
            message = (
                f'helper {name!r} cannot render an inside; declare a parameter named options and call options.fn().'
            )
            raise template_error(call.place, message)
        return _as_text(self._expressions.call(call, params, helper, (program, inverse)))

    def _control(self, block: Block, params: frozenset[str]) -> Render:
        call = block.call
        if len(call.arguments) != 1:
            raise template_error(call.place, f'{call.name!r} takes one value, got {len(call.arguments)}.')
        value = self._expressions.value(call.arguments[0], params)
        named = self._named(call.hash, params)
        part = self._part(block.program, params) or BlockPart(_nothing)
        return CONTROLS[call.name](value, named, part, self.program(block.inverse, params))

    def _named(self, hash_: Mapping[str, Any], params: frozenset[str]) -> dict[str, Evaluate]:
        return {name: self._expressions.value(value, params) for name, value in hash_.items()}

    def _partial_call(self, partial: Partial, params: frozenset[str]) -> PartialCall:
        name = partial.name
        fixed = '' if isinstance(name, Call) else name.text
        return PartialCall(
            name=(lambda _: fixed) if fixed else self._expressions.value(name, params),
            context=self._context(partial.arguments, partial.hash, params),
            find=self._find,
            place=partial.place,
            indent=partial.indent,
        )

    def _partial_block(self, block: Block, params: frozenset[str]) -> Render:
        call = block.call
        assert block.program is not None
        outer = Partial(call.callee, call.arguments, call.hash, block.open_strip, call.place)
        inline = self._inline_partials(block.program, params)
        return self._partial_call(outer, params).with_inside(self.program(block.program, params), inline)

    def _context(self, arguments: list[Any], hash_: Mapping[str, Any], params: frozenset[str]) -> Evaluate:
        context: Evaluate = self._expressions.value(arguments[0], params) if arguments else _this
        named = list(self._named(hash_, params).items())
        if not named:
            return context
        return lambda scope: with_members(context(scope), {name: read(scope) for name, read in named})

    def _inline_partials(self, program: Program, params: frozenset[str]) -> list[InlinePartial]:
        return inline_partials(
            (self._expressions.value(statement.call.arguments[0], params), self.program(statement.program, params))
            for statement in program.body
            if isinstance(statement, Block) and statement.kind == '*'
        )

    def _find(self, name: str) -> Render | None:
        template = self._partial(name)
        return None if template is None else template.function


def _joined(skeleton: _Skeleton) -> Render:
    texts, writers = skeleton
    if not writers:
        text = ''.join(texts)
        return lambda _: text
    if len(texts) == 1:
        return writers[0][1]

    def render(scope: Scope) -> str:
        written = texts.copy()
        for at, write in writers:
            written[at] = write(scope)
        return ''.join(written)

    return render


def _as_text(evaluate: Evaluate) -> Render:
    def render(scope: Scope) -> str:
        value = evaluate(scope)
        if isinstance(value, str):
            return value
        return '' if value is None else str(value)

    return render


def _nothing(_: Scope) -> str:
    return ''


def _this(scope: Scope) -> Any:
    return scope.this
