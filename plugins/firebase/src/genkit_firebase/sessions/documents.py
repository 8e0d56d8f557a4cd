# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions as documents of one collection. No IO.

=============  ==============================================================================================
id             holds
=============  ==============================================================================================
``session-…``  that a session has begun, and when its newest snapshot was made
``turn-…``     a snapshot, and what it changed; found by ``chain``, the session
``part-…``     a piece of a change that one document cannot hold; found by ``chain`` as well
``next-…``     that a snapshot is followed by another, which only one writer can make it say
``gone-…``     that a session is being deleted, until all of it is
=============  ==============================================================================================

Each rule of a store is a precondition of a commit: that a document is not there yet, or that it is there still.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from genkit import StatusName
from genkit.agent import (
    StateChange,
    StoredSnapshot,
    change_to_json,
    snapshot_from_json,
    snapshot_to_json,
    time_of_snapshot,
)
from genkit.types import SessionSnapshot

from genkit_firebase.config import document_id
from genkit_firebase.errors import refused


VERSION: Final = 1
CHAIN: Final = 'chain'
FOLLOWED: Final = 'followed'
LEAF: Final = 'leaf'
NEWEST: Final = 'newest'
EXPIRE_AT: Final = 'expireAt'
ABOUT: Final = 'about'
STATUS: Final = 'status'
FORMAT: Final = 'version'
# A document has 1,048,576 bytes at most, its names included; a commit 10 MiB, and that of the emulator 4 MiB.
LARGEST_TEXT: Final = 900_000
LARGEST_CHANGE: Final = 64 * 1024 * 1024
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """What a snapshot changed, as documents hold it.

    Attributes:
        fields: Of the snapshot's document.
        pieces: Of the documents beside it; none if it fits.
    """

    fields: dict[str, Any]
    pieces: Sequence[bytes] = ()


def session_document(session: str) -> str:
    """Return the id of the document of a session."""
    return document_id('session', session)


def turn_document(snapshot: str) -> str:
    """Return the id of the document of a snapshot."""
    return document_id('turn', snapshot)


def next_document(snapshot: str) -> str:
    """Return the id of the document that says that a snapshot is followed."""
    return document_id('next', snapshot)


def gone_document(session_id: str) -> str:
    """Return the id of the document that says that a session is being deleted, given the id of its own document."""
    return f'gone-{session_id.removeprefix("session")}'


def is_gone(name: str) -> bool:
    """Return whether a document is that of a session that is being deleted."""
    return name.startswith('gone-')


def session_of_gone(name: str) -> str:
    """Return the id of the document of the session that is being deleted."""
    return f'session{name.removeprefix("gone-")}'


def part_document(snapshot: str, revision: str, number: int) -> str:
    """Return the id of the document of a piece of a change."""
    return f'{document_id("part", snapshot)}-{revision}-{number}'


def to_session(snapshot: SessionSnapshot) -> dict[str, Any]:
    """Return the fields of a session's document after a snapshot was added."""
    return {
        'session': snapshot.session_id or '',
        NEWEST: time_of_snapshot(snapshot),
        FORMAT: VERSION,
    }


def to_gone() -> dict[str, Any]:
    """Return the fields of the document of a session that is being deleted; every purge finds it."""
    return {NEWEST: _LONG_AGO, FORMAT: VERSION}


def to_turn(snapshot: SessionSnapshot) -> dict[str, Any]:
    """Return the fields of a snapshot's document, without its change."""
    return {
        CHAIN: session_document(snapshot.session_id or ''),
        LEAF: True,
        'parent': snapshot.parent_id,
        STATUS: None if snapshot.status is None else str(snapshot.status),
        ABOUT: _as_text(lambda: snapshot_to_json(snapshot)),
        FORMAT: VERSION,
    }


def to_change(change: StateChange, revision: str) -> Change:
    """Return a change as documents hold it: in the snapshot's own, or in pieces beside it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for one that is larger than 64 MiB.
    """
    text = _as_text(lambda: change_to_json(change))
    content = text.encode()
    about = {'revision': revision, 'digest': hashlib.sha256(content).hexdigest()}
    if len(content) <= LARGEST_TEXT:
        return Change({'change': text, 'pieces': 0, **about})
    if len(content) > LARGEST_CHANGE:
        raise refused(
            f'A turn of the session added {len(content)} bytes; the session store takes {LARGEST_CHANGE}. Keep media '
            'elsewhere, such as in Cloud Storage, and their addresses in the messages.'
        )
    pieces = [content[start : start + LARGEST_TEXT] for start in range(0, len(content), LARGEST_TEXT)]
    return Change({'change': None, 'pieces': len(pieces), **about}, pieces)


def to_snapshot(fields: Mapping[str, Any]) -> StoredSnapshot:
    """Return the snapshot of a document, without its state.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if a later release wrote it, ``DATA_LOSS`` if it is damaged.
    """
    check_version(fields)
    about = fields.get(ABOUT)
    if not isinstance(about, str):
        raise _damaged('has no `about`')
    try:
        return snapshot_from_json(about)
    except ValueError as error:
        raise _damaged('has an `about` that is no snapshot', error) from error


def to_state(snapshot: str, documents: Mapping[str, Mapping[str, Any]]) -> StoredSnapshot:
    """Return a snapshot with its whole state.

    Args:
        snapshot: Its id.
        documents: The fields of the documents of its session, by id.

    Raises:
        GenkitError: ``DATA_LOSS`` if one of the documents before it is missing.
    """
    changes: list[str | bytes] = []
    place: str | None = snapshot
    seen: set[str] = set()
    while place is not None:
        fields = documents.get(turn_document(place))
        if fields is None:
            raise _damaged(f'lacks snapshot {place!r}, which others of the session build upon')
        if place in seen:
            raise _damaged(f'has snapshot {place!r} among its own parents')
        seen.add(place)
        check_version(fields)
        changes.append(_change_of(place, fields, documents))
        parent = fields.get('parent')
        place = parent if isinstance(parent, str) else None
    about = documents[turn_document(snapshot)].get(ABOUT)
    if not isinstance(about, str):
        raise _damaged('has no `about`')
    try:
        return snapshot_from_json(about, reversed(changes))
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged('is no snapshot', error) from error


def is_same(fields: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether a document says what was to be written: a call was repeated whose answer had been lost."""
    return all(fields.get(name) == wanted[name] for name in (ABOUT, 'digest') if name in wanted)


def check_version(fields: Mapping[str, Any]) -> None:
    """Refuse a document that a later release wrote.

    Raises:
        GenkitError: ``FAILED_PRECONDITION``.
    """
    version = fields.get(FORMAT)
    if isinstance(version, int) and version > VERSION:
        raise refused(
            f'A session in Firestore has version {version}, and this release knows {VERSION}. Upgrade '
            'genkit-plugin-firebase.',
            StatusName.FAILED_PRECONDITION,
        )


def _as_text(write: Callable[[], str]) -> str:
    try:
        return write()
    except ValueError as error:
        raise refused(f'The session store cannot keep the turn: {error}.', cause=error) from error


def _change_of(snapshot: str, fields: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]) -> str | bytes:
    text, count = fields.get('change'), fields.get('pieces')
    if isinstance(text, str):
        return text
    if not isinstance(count, int):
        raise _damaged(f'has no change of snapshot {snapshot!r}')
    names = (part_document(snapshot, str(fields.get('revision')), number) for number in range(count))
    return b''.join(_pieces_of(snapshot, documents, names))


def _pieces_of(snapshot: str, documents: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> Iterable[bytes]:
    for name in names:
        piece = documents.get(name, {}).get('piece')
        if not isinstance(piece, bytes):
            raise _damaged(f'lacks a piece of snapshot {snapshot!r}, the document {name!r}')
        yield piece


def _damaged(what: str, cause: BaseException | None = None) -> Exception:
    return refused(
        f'The session store {what}. Restore it from a backup, or delete the session.', StatusName.DATA_LOSS, cause
    )
