# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every wire type has in common: camelCase outside, snake_case inside, both accepted."""

import functools
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


WIRE_CONFIG: Final = ConfigDict(
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    serialize_by_alias=True,
    extra='forbid',
    defer_build=True,
    protected_namespaces=(),
)


@functools.cache
def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.default for name, field in model.model_fields.items() if not field.is_required()}


class WireModel(BaseModel):
    """A value that travels between Genkit programs.

    Validation schemas are built when a type is first used, so that importing stays cheap.
    """

    model_config = WIRE_CONFIG

    def to_wire(self) -> dict[str, Any]:
        """Return this value as JSON-compatible data: camelCase names, absent members left out."""
        return self.model_dump(mode='json', by_alias=True, exclude_none=True)

    @classmethod
    def trusted(cls, **members: Any) -> Self:
        """Return an instance of members that are known to be valid; nothing is checked or converted."""
        instance = cls.__new__(cls)
        set_attribute = object.__setattr__
        set_attribute(instance, '__dict__', {**_defaults(cls), **members})
        set_attribute(instance, '__pydantic_fields_set__', set(members))
        set_attribute(instance, '__pydantic_extra__', {} if cls.model_config.get('extra') == 'allow' else None)
        private = cls.__private_attributes__
        set_attribute(
            instance, '__pydantic_private__', {name: entry.default for name, entry in private.items()} or None
        )
        return instance

    def replaced(self, **members: Any) -> Self:
        """Return a shallow copy with some members replaced; their values are taken as valid."""
        copy = self.__class__.__new__(self.__class__)
        set_attribute = object.__setattr__
        set_attribute(copy, '__dict__', {**self.__dict__, **members})
        set_attribute(copy, '__pydantic_fields_set__', self.__pydantic_fields_set__ | members.keys())
        set_attribute(copy, '__pydantic_extra__', self.__pydantic_extra__ and dict(self.__pydantic_extra__))
        private = self.__pydantic_private__
        set_attribute(copy, '__pydantic_private__', None if private is None else dict(private))
        return copy


class OpenWireModel(WireModel):
    """A wire value that keeps members it does not know."""

    model_config = ConfigDict(extra='allow')

    @property
    def extra(self) -> dict[str, Any]:
        """The members that are not declared."""
        return self.__pydantic_extra__ or {}
