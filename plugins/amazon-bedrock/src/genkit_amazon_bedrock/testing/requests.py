# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads requests by botocore's model of the API, and says what the service would refuse."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import unquote

from genkit.testing import RecordedRequest

from genkit_amazon_bedrock.service import botocore, service_model


_IN_PATH: Final = re.compile(r'\{(\w+)\+?\}')


@dataclass(frozen=True, kw_only=True)
class ReceivedCall:
    """A request as an operation and its parameters.

    Attributes:
        operation: Its name.
        parameters: Its parameters, bytes as bytes.
        key: The key of Bedrock, if one came.
        refused: What the service would refuse; None if it takes the request.
    """

    operation: str
    parameters: dict[str, Any]
    key: str | None
    refused: str | None


def read_call(request: RecordedRequest) -> ReceivedCall:
    """Return what a request asks for."""
    name, in_path = _operation(request)
    shape = service_model().operation_model(name).input_shape
    payload = shape.serialization.get('payload')
    body: Any = {payload: request.body} if payload else request.json if request.body else {}
    members = shape.members
    parameters = {name: _typed(value, members[name]) if name in members else value for name, value in body.items()}
    parameters.update(in_path)
    report = botocore('validate').ParamValidator().validate(parameters, shape)
    problems = [report.generate_report()] if report.has_errors() else []
    problems += [
        problem for name, value in parameters.items() if name not in in_path for problem in _check(value, members, name)
    ]
    bearer = request.headers.get('authorization', '')
    return ReceivedCall(
        operation=name,
        parameters=parameters,
        key=bearer.removeprefix('Bearer ') if bearer.startswith('Bearer ') else None,
        refused='; '.join(problems) or None,
    )


def _operation(request: RecordedRequest) -> tuple[str, dict[str, str]]:
    path = request.path.partition('?')[0]
    for name in service_model().operation_names:
        http = service_model().operation_model(name).http
        pattern = _IN_PATH.sub(r'(?P<\1>[^/]+)', http['requestUri'])
        found = re.fullmatch(pattern, path) if http['method'] == request.method else None
        if found is not None:
            return name, {member: unquote(value) for member, value in found.groupdict().items()}
    raise AssertionError(f'no operation is at {request.method} {path}')


def _typed(given: Any, shape: Any) -> Any:
    """Return a value of JSON with its bytes as bytes."""
    value: Any = given
    kind = shape.type_name
    if kind == 'blob' and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            return 0  # which the validator refuses
    if kind == 'structure' and isinstance(value, dict) and not shape.is_document_type:
        known = shape.members
        members = cast('dict[str, Any]', value).items()
        return {name: _typed(each, known[name]) if name in known else each for name, each in members}
    if kind == 'list' and isinstance(value, list):
        return [_typed(each, shape.member) for each in cast('list[Any]', value)]
    return given


def _check(value: Any, members: Any, name: str) -> Iterator[str]:
    """Yield what the service refuses and botocore's validator lets pass: words, patterns, and what is too long."""
    if name not in members:
        return
    yield from _check_shape(value, members[name], name)


def _check_shape(value: Any, shape: Any, where: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == 'structure' and isinstance(value, dict) and not shape.is_document_type:
        for name, each in cast('dict[str, Any]', value).items():
            yield from _check(each, shape.members, name)
    elif kind == 'list' and isinstance(value, list):
        for each in cast('list[Any]', value):
            yield from _check_shape(each, shape.member, where)
    elif kind == 'string' and isinstance(value, str):
        longest = shape.metadata.get('max')
        pattern = shape.metadata.get('pattern')
        if shape.enum and value not in shape.enum:
            yield f"Value '{value}' at '{where}' failed to satisfy constraint: Member must satisfy enum value set"
        if longest is not None and len(value) > longest:
            yield f"Value at '{where}' failed to satisfy constraint: Member must have length at most {longest}"
        if pattern is not None and not re.fullmatch(pattern, value):
            yield f"Value '{value}' at '{where}' failed to satisfy constraint: Member must satisfy pattern: {pattern}"
