# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections to a database of Cloud SQL, through Google's connector."""

import asyncio
from typing import Any, Unpack

from genkit_postgresql import GoogleEngine, GoogleEngineOptions


class EngineOptions(GoogleEngineOptions, total=False):
    """Who signs in, and how the instance is connected to; ``ip_type`` is ``'PUBLIC'`` by default."""


class CloudSQLEngine(GoogleEngine):
    """A database of Cloud SQL for PostgreSQL.

    The connector encrypts connections and finds the instance by its name
    (https://github.com/GoogleCloudPlatform/cloud-sql-python-connector). Google's credentials are those of the
    application (``gcloud auth application-default login``) unless your own connector has others.

    Args:
        project: The project's id.
        region: Of the instance.
        instance: Its name.
        database: In it.
        **options: ``user`` and ``password``, or ``iam_account_email``, and what else `EngineOptions` has.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not clear who signs in.
    """

    source = 'cloud-sql-pg'
    default_ip_type = 'PUBLIC'

    def __init__(
        self, project: str, region: str, instance: str, database: str, **options: Unpack[EngineOptions]
    ) -> None:
        name = f'{project}:{region}:{instance}'
        super().__init__(name, database, where=f'Cloud SQL {name}/{database}', **options)

    def make_connector(self) -> Any:
        """Return a new connector, which belongs to the running event loop."""
        from google.cloud.sql.connector import Connector  # noqa: PLC0415  (loaded with the first call)

        return Connector(loop=asyncio.get_running_loop())

    async def connect_with(self, connector: Any, instance: str, driver: str, **arguments: Any) -> Any:
        """Return a new connection, opened with a connector."""
        return await connector.connect_async(instance, driver, **arguments)

    async def close_connector(self, connector: Any) -> None:
        """Close a connector."""
        await connector.close_async()
