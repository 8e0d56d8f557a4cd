# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a model gave: the final response and the chunks, as they go over the wire."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit.plugin import describe_problems, redact
from genkit.types import GenerateResponse, GenerateResponseChunk, WireModel
from pydantic import ValidationError


_SHOWN: Final = 600
_MAY_BE_NULL: Final = frozenset({'config', 'custom', 'data', 'input', 'output', 'raw'})  # they are anything


@dataclass(frozen=True)
class Answer:
    """What came back from one run of a model action.

    Attributes:
        response: JSON data, not yet known to be a `GenerateResponse`.
        chunks: The chunks as JSON data, in the order of arrival.
    """

    response: Any
    chunks: Sequence[Any] = ()

    def shape_problem(self) -> str | None:
        """Return what keeps the response, or a chunk, from being one; None if all of them are as the types say."""
        problem = _problem(GenerateResponse[Any], self.response)
        if problem:
            return f'the response is no GenerateResponse: {problem}'
        for position, chunk in enumerate(self.chunks):
            if problem := _problem(GenerateResponseChunk[Any], chunk):
                return f'chunk {position} is no GenerateResponseChunk: {problem}'
        return None

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of the final message, or of an old model's first candidate; none if there is neither."""
        candidates: list[Any] = self.response.get('candidates') or [{}]
        message = self.response.get('message') or candidates[0].get('message')
        return message['content'] if message else []

    @property
    def streamed_text(self) -> str:
        """The first text of every chunk, one after another."""
        texts = (next((part['text'] for part in chunk['content'] if part.get('text')), '') for chunk in self.chunks)
        return ''.join(texts)

    def shown(self) -> str:
        """Return what was got, for a person: on one line, without secrets, long texts cut."""
        got = self.response
        if isinstance(got, dict):
            members = cast('dict[str, Any]', got)
            got = members.get('message') or members.get('operation') or members
        text = json.dumps(redact(got), ensure_ascii=False, default=str)
        cut = text if len(text) <= _SHOWN else f'{text[:_SHOWN]}… ({len(text)} characters)'
        return f'{cut} after {len(self.chunks)} chunks' if self.chunks else cut


def _problem(kind: type[WireModel], value: Any) -> str | None:
    """Return how a value differs from the type, taken as strictly as JSON allows: no `"3"` for 3, no snake_case."""
    try:
        read = kind.model_validate_json(json.dumps(value), strict=True, by_name=False, by_alias=True)
    except ValidationError as error:
        return describe_problems(error)
    written = read.model_dump(mode='json', by_alias=True, exclude_none=True, exclude_unset=True)
    return _difference(value, written)


def _difference(got: Any, written: Any, path: str = '') -> str | None:
    """Return what the types let through for people who write Python: null for absent, a text for a list of parts."""
    if isinstance(got, dict) and isinstance(written, dict):
        members = cast('dict[str, Any]', written)
        for name, member in cast('dict[str, Any]', got).items():
            if name not in members and (member is not None or name not in _MAY_BE_NULL):
                return f'{path}{name}: {member!r} is not allowed, leave it out'
            if problem := _difference(member, members.get(name), f'{path}{name}.'):
                return problem
    elif isinstance(written, list) and isinstance(got, list):
        pairs = zip(cast('list[Any]', got), cast('list[Any]', written), strict=True)
        problems = (_difference(one, other, f'{path}{place}.') for place, (one, other) in enumerate(pairs))
        return next(filter(None, problems), None)
    elif isinstance(written, list):
        return f'{path[:-1]}: {got!r} is not a list'
    return None
