# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with Convex, in our words."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import members_of, provider_error, provider_errors, redact, reworded, text_of


SOURCE: Final = 'convex'
_REMEDIES: Final = {
    StatusName.UNAVAILABLE: 'Check that it can be reached from here, and repeat the call.',
    StatusName.UNAUTHENTICATED: 'Check the key: deploy_key= or CONVEX_DEPLOY_KEY.',
    StatusName.PERMISSION_DENIED: 'Check that the key is of this deployment: deploy_key= or CONVEX_DEPLOY_KEY.',
    StatusName.NOT_FOUND: 'Check the address of the deployment: url= or CONVEX_URL.',
}
_LONGEST: Final = 1_000


def convex_errors(where: str, key: str) -> AbstractContextManager[None]:
    """Turn what the HTTP library raises inside the block into an error of ours.

    Args:
        where: The address that was asked.
        key: Not repeated.
    """
    return provider_errors(SOURCE, (key,), partial(_convex_error, where, key))


def _convex_error(where: str, key: str, error: Exception) -> GenkitError:
    known = provider_error(SOURCE, error, (key,))
    details = {name: value for name, value in known.details.items() if name in ('http_status', 'retry_after_ms')}
    text = f'Convex at {where}: {known.message.rstrip(".")}. {_REMEDIES.get(known.status, "")}'.strip()
    return reworded(known, SOURCE, text, details=details)


def failed_function(path: str, answer: Mapping[str, Any]) -> GenkitError:
    """Return the error of a function that Convex says has failed.

    Args:
        path: The function's.
        answer: What Convex answered.
    """
    said = redact(text_of(answer.get('errorMessage'), 'errorMessage'))[:_LONGEST].rstrip('.')
    data = answer.get('errorData')
    told = members_of(data, 'errorData') if isinstance(data, dict) else {}
    if told.get('code') == 'INVALID_ARGUMENT':
        message = text_of(told.get('message'), 'message')
        return GenkitError(f'Convex function {path!r}: {message}.', status='INVALID_ARGUMENT', source=SOURCE)
    if 'could not find' in said.lower():
        return GenkitError(
            f'Convex has no function {path!r}, or not for this key: {said}. Write the functions into the project with '
            '`python -m genkit_convex PROJECT --dimensions N`, and deploy them with `npx convex deploy`.',
            status='FAILED_PRECONDITION',
            source=SOURCE,
        )
    if 'argumentvalidationerror' in said.lower():
        return GenkitError(
            f'Convex function {path!r} does not take what was sent: {said}. Its version may be another; write the '
            'functions again with `python -m genkit_convex`.',
            status='FAILED_PRECONDITION',
            source=SOURCE,
        )
    return GenkitError(
        f'Convex function {path!r} failed: {said or "no reason was given"}. The logs of the deployment may say more.',
        status='INTERNAL',
        source=SOURCE,
    )
