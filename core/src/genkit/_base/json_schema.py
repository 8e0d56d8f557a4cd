# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Checks data against JSON schemas that were written by hand or came over a wire."""

import json
from functools import lru_cache
from typing import Any

from genkit._base.errors import ErrorReason, GenkitError


def check_json(schema: dict[str, Any], value: Any, what: str, reason: ErrorReason = ErrorReason.INVALID_INPUT) -> None:
    """Raise unless a value fits a schema.

    Args:
        schema: Draft 2020-12 unless it names another.
        value: JSON-compatible data.
        what: Whose value it is, for the message.
        reason: For the error's details.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    if not schema:
        return
    problems = [
        f'{".".join(str(step) for step in problem.absolute_path) or "(root)"}: {problem.message}'
        for problem in _validator(json.dumps(schema, sort_keys=True, default=str)).iter_errors(value)
    ]
    if problems:
        raise GenkitError(
            f'Validation of {what} failed: {"; ".join(problems)}', status='INVALID_ARGUMENT', reason=reason
        )


@lru_cache(maxsize=256)
def _validator(schema_text: str) -> Any:
    from jsonschema.validators import Draft202012Validator, validator_for  # noqa: PLC0415  (loaded on first use)

    schema = json.loads(schema_text)
    return validator_for(schema, default=Draft202012Validator)(schema)
