# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rewrites JSON schemas so that a provider takes them."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from pydantic_core import PydanticSerializationError, from_json, to_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.schema_dialects.alternatives import with_any_of
from genkit.plugin.schema_dialects.dialect import Fitted, Schema, SchemaDialect
from genkit.plugin.schema_dialects.enums import typed_enum
from genkit.plugin.schema_dialects.expansion import expanded_size
from genkit.plugin.schema_dialects.limits import find_excess
from genkit.plugin.schema_dialects.merging import merged
from genkit.plugin.schema_dialects.notes import SILENT, told
from genkit.plugin.schema_dialects.references import References
from genkit.plugin.schema_dialects.shapes import DEFINING, LISTED, NAMED, SINGLE, check_shapes, unusable


MEMBER: Final = 'value'

_UNIONS: Final = ('anyOf', 'oneOf', 'allOf')
# Words that no provider takes at the root of an object; OpenAI's error lists them.
_NOT_AT_ROOT: Final = (*_UNIONS, 'enum', 'not')
_ABOUT: Final = SILENT | {'title', 'description', 'default', 'examples'}
_SHAPES: Final = ('type', '$ref', 'anyOf', 'allOf')
# Groups that look around, and references back: engines that follow a pattern while they write know neither.
_UNFOLLOWED: Final = re.compile(r'\(\?[=!<]|\\[1-9bB]')
_DEEPEST: Final = 100
# Characters that a schema may have once its references are replaced, and schemas that may be within it if it is small.
_LARGEST: Final = 200_000
_MOST_SCHEMAS: Final = 20_000


def fit(schema: Mapping[str, Any], dialect: SchemaDialect, *, member: str = MEMBER) -> Fitted:
    """Rewrite a schema for a dialect.

    Keywords that are lost go into the descriptions, so that the model still sees them; every value that
    the fitted schema admits and the descriptions do not rule out is one that the schema admits.

    Args:
        schema: A JSON schema. It is left as it is.
        dialect: What the provider takes.
        member: The member that wraps a value that is not an object, where the provider takes objects only.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if it is none, has a reference to nothing, or
            becomes too large for a dialect without references.
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
        return _Fitting(from_json(text), dialect, member, len(text)).fitted()
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
        """Return the place of a schema that is not a member."""
        return self._replace(path=self.path + path, depth=self.depth + 1)


class _Fitting:
    """Fits one schema."""

    def __init__(self, schema: Schema, dialect: SchemaDialect, member: str, size: int) -> None:
        self._schema = schema
        check_shapes(schema, self._title)
        self._dialect = dialect
        self._member = member
        self._references = References(schema)
        self._kept: set[str] = set()
        self._waiting: deque[str] = deque()
        self._variants: dict[tuple[str, bytes], str] = {}
        self._bases: dict[str, str] = {}
        self._count = 0
        self._most = max(_MOST_SCHEMAS, size // 4)
        self._inlines = dialect.inlined
        self._replaces = self._may_replace(size)

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
            root = told({'type': 'object', **root}, [word for word in _NOT_AT_ROOT if word in root])
        sent = self._node(root, _Place(within=within))
        definitions: Schema = {}
        while self._waiting:
            name = self._waiting.popleft()
            within = self._bases.get(name, name)
            definitions[name] = self._node(self._references.target(name), _Place(path=within, within=within))
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
            root = merged(self._references.target(within), {key: root[key] for key in root if key != '$ref'})
        return root, within

    def _node(self, given: Any, place: _Place) -> Schema:
        given = {'not': {}} if given is False else given
        node: Schema = {**cast('Schema', given)} if isinstance(given, dict) else {}
        if None in node.values():
            node = {key: value for key, value in node.items() if value is not None or key in ('const', 'default')}
        self._count += 1
        if self._count > self._most:
            raise _InexpressibleError(f'it comes to more than {self._most} schemas within one another')
        if place.depth > _DEEPEST:
            raise _InexpressibleError(f'member {place.path!r} lies deeper than {_DEEPEST} schemas')
        if isinstance(node.get('$ref'), str):
            return self._reference(node, place)
        node = _without_all_of(node)
        if isinstance(node.get('$ref'), str):
            return self._reference(node, place)
        node = self._array(typed_enum(with_any_of(node, self._meant), self._dialect.enum_types))
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
            cyclic = place.within is not None and self._references.are_one_circle(name, place.within)
            if allowed == 'never' or (allowed == 'optional' and cyclic and not place.optional):
                raise _InexpressibleError(f'{_named(place)} refers to itself')
            return self._kept_reference(name, {key: beside[key] for key in beside if key not in _ABOUT})
        if self._replaces and (self._inlines or beside):
            return self._node(merged(self._references.target(name), beside), place.below())
        return self._kept_reference(name, {key: beside[key] for key in beside if key not in SILENT})

    def _kept_reference(self, name: str, beside: Schema) -> Schema:
        """Return a reference; providers take nothing beside it, so that this makes a separate definition."""
        if beside:
            key = (name, to_json(beside))
            if key not in self._variants:
                self._variants[key] = self._references.add(name, merged(self._references.target(name), beside))
                self._bases[self._variants[key]] = name
            name = self._variants[key]
        if name not in self._kept:
            self._kept.add(name)
            self._waiting.append(name)
        return {'$ref': f'#/$defs/{name}'}

    def _may_replace(self, size: int) -> bool:
        """Return whether references can be replaced by what they point to without making too much of the schema."""
        schema = {key: value for key, value in self._schema.items() if key not in DEFINING}
        grown = expanded_size(schema, self._references, inlined=self._inlines)
        if grown <= max(_LARGEST, size):
            return True
        if self._dialect.references:
            return False
        raise unusable(
            self._title(),
            f'the dialect {self._dialect.name!r} has no references, and with what they point to in their place the '
            f'{size:,} characters become about {grown:,}, more than {_LARGEST:,}. Refer to each definition in fewer '
            'places',
        )

    def _meant(self, given: Any) -> Any:
        """Return the schema that a reference means."""
        node = cast('Schema', given) if isinstance(given, dict) else {}
        seen: set[str] = set()
        while isinstance(pointer := node.get('$ref'), str) and pointer not in seen:
            seen.add(pointer)
            target = self._references.target(self._references.name(pointer))
            node = {**target, **{key: value for key, value in node.items() if key != '$ref'}}
        return node

    def _title(self) -> str:
        return str(self._schema.get('title') or 'without title')

    def _array(self, node: Schema) -> Schema:
        """Return a node whose elements are described, as one schema if the dialect takes no tuples."""
        firsts = _items(node, 'prefixItems')
        if firsts and not self._dialect.tuples:
            found = [*firsts, node['items']] if isinstance(node.get('items'), dict) else firsts
            distinct = [*{to_json(schema): schema for schema in found}.values()]
            limit = {} if 'items' in node and node['items'] is not False else {'maxItems': len(firsts)}
            node = told({**limit, **node}, ['prefixItems'])
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
        required = dict.fromkeys(_items(node, 'required'))
        tags = [name for name in _members(node, 'properties') if name not in required and _is_tag(node, name)]
        if tags:
            required |= dict.fromkeys(tags)
            node = {**node, 'required': [*required]}
        optional = [name for name in _members(node, 'properties') if name not in required]
        if dialect.complete:
            if optional:
                raise _InexpressibleError(f'member {place.at(optional[0]).path!r} is not required')
            node = {**node, 'properties': node.get('properties', {}), 'required': [*required]}
        closes = dialect.closed and more is None and 'properties' in node and not open_
        return {**node, 'additionalProperties': False} if closes else node

    def _worded(self, node: Schema) -> Schema:
        """Return a node without unsupported keywords, which are moved to its description."""
        dialect = self._dialect
        lost = [
            word
            for word, value in node.items()
            if (dialect.words is not None and word not in dialect.words)
            or (word in dialect.values and value not in dialect.values[word])
            or word == 'discriminator'
            or (word == 'pattern' and _UNFOLLOWED.search(str(value)))
        ]
        return told(node, lost) if lost else node

    def _within(self, node: Schema, place: _Place) -> Schema:
        """Return a node with the schemas within it fitted."""
        required = frozenset(_items(node, 'required'))
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


def _without_all_of(node: Schema) -> Schema:
    """Return a node in which ``allOf`` with one schema is that schema."""
    whole = _items(node, 'allOf')
    if len(whole) != 1 or not isinstance(whole[0], dict):
        return node
    return merged(cast('Schema', whole[0]), {key: value for key, value in node.items() if key != 'allOf'})


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
