# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas and validators of Python types, made on first use and kept."""

import functools
import json
from dataclasses import is_dataclass
from typing import Any, Final, Literal, TypeAlias, cast, get_origin

from pydantic import BaseModel, PydanticUserError, TypeAdapter, ValidationError

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.secrets import is_secret, redact
from genkit._base.serialize import dump_dict, without_iterators
from genkit._base.suggest import shown
from genkit._trace.recorded import remember_schema
from genkit.types.wire import BUILD_LOCK, build_written_alone


SchemaMode: TypeAlias = Literal['validation', 'serialization']

NO_INPUT_SCHEMA: Final[dict[str, Any]] = {'type': 'object', 'properties': {}}


@functools.lru_cache(maxsize=1024)
def _cached_adapter(python_type: Any) -> TypeAdapter[Any]:
    return _new_adapter(python_type)


def _new_adapter(python_type: Any) -> TypeAdapter[Any]:
    """Return a validator that is built, the deferred types in it as well."""
    with BUILD_LOCK:
        if isinstance(python_type, type) and issubclass(python_type, BaseModel):
            python_type.model_rebuild(raise_errors=False)
        adapter: TypeAdapter[Any] = TypeAdapter(cast('Any', python_type))
        adapter.rebuild(raise_errors=False)
        build_written_alone()
        return adapter


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
            return _new_adapter(python_type)
    except (PydanticUserError, NameError) as error:
        raise _no_schema(python_type, error) from error


def _no_schema(python_type: Any, error: Exception) -> GenkitError:
    if way_out := _type_of(python_type):
        return GenkitError(
            f'{shown(python_type)} is no type: write {way_out}.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_SCHEMA,
        )
    return GenkitError(
        f'Type {python_type!r} has no schema: {str(error).splitlines()[0]} '
        'Use a Pydantic model, a dataclass, a TypedDict or a built-in type.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
        cause=error,
    )


def _type_of(value: Any) -> str:
    """Return the type that was meant by a value in its place; empty if it is a type itself."""
    if isinstance(value, type) or get_origin(value) is not None:
        return ''
    if isinstance(value, list | tuple):
        names = [getattr(each, '__name__', '…') for each in cast('list[Any]', value)] or ['…']
        return f'list[{names[0]}]' if len(names) == 1 else f'tuple[{", ".join(names)}]'
    name = type(value).__name__
    if isinstance(value, BaseModel) or is_dataclass(value):
        return f'the class, {name}'
    return name if isinstance(value, bool | int | float | bytes | set | frozenset) else ''


def to_json_schema(schema: Any, mode: SchemaMode = 'validation') -> dict[str, Any]:
    """Return the JSON schema of a type; a schema is returned as it is, None stands for null.

    Args:
        schema: The type.
        mode: ``validation`` for what is read as this type, ``serialization`` for what values of it are written as.
    """
    if isinstance(schema, dict):
        return cast('dict[str, Any]', schema)
    if schema is None:
        return {'type': 'null'}
    return _json_schema(schema, mode) if _hashable(schema) else _described(schema, mode)


@functools.lru_cache(maxsize=1024)
def _json_schema(python_type: Any, mode: SchemaMode) -> dict[str, Any]:
    schema = _described(python_type, mode)
    remember_schema(schema)
    return schema


def _described(python_type: Any, mode: SchemaMode) -> dict[str, Any]:
    adapter = type_adapter(python_type)
    try:
        with BUILD_LOCK:
            return adapter.json_schema(mode=mode)
    except PydanticUserError as error:  # it can be checked, but no JSON schema says how
        raise _no_schema(python_type, error) from error


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def validated(adapter: TypeAdapter[Any], value: Any) -> Any:
    """Return a value, or the JSON that it is, as the adapter's type.

    A strict type takes a date, a tuple or an enumeration from JSON, which has none of them, and not from the same data
    in Python.

    Raises:
        ValidationError: It is neither.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        try:
            text = json.dumps(value)
        except (TypeError, ValueError, RecursionError):
            raise error from None  # no JSON, but objects of Python
        try:
            return adapter.validate_json(text)
        except ValidationError as other:
            # Where JSON is taken, the other reader complains about more than what is wrong.
            raise (other if other.error_count() < error.error_count() else error) from None


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
        return validated(adapter, value)
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
