# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""SQL from settings and documents, and documents from rows. No IO.

Values are parameters, always; names are quoted; types are those of the table, as PostgreSQL itself spells them.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import Condition
from genkit.types import Document

from genkit_postgresql.config import Column, DistanceStrategy, PostgresIndex, RetrieverOptions, VectorIndex
from genkit_postgresql.errors import refused
from genkit_postgresql.filters import Query, SqlFilter
from genkit_postgresql.layout import LONGEST_NAME, Layout, quoted


CONTENT_KEY: Final = '_genkitContent'  # the parts of a document that is more than one text
OPERATORS: Final = {
    DistanceStrategy.COSINE: '<=>',
    DistanceStrategy.EUCLIDEAN: '<->',
    DistanceStrategy.INNER_PRODUCT: '<#>',
}
_TYPES: Final = (
    'text|varchar|character varying|char|character|smallint|integer|int|bigint|real|double precision|numeric|decimal|'
    'boolean|date|time|timestamp|timestamptz|timestamp with time zone|timestamp without time zone|uuid|json|jsonb'
)
_TYPE: Final = re.compile(rf'(?:{_TYPES})(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?', re.IGNORECASE)


def table_of(index: PostgresIndex) -> str:
    """Return a table's full name."""
    return f'{quoted(index.schema_name)}.{quoted(index.name)}'


def vector_index_name(index: PostgresIndex) -> str:
    """Return the name of a table's vector index; one that would be too long ends in a hash."""
    name = index.index_name
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f'{name.encode()[: LONGEST_NAME - 11].decode(errors="ignore")}_{digest}'


def column_type(column: Column) -> str:
    """Return the type of a column to be made.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what is not a plain type of PostgreSQL.
    """
    if not _TYPE.fullmatch(column.type):
        raise refused(
            f'Column {column.name!r} has type {column.type!r}; expected one of {_TYPES.replace("|", ", ")}, with a '
            'length or [] behind it if need be. Make tables with other types by SQL of your own.'
        )
    return column.type


def create_table(index: PostgresIndex, size: int, vector_type: str, extension: str, id_type: str) -> str:
    """Return the statement that makes a table.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for names and types that cannot be.
    """
    lines = [
        f'{quoted(index.id_column)} {id_type} PRIMARY KEY',
        f'{quoted(index.content_column)} text NOT NULL',
        f'{quoted(index.embedding_column)} {quoted(extension)}.{vector_type}({size}) NOT NULL',
    ]
    for given in index.metadata_columns:
        column = Column(given) if isinstance(given, str) else given
        lines.append(f'{quoted(column.name)} {column_type(column)}{"" if column.nullable else " NOT NULL"}')
    if index.metadata_json_column is not None:
        lines.append(f'{quoted(index.metadata_json_column)} jsonb')
    return f'CREATE TABLE {table_of(index)} ({", ".join(lines)})'


def create_index(
    index: PostgresIndex, layout: Layout, vector_index: VectorIndex, name: str, *, concurrently: bool
) -> str:
    """Return the statement that makes an index over the vectors of a table."""
    kind = layout.types[index.embedding_column].rpartition('.')[2].strip('"')
    operators = vector_index.operator_class(kind, index.distance_strategy)
    schema = f'{quoted(layout.extension)}.' if vector_index.is_of_pgvector else ''
    settings = ', '.join(f'{key} = {_literal(value)}' for key, value in vector_index.parameters().items())
    return (
        f'CREATE INDEX {"CONCURRENTLY " if concurrently else ""}{quoted(name)} ON {table_of(index)} USING '
        f'{vector_index.method} ({quoted(index.embedding_column)} {schema}{operators})'
        f'{f" WITH ({settings})" if settings else ""}'
    )


def upsert(index: PostgresIndex, layout: Layout) -> str:
    """Return the statement that stores a row: id, text, vector, its own columns as JSON, the rest (if kept) as JSON."""
    table = table_of(index)
    columns = [index.id_column, index.content_column, index.embedding_column]
    values = [f'$1::text::{layout.types[index.id_column]}', '$2::text', _vector('$3', index, layout)]
    if index.metadata_json_column is not None:
        columns.append(index.metadata_json_column)
        values.append(f'$5::text::{layout.types[index.metadata_json_column]}')
    columns += layout.metadata_columns
    values += [f'r.{quoted(name)}' for name in layout.metadata_columns]
    names = ', '.join(map(quoted, columns))
    changes = ', '.join(f'{quoted(name)} = EXCLUDED.{quoted(name)}' for name in columns[1:])
    return (
        f'INSERT INTO {table} ({names}) SELECT {", ".join(values)} '  # noqa: S608  (names are quoted)
        f'FROM jsonb_populate_record(NULL::{table}, $4::text::jsonb) AS r '
        f'ON CONFLICT ({quoted(index.id_column)}) DO UPDATE SET {changes}'
    )


def existing(index: PostgresIndex, layout: Layout) -> str:
    """Return the statement that says which of some ids are stored."""
    column = quoted(index.id_column)
    return f'SELECT {column}::text FROM {table_of(index)} WHERE {_is_one_of(index, layout)}'  # noqa: S608  (quoted)


def delete(index: PostgresIndex, layout: Layout) -> str:
    """Return the statement that deletes rows by id."""
    return f'DELETE FROM {table_of(index)} WHERE {_is_one_of(index, layout)}'  # noqa: S608  (names are quoted)


def _is_one_of(index: PostgresIndex, layout: Layout) -> str:
    return f'{quoted(index.id_column)} = ANY($1::text[]::{layout.types[index.id_column]}[])'


def to_query(
    index: PostgresIndex,
    layout: Layout,
    vector: Sequence[float],
    distance: DistanceStrategy,
    options: RetrieverOptions,
) -> tuple[str, list[Any]]:
    """Return the statement that finds the nearest rows, in any order, and its parameters.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a filter that has no meaning.
    """
    query = Query([vector])
    json_column = index.metadata_json_column
    plain = [index.id_column, index.content_column, *([] if json_column is None else [json_column])]
    shown = [f'n.{quoted(index.id_column)}::text', f'n.{quoted(index.content_column)}']
    shown.append('NULL::text' if json_column is None else f'n.{quoted(json_column)}::text')
    shown += ['n.distance', *(f'to_json(n.{quoted(name)})::text' for name in layout.metadata_columns)]
    operator = f'OPERATOR({quoted(layout.extension)}.{OPERATORS[distance]})'
    nearness = f'{quoted(index.embedding_column)} {operator} {_vector("$1", index, layout)}'
    where = _where(index, layout, query, options.filter and options.filter.condition, options.where)
    inner = ', '.join(dict.fromkeys(map(quoted, [*plain, *layout.metadata_columns])))
    # What is shown is converted for the rows that are found, and not for every row that is looked at.
    sql = (
        f'SELECT {", ".join(shown)} FROM (SELECT {inner}, {nearness} AS distance '  # noqa: S608  (names are quoted)
        f'FROM {table_of(index)}{where} ORDER BY {nearness} LIMIT {query.parameter(options.k, "bigint")}) AS n'
    )
    return sql, query.values


def to_count(index: PostgresIndex, layout: Layout, condition: Condition | None) -> tuple[str, list[Any]]:
    """Return the statement that counts rows, and its parameters."""
    query = Query()
    where = _where(index, layout, query, condition)
    return f'SELECT count(*) FROM {table_of(index)}{where}', query.values  # noqa: S608  (names are quoted)


def to_deletion(index: PostgresIndex, layout: Layout, condition: Condition) -> tuple[str, list[Any]]:
    """Return the statement that deletes the rows that meet a condition, and its parameters."""
    query = Query()
    where = _where(index, layout, query, condition)
    return f'DELETE FROM {table_of(index)}{where}', query.values  # noqa: S608  (names are quoted)


def _where(
    index: PostgresIndex,
    layout: Layout,
    query: Query,
    condition: Condition | None,
    patterns: Mapping[str, Any] | None = None,
) -> str:
    written = SqlFilter(query, index, layout)
    parts = [*([written.translate(condition)] if condition else []), *written.patterns(patterns or {})]
    return f' WHERE {" AND ".join(parts)}' if parts else ''


def to_score(distance: float, strategy: DistanceStrategy) -> float:
    """Return how near something is, more being better: the cosine, the inner product, or the distance below zero."""
    return 1.0 - distance if strategy == DistanceStrategy.COSINE else -distance


def to_row(index: PostgresIndex, layout: Layout, document: Document) -> tuple[str, str, str]:
    """Return the text of a document, its own columns and the rest of its metadata, both as JSON.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for members that the table has no place for, or that JSON cannot hold.
    """
    members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    metadata = cast('dict[str, Any]', members.get('metadata') or {})
    if CONTENT_KEY in metadata:
        raise refused(f'Metadata has a member {CONTENT_KEY!r}, which is the name of something else here; rename it.')
    own = {name: metadata.pop(name) for name in layout.metadata_columns if metadata.get(name) is not None}
    if members['content'] != [{'text': document.text()}]:
        metadata[CONTENT_KEY] = members['content']
    if metadata and index.metadata_json_column is None:
        raise refused(
            f'Table {table_of(index)} has no column for {sorted(metadata)!r} of a document. Give those members columns '
            '(metadata_columns), or the table a column of JSON (metadata_json_column).'
        )
    return document.text(), _dumps(own), _dumps(metadata)


def _dumps(members: dict[str, Any]) -> str:
    try:
        text = json.dumps(members, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise refused(f'Metadata cannot be stored as JSON: {error}. Put JSON-compatible values into it.') from error
    if '\\u0000' in text:
        raise refused('Metadata has a NUL character, which PostgreSQL cannot store. Take it out.')
    return text


def to_document(layout: Layout, content: str | None, rest: str | None, own: Sequence[str | None]) -> Document:
    """Return the document of a row."""
    metadata: dict[str, Any] = (cast('dict[str, Any] | None', json.loads(rest)) or {}) if rest else {}
    for name, value in zip(layout.metadata_columns, own, strict=True):
        if value is not None:
            metadata[name] = json.loads(value)
    parts = metadata.pop(CONTENT_KEY, None)
    if parts is None:
        return Document.from_text(content or '', metadata or None)
    return Document.model_validate({'content': parts, 'metadata': metadata or None})


def to_key(name: str, id_type: str) -> str:
    """Return an id as the id column takes it: a UUID is made of what is none."""
    if id_type != 'uuid':
        return name
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def from_key(key: str, id_type: str) -> str:
    """Return an id as it was given; a UUID without its dashes, as the ids of documents are written."""
    return key.replace('-', '') if id_type == 'uuid' else key


def _vector(parameter: str, index: PostgresIndex, layout: Layout) -> str:
    # real[] is sent in binary and cast by the server, so that no connection needs its own codec.
    return f'{parameter}::real[]::{layout.types[index.embedding_column]}'


def _literal(value: int | str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.isalnum():
        return f"'{value}'"
    raise GenkitError(f'Index parameter {value!r} is neither a whole number nor a word.', status='INVALID_ARGUMENT')
