# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Base classes of the wire types: camelCase outside, snake_case inside, both accepted."""

import functools
import threading
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema


WIRE_CONFIG: Final = ConfigDict(
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    serialize_by_alias=True,
    extra='forbid',
    defer_build=True,
    protected_namespaces=(),
)


# Held while validators are built: Pydantic's own steps are not made for several threads that begin at once.
BUILD_LOCK: Final = threading.RLock()

# Types whose instances are written by their own serializers, not by that of the type around them, which is being built:
# Pydantic before 2.14 does not build those when they are needed.
WRITTEN_ALONE: Final[dict[type[BaseModel], None]] = {}

# The places of an instance, set directly: `object.__setattr__` looks each of them up by name first.
_PLACES: Final = vars(BaseModel)
_new: Final = object.__new__
_set_members: Final = _PLACES['__dict__'].__set__
_set_fields_set: Final = _PLACES['__pydantic_fields_set__'].__set__
_set_extra: Final = _PLACES['__pydantic_extra__'].__set__
_set_private: Final = _PLACES['__pydantic_private__'].__set__


def build_written_alone() -> None:
    """Build the types that a type which was just built needs beside itself."""
    while WRITTEN_ALONE:
        kind, _ = WRITTEN_ALONE.popitem()
        if not kind.__pydantic_complete__:  # building one asks for the others again, once each
            kind.model_rebuild(raise_errors=False)


class WireEnum(StrEnum):
    """A word of the protocol; written as the text that it is, without asking the enumeration for its value."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate as an enumeration, serialize as text."""
        return {**handler(source), 'serialization': core_schema.simple_ser_schema('str')}  # pyright: ignore[reportReturnType]


@functools.cache
def _blank(model: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any] | None, bool]:
    """Return what an instance holds before anything is set: members, private attributes, and whether it takes more."""
    members = {name: field.default for name, field in model.model_fields.items() if not field.is_required()}
    private = {name: entry.default for name, entry in model.__private_attributes__.items()}
    return members, private or None, model.model_config.get('extra') == 'allow'


def without_empty(arguments: Iterable[tuple[str | None, Any]]) -> Iterator[tuple[str | None, Any]]:
    """Yield the arguments of a repr that are neither empty containers nor wire types with nothing to show."""
    for name, value in arguments:
        shown = any(True for _ in value.__repr_args__()) if isinstance(value, WireModel) else value not in ([], {})
        if shown:
            yield name, value


class WireModel(BaseModel):
    """Base class of the wire types.

    Validation schemas are built when a type is first used, so that importing stays cheap.
    """

    model_config = WIRE_CONFIG

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build the validators, once, whichever threads ask for them; the options are Pydantic's."""
        with BUILD_LOCK:
            depth = options.pop('_parent_namespace_depth', 2)
            built = super().model_rebuild(_parent_namespace_depth=depth + 1 if depth else 0, **options)
            build_written_alone()
            return built

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what a repr shows: members that hold more than their default, and those that have none."""
        held = dict(super().__repr_args__())
        for name, field in type(self).model_fields.items():
            if name in held:
                value = held.pop(name)
                if field.is_required() or (value is not None and value != field.default):
                    yield name, str(value) if isinstance(value, WireEnum) else value
        yield from held.items()

    def to_wire(self) -> dict[str, Any]:
        """Return this value as JSON-compatible data: camelCase names, absent members left out."""
        return self.model_dump(mode='json', by_alias=True, exclude_none=True)

    @classmethod
    def trusted(cls, **members: Any) -> Self:
        """Return an instance of members that are known to be valid; nothing is checked or converted."""
        defaults, private, is_open = _blank(cls)
        instance = _new(cls)
        _set_fields_set(instance, set(members))
        _set_members(instance, defaults | members)
        _set_extra(instance, {} if is_open else None)
        _set_private(instance, private and dict(private))
        return instance

    def replaced(self, **members: Any) -> Self:
        """Return a shallow copy with some members replaced; their values are taken as valid."""
        copy = _new(self.__class__)
        extra, private = self.__pydantic_extra__, self.__pydantic_private__
        _set_members(copy, {**self.__dict__, **members})
        _set_fields_set(copy, self.__pydantic_fields_set__ | members.keys())
        _set_extra(copy, extra and dict(extra))
        _set_private(copy, private and dict(private))
        return copy


class OpenWireModel(WireModel):
    """Base class of wire types that keep unknown fields."""

    model_config = ConfigDict(extra='allow')

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that are not declared."""
        return self.__pydantic_extra__ or {}
