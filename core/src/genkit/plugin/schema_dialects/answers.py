# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that are held to a fitted schema, as if they were held to the schema itself."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from genkit._action.context import ActionRunContext
from genkit._kinds.adapt import simulate_constrained
from genkit.plugin.schema_dialects.dialect import SchemaDialect
from genkit.plugin.schema_dialects.fitting import fit
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk, Part, TextPart


Answering: TypeAlias = Callable[[GenerateRequest, ActionRunContext], Awaitable[GenerateResponse[Any]]]

_SPACE: Final = ' \t\r\n'
# What changes where a reader is: within a text, and outside of one.
_IN_TEXT: Final = re.compile(r'["\\]')
_OUTSIDE: Final = re.compile(r'["{}\[\],]')


def fitted_answers(dialect: SchemaDialect, answer: Answering) -> Answering:
    """Return a model's function for `make_model` that is asked for any schema, and answers as if it took it.

    The function itself sends ``fit(schema, dialect)``. A schema that cannot be expressed is told in words, and the
    request then has none. What comes back wrapped is unwrapped, in chunks as well.

    Args:
        dialect: What the provider takes as the schema of an answer.
        answer: Asks the provider.
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
    """Return an answer with the text of the wrapped value; any other text is left as it is."""
    message = response.message
    if message is None:
        return response
    texts = Unwrapping(member)
    content = _parts(message.content, texts)
    return response.replaced(message=message.replaced(content=content)) if texts.is_wrapper else response


def _parts(content: list[Part], texts: 'Unwrapping') -> list[Part]:
    parts: list[Part] = []
    for part in content:
        if not isinstance(part, TextPart):
            parts.append(part)
        elif (text := texts.add(part.text)) or part.metadata:
            parts.append(part.replaced(text=text))
    return parts


class Unwrapping:
    """Takes the wrapper off a JSON text that comes in pieces: of ``{"value": [1, 2]}`` it leaves ``[1, 2]``.

    A text that does not begin with the wrapper passes as it is.

    Args:
        member: The wrapper's.

    Attributes:
        is_wrapper: Whether the text so far is the wrapper, and has no other member.
    """

    def __init__(self, member: str) -> None:
        self.is_wrapper = False
        self._opening = [*'{', f'"{member}"', ':']
        self._held = ''
        self._state: Callable[[str], str] = self._open
        self._depth = 0
        self._in_text = False

    def add(self, piece: str) -> str:
        """Return what is shown of a piece; what may be the wrapper waits for the next one."""
        held, self._held = self._held, ''
        return self._state(held + piece)

    def close(self) -> str:
        """Return what still waited at the end of the text: the beginning of what might have been the wrapper."""
        left, self._held = self._held, ''
        return '' if self.is_wrapper else left

    def _open(self, text: str) -> str:
        rest = text
        for token in self._opening:
            rest = rest.lstrip(_SPACE)
            if not rest.startswith(token):
                if token.startswith(rest):
                    self._held = text
                    return ''
                self._state = _as_it_is
                return text
            rest = rest[len(token) :]
        rest = rest.lstrip(_SPACE)
        if not rest:
            self._held = text
            return ''
        self.is_wrapper = True
        self._state = self._inside
        return self._inside(rest)

    def _inside(self, text: str) -> str:
        """Return what of a text belongs to the value; spaces that may be the last ones wait."""
        place = 0
        while place < len(text):
            found = (_IN_TEXT if self._in_text else _OUTSIDE).search(text, place)
            if found is None:
                break
            place, mark = found.end(), found[0]
            if mark == '\\':
                if place == len(text):
                    self._held = mark
                    return text[:-1]
                place += 1
            elif mark == '"':
                self._in_text = not self._in_text
            elif mark in '{[':
                self._depth += 1
            elif self._depth and mark != ',':
                self._depth -= 1
            elif not self._depth:
                self.is_wrapper = mark == '}'
                self._state = self._after
                rest = text[place:] if self.is_wrapper else text[found.start() :]
                return text[: found.start()].rstrip(_SPACE) + self._after(rest)
        shown = text if self._depth or self._in_text else text.rstrip(_SPACE)
        self._held = text[len(shown) :]
        return shown

    def _after(self, text: str) -> str:
        if not text.strip(_SPACE):
            self._held = text
            return ''
        self._state = _as_it_is
        return text


def _as_it_is(text: str) -> str:
    return text
