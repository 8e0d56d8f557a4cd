# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What providers say of the schemas that they take, as rules that a schema is checked against.

They are written down from the providers' pages, apart from the dialects of `genkit.plugin` that schemas are fitted to,
so that the one is a check of the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast


Schema = Mapping[str, Any]

_IN_MEMBERS: Final = ('properties', '$defs', 'definitions', 'patternProperties')
_IN_LISTS: Final = ('anyOf', 'oneOf', 'allOf', 'prefixItems')
_ALONE: Final = ('items', 'additionalProperties', 'not')


@dataclass(frozen=True, kw_only=True)
class SchemaRules:
    """What one place of a protocol takes.

    Attributes:
        object_root: Whether the root is an object, and no choice of several.
        words: The only words that are taken; None for any but those refused.
        refused: Words that are refused wherever they are.
        formats: The only formats that are taken; None for any.
        typed: Whether every schema says its type, or offers alternatives.
        closed: Whether every object takes none but its own members.
        complete: Whether every member is required.
        items: Whether every array says what it holds.
        cycles: Whether a schema may refer to itself.
        depth: How many levels of objects there may be.
    """

    object_root: bool = False
    words: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()
    formats: frozenset[str] | None = None
    typed: bool = False
    closed: bool = False
    complete: bool = False
    items: bool = False
    cycles: bool = True
    depth: int = 100


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORMATS: Final = _words('date-time time date duration email hostname ipv4 ipv6 uuid')

TOOL_RULES: Final = SchemaRules(object_root=True)
# https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas (November 2026)
OPENAI_RULES: Final = SchemaRules(object_root=True, refused=_words('oneOf prefixItems'), formats=_FORMATS, items=True)
OPENAI_STRICT_RULES: Final = replace(
    OPENAI_RULES,
    words=_words(
        'type title description properties required additionalProperties items anyOf enum const $ref $defs pattern '
        'format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems'
    ),
    typed=True,
    closed=True,
    complete=True,
    depth=10,
)
# https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations (November 2026)
ANTHROPIC_RULES: Final = SchemaRules(
    refused=_words(
        'oneOf minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems uniqueItems '
        'prefixItems patternProperties'
    ),
    formats=_FORMATS | {'uri'},
    typed=True,
    closed=True,
    cycles=False,
)
# https://ai.google.dev/api/generate-content#FIELDS.response_json_schema (November 2026)
GEMINI_RULES: Final = SchemaRules(
    words=_words(
        '$id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum '
        'anyOf oneOf properties additionalProperties required propertyOrdering'
    )
)
GEMINI_TOOL_RULES: Final = replace(GEMINI_RULES, object_root=True)


def find_refused(schema: Any, rules: SchemaRules) -> str | None:
    """Return what a provider would refuse in a schema, in its words; None if it takes it."""
    if not isinstance(schema, dict):
        return f'{schema!r} is no schema'
    root = cast('Schema', schema)
    if rules.object_root and (root.get('type') != 'object' or root.keys() & {'anyOf', 'oneOf', 'allOf', 'enum', 'not'}):
        return f'schema must be a JSON Schema of \'type: "object"\', got {root.get("type")!r}'
    if not rules.cycles and _is_cyclic(root):
        return 'circular references are not supported'
    return next(_problems(root, rules, (), 0), None)


def first_refused(answer: Any, tools: Mapping[str, Any], rules: SchemaRules, tool_rules: SchemaRules) -> str | None:
    """Return what a provider would refuse in the schemas of a request.

    Args:
        answer: The answer's, if it has one.
        tools: Those of the tools' inputs, by name; None for a tool without one.
        rules: For the answer.
        tool_rules: For the tools.
    """
    problem = None if answer is None else find_refused(answer, rules)
    if problem is not None:
        return f'Invalid schema for the answer: {problem}'
    found = ((name, find_refused(schema, tool_rules)) for name, schema in tools.items() if schema is not None)
    return next((f'Invalid schema for function {name!r}: {problem}' for name, problem in found if problem), None)


def _problems(node: Any, rules: SchemaRules, path: tuple[str, ...], level: int) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    schema = cast('Schema', node)
    yield from (f'In context={path}, {problem}' for problem in _in_one(schema, rules))
    level += bool(schema.get('properties'))
    if level > rules.depth:
        yield f'In context={path}, there are more than {rules.depth} levels of nesting'
    for word in _IN_MEMBERS:
        of_definitions = word in ('$defs', 'definitions')
        for name, inner in cast('Schema', schema.get(word) or {}).items():
            yield from _problems(inner, rules, (*path, word, name), 0 if of_definitions else level)
    for word in _IN_LISTS:
        for number, inner in enumerate(schema.get(word) or ()):
            yield from _problems(inner, rules, (*path, word, str(number)), level)
    for word in _ALONE:
        yield from _problems(schema.get(word), rules, (*path, word), level)


def _in_one(schema: Schema, rules: SchemaRules) -> Iterator[str]:
    """Yield what is refused in a schema apart from those within it."""
    words = set(schema)
    yield from (f'{word!r} is not permitted' for word in sorted(words & rules.refused))
    if rules.words is not None:
        yield from (f'{word!r} is not permitted' for word in sorted(words - rules.words))
    if '$ref' in words and words - {'$ref', '$defs'}:
        yield f'$ref cannot have keywords {sorted(words - {"$ref"})}'
    if rules.formats is not None and schema.get('format', 'date') not in rules.formats:
        yield f'{schema["format"]!r} is not a valid format'
    if rules.typed and not words & {'type', '$ref', 'anyOf', 'allOf'}:
        yield "schema must have a 'type' key"
    if rules.items and schema.get('type') == 'array' and 'items' not in words:
        yield 'array schema missing items'
    if schema.get('type') != 'object':
        return
    if rules.closed and schema.get('additionalProperties') is not False:
        yield "'additionalProperties' is required to be supplied and to be false"
    missing = sorted(set(schema.get('properties') or ()) - set(schema.get('required') or ()))
    if rules.complete and missing:
        yield f"'required' is required to include every key in properties; missing {missing[0]!r}"


def _is_cyclic(root: Schema) -> bool:
    definitions: Schema = root.get('$defs') or {}
    reached = {name: set(_names(inner)) for name, inner in definitions.items()}
    for _ in reached:
        for names in reached.values():
            names.update(*(reached.get(name, ()) for name in tuple(names)))
    return any(name in names for name, names in reached.items())


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        members = cast('dict[str, Any]', node)
        if isinstance(members.get('$ref'), str):
            yield members['$ref'].rpartition('/')[2]
        for inner in members.values():
            yield from _names(inner)
    elif isinstance(node, list):
        for inner in cast('list[Any]', node):
            yield from _names(inner)
