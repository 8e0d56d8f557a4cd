# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The table of docs/guide/schemas.md says what the dialects do."""

import datetime as dt
from typing import Annotated, Any, Literal

from genkit.plugin import (
    ANTHROPIC_ANSWER_SCHEMAS,
    GEMINI_SCHEMAS,
    GRAMMAR_SCHEMAS,
    OPENAI_ANSWER_SCHEMAS,
    SchemaDialect,
    fit,
    to_json_schema,
)
from pydantic import BaseModel, Field, create_model

from .blocks_test import ROOT


PAGE = ROOT / 'docs/guide/schemas.md'
DIALECTS = {
    'OpenAI': OPENAI_ANSWER_SCHEMAS,
    'Anthropic': ANTHROPIC_ANSWER_SCHEMAS,
    'Gemini': GEMINI_SCHEMAS,
    'Ollama, llama.cpp': GRAMMAR_SCHEMAS,
}


class Cat(BaseModel):
    kind: Literal['cat', 'lion']


class Dog(BaseModel):
    kind: Literal['dog', 'wolf']


class Tree(BaseModel):
    branches: list['Tree'] = []


class Chain(BaseModel):
    rest: 'Chain | None'


def member(of_type: Any, default: Any = ...) -> Any:
    return create_model('Model', member=(of_type, default))


ROWS: dict[str, Any] = {
    'a model with required members': member(int),
    'a member that may be null': member(int | None),
    'a member with a default': member(int, 1),
    'a nested model': member(Cat),
    'a union': member(int | str),
    'a discriminated union': member(Annotated[Cat | Dog, Field(discriminator='kind')]),
    'a list, a word or a number as the whole answer': list[int],
    'a tuple': member(tuple[int, str]),
    'a set': member(set[int]),
    'a dictionary such as `dict[str, int]`': member(dict[str, int]),
    '`Any`': member(Any),
    'a model that refers to itself in a member with a default': Tree,
    'a model that refers to itself in a required member': Chain,
    'limits of numbers': member(Annotated[int, Field(ge=0)]),
    'limits of the length of texts': member(Annotated[str, Field(max_length=9)]),
    'limits of the length of lists': member(Annotated[list[int], Field(min_length=2)]),
    'patterns': member(Annotated[str, Field(pattern='^a$')]),
    'dates, times, UUIDs': member(dt.date),
}


def cell(of_type: Any, dialect: SchemaDialect) -> str:
    schema = to_json_schema(of_type)
    fitted = fit(schema, dialect)
    if fitted.schema is None:
        return 'in words'
    told = 'description' in str(fitted.schema)
    form = 'wrapped' if fitted.member else 'told' if told and 'prefixItems:' not in str(fitted.schema) else ''
    form = form or ('rewritten' if _without_closing(fitted.schema) != _without_closing(schema) else 'as it is')
    return f'{form}, not strict' if dialect.strict and not fitted.strict else form


def _without_closing(node: Any) -> Any:
    """Return a schema in a form in which what means the same is the same."""
    if isinstance(node, dict):
        kept = {key: _without_closing(value) for key, value in node.items() if key not in ('$defs', '$ref', 'title')}
        if node.get('additionalProperties') is False:
            del kept['additionalProperties']
        return kept
    return [_without_closing(each) for each in node] if isinstance(node, list) else node


def table() -> str:
    lines = [f'| in the schema | {" | ".join(DIALECTS)} |', f'|---|{"---|" * len(DIALECTS)}']
    lines += [f'| {row} | {" | ".join(cell(kind, each) for each in DIALECTS.values())} |' for row, kind in ROWS.items()]
    return '\n'.join(lines)


def test_the_table_is_what_the_dialects_say():
    assert table() in PAGE.read_text(encoding='utf-8'), f'put this into {PAGE.name}:\n\n{table()}'
