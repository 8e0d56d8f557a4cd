# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the answer among the JSON values in a text."""

from collections.abc import Callable, Sequence
from typing import Any

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.extract import (
    FinalJson,
    is_cut_off_json,
    no_json,
    read_final_values,
    read_whole_json,
    unfinished_json,
)
from genkit._base.json_schema import check_json
from genkit.types import Message


def find_answer(
    text: str, schema: dict[str, Any] | None, suits: Callable[[Any], bool] = lambda _: True
) -> FinalJson | None:
    """Return the first value that fits the schema, else the first; None if there is none.

    Args:
        text: What the model wrote.
        schema: What the value is asked to be.
        suits: Whether a value is of the right kind at all.

    Raises:
        GenkitError: ``INTERNAL`` with reason ``INVALID_OUTPUT`` if the last value is not closed: those before it are
            drafts and examples.
    """
    whole = read_whole_json(text)
    if whole is not None:
        return whole if suits(whole.value) else None
    if is_cut_off_json(text):
        raise unfinished_json(text)
    values = read_final_values(text)
    if values and values[-1].unfinished:
        raise unfinished_json(text)
    values = [value for value in values if suits(value.value)]
    if schema is None or len(values) < 2:  # noqa: PLR2004  (nothing to choose)
        return values[0] if values else None
    return _fitting(values, schema)


def is_alone(text: str) -> bool:
    """Return whether a text holds one complete value, and nothing that could be the beginning of another one."""
    values = read_final_values(text)
    return len(values) == 1 and not values[0].unfinished and values[0].alone


def is_repaired(text: str, schema: dict[str, Any] | None, suits: Callable[[Any], bool] = lambda _: True) -> bool:
    """Return whether the answer in a text had to be repaired."""
    try:
        found = find_answer(text, schema, suits)
    except GenkitError:
        return False
    return found is not None and found.repaired


def require_text(message: Message, schema: dict[str, Any] | None) -> None:
    """Raise ``INTERNAL`` with reason ``INVALID_OUTPUT`` if a schema is asked for and the answer is blank."""
    if schema is not None and not message.text.strip() and not message.tool_requests:
        raise GenkitError(
            'The answer is empty, and output with a schema was asked for. Ask again, or let the schema allow an '
            'answer that says that there is nothing.',
            status='INTERNAL',
            reason=ErrorReason.INVALID_OUTPUT,
        )


def missing(message: Message, schema: dict[str, Any] | None) -> GenkitError | None:
    """Return the error for an answer in which nothing was found, if a schema is asked for."""
    return no_json(message.text) if schema is not None and not message.tool_requests else None


def _fitting(values: Sequence[FinalJson], schema: dict[str, Any]) -> FinalJson:
    for value in values:
        try:
            check_json(schema, value.value, 'The answer', ErrorReason.INVALID_OUTPUT)
        except GenkitError:
            continue
        return value
    return values[0]
