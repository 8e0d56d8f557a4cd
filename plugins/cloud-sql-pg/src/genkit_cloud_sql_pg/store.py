# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections to a database of Cloud SQL, through Google's connector."""

import asyncio
from typing import Any, Literal, TypedDict, Unpack

from genkit_postgresql import ConnectorEngine


class EngineOptions(TypedDict, total=False):
    """What can be said besides who signs in.

    Attributes:
        ip_type: The type of the instance's IP address. Default: ``'PUBLIC'``.
        max_size: The maximum number of connections per event loop. Default: 10.
        connector: One of your own, which is not closed here and belongs to one event loop.
    """

    ip_type: Literal['PUBLIC', 'PRIVATE', 'PSC']
    max_size: int
    connector: Any


class CloudSQLEngine(ConnectorEngine):
    """A database of Cloud SQL for PostgreSQL.

    The connector encrypts connections and finds the instance by its name
    (https://github.com/GoogleCloudPlatform/cloud-sql-python-connector). Google's credentials are those of the
    application (``gcloud auth application-default login``) unless your own connector has others.

    Args:
        project: The project's id.
        region: Of the instance.
        instance: Its name.
        database: In it.
        user: With ``password``; without both, the sign-in is IAM's.
        password: Of the user.
        iam_account_email: Who signs in with IAM.
        **more: What else can be said: `EngineOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not clear who signs in.
    """

    def __init__(
        self,
        project: str,
        region: str,
        instance: str,
        database: str,
        *,
        user: str | None = None,
        password: str | None = None,
        iam_account_email: str | None = None,
        **more: Unpack[EngineOptions],
    ) -> None:
        unknown = sorted(set(more) - EngineOptions.__optional_keys__)
        if unknown:
            raise TypeError(f'CloudSQLEngine takes no {unknown!r}; it takes ip_type, max_size and connector besides.')
        self._ip_type = more.get('ip_type', 'PUBLIC')
        self._given = more.get('connector')
        self._name = f'{project}:{region}:{instance}'
        self._arguments = {**self.sign_in('cloud-sql-pg', user, password, iam_account_email), 'db': database}
        super().__init__(
            self._make,
            self._open_through,
            None if self._given is not None else _close,
            where=f'Cloud SQL {self._name}/{database}',
            secrets=(password,),
            max_size=more.get('max_size', 10),
        )

    def _make(self) -> Any:
        if self._given is not None:
            return self._given
        from google.cloud.sql.connector import Connector  # noqa: PLC0415  (loaded with the first call)

        return Connector(loop=asyncio.get_running_loop())

    async def _open_through(self, connector: Any) -> Any:
        return await connector.connect_async(self._name, 'asyncpg', ip_type=self._ip_type, **self._arguments)


async def _close(connector: Any) -> None:
    await connector.close_async()
