# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request, as the type that declares them."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from genkit._action.schema import describe_problems
from genkit._base.errors import ErrorReason, GenkitError


_Config = TypeVar('_Config', bound=BaseModel)


def parse_config(config_type: type[_Config], members: Any, problem: str) -> _Config:
    """Return options as the type that declares them; names of the wire and of Python mean the same.

    Args:
        config_type: The type of the options.
        members: The options, as a mapping; see `as_members`, and `without_key` for those that are sent.
        problem: The beginning of the error's message, such as ``The config does not fit 'meow-1'``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_INPUT``, naming each wrong member.
    """
    try:
        return config_type.model_validate(members)
    except ValidationError as error:
        text = f'{problem}: {describe_problems(error)}'
        raise GenkitError(text, status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_INPUT) from error
