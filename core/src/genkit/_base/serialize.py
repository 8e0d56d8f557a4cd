# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One way to JSON: wire names, absent members left out, nothing refused."""

import json
from typing import Any

from pydantic_core import to_json, to_jsonable_python


def dump_dict(value: Any) -> Any:
    """Return a value as JSON-compatible data.

    Raises:
        ValueError: The value contains itself.
    """
    return to_jsonable_python(
        value, by_alias=True, exclude_none=True, bytes_mode='base64', fallback=str, inf_nan_mode='null'
    )


def dump_json(value: Any, indent: int | None = None, exclude: set[str] | None = None) -> str:
    """Return a value as JSON text; bytes become base64, unknown objects their text.

    Args:
        value: Anything.
        indent: How far nested values stand in; None for one line.
        exclude: Members of a model that are left out, as its class names them.

    Raises:
        ValueError: The value contains itself.
    """
    return to_json(
        value,
        exclude=exclude,
        by_alias=True,
        exclude_none=True,
        indent=indent,
        bytes_mode='base64',
        fallback=str,
        inf_nan_mode='null',
    ).decode()


def canonical_json(value: Any) -> str:
    """Return a value as the JSON text that is the same for all equal values, whichever library wrote them.

    Members are sorted, and a number without a fraction is an integer: ``1.0`` and ``1`` are equal, ``1`` and ``true``
    are not.
    """
    return json.dumps(json.loads(dump_json(value), parse_float=_number), sort_keys=True, separators=(',', ':'))


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def dump_schema(schema: dict[str, Any]) -> str:
    """Return a JSON schema as the indented text that instructions show to models."""
    return to_json(schema, indent=2).decode()
