# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures of Firestore and of the credentials for it, with their status and the next step."""

from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, redact, reworded


SOURCE: Final = 'firebase'
SCOPES: Final = ('https://www.googleapis.com/auth/cloud-platform',)
_REMEDIES: Final = {
    StatusName.PERMISSION_DENIED: 'Give these credentials the role `roles/datastore.user` in this project.',
    StatusName.UNAUTHENTICATED: (
        'Sign in again with `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or pass '
        'credentials=.'
    ),
    StatusName.UNAVAILABLE: 'Check that it can be reached from here, and repeat the call.',
    StatusName.DEADLINE_EXCEEDED: 'Repeat the call, or raise timeout=.',
    StatusName.RESOURCE_EXHAUSTED: "Check the project's quotas, and repeat the call later.",
}
_LONGEST: Final = 4_000  # the command that makes a missing index is part of the text


def firestore_error(where: str, error: Exception) -> GenkitError:
    """Return the error that a failed call of Firestore becomes.

    Args:
        where: The project and the database.
        error: What the client raised.
    """
    known = provider_error(SOURCE, error)
    if isinstance(error, ValueError) and known.details.get('reason'):
        return known  # a text that cannot be sent
    last = getattr(error, 'cause', None) or error  # the client gives up with the last failure as the cause
    status = _status(last) or _status(error) or known.status
    text = redact(_message(last))[:_LONGEST].strip().rstrip('.')
    return reworded(known, SOURCE, ' '.join(filter(None, (f'{where}: {text}.', _remedy(status)))), status=status)


def refused(message: str, status: StatusName = StatusName.INVALID_ARGUMENT, cause: Any = None) -> GenkitError:
    """Return the error for something that is not done."""
    return GenkitError(message, status=status, source=SOURCE, cause=cause)


def no_credentials(error: Exception) -> GenkitError:
    """Return the error for an environment that has no Google credentials."""
    return refused(
        f'Firestore has no Google credentials ({_first_line(error)}). Run `gcloud auth application-default login`, set '
        'GOOGLE_APPLICATION_CREDENTIALS, or pass credentials=; for an emulator, set FIRESTORE_EMULATOR_HOST.',
        StatusName.FAILED_PRECONDITION,
        error,
    )


def no_project() -> GenkitError:
    """Return the error for a call that no project is known for."""
    return refused(
        'Firestore has no project. Pass project=, or set GOOGLE_CLOUD_PROJECT.', StatusName.FAILED_PRECONDITION
    )


def _status(error: object) -> StatusName | None:
    name = getattr(getattr(error, 'grpc_status_code', None), 'name', None)
    if isinstance(name, str) and name in StatusName.__members__ and name != 'OK':
        return StatusName[name]
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {'RefreshError', 'DefaultCredentialsError'}:
        return StatusName.UNAUTHENTICATED
    if 'RetryError' in kinds:
        return StatusName.DEADLINE_EXCEEDED
    return StatusName.UNAVAILABLE if 'TransportError' in kinds else None


def _message(error: object) -> str:
    said = getattr(error, 'message', None)
    return said if isinstance(said, str) and said else str(error) or type(error).__name__


def _remedy(status: StatusName) -> str:
    return _REMEDIES.get(status, '')


def _first_line(error: Exception) -> str:
    text = str(error.args[0] if error.args else error).strip()
    return (text.splitlines() or [type(error).__name__])[0].rstrip('.')
