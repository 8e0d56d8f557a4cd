# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with Milvus, in our words."""

from collections.abc import Sequence
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, reworded

from genkit_milvus.config import PLUGIN_NAME


# The codes of a server: ``pkg/util/merr/errors.go`` of https://github.com/milvus-io/milvus; and what pymilvus adds.
_STATUSES: Final = {
    1: StatusName.UNAVAILABLE,
    2: StatusName.UNAVAILABLE,
    3: StatusName.RESOURCE_EXHAUSTED,
    4: StatusName.RESOURCE_EXHAUSTED,
    7: StatusName.RESOURCE_EXHAUSTED,
    8: StatusName.RESOURCE_EXHAUSTED,
    9: StatusName.RESOURCE_EXHAUSTED,
    10: StatusName.UNIMPLEMENTED,
    11: StatusName.UNAVAILABLE,
    12: StatusName.RESOURCE_EXHAUSTED,
    100: StatusName.NOT_FOUND,
    101: StatusName.UNAVAILABLE,
    102: StatusName.RESOURCE_EXHAUSTED,
    103: StatusName.UNAVAILABLE,
    105: StatusName.INVALID_ARGUMENT,
    106: StatusName.UNAVAILABLE,
    200: StatusName.NOT_FOUND,
    201: StatusName.UNAVAILABLE,
    202: StatusName.UNAVAILABLE,
    700: StatusName.FAILED_PRECONDITION,
    800: StatusName.NOT_FOUND,
    1100: StatusName.INVALID_ARGUMENT,
    1101: StatusName.INVALID_ARGUMENT,
    1102: StatusName.INVALID_ARGUMENT,
    1400: StatusName.UNAUTHENTICATED,
    1401: StatusName.PERMISSION_DENIED,
    1800: StatusName.UNAUTHENTICATED,
}
# Of Milvus Lite, which counts in the old way: ``adapter/grpc/errors.py`` of milvus-lite 3.2.
_LITE: Final = {1: StatusName.INTERNAL, 6: StatusName.INVALID_ARGUMENT}
_LOADING: Final = frozenset({1, 101, 103, 106, 201, 202})
_COLLECTION_MISSING: Final = 100
_REMEDIES: Final = {
    StatusName.UNAVAILABLE: 'Check that it runs and can be reached from here, and repeat the call.',
    StatusName.UNAUTHENTICATED: 'Check the token: token= or MILVUS_TOKEN.',
    StatusName.PERMISSION_DENIED: 'Check what the user of the token may do, and the database.',
    StatusName.RESOURCE_EXHAUSTED: 'Wait and repeat the call, with smaller batches if it says so again.',
}


def milvus_error(where: str, error: Exception, secrets: Sequence[str | None], *, is_lite: bool) -> GenkitError:
    """Return the error that a failed call becomes.

    Args:
        where: The server or the file.
        error: Of pymilvus or gRPC.
        secrets: What must not be repeated.
        is_lite: Whether it is Milvus Lite.
    """
    told = provider_error(PLUGIN_NAME, error, secrets)
    code = code_of(error)
    message = told.message if _repeats(error, secrets) else _message(error) or told.message
    status = _status(error, code, told.status, is_lite=is_lite)
    remedy = _REMEDIES.get(status, '')
    if code in _LOADING and not is_lite:
        remedy = 'It may be loading; repeat the call in a while.'
    if 'Open local milvus failed' in message:
        status = StatusName.UNAVAILABLE
        message = 'the file cannot be opened'
        remedy = (
            'One process at a time opens a file of Milvus Lite; close the other one, or run a server. The log of '
            'milvus_lite says what else may be wrong.'
        )
    details = {} if code is None else {'milvus_code': code}
    text = f'Milvus at {where}: {message.rstrip(".")}. {remedy}'.strip()
    return reworded(told, PLUGIN_NAME, text, status=status, details=details)


def code_of(error: BaseException | None) -> int | None:
    """Return the code of Milvus in an error of pymilvus."""
    code: Any = getattr(error, 'code', None)
    return int(code) if isinstance(code, int) else None


def is_missing_collection(error: GenkitError) -> bool:
    """Return whether there is no such collection."""
    return error.details.get('milvus_code') == _COLLECTION_MISSING or error.details.get('missing') == 'collection'


def is_missing_partition(error: GenkitError) -> bool:
    """Return whether there is no such partition."""
    return error.details.get('missing') == 'partition'


def too_late(where: str, timeout: float, cause: BaseException) -> GenkitError:
    """Return the error of a server that does not answer in time."""
    return GenkitError(
        f'Milvus at {where} did not answer within {timeout:g} seconds. {_REMEDIES[StatusName.UNAVAILABLE]} A longer '
        'timeout is given as Milvus(timeout=…).',
        status='UNAVAILABLE',
        source=PLUGIN_NAME,
        cause=cause,
    )


def no_collection(where: str, collection: str, index: str, cause: GenkitError | None = None) -> GenkitError:
    """Return the error of a collection that is not there."""
    return GenkitError(
        f'There is no collection {collection!r} in Milvus at {where}. Make it with `await '
        f'plugin.create_collection({index!r}, dimensions)`, or allow MilvusIndex(create_collection_if_missing=True).',
        status='NOT_FOUND',
        source=PLUGIN_NAME,
        cause=cause,
        details={'missing': 'collection'},
    )


def no_partition(collection: str, partition: str) -> GenkitError:
    """Return the error of a partition that is not there."""
    return GenkitError(
        f'Collection {collection!r} has no partition {partition!r}. It is made when something is stored in it.',
        status='NOT_FOUND',
        source=PLUGIN_NAME,
        details={'missing': 'partition'},
    )


def other_dimensions(collection: str, stored: int, given: int) -> GenkitError:
    """Return the error of a vector that does not fit a collection."""
    return GenkitError(
        f'Collection {collection!r} holds vectors of {stored} dimensions, and one of {given} was given. Use the '
        'embedder that it was filled with, or another collection.',
        status='FAILED_PRECONDITION',
        source=PLUGIN_NAME,
        details={'stored': stored, 'given': given},
    )


def other_layout(collection: str, missing: str) -> GenkitError:
    """Return the error of a collection that another program has made in its own way."""
    return GenkitError(
        f'Collection {collection!r} has no {missing}, which is needed here. Use another collection, which is made when '
        'something is stored first.',
        status='FAILED_PRECONDITION',
        source=PLUGIN_NAME,
    )


def _message(error: Exception) -> str:
    """Return what pymilvus or gRPC says, without the names of classes and addresses around it."""
    said: Any = getattr(error, 'message', None) or getattr(error, 'details', None)
    return str(said() if callable(said) else said or '').strip()


def _status(error: Exception, code: int | None, told: StatusName, *, is_lite: bool) -> StatusName:
    if is_lite and code in _LITE:
        return _LITE[code]
    if code == 1 and type(error).__name__ != 'MilvusException':  # a subclass: pymilvus itself refuses an argument
        return StatusName.INVALID_ARGUMENT
    if code == 1 and _message(error).startswith('Unexpected error'):
        return StatusName.INTERNAL
    if code in _STATUSES:
        return _STATUSES[code]
    if getattr(error, 'is_input_error', False) is True:
        return StatusName.INVALID_ARGUMENT
    named = getattr(getattr(error, 'code', None), 'name', None)  # pymilvus puts gRPC's status in the place of its own
    if isinstance(named, str) and named in StatusName.__members__:
        told = StatusName[named]
    return StatusName.UNAVAILABLE if told is StatusName.DEADLINE_EXCEEDED else told


def _repeats(error: Exception, secrets: Sequence[str | None]) -> bool:
    return any(secret and secret in str(error) for secret in secrets)
