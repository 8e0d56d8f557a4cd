# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A request as context providers were once given it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, cast

from typing_extensions import TypeVar

from genkit.web.context import RequestData as CurrentRequestData


T = TypeVar('T', default=Any)


@dataclass(frozen=True)
class ContextMetadata:
    """What is known of a call beside its request."""

    trace_id: str | None = None


class RequestData(CurrentRequestData, Generic[T]):
    """A request that is made of the framework's own alone.

    Args:
        request: The framework's request: an object, or a mapping, with ``method``, ``headers`` and ``input``.
        metadata: What is known beside it.

    Attributes:
        metadata: As given.
    """

    __setattr__ = object.__setattr__  # that of a frozen class with slots fails in its subclasses

    def __init__(self, request: T, metadata: ContextMetadata | None = None) -> None:
        headers = cast('Mapping[str, str]', _member(request, 'headers') or {})
        super().__init__(
            method=str(_member(request, 'method') or 'POST').upper(),
            headers={name.lower(): value for name, value in headers.items()},
            input=_member(request, 'input'),
            request=request,
        )
        self.metadata = metadata


def _member(request: Any, name: str) -> Any:
    return (
        cast('Mapping[str, Any]', request).get(name) if isinstance(request, Mapping) else getattr(request, name, None)
    )
