# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schema dialects of providers, as data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class SchemaDialect:
    """The subset of JSON schema that a provider supports in one place of its protocol.

    What every provider takes needs no member here: alternatives are written as ``anyOf``, constants as an ``enum`` of
    one, and every ``enum`` has a type.

    Attributes:
        name: What it is for, for messages and documentation.
        source: Where the provider says so, and when that was read.
        object_root: Whether the schema must be that of an object; any other is wrapped as the member of one.
        words: The words it takes; None for all. Others go into the description.
        values: The values that it takes of some words; with others the word goes into the description.
        enum_types: Types of which it takes an ``enum``.
        inlined: Whether references are replaced by what they point to, as far as they are not recursive.
        references: Whether it takes references as well; then a schema that would become too large without keeps them.
        recursion: Whether a schema may refer to itself: always, only in members that are not required, or never.
        tuples: Whether it takes ``prefixItems``; otherwise the elements become alternatives.
        untyped: Whether it takes schemas that say nothing of a type.
        open_objects: Whether it takes objects with members that have no names in the schema.
        closed: Whether objects are to say that they take no other members.
        complete: Whether every member must be required.
        strict: Whether the provider is asked to follow the schema strictly.
        limits: The most that it takes of ``depth``, ``properties``, ``enum`` values, ``optional`` members and
            ``unions``.
        otherwise: What a schema is fitted to that cannot be expressed in this dialect.
    """

    name: str
    source: str
    object_root: bool = False
    words: frozenset[str] | None = None
    values: Mapping[str, Collection[Any]] = field(default_factory=dict[str, Collection[Any]])
    enum_types: frozenset[str] = frozenset({'string', 'integer', 'number', 'boolean'})
    inlined: bool = False
    references: bool = True
    recursion: Literal['always', 'optional', 'never'] = 'always'
    tuples: bool = True
    untyped: bool = True
    open_objects: bool = True
    closed: bool = False
    complete: bool = False
    strict: bool = False
    limits: Mapping[str, int] = field(default_factory=dict[str, int])
    otherwise: 'SchemaDialect | None' = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A schema rewritten for a provider.

    Attributes:
        schema: What to send; None if the dialect cannot express it. It is shared: copy it before you change it.
        strict: Whether the provider may be asked to follow it strictly.
        member: The member that wraps the value; None if the value stands by itself.
        problem: Why it cannot be expressed.
    """

    schema: Schema | None = None
    strict: bool = False
    member: str | None = None
    problem: str | None = None
