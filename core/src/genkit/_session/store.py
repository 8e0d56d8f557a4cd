# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Stores of sessions."""

import asyncio
import copy
import logging
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import Field

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import read_json
from genkit._base.serialize import dump_json
from genkit.types import Message, WireModel


_PLAIN_NAME: Final = re.compile(r'[A-Za-z0-9_][A-Za-z0-9_.\-]{0,199}')


_DEEPEST: Final = 201  # as deep as what was written could be
_LOGGER: Final = logging.getLogger('genkit.session')


class SessionData(WireModel):
    """The stored data of a session. Times are seconds since 1970.

    Attributes:
        state: The custom state.
        threads: The messages of each thread, by name.
    """

    id: str
    state: Any = None
    threads: dict[str, list[Message]] = Field(default_factory=dict[str, list[Message]])
    created_at: float = Field(default_factory=time.time)
    updated_at: float = Field(default_factory=time.time)


class SessionStore(Protocol):
    """A store of sessions. Implement it for your database."""

    async def get(self, session_id: str) -> SessionData | None:
        """Return a session, or None."""
        ...

    async def save(self, session_id: str, data: SessionData) -> None:
        """Store a session durably before returning."""
        ...

    async def delete(self, session_id: str) -> None:
        """Delete a session; an unknown id is not an error."""
        ...


class InMemorySessionStore:
    """Stores sessions in memory, as long as the program runs.

    Args:
        data: Initial sessions, by id.
    """

    def __init__(self, data: dict[str, SessionData] | None = None) -> None:
        self._sessions = dict(data or {})

    async def get(self, session_id: str) -> SessionData | None:
        """Return a copy of a session, or None."""
        return copy.deepcopy(self._sessions.get(session_id))

    async def save(self, session_id: str, data: SessionData) -> None:
        """Store a copy of a session."""
        self._sessions[session_id] = copy.deepcopy(data)

    async def delete(self, session_id: str) -> None:
        """Delete a session."""
        self._sessions.pop(session_id, None)


class FileSessionStore:
    """Stores each session in a JSON file, replaced atomically: a reader never sees a partial file.

    Args:
        directory: The folder; created when the first session is saved.
    """

    def __init__(self, directory: str | Path) -> None:
        self._directory = Path(directory)

    async def get(self, session_id: str) -> SessionData | None:
        """Return a session, or None.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an id that is not a plain file name, ``DATA_LOSS`` for a damaged file.
        """
        return await asyncio.to_thread(self._read, self._path(session_id))

    async def save(self, session_id: str, data: SessionData) -> None:
        """Store a session; it is on disk when this returns."""
        path = self._path(session_id)
        try:
            text = dump_json(data)
        except ValueError as error:
            raise GenkitError(
                f'Session {session_id!r} cannot be kept: it holds something that JSON has no form for. Keep plain data '
                'in its state.',
                status='INVALID_ARGUMENT',
                cause=error,
            ) from error
        try:
            await asyncio.to_thread(self._write, path, text)
        except OSError as error:
            raise _store_failed(path, error) from error

    async def delete(self, session_id: str) -> None:
        """Remove a session's file."""
        await asyncio.to_thread(self._path(session_id).unlink, missing_ok=True)

    def _path(self, session_id: str) -> Path:
        if _PLAIN_NAME.fullmatch(session_id) is None:
            raise GenkitError(
                f'{session_id!r} cannot be a session id: use letters, digits, "-", "_" and "." only.',
                status='INVALID_ARGUMENT',
            )
        return self._directory / f'{session_id}.json'

    def _read(self, path: Path) -> SessionData | None:
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _store_failed(path, error) from error
        try:
            return SessionData.model_validate(read_json(text, max_depth=_DEEPEST))
        except (ValueError, GenkitError) as error:
            _LOGGER.error('%s is no session: %s. Restore it or remove it.', path, error)  # noqa: TRY400  (told by its text)
            raise GenkitError(
                'A session cannot be read: its file is damaged. Restore it or remove it; the log names it.',
                status='DATA_LOSS',
                cause=ValueError(f'{path} is no session: {type(error).__name__}'),
            ) from error

    def _write(self, path: Path, text: str) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._directory, prefix='.saving-', suffix='.json')
        temporary = Path(name)
        try:
            with os.fdopen(handle, 'w', encoding='utf-8') as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _store_failed(path: Path, error: OSError) -> GenkitError:
    _LOGGER.error('The session store cannot use %s: %s', path, error)
    return GenkitError(
        'The session store cannot be used. Check its folder, the disk and who may write there; the log names them.',
        status='UNAVAILABLE',
        cause=OSError(f'{path}: {error}'),
    )
