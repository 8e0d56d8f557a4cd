# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to the protocol's JSON: what is no answer is an error, whatever status it came with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

from genkit.plugin import EventReader, cut_short, read_json, whole_characters

from genkit_anthropic.convert.tools import Body
from genkit_anthropic.errors import to_error


_ANSWERED: Final = 'content'
_LAST_OF_OTHERS: Final = b'[DONE]'


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
        self._source = source
        self._secrets = secrets
        self._reader = EventReader()
        self._begun = False

    @property
    def head(self) -> bytes:
        """The beginning of what came, up to the first event."""
        return self._reader.head

    def feed(self, piece: bytes) -> Iterator[Body]:
        """Yield the events that a further piece completes.

        Raises:
            GenkitError: The provider sent an error, or something that is not JSON.
        """
        return self._read(self._reader.feed(piece), last=False)

    def close(self) -> Iterator[Body]:
        """Yield what the end of the bytes completes.

        Raises:
            GenkitError: As `feed`; ``DATA_LOSS`` for an event that was cut off.
        """
        return self._read(self._reader.close(), last=True)

    def _read(self, events: Iterable[tuple[str, bytes]], *, last: bool) -> Iterator[Body]:
        for name, data in events:
            try:
                body: Any = read_json(data)
            except ValueError:
                if data == _LAST_OF_OTHERS:
                    continue
                if last and (self._begun or data.startswith(b'{')):
                    raise cut_short(self._source) from None
                raise to_error(self._source, data, self._secrets, begun=self._begun) from None
            if name == 'error' or isinstance(body, list) or (isinstance(body, dict) and _is_error(cast('Body', body))):
                raise to_error(self._source, body, self._secrets, begun=self._begun)
            if isinstance(body, dict):
                self._begun = True
                event = cast('Body', body)
                yield event if event.get('type') else {**event, 'type': name}


def _is_error(body: Body) -> bool:
    return bool(body.get('error')) or body.get('type') == 'error'
