# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cloud SQL for PostgreSQL as a vector store for Genkit."""

from genkit_cloud_sql_pg.plugin import CloudSQLPostgres
from genkit_cloud_sql_pg.store import CloudSQLEngine, EngineOptions


__all__ = ['CloudSQLEngine', 'CloudSQLPostgres', 'EngineOptions']
