# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures that come with an HTTP status that says all is well, and answers that are none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit import GenkitError, StatusName
from genkit.plugin import cut_short, error_in_body, no_answer, read_json, whole_characters


# Words for failures that only providers of this protocol use; numbers and the common words are known to all plugins.
_KINDS: Final = {
    'capacity_exceeded': StatusName.UNAVAILABLE,
    'over_capacity': StatusName.UNAVAILABLE,
    'upstream_error': StatusName.UNAVAILABLE,
    'vector_store_timeout': StatusName.DEADLINE_EXCEEDED,
}


@dataclass(frozen=True)
class Failures:
    """Makes the errors of one call.

    Attributes:
        source: The plugin's name.
        secrets: Keys that must not be repeated.
    """

    source: str
    secrets: Sequence[str | None] = field(default=(), repr=False)

    def told_in(self, body: Any, *, begun: bool = False) -> GenkitError | None:
        """Return the error that a body or an event tells of; None if it tells of none."""
        status = StatusName.DATA_LOSS if begun else StatusName.UNAVAILABLE
        return error_in_body(self.source, body, status=status, secrets=self.secrets, kinds=_KINDS)

    def no_answer(self, seen: Any) -> GenkitError:
        """Return the error of an answer without anything of the protocol: the provider's own, if there is one in it."""
        try:
            body = read_json(seen) if isinstance(seen, bytes | str) else seen
        except ValueError:
            body = None
        told = self.told_in(body) if isinstance(body, dict | list) else None
        return told or no_answer(self.source, seen, secrets=self.secrets)

    def cut_short(self, missing: str) -> GenkitError:
        """Return the error of an answer that stopped in its middle."""
        return cut_short(self.source, missing)

    def members(self, content: bytes, *needed: str) -> dict[str, Any]:
        """Return the members of a whole answer, which must have one of those that are needed.

        Raises:
            GenkitError: The error that the answer tells of, or that it is no answer.
        """
        try:
            body = read_json(content)
        except ValueError:
            raise self.no_answer(content) from None
        if not isinstance(body, dict):
            raise self.no_answer(body)
        members = cast('dict[str, Any]', whole_texts(body) if b'\\u' in content else body)
        if members.get('error'):
            raise self.told_in(members) or self.no_answer(members)
        if not any(name in members for name in needed):
            raise self.no_answer(members)
        return members


def require_name(name: str, member: str) -> None:
    """Raise if a call does not say which tool it is for.

    Raises:
        GenkitError: ``INTERNAL``, naming the member.
    """
    if not name:
        raise GenkitError(
            f'The provider sent a call without {member!r}, which must name a tool; see whether base_url leads to a '
            'server that speaks this protocol.',
            status='INTERNAL',
        )


def whole_texts(value: Any) -> Any:
    """Return JSON in which no text holds half a character, so that it can be encoded."""
    if isinstance(value, str):
        return value if value.isascii() else whole_characters(value)
    if isinstance(value, list):
        return [whole_texts(item) for item in cast('list[Any]', value)]
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return {whole_texts(name): whole_texts(member) for name, member in members.items()}
    return value
