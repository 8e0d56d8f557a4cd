# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A filter as an option of a retriever."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from genkit.plugin.stores.filters.conditions import EVERYTHING, NOTHING
from genkit.plugin.stores.filters.reading import read_filter


class Filter:
    """A filter that has been read; as the type of a member of a Pydantic model, it takes a mapping.

    Args:
        given: As the caller wrote it.

    Attributes:
        given: The same.
        condition: What it says.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the place in it that has no meaning.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.condition: Final = read_filter(given)
        self.given: Final = dict(given)

    @property
    def finds_everything(self) -> bool:
        """Whether every document meets it, as that without conditions."""
        return self.condition == EVERYTHING

    @property
    def finds_nothing(self) -> bool:
        """Whether no document meets it, as ``{'year': {'$in': []}}``."""
        return self.condition == NOTHING

    def __repr__(self) -> str:
        """Return it as a call."""
        return f'{type(self).__name__}({self.given!r})'

    def __eq__(self, other: object) -> bool:
        """Return whether another one was written in the same way."""
        return isinstance(other, Filter) and self.given == other.given

    __hash__ = None  # pyright: ignore[reportAssignmentType]  (what it is made of can be changed)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how Pydantic validates it: as its own constructor; and serializes it: as it was given."""
        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls(given),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda each: each.given),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return its JSON schema: any object."""
        return {'type': 'object', 'additionalProperties': True}
