# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a real-time model does in one turn, whatever the protocol, and what it has heard before.

Sound of these models is text: the bytes of its characters, each in one sample, followed by silence. So a server can
write down what a user said, and a test can read what the model said.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias


SAMPLE_BYTES: Final = 2


@dataclass(frozen=True)
class SpeakMove:
    """Says something: as text, and as sound if the session wants sound.

    Attributes:
        text: What is said.
        seconds: How long the sound lasts, at least.
    """

    text: str
    seconds: float = 0.0


@dataclass(frozen=True)
class CallMove:
    """Asks for a tool.

    Attributes:
        tool: Its name.
        given: Its arguments; text is sent as it is.
        ref: The id of the call.
    """

    tool: str
    given: Any
    ref: str


@dataclass(frozen=True)
class CancelCallsMove:
    """Takes back what was asked of tools.

    Attributes:
        refs: The ids.
    """

    refs: Sequence[str]


@dataclass(frozen=True)
class UserSpeaksMove:
    """Notices that the user speaks, which ends the turn."""


@dataclass(frozen=True)
class PauseMove:
    """Says nothing more until the client interrupts."""


@dataclass(frozen=True)
class GoAwayMove:
    """Announces that the connection will end.

    Attributes:
        seconds: How soon.
    """

    seconds: float


@dataclass(frozen=True)
class CutMove:
    """Ends the connection.

    Attributes:
        code: Of the closing frame; None for none.
        reason: Its text.
    """

    code: int | None = None
    reason: str = ''


@dataclass(frozen=True)
class FailMove:
    """Reports an error as an event.

    Attributes:
        code: The provider's word.
        message: The text.
    """

    code: str
    message: str


@dataclass(frozen=True)
class RawMove:
    """Sends something as it is.

    Attributes:
        content: Text, bytes, or JSON as data.
    """

    content: Any


RealtimeMove: TypeAlias = (
    SpeakMove | CallMove | CancelCallsMove | UserSpeaksMove | PauseMove | GoAwayMove | CutMove | FailMove | RawMove
)


@dataclass(frozen=True)
class RealtimeTurn:
    """What a model has heard when it begins a turn.

    Attributes:
        number: Of the turn, over all connections, from 1.
        connection: Of the connection, from 1.
        said: What the user wrote or spoke since the model's last turn.
        answers: Of tools since then: their ids with their outputs as text.
        conversation: All that the provider knows of the conversation, each as ``role: text``.
        session: The session as it was asked for.
    """

    number: int
    connection: int
    said: str
    answers: dict[str, str] = field(default_factory=dict[str, str])
    conversation: Sequence[str] = ()
    session: dict[str, Any] = field(default_factory=dict[str, Any])


RealtimeBrain: TypeAlias = Callable[[RealtimeTurn], Iterable[RealtimeMove]]


def text_as_sound(text: str, seconds: float = 0.0, rate: int = 24_000) -> bytes:
    """Return a text as sound, which lasts as long as asked, at least."""
    sound = b''.join(bytes((byte, 0x11)) for byte in text.encode())
    return sound.ljust(int(seconds * rate) * SAMPLE_BYTES, b'\0')


def sound_as_text(sound: bytes) -> str:
    """Return the text that a sound holds, as `spoken` made it."""
    return bytes(sound[i] for i in range(0, len(sound) - 1, SAMPLE_BYTES) if sound[i + 1]).decode(errors='replace')


def silence_at_end(sound: bytes) -> int:
    """Return how many bytes at the end of a sound are silence."""
    return len(sound) - len(sound.rstrip(b'\0'))
