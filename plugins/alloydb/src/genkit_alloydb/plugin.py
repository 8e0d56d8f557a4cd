# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of an AlloyDB database as a plugin."""

from genkit_postgresql import PostgresIndex, PostgreSQL, VectorIndex

from genkit_alloydb.config import ScaNNIndex
from genkit_alloydb.store import AlloyDBEngine


class AlloyDB(PostgreSQL):
    """Tables with vectors: ``alloydb/<table>`` is a retriever and an indexer.

    Args:
        indexes: The tables.
        engine: The database.
        name: The first half of the names; ``'postgres'`` for programs that were written for that.
    """

    name = 'alloydb'

    def __init__(self, *indexes: PostgresIndex, engine: AlloyDBEngine, name: str | None = None) -> None:
        super().__init__(*indexes, engine=engine, name=name)

    async def apply_vector_index(
        self, table: str, index: VectorIndex | None = None, *, name: str | None = None, concurrently: bool = False
    ) -> None:
        """Make an index over the vectors of a table, in place of one of the same name.

        Args:
            table: The table.
            index: The index; `ScaNNIndex` installs AlloyDB's extension for it. Default: HNSW.
            name: Of the index.
            concurrently: Lets others write meanwhile, and takes longer.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` for vectors that are too long, or without the extension.
        """
        if isinstance(index, ScaNNIndex):
            async with self.engine.connection() as connection:
                await connection.execute('CREATE EXTENSION IF NOT EXISTS alloydb_scann')
        await super().apply_vector_index(table, index, name=name, concurrently=concurrently)
