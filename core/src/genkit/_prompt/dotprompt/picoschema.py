# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes JSON schemas of Picoschema, the short form in which prompt files describe data.

The language is described at https://google.github.io/dotprompt/reference/picoschema.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, cast

from genkit._base.errors import ErrorReason, GenkitError


ResolveSchema: TypeAlias = Callable[[str], Mapping[str, Any] | None]

SCALARS: Final = ('string', 'number', 'integer', 'boolean', 'null', 'any')
_JSON_TYPES: Final = frozenset({*SCALARS, 'object', 'array'})
_ANY_OTHER: Final = '(*)'
_FORMS: Final = 'name: type, name?: type, name(array): type, name(object): {…}, name(enum): [a, b] or (*): type'


def picoschema_to_json_schema(schema: Any, resolve_name: ResolveSchema) -> dict[str, Any] | None:
    """Return a schema as JSON schema.

    Args:
        schema: Picoschema or a JSON schema; None stays None.
        resolve_name: Finds the JSON schema of a name that is not a type, None if there is none.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the path of what is malformed, ``NOT_FOUND`` for an unknown name.
    """
    if schema is None:
        return None
    if isinstance(schema, Mapping):
        members = cast('Mapping[str, Any]', schema)
        if _is_json_type(members.get('type')):
            return dict(members)
        if isinstance(members.get('properties'), Mapping):
            return {**members, 'type': 'object'}
    return _Converter(resolve_name).convert(schema, '')


class _Key(NamedTuple):
    """A member's key: ``name?(kind, description)``."""

    name: str
    kind: str
    description: str
    is_optional: bool


class _Converter:
    """Converts one schema, remembering how to find names."""

    def __init__(self, resolve_name: ResolveSchema) -> None:
        self._resolve_name = resolve_name

    def convert(self, schema: Any, path: str) -> dict[str, Any]:
        if schema is None:
            return {'type': 'null'}
        if isinstance(schema, str):
            return self._named(schema, path)
        if isinstance(schema, Mapping):
            members = cast('Mapping[str, Any]', schema)
            # Inside of Picoschema only these cannot be meant as a member that is called "type".
            kind = members.get('type')
            is_schema = kind in ('object', 'array') or (isinstance(kind, list) and _is_json_type(kind))
            return dict(members) if is_schema else self._object(members, path)
        raise _malformed(path, f'expected a type or members, got {schema!r}')

    def _named(self, text: str, path: str) -> dict[str, Any]:
        name, description = _divided(text)
        described = {'description': description} if description else {}
        if name == 'any':
            return described
        if name in SCALARS:
            return {'type': name, **described}
        found = self._resolve_name(name)
        if found is None:
            raise GenkitError(
                f'Picoschema{_at(path)}: {name!r} is neither a type ({", ".join(SCALARS)}) nor a schema that is '
                'defined. Define the schema before the prompt is used.',
                status='NOT_FOUND',
                reason=ErrorReason.INVALID_SCHEMA,
            )
        return {**found, **described}

    def _object(self, members: Mapping[str, Any], path: str) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        others: Any = False
        for text, value in members.items():
            here = f'{path}.{text}' if path else str(text)
            if text == _ANY_OTHER:
                others = self.convert(value, here)
                continue
            key = _parse_key(text, here)
            if not key.is_optional:
                required.append(key.name)
            properties[key.name] = self._property(key, value, here)
        schema: dict[str, Any] = {'type': 'object', 'properties': properties, 'additionalProperties': others}
        return {**schema, 'required': required} if required else schema

    def _property(self, key: _Key, value: Any, path: str) -> dict[str, Any]:
        match key.kind:
            case '' | 'object':
                if key.kind and not isinstance(value, str | Mapping):
                    raise _malformed(path, f'an object takes members, got {value!r}')
                schema = self.convert(value, path)
            case 'array':
                schema = {'type': 'array', 'items': self.convert(value, path)}
            case 'enum':
                schema = _enum(value, path)
            case _:
                raise _malformed(path, f'{key.kind!r} is none of array, object and enum')
        schema = {**schema, 'description': key.description} if key.description else schema
        return _nullable(schema) if key.is_optional else schema


def _enum(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, list):
        raise _malformed(path, f'an enum takes a list of values, got {value!r}')
    return {'enum': list(cast('list[Any]', value))}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that also takes null, where it says what it takes."""
    kind, values = schema.get('type'), schema.get('enum')
    if isinstance(kind, str) and kind != 'null':
        schema = {**schema, 'type': [kind, 'null']}
    if isinstance(values, list) and None not in values:
        schema = {**schema, 'enum': [*cast('list[Any]', values), None]}
    return schema


def _parse_key(text: Any, path: str) -> _Key:
    if not isinstance(text, str):
        raise _malformed(path, f'the name {text!r} is not text')
    name, opened, rest = text.partition('(')
    name, rest = name.strip(), rest.rstrip()
    if opened and not rest.endswith(')'):
        raise _malformed(path, f'the parenthesis in {text!r} is not closed')
    kind, description = _divided(rest[:-1]) if opened else ('', '')
    plain = name.removesuffix('?')
    if not plain or (opened and not kind):
        raise _malformed(path, f'{text!r} lacks {"a kind" if plain else "a name"}')
    return _Key(plain, kind, description, name != plain)


def _divided(text: str) -> tuple[str, str]:
    """Return what stands before the first comma, and behind it."""
    name, _, description = text.partition(',')
    return name.strip(), description.strip()


def _is_json_type(kind: Any) -> bool:
    """Return whether this is what JSON schemas call a type: a name or a list of names."""
    kinds = cast('list[Any]', kind) if isinstance(kind, list) else [kind]
    return bool(kinds) and all(isinstance(each, str) and each in _JSON_TYPES for each in kinds)


def _malformed(path: str, problem: str) -> GenkitError:
    return GenkitError(
        f'Picoschema{_at(path)}: {problem}. Members are written {_FORMS}.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
        details={'path': path},
    )


def _at(path: str) -> str:
    return f' at {path!r}' if path else ''
