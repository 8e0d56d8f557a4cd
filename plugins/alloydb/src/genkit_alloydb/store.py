# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections to a database of AlloyDB, through Google's connector."""

from typing import Any, Unpack

from genkit_postgresql import GoogleEngine, GoogleEngineOptions


class EngineOptions(GoogleEngineOptions, total=False):
    """Who signs in, and how the instance is connected to; ``ip_type`` is ``'PRIVATE'`` by default."""


class AlloyDBEngine(GoogleEngine):
    """A database of AlloyDB.

    The connector encrypts connections and finds the instance by its name
    (https://github.com/GoogleCloudPlatform/alloydb-python-connector). Google's credentials are those of the application
    (``gcloud auth application-default login``) unless your own connector has others.

    Args:
        project: The project's id.
        region: Of the cluster.
        cluster: Its name.
        instance: In the cluster.
        database: In it.
        **options: ``user`` and ``password``, or ``iam_account_email``, and what else `EngineOptions` has.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not clear who signs in.
    """

    source = 'alloydb'
    default_ip_type = 'PRIVATE'

    def __init__(
        self, project: str, region: str, cluster: str, instance: str, *, database: str, **options: Unpack[EngineOptions]
    ) -> None:
        name = f'projects/{project}/locations/{region}/clusters/{cluster}/instances/{instance}'
        super().__init__(name, database, where=f'AlloyDB {cluster}/{instance}/{database}', **options)

    def make_connector(self) -> Any:
        """Return a new connector."""
        from google.cloud.alloydbconnector import AsyncConnector  # noqa: PLC0415  (loaded with the first call)

        return AsyncConnector()

    async def connect_with(self, connector: Any, instance: str, driver: str, **arguments: Any) -> Any:
        """Return a new connection, opened with a connector."""
        return await connector.connect(instance, driver, **arguments)

    async def close_connector(self, connector: Any) -> None:
        """Close a connector."""
        await connector.close()
