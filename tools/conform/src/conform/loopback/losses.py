# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what a plugin sent with what the test asked of it: nothing of a request may be lost on its way."""

import json
from collections.abc import Iterator
from typing import Any, cast

from genkit.testing import Asked, Wanted
from genkit.types import GenerateRequest, MediaPart, Message, Role, TextPart

from conform.model.suite import Case


def losses(case: Case, asked: Asked | Wanted) -> Iterator[str]:
    """Yield what of a case's request did not reach the provider, in words."""
    request = GenerateRequest.model_validate(case.request)
    sent = json.dumps(asked.body, ensure_ascii=False, default=str)
    for message in request.messages:
        yield from _lost_of(message, asked, sent)
    if isinstance(asked, Wanted):
        return
    wanted = sum(isinstance(part, MediaPart) for message in request.messages for part in message.content)
    if sum(len(message.media) for message in asked.messages) < wanted:
        yield f'fewer than {wanted} media'
    for tool in request.tools or ():
        if tool.name not in asked.tools:
            yield f'no tool {tool.name!r}'
        elif not _members(tool.input_schema) <= _members(asked.tools[tool.name]):
            yield f'not all members of the input of tool {tool.name!r}'
    schema = request.output and request.output.schema_
    if schema and not all(json.dumps(name) in sent or name in sent for name in _members(schema)):
        yield 'no schema of the answer'


def _lost_of(message: Message, asked: Asked | Wanted, sent: str) -> Iterator[str]:
    for part in message.content:
        if not isinstance(part, TextPart):
            continue
        if isinstance(asked, Wanted):
            is_there = any(part.text in text for text in asked.texts) or json.dumps(part.text) in sent
        else:
            roles = {str(message.role), 'user'} if message.role == Role.SYSTEM else {str(message.role)}
            is_there = any(part.text in said.text for said in asked.messages if said.role in roles)
        if not is_there:
            yield f'no text {part.text[:60]!r} of the {message.role}'


def _members(schema: Any) -> set[str]:
    described = cast('dict[str, Any]', schema) if isinstance(schema, dict) else {}
    properties: dict[str, Any] = described.get('properties') or {}
    return set(properties)
