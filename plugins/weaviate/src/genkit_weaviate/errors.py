# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with Weaviate, in our words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import items_of, members_of, provider_error, provider_errors, redact, reworded, text_of


SOURCE: Final = 'weaviate'
_REMEDIES: Final = {
    StatusName.UNAVAILABLE: 'Check that it can be reached from here, and repeat the call.',
    StatusName.UNAUTHENTICATED: 'Check the key: api_key= or WEAVIATE_API_KEY.',
}
_OTHER_VECTORS: Final = 'Use the embedder that the collection was filled with, or another collection.'
_GRAPHQL_OFF: Final = (
    'The plugin searches through GraphQL, which new clusters of Weaviate Cloud have switched off. On a server of your '
    'own, take DISABLE_GRAPHQL out of its environment.'
)
_SHOWN: Final = 3
_LONGEST: Final = 1_000


def weaviate_errors(where: str, key: str | None) -> AbstractContextManager[None]:
    """Turn what the HTTP library raises inside the block into an error of ours.

    Args:
        where: The address that was asked.
        key: Not repeated.
    """
    return provider_errors(SOURCE, (key,), partial(_weaviate_error, where, key))


def _weaviate_error(where: str, key: str | None, error: Exception) -> GenkitError:
    known = provider_error(SOURCE, error, (key,))
    details = {name: value for name, value in known.details.items() if name in ('http_status', 'retry_after_ms')}
    remedy, status = _REMEDIES.get(known.status, ''), known.status
    if 'graphql' in known.message.lower() and 'disabled' in known.message.lower():
        remedy, status = _GRAPHQL_OFF, StatusName.FAILED_PRECONDITION
    return reworded(
        known,
        SOURCE,
        f'Weaviate at {where}: {known.message.rstrip(".")}. {remedy}'.strip(),
        details=details,
        status=status,
    )


def no_data(collection: str) -> GenkitError:
    """Return the error of an answer of success that holds nothing, as one from something else than Weaviate."""
    return GenkitError(
        f'The answer to a question about collection {collection!r} is empty, which none of Weaviate is. See whether '
        'url is right, and what stands between here and Weaviate.',
        status='INTERNAL',
        source=SOURCE,
    )


def failed_query(collection: str, messages: Sequence[str]) -> GenkitError:
    """Return the error of a query that Weaviate answered with errors."""
    said = '; '.join(messages)[:_LONGEST].rstrip('.') or 'no reason was given'
    status, remedy = _judged(said)
    return GenkitError(
        f'Weaviate could not query {collection!r}: {redact(said)}. {remedy}'.strip(), status=status, source=SOURCE
    )


def failed_objects(collection: str, failures: Sequence[tuple[str, str]], of: int) -> GenkitError:
    """Return the error of objects that Weaviate did not store.

    Args:
        collection: The collection.
        failures: Ids with what Weaviate says of them.
        of: How many were sent.
    """
    said = '; '.join(f'{name!r}: {redact(reason)[:_LONGEST]}' for name, reason in failures[:_SHOWN])
    more = f' and {len(failures) - _SHOWN} more' if len(failures) > _SHOWN else ''
    status, remedy = _judged(said)
    return GenkitError(
        f'Weaviate did not store {len(failures)} of {of} documents in {collection!r}: {said}{more}. {remedy}'
        'The others are stored; repeating the call stores what is missing.',
        status=status,
        source=SOURCE,
        details={'failed': [name for name, _ in failures]},
    )


def error_texts(errors: Any) -> list[str]:
    """Return the messages of a list of errors."""
    return [
        text_of(each.get('message'), 'message') or 'an error without a message' for each in items_of(errors, 'errors')
    ]


def object_failure(answer: Any) -> str | None:
    """Return why an object of a batch was not stored; None if it was."""
    result = members_of(members_of(answer, 'object').get('result'), 'result')
    said = error_texts(members_of(result.get('errors'), 'errors').get('error'))
    if said:
        return '; '.join(said)
    return 'the status is FAILED' if result.get('status') == 'FAILED' else None


def _judged(said: str) -> tuple[StatusName, str]:
    lowered = said.lower()
    if 'vector' in lowered and ('length' in lowered or 'dimension' in lowered):
        return StatusName.INVALID_ARGUMENT, f'{_OTHER_VECTORS} '
    if 'no such prop' in lowered or "invalid 'where' filter" in lowered or 'has invalid value' in lowered:
        return StatusName.INVALID_ARGUMENT, ''
    if 'deadline exceeded' in lowered or 'timeout' in lowered:
        return StatusName.DEADLINE_EXCEEDED, ''
    if 'forbidden' in lowered:
        return StatusName.PERMISSION_DENIED, ''
    return StatusName.INTERNAL, ''
