# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rewrites JSON schemas so that a provider takes them."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from pydantic_core import PydanticSerializationError, from_json, to_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.schema_dialects.dialect import Fitted, Schema, SchemaDialect
from genkit.plugin.schema_dialects.enums import typed_enum
from genkit.plugin.schema_dialects.limits import find_excess
from genkit.plugin.schema_dialects.references import DEFINING, LISTED, NAMED, SINGLE, References


MEMBER: Final = 'value'

_UNIONS: Final = ('anyOf', 'oneOf', 'allOf')
# Words that no provider takes at the root of an object; OpenAI's error lists them.
_NOT_AT_ROOT: Final = (*_UNIONS, 'enum', 'not')
# Words that say nothing of the values, so that nothing is lost with them.
_SILENT: Final = frozenset(
    {'$schema', '$id', '$anchor', '$comment', 'discriminator', 'deprecated', 'readOnly', 'writeOnly'}
)
_SHAPES: Final = ('type', '$ref', 'anyOf', 'allOf')
# Groups that look around, and references back: engines that follow a pattern while they write know neither.
_UNFOLLOWED: Final = re.compile(r'\(\?[=!<]|\\[1-9bB]')
_DEEPEST: Final = 100


def fit(schema: Mapping[str, Any], dialect: SchemaDialect, *, member: str = MEMBER) -> Fitted:
    """Return a schema as a dialect takes it.

    What is lost of the schema goes into its descriptions, so that the model knows it all the same; every value that
    the fitted schema admits and the descriptions do not rule out is one that the schema admits.

    Args:
        schema: A JSON schema. It is left as it is.
        dialect: What the provider takes.
        member: The member that wraps a value that is no object, where the provider takes objects only.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if it is none or has a reference to nothing.
    """
    try:
        text = to_json(schema, fallback=str)
    except (PydanticSerializationError, ValueError) as error:
        raise GenkitError(
            f'Schema {schema.get("title") or "without title"!r} is no JSON: {error}. Give one that is.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_SCHEMA,
        ) from error
    return _fit(text, dialect, member)


def is_object(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema admits objects only, and names their members itself."""
    if 'properties' in schema:
        return schema.get('type', 'object') == 'object'
    return schema.get('type') == 'object' and not any(word in schema for word in _UNIONS)


@lru_cache(maxsize=1024)
def _fit(text: bytes, dialect: SchemaDialect, member: str) -> Fitted:
    try:
        return _Fitting(from_json(text), dialect, member).fitted()
    except _InexpressibleError as error:
        if dialect.otherwise is not None:
            return _fit(text, dialect.otherwise, member)
        return Fitted(problem=str(error))


class _InexpressibleError(Exception):
    """A schema that a dialect has no words for."""


class _Place(NamedTuple):
    """Where in a schema a schema stands.

    Attributes:
        path: Of members, for messages.
        within: The definition around it.
        optional: Whether a member that is not required leads there from that definition.
        depth: How many schemas are around it.
    """

    path: str = ''
    within: str | None = None
    optional: bool = False
    depth: int = 0

    def at(self, name: str, *, optional: bool = False) -> '_Place':
        """Return the place of a member."""
        path = f'{self.path}.{name}' if self.path else name
        return self._replace(path=path, optional=self.optional or optional, depth=self.depth + 1)

    def below(self, path: str = '') -> '_Place':
        """Return the place of a schema that is no member."""
        return self._replace(path=self.path + path, depth=self.depth + 1)


class _Fitting:
    """Fits one schema."""

    def __init__(self, schema: Schema, dialect: SchemaDialect, member: str) -> None:
        self._schema = schema
        self._dialect = dialect
        self._member = member
        self._references = References(schema)
        self._kept: list[str] = []

    def fitted(self) -> Fitted:
        root, within = self._root()
        wraps = self._dialect.object_root and not is_object(root)
        if wraps:
            within = None
            root = {key: value for key, value in self._schema.items() if key not in (*DEFINING, '$schema')}
            root = {
                'type': 'object',
                'properties': {self._member: root},
                'required': [self._member],
                'additionalProperties': False,
            }
        elif self._dialect.object_root:
            root = _told({'type': 'object', **root}, [word for word in _NOT_AT_ROOT if word in root])
        sent = self._node(root, _Place(within=within))
        definitions: Schema = {}
        for name in self._kept:  # grows meanwhile
            definitions[name] = self._node(self._references.target(name), _Place(path=name, within=name))
        if definitions:
            sent = {**sent, '$defs': definitions}
        if excess := find_excess(sent, self._dialect.limits):
            raise _InexpressibleError(excess)
        return Fitted(sent, strict=self._dialect.strict, member=self._member if wraps else None)

    def _root(self) -> tuple[Schema, str | None]:
        """Return the schema without its definitions, resolved if it is a reference, and whose definition it is."""
        root = {key: value for key, value in self._schema.items() if key not in DEFINING}
        within: str | None = None
        seen: set[str] = set()
        while isinstance(pointer := root.get('$ref'), str) and pointer not in seen:
            seen.add(pointer)
            within = self._references.name(pointer)
            root = {**self._references.target(within), **{key: root[key] for key in root if key != '$ref'}}
        return root, within

    def _node(self, given: Any, place: _Place) -> Schema:
        if given is False:
            return {'not': {}}
        node: Schema = {**cast('Schema', given)} if isinstance(given, dict) else {}
        if place.depth > _DEEPEST:
            raise _InexpressibleError(f'member {place.path!r} lies deeper than {_DEEPEST} schemas')
        if isinstance(node.get('$ref'), str):
            return self._reference(node, place)
        node = _merged(node)
        if '$ref' in node:
            return self._reference(node, place)
        node = self._array(typed_enum(_with_any_of(node), self._dialect.enum_types))
        node = self._object(node, place)
        node = self._worded(node)
        if not self._dialect.untyped and not any(word in node for word in _SHAPES):
            raise _InexpressibleError(f'{_named(place)} may be of any type')
        return self._within(node, place)

    def _reference(self, node: Schema, place: _Place) -> Schema:
        name = self._references.name(node['$ref'])
        beside = {key: value for key, value in node.items() if key != '$ref'}
        if self._references.is_recursive(name):
            allowed = self._dialect.recursion
            cyclic = place.within is not None and self._references.leads_to(name, place.within)
            if allowed == 'never' or (allowed == 'optional' and cyclic and not place.optional):
                raise _InexpressibleError(f'{_named(place)} refers to itself')
            if name not in self._kept:
                self._kept.append(name)
            return {'$ref': f'#/$defs/{name}'}  # providers take nothing beside it
        if self._dialect.inlined or beside:
            return self._node({**self._references.target(name), **beside}, place.below())
        if name not in self._kept:
            self._kept.append(name)
        return {'$ref': f'#/$defs/{name}'}

    def _array(self, node: Schema) -> Schema:
        """Return a node whose elements are described, as one schema if the dialect takes no tuples."""
        firsts = _items(node, 'prefixItems')
        if firsts and not self._dialect.tuples:
            found = [*firsts, node['items']] if isinstance(node.get('items'), dict) else firsts
            distinct = [schema for place, schema in enumerate(found) if schema not in found[:place]]
            limit = {} if 'items' in node and node['items'] is not False else {'maxItems': len(firsts)}
            node = _told({**limit, **node}, ['prefixItems'])
            return {**node, 'items': distinct[0] if len(distinct) == 1 else {'anyOf': distinct}}
        if 'array' in _types(node) and 'items' not in node and not firsts:
            return {**node, 'items': {}}
        return node

    def _object(self, node: Schema, place: _Place) -> Schema:
        if 'object' not in _types(node) and 'properties' not in node:
            return node
        dialect, more = self._dialect, node.get('additionalProperties')
        open_ = more not in (None, False) or bool(node.get('patternProperties'))
        if not dialect.open_objects and (open_ or (more is None and 'properties' not in node)):
            raise _InexpressibleError(f'{_named(place)} takes members that are not named')
        required = [*_items(node, 'required')]
        tags = [name for name in _members(node, 'properties') if name not in required and _is_tag(node, name)]
        if tags:
            required += tags
            node = {**node, 'required': required}
        optional = [name for name in _members(node, 'properties') if name not in required]
        if dialect.complete:
            if optional:
                raise _InexpressibleError(f'member {place.at(optional[0]).path!r} is not required')
            node = {**node, 'properties': node.get('properties', {}), 'required': required}
        closes = dialect.closed and more is None and 'properties' in node and not open_
        return {**node, 'additionalProperties': False} if closes else node

    def _worded(self, node: Schema) -> Schema:
        """Return a node without the words that the dialect does not take, which are told in its description."""
        dialect = self._dialect
        lost = [
            word
            for word, value in node.items()
            if (dialect.words is not None and word not in dialect.words)
            or (word in dialect.values and value not in dialect.values[word])
            or word == 'discriminator'
            or (word == 'pattern' and _UNFOLLOWED.search(str(value)))
        ]
        return _told(node, lost) if lost else node

    def _within(self, node: Schema, place: _Place) -> Schema:
        """Return a node with the schemas within it fitted."""
        required = _items(node, 'required')
        for word in NAMED:
            if isinstance(node.get(word), dict):
                node[word] = {
                    name: self._node(inner, place.at(name, optional=name not in required))
                    for name, inner in _members(node, word).items()
                }
        for word in SINGLE:
            if isinstance(node.get(word), dict):
                node[word] = self._node(node[word], place.below('[]' if word == 'items' else ''))
        for word in LISTED:
            if isinstance(node.get(word), list):
                node[word] = [self._node(inner, place.below()) for inner in _items(node, word)]
        return node


def _merged(node: Schema) -> Schema:
    """Return a node in which ``allOf`` with one schema is that schema."""
    whole = _items(node, 'allOf')
    if len(whole) != 1 or not isinstance(whole[0], dict):
        return node
    return {**cast('Schema', whole[0]), **{key: value for key, value in node.items() if key != 'allOf'}}


def _with_any_of(node: Schema) -> Schema:
    """Return a node whose alternatives are ``anyOf``."""
    if 'oneOf' not in node or 'anyOf' in node:
        return node
    return {'anyOf' if key == 'oneOf' else key: value for key, value in node.items()}


def _told(node: Schema, lost: Sequence[str]) -> Schema:
    """Return a node without some words, and with a description that says what they said."""
    told = [f'{word}: {_shown(node[word])}' for word in lost if word not in _SILENT]
    kept = {key: value for key, value in node.items() if key not in lost}
    if told:
        text = f'{{{", ".join(told)}}}'
        kept['description'] = f'{kept["description"]}\n\n{text}' if kept.get('description') else text
    return kept


def _shown(value: Any) -> str:
    return to_json(value).decode() if isinstance(value, dict | list) else str(value)


def _members(node: Schema, word: str) -> Schema:
    value = node.get(word)
    return cast('Schema', value) if isinstance(value, dict) else {}


def _items(node: Schema, word: str) -> list[Any]:
    value = node.get(word)
    return cast('list[Any]', value) if isinstance(value, list) else []


def _is_tag(node: Schema, name: str) -> bool:
    """Return whether a member has one value only, such as the tag that tells the models of a union apart."""
    member = node['properties'][name]
    return isinstance(member, dict) and 'const' in member


def _types(node: Schema) -> Sequence[str]:
    return _items(node, 'type') or (str(node.get('type')),)


def _named(place: _Place) -> str:
    return f'member {place.path!r}' if place.path else 'the schema'
