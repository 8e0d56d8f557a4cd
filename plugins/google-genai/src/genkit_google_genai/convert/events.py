# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to the protocol's JSON: what is no answer is an error, whatever status it came with."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from genkit.plugin import JsonEvents, answer_error, read_json

from genkit_google_genai.convert.tools import Body


_ANSWERED: Final = ('candidates', 'promptFeedback')
_JSON: Final = (b'{', b'[')
_OF_OPERATIONS: Final = frozenset({'name', 'id', 'done'})  # what failed later says so in an answer that is right


def read_object(content: bytes, source: str, secrets: Sequence[str | None] = ()) -> Body:
    """Return the object that the body of an answer holds, whatever was asked for.

    Args:
        content: The body.
        source: The plugin's name.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is an error, or says nothing.
    """
    try:
        answer: Any = read_json(content)
    except ValueError:
        raise answer_error(source, content, secrets) from None
    body: Body = cast('Body', answer) if isinstance(answer, dict) else {}
    if not body or (body.get('error') and not body.keys() & _OF_OPERATIONS):
        raise answer_error(source, answer, secrets)
    return body


class Answers:
    """Reads the bytes of one call's answer, whole or in pieces, for the reader of the plugin.

    Args:
        source: The plugin's name.
        secrets: Keys that no error may repeat.
        keeps: Whether it takes answers of the models; it only checks others, which the vendor's library reads.
    """

    def __init__(self, source: str, secrets: Sequence[str | None] = (), *, keeps: bool = True) -> None:
        self.keeps = keeps
        self._source = source
        self._secrets = secrets
        self._events = JsonEvents(source, secrets)
        self._pieces: list[Body] = []

    def take(self) -> list[Body]:
        """Return the pieces that have come since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def read(self, content: bytes) -> None:
        """Take a whole answer.

        Raises:
            GenkitError: It is an error, or nothing of the protocol.
        """
        body = read_object(content, self._source, self._secrets)
        if body.get('error') or not any(body.get(name) for name in _ANSWERED):
            raise answer_error(self._source, body, self._secrets)
        self._pieces.append(body)

    def check(self, content: bytes) -> None:
        """Refuse what is no answer, whatever was asked for.

        Raises:
            GenkitError: As `read_object`.
        """
        read_object(content, self._source, self._secrets)

    def feed(self, piece: bytes) -> int:
        """Take a piece of a stream, and return how many events it completes.

        Raises:
            GenkitError: The provider sent an error, or something that is not JSON.
        """
        return self._take(self._events.feed(piece))

    def close(self) -> int:
        """Take the end of a stream, and return how many events it completes.

        Raises:
            GenkitError: As `feed`; also if nothing of the protocol came.
        """
        count, events = self._take(self._events.close()), self._events
        if not events.begun:
            raise events.error(events.head)
        if events.stray.lstrip().startswith(_JSON):  # a failure in mid-stream comes as JSON that is no event
            raise events.error(events.stray)
        return count

    def _take(self, events: Iterable[tuple[str, Body]]) -> int:
        before = len(self._pieces)
        for _, piece in events:
            if piece:
                self._events.begun = True
                self._pieces.append(piece)
        return len(self._pieces) - before
