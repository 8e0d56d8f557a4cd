# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Holds the requests of a plugin against the type that the provider's own library has for them."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from genkit.plugin import describe_problems


def find_misfits(request_type: Any, body: Any) -> list[str]:
    """Return what of a request's body does not fit a type, such as a TypedDict, a Pydantic model, or a union of some.

    Members that nobody has heard of are looked for at the top only: further down, types are often open.
    """
    adapter, known = _read_type(request_type)
    members = cast('Mapping[str, Any]', body)
    unknown = [f'{name!r} is not known to the provider' for name in members if name not in known]
    try:
        _walk(adapter.validate_python(members))
    except ValidationError as error:
        return [*unknown, describe_problems(error)]
    return unknown


@functools.cache
def _read_type(request_type: Any) -> tuple[TypeAdapter[Any], frozenset[str]]:
    kinds = get_args(request_type) or (request_type,)
    return TypeAdapter(request_type), frozenset(name for kind in kinds for name in _names(kind))


def _names(kind: Any) -> Iterator[str]:
    """Return the members of a type, for a model with the names that they have on the wire."""
    yield from get_type_hints(kind)
    fields: Mapping[str, Any] = getattr(kind, 'model_fields', {})
    yield from (field.alias for field in fields.values() if field.alias is not None)


def _walk(value: Any) -> None:
    """Read everything: what a type calls iterable is validated only then."""
    if isinstance(value, Mapping):
        _walk(list(cast('Mapping[Any, Any]', value).values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for each in cast('Iterable[Any]', value):
            _walk(each)
