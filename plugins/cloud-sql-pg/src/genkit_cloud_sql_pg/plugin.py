# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of a Cloud SQL database as a plugin."""

from genkit_postgresql import PostgresIndex, PostgreSQL

from genkit_cloud_sql_pg.store import CloudSQLEngine


class CloudSQLPostgres(PostgreSQL):
    """Tables with vectors: ``postgres/<table>`` is a retriever and an indexer.

    Args:
        indexes: The tables.
        engine: The database.
        name: The first half of the names, for several databases in one application.
    """

    def __init__(self, *indexes: PostgresIndex, engine: CloudSQLEngine, name: str | None = None) -> None:
        super().__init__(*indexes, engine=engine, name=name)
