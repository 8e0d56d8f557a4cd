# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas and validators of Python types, made on first use and kept."""

import functools
from typing import Any, Final, cast

from pydantic import PydanticUserError, TypeAdapter, ValidationError

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.secrets import is_secret, redact
from genkit._base.serialize import dump_dict, without_iterators
from genkit._trace.recorded import remember_schema


NO_INPUT_SCHEMA: Final[dict[str, Any]] = {'type': 'object', 'properties': {}}


@functools.lru_cache(maxsize=1024)
def _cached_adapter(python_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(python_type)


def type_adapter(python_type: Any) -> TypeAdapter[Any]:
    """Return the validator of a type.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the type cannot be expressed as a schema.
    """
    try:
        try:
            return _cached_adapter(python_type)
        except TypeError as error:
            if 'unhashable' not in str(error):
                raise
            return TypeAdapter(python_type)
    except (PydanticUserError, NameError) as error:
        raise GenkitError(
            f'Type {python_type!r} has no schema: {str(error).splitlines()[0]} '
            'Use a Pydantic model, a dataclass, a TypedDict or a built-in type.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_SCHEMA,
            cause=error,
        ) from error


def to_json_schema(schema: Any) -> dict[str, Any]:
    """Return the JSON schema of a type; a schema is returned as it is, None stands for null."""
    if isinstance(schema, dict):
        return cast('dict[str, Any]', schema)
    if schema is None:
        return {'type': 'null'}
    return _json_schema(schema) if _hashable(schema) else type_adapter(schema).json_schema()


@functools.lru_cache(maxsize=1024)
def _json_schema(python_type: Any) -> dict[str, Any]:
    schema = type_adapter(python_type).json_schema()
    remember_schema(schema)
    return schema


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def validate_input(adapter: TypeAdapter[Any], value: Any, what: str) -> Any:
    """Return a value as the adapter's type.

    Args:
        adapter: The validator.
        value: Wire data or an instance.
        what: What it is, for the message, such as ``the input of /flow/hello``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member and what was expected of it.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        # Not chained: the validator's own error shows the whole input, secrets and all.
        raise invalid_input(error, what) from None


def invalid_input(error: ValidationError, what: str) -> GenkitError:
    """Return the error that tells a caller, or a model, what is wrong with an input."""
    return GenkitError(
        f'Validation of {what} failed: {describe_problems(error)}',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_INPUT,
        details={'problems': [{'path': _path(item), 'message': item['msg']} for item in error.errors()]},
    )


def describe_problems(error: ValidationError) -> str:
    """Return the problems of a validation as ``path: message (got value)``, one after another."""
    return '; '.join(f'{_path(item)}: {item["msg"]} (got {_shown(item)})' for item in error.errors())


def _path(item: Any) -> str:
    return '.'.join(str(step) for step in item['loc']) or '(root)'


def _shown(item: Any, limit: int = 80) -> str:
    if any(is_secret(str(step)) for step in item['loc']):
        return 'a secret'
    try:
        text = repr(redact(dump_dict(without_iterators(item['input']))))
    except (ValueError, RecursionError):
        text = type(item['input']).__name__
    return text if len(text) <= limit else f'{text[:limit]}…'
