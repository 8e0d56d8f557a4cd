# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The envelope around what a model answers in the provider's own protocol."""

from collections.abc import Mapping
from typing import Any

from genkit.plugin import members_of
from genkit_compat_oai import Failures


def binary_kind(headers: Mapping[str, str], wanted: str) -> str | None:
    """Return the media type of an answer of bytes; None if it is of another kind than is wanted."""
    kind = headers.get('content-type', '').partition(';')[0].strip().lower()
    return kind if kind.startswith(wanted) else None


def result_of(failures: Failures, content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an answer holds, and the whole answer without the contents of media.

    The envelope is left out by some gateways.

    Raises:
        GenkitError: It is a failure, or no answer.
    """
    answer = failures.members(content, 'result', 'image', 'audio', 'text', 'results', 'response')
    if answer.get('success') is False or answer.get('errors'):
        raise failures.told_in(answer) or failures.no_answer(answer)
    result = members_of(answer['result'], 'result') if 'result' in answer else answer
    known = {name: value for name, value in result.items() if name not in ('image', 'audio')}
    return result, {**answer, 'result': known} if 'result' in answer else known
