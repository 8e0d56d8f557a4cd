# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that are held to a fitted schema, as if they were held to the schema itself."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from genkit._action.context import ActionRunContext
from genkit._kinds.fit_request import simulate_constrained
from genkit.plugin.schema_dialects.dialect import SchemaDialect
from genkit.plugin.schema_dialects.fitting import fit
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk, Part, TextPart


Answering: TypeAlias = Callable[[GenerateRequest, ActionRunContext], Awaitable[GenerateResponse[Any]]]

_SPACE: Final = ' \t\r\n'
_NO_SPACE: Final = re.compile(f'[^{_SPACE}]')
# What changes where a reader is: within a text, and outside of one.
_IN_TEXT: Final = re.compile(r'["\\]')
_OUTSIDE: Final = re.compile(r'["{}\[\],]')


def fitted_answers(dialect: SchemaDialect, answer: Answering) -> Answering:
    """Wrap a model function so that it supports any output schema, by way of a fitted schema.

    The function itself sends ``fit(schema, dialect)``. A schema that cannot be expressed goes into the prompt, and the
    request then has none. What comes back wrapped is unwrapped, in chunks as well.

    Args:
        dialect: What the provider takes as the schema of an answer.
        answer: Calls the provider.
    """

    async def ask(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        output = request.output
        if output is None or output.schema_ is None or not output.constrained:
            return await answer(request, context)
        fitted = fit(output.schema_, dialect)
        if fitted.schema is None:
            told = simulate_constrained(request)
            return await answer(told.replaced(output=output.replaced(schema_=None)), context)
        if fitted.member is None:
            return await answer(request, context)
        return await _unwrapping(answer, request, context, fitted.member)

    return ask


async def _unwrapping(
    answer: Answering, request: GenerateRequest, context: ActionRunContext, member: str
) -> GenerateResponse[Any]:
    send, texts = context.streaming_callback, Unwrapping(member)
    if send is None:
        return _unwrapped(await answer(request, context), member)

    def send_unwrapped(chunk: GenerateResponseChunk[Any]) -> None:
        content = _parts(chunk.content, texts)
        if content:
            send(chunk.replaced(content=content))

    context.redirect_chunks(send_unwrapped)
    try:
        response = await answer(request, context)
    finally:
        context.redirect_chunks(send)
    if left := texts.close():
        send(GenerateResponseChunk(content=[TextPart(text=left)]))
    return _unwrapped(response, member)


def _unwrapped(response: GenerateResponse[Any], member: str) -> GenerateResponse[Any]:
    """Return an answer with the text of the wrapped value; any other text is left as it is.

    A wrapper that is not closed is left as well: an answer that was cut off must not look complete.
    """
    message = response.message
    if message is None:
        return response
    texts = Unwrapping(member)
    content = _parts(message.content, texts)
    is_whole = texts.is_wrapper and texts.is_closed and not texts.close()
    return response.replaced(message=message.replaced(content=content)) if is_whole else response


def _parts(content: list[Part], texts: 'Unwrapping') -> list[Part]:
    parts: list[Part] = []
    for part in content:
        if not isinstance(part, TextPart):
            parts.append(part)
        elif (text := texts.add(part.text)) or part.metadata:
            parts.append(part.replaced(text=text))
    return parts


class Unwrapping:
    """Removes the wrapper object from a streamed JSON text: of ``{"value": [1, 2]}`` it leaves ``[1, 2]``.

    A text that does not begin with the wrapper passes as it is. What follows the wrapper passes too, without the
    wrappers in it: each further value stands on its own line, so that two of them are never read as one.

    Args:
        member: The wrapper's.

    Attributes:
        is_wrapper: Whether the text so far is the wrapper, and has no other member.
        is_closed: Whether each wrapper so far has its end.
    """

    def __init__(self, member: str) -> None:
        self.is_wrapper = False
        self.is_closed = False
        self._opening = _opening(member)
        self._held = ''
        self._shown: list[str] = []
        self._state: Callable[[str, int], int] = self._open
        self._depth = 0
        self._in_text = False

    def add(self, piece: str) -> str:
        """Return what is shown of a piece; what may be the wrapper waits for the next one."""
        text, self._held = self._held + piece, ''
        self._shown.clear()
        place = 0
        while place < len(text):
            place = self._state(text, place)
        return ''.join(self._shown)

    def close(self) -> str:
        """Return what still waited at the end of the text: the beginning of what might have been a wrapper."""
        left, self._held = self._held, ''
        return '' if self.is_wrapper and not left.strip(_SPACE) else left

    # Each state reads a text from a place on, adds to what is shown, and returns where the next one goes on.

    def _open(self, text: str, place: int) -> int:
        first = _NO_SPACE.search(text, place)
        if (begin := self._find_opening(text, first.start() if first else len(text))) is None:
            self._state = self._as_it_is
            return place
        if begin == len(text):
            return self._hold(text, place)
        self.is_wrapper = True
        self._state = self._inside
        return begin

    def _find_opening(self, text: str, place: int) -> int | None:
        """Return where the value of a wrapper begins: at the end if it may still come, None if it is not a wrapper."""
        found = self._opening.match(text, place)
        assert found is not None  # every part of it is optional
        return found.end() if found[1] is not None or found.end() == len(text) else None

    def _hold(self, text: str, place: int) -> int:
        self._held = text[place:]
        return len(text)

    def _inside(self, text: str, place: int) -> int:
        """Show what of a text belongs to the value; spaces that may be the last ones wait."""
        begin = place
        while found := (_IN_TEXT if self._in_text else _OUTSIDE).search(text, place):
            place, mark = found.end(), found[0]
            if mark == '\\':
                if place == len(text):
                    self._shown.append(text[begin:-1])
                    return self._hold(text, place - 1)
                place += 1
            elif mark == '"':
                self._in_text = not self._in_text
            elif mark in '{[':
                self._depth += 1
            elif self._depth and mark != ',':
                self._depth -= 1
            elif not self._depth:
                self._shown.append(text[begin : found.start()].rstrip(_SPACE))
                self.is_wrapper = self.is_closed = mark == '}'
                self._state = self._after if self.is_wrapper else self._as_it_is
                return place if self.is_wrapper else found.start()
        value = text[begin:]
        value = value if self._depth or self._in_text else value.rstrip(_SPACE)
        self._shown.append(value)
        return self._hold(text, begin + len(value))

    def _after(self, text: str, place: int) -> int:
        """Drop the spaces at the end of the whole text."""
        if _NO_SPACE.search(text, place) is None:
            return self._hold(text, place)
        self._state = self._between
        return place

    def _between(self, text: str, place: int) -> int:
        """Show what of a text belongs to no wrapper."""
        found = text.find('{', place)
        if found < 0:
            return self._as_it_is(text, place)
        self._shown.append(text[place:found])
        if (begin := self._find_opening(text, found)) is None:
            self._shown.append('{')
            return found + 1
        if begin == len(text):
            return self._hold(text, found)
        self._shown.append('\n')
        self.is_closed = False
        self._state = self._inside
        return begin

    def _as_it_is(self, text: str, place: int) -> int:
        self._shown.append(text[place:])
        return len(text)


def _opening(member: str) -> re.Pattern[str]:
    """Return what matches as much of a wrapper's opening as there is; the group says that all of it is."""
    space = f'[{_SPACE}]*'
    pattern = '()'
    for part in reversed([rf'\{{{space}', '"', *map(re.escape, member), f'"{space}', f':{space}']):
        pattern = f'(?:{part}{pattern})?'
    return re.compile(pattern)
