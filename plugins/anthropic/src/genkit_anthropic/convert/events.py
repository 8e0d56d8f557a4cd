# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to the protocol's JSON: what is no answer is an error, whatever status it came with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import JsonEvents, read_json, whole_characters

from genkit_anthropic.convert.tools import Body
from genkit_anthropic.errors import KINDS, to_error


_ANSWERED: Final = 'content'


def read_message(content: bytes, source: str, secrets: Sequence[str | None] = ()) -> Body:
    """Return the message that the body of an answer holds.

    Args:
        content: The body.
        source: The plugin's name.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is an error, or nothing of the protocol.
    """
    try:
        message = read_json(content)
    except ValueError:
        raise to_error(source, content, secrets) from None
    if not isinstance(message, dict) or _is_error(cast('Body', message)) or _ANSWERED not in message:
        raise to_error(source, message, secrets)
    return whole_characters(cast('Body', message))


class MessageEvents:
    """Reads the bytes of a stream as the protocol's events.

    Args:
        source: The plugin's name.
        secrets: Keys that no error may repeat.
    """

    def __init__(self, source: str, secrets: Sequence[str | None] = ()) -> None:
        self._events = JsonEvents(source, secrets, is_error=_is_error, kinds=KINDS)

    @property
    def head(self) -> bytes:
        """The beginning of what came, up to the first event."""
        return self._events.head

    def feed(self, piece: bytes) -> Iterator[Body]:
        """Yield the events that a further piece completes.

        Raises:
            GenkitError: The provider sent an error, or something that is not JSON.
        """
        return self._typed(self._events.feed(piece))

    def close(self) -> Iterator[Body]:
        """Yield what the end of the bytes completes.

        Raises:
            GenkitError: As `feed`; ``DATA_LOSS`` for an event that was cut off.
        """
        return self._typed(self._events.close())

    def _typed(self, events: Iterable[tuple[str, Body]]) -> Iterator[Body]:
        for name, event in events:
            self._events.begun = True
            yield event if event.get('type') else {**event, 'type': name}


def _is_error(body: Mapping[str, Any]) -> bool:
    return bool(body.get('error')) or body.get('type') == 'error'
