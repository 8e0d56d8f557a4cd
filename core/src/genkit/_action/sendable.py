# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that results are serializable, so that the error names the function that returned them."""

from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_stream import without_lone_surrogates
from genkit._base.readers.json_text import MAX_JSON_DEPTH, check_depth
from genkit._base.serialize import dump_strict_json, without_iterators
from genkit.types import WireModel


_WIRE = (WireModel,)


def sendable(value: Any, source: str) -> Any:
    """Return a result in a form that every protocol takes.

    Bytes become text in base64, and halves of characters are replaced; anything else stays as it is.

    Args:
        value: The result.
        source: Whose it is, for the message, such as ``Tool 'weather'``.

    Raises:
        GenkitError: ``INTERNAL``, reason ``TOOL_FAILED``: it has no form in JSON, holds itself or is nested too deeply.
    """
    if isinstance(value, str):
        if value.isascii():
            return value
        cleaned = without_lone_surrogates(value)
        return value if cleaned == value else cleaned
    if value is None or isinstance(value, bool | int | float):
        return value
    if without_iterators(value, _WIRE) is not value:
        raise _refused(value, source, 'holds an iterator, which can be read only once. Return a list')
    try:
        written = to_json(value, by_alias=True, inf_nan_mode='null', bytes_mode='base64')
        if written.count(b'[') + written.count(b'{') > MAX_JSON_DEPTH:
            check_depth(to_jsonable_python(value, by_alias=True, bytes_mode='base64'))
        if written == to_json(value, by_alias=True, inf_nan_mode='null', bytes_mode='hex'):
            return value
    except GenkitError:
        raise _refused(value, source, f'is nested more than {MAX_JSON_DEPTH} levels deep. Return less') from None
    except Exception as error:  # noqa: BLE001  (also whatever the value's own methods raise)
        return _repaired(value, source, error)
    return to_jsonable_python(value, by_alias=True, inf_nan_mode='null', bytes_mode='base64')


def write_json(value: Any, source: str) -> str:
    """Return what leaves the process as JSON text.

    Args:
        value: To be written.
        source: What it is, as the subject of a sentence, such as ``The result of flow 'greet'``.

    Raises:
        GenkitError: ``INTERNAL`` if it cannot be written; what its cause says of the value is not for clients.
    """
    try:
        return dump_strict_json(value)
    except Exception as error:  # its own methods are called, which may raise anything
        raise GenkitError(
            f'{source} cannot be written as JSON. Return plain data or Pydantic models; its cause, which is logged, '
            'says what could not be written.',
            cause=error,
        ) from error


def _repaired(value: Any, source: str, error: Exception) -> Any:
    """Return a value as plain data, if bytes and halves of characters in it were what could not be written."""
    try:
        cleaned = to_jsonable_python(_plain(value), by_alias=True, inf_nan_mode='null', bytes_mode='base64')
        to_json(cleaned)
    except Exception:  # noqa: BLE001  (the first error says what is wrong)
        raise _refused(
            value, source, f'cannot be written as JSON ({_line_of(error)}). Return plain data', error
        ) from error
    return cleaned


def _plain(value: Any) -> Any:
    """Return a value with models and texts replaced; a model writes bytes as its own settings say."""
    if isinstance(value, str):
        return without_lone_surrogates(value)
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(by_alias=True))
    if isinstance(value, dict):
        return {_plain(name): _plain(member) for name, member in cast('dict[Any, Any]', value).items()}
    return [_plain(item) for item in cast('list[Any]', value)] if isinstance(value, list | tuple) else value


def _line_of(error: Exception) -> str:
    try:
        return (str(error).splitlines() or [''])[0][:200] or type(error).__name__
    except Exception:  # noqa: BLE001  (an error of the value's own, whose text fails as well)
        return type(error).__name__


def _refused(value: Any, source: str, problem: str, cause: Exception | None = None) -> GenkitError:
    error = GenkitError(
        f'{source} returned a {type(value).__name__} that {problem}.',
        status='INTERNAL',
        reason=ErrorReason.TOOL_FAILED,
    )
    error.__cause__ = cause
    return error
