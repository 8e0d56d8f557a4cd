# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What was said in a conversation, as both sides have heard it."""

from dataclasses import dataclass, field
from typing import Final

from typing_extensions import TypeIs

from genkit.plugin.realtime.chunks import Sound, sound_part, transcript_part
from genkit.plugin.wire_values import TextPieces
from genkit.types import MediaPart, Message, Part, Role, TextPart, ToolRequestPart, ToolResponsePart


_KEPT: Final = 5_000  # utterances; a conversation of a day has fewer


@dataclass(slots=True, eq=False)
class Utterance:
    """What one side says in one go.

    Attributes:
        role: Whose it is.
        key: The provider's id, if it has one.
        texts: What is said or written, in pieces.
        is_spoken: Whether the text is a transcript.
        parts: What is neither text nor sound, such as tool calls.
        sounds: The sound, for a caller that wants it in the answer.
        sound_ms: How long all sound lasts that came.
        began: When the first of it came.
        finished: Whether all of it is there.
        interrupted: Whether the user did not hear all of it.
        joined: Joins characters that come in halves.
    """

    role: Role
    key: str | None = None
    texts: list[str] = field(default_factory=list[str])
    is_spoken: bool = False
    parts: list[Part] = field(default_factory=list[Part])
    sounds: list[Sound] = field(default_factory=list[Sound])
    sound_ms: float = 0.0
    began: float | None = None
    finished: bool = False
    interrupted: bool = False
    joined: TextPieces = field(default_factory=TextPieces)

    def add(self, piece: str) -> str:
        """Take a piece of text, and return what there is to show of it."""
        shown = self.joined.add(piece)
        if shown:
            self.texts.append(shown)
        return shown

    def played_ms(self, now: float) -> float:
        """Return how much of the sound can have been played by now."""
        return 0.0 if self.began is None else min(self.sound_ms, (now - self.began) * 1000)

    def is_playing(self, now: float) -> bool:
        """Return whether a caller that plays the sound as it comes still does."""
        return not self.interrupted and self.began is not None and self.played_ms(now) < self.sound_ms

    def cut(self, heard_ms: float) -> None:
        """Keep of a spoken text what was heard: the share that the sound had, to the end of a word."""
        self.interrupted = self.finished = True
        if not self.is_spoken or self.sound_ms <= 0:
            return
        text = ''.join(self.texts)
        end = int(len(text) * min(1.0, heard_ms / self.sound_ms))
        while 0 < end < len(text) and not text[end].isspace():
            end -= 1
        self.texts = [text[:end].rstrip()]

    def message(self) -> Message | None:
        """Return the utterance as a message; None if nothing of it is left."""
        text = ''.join(self.texts)
        said: list[Part] = []
        if text.strip():
            whose = 'input' if self.role == Role.USER else 'output'
            said.append(transcript_part(text, whose) if self.is_spoken else TextPart(text=text))
        said += [*self._sound(), *self.parts]
        metadata = {'interrupted': True} if self.interrupted else None
        return Message(role=self.role, content=said, metadata=metadata) if said else None

    def _sound(self) -> list[MediaPart]:
        if not self.sounds:
            return []
        kind, rate = self.sounds[0].kind, self.sounds[0].rate
        named = f'{kind};rate={rate}' if kind == 'audio/pcm' else kind
        return [sound_part(b''.join(sound.data for sound in self.sounds), named)]


class Transcript:
    """Utterances in their order.

    Args:
        keeps_sound: Whether the sound of the model is kept, too.
    """

    def __init__(self, *, keeps_sound: bool = False) -> None:
        self.keeps_sound = keeps_sound
        self._said: list[Utterance] = []
        self._open: list[Utterance] = []

    @property
    def last(self) -> Utterance | None:
        """The latest utterance of the model, if it has said anything."""
        return next((said for said in reversed(self._said) if said.role == Role.MODEL), None)

    def add(self, message: Message) -> None:
        """Take a message that is whole; of its media nothing is kept."""
        texts = [part.text for part in message.content if isinstance(part, TextPart)]
        others = [part for part in message.content if not isinstance(part, TextPart | MediaPart)]
        self._insert(len(self._said), Utterance(message.role, texts=texts, parts=others, finished=True))

    def at(self, key: str | None, role: Role) -> Utterance:
        """Return the utterance with a provider's id, which begins now if there is none."""
        found = next((said for said in reversed(self._said) if said.key == key and said.role == role), None)
        if key is not None and found is not None:
            return found
        return self._insert(len(self._said), Utterance(role, key))

    def speaking(self) -> Utterance:
        """Return what the model is saying, which begins now if it has said nothing since its last turn."""
        last = self._said[-1] if self._said else None
        if last is not None and last.role == Role.MODEL and not last.finished:
            return last
        return self._insert(len(self._said), Utterance(Role.MODEL))

    def heard(self) -> Utterance:
        """Return what the user is saying.

        A transcript may come when the answer to it has begun: it then stands before that answer. Where the user has
        said something before the answer already, this comes after it.
        """
        place = len(self._said)
        while place and self._said[place - 1].role == Role.MODEL and not self._said[place - 1].finished:
            place -= 1
        before = self._said[place - 1] if place else None
        if before is not None and before.role == Role.USER:
            if not before.finished:
                return before
            place = len(self._said)
        return self._insert(place, Utterance(Role.USER, is_spoken=True))

    def finish(self, *roles: Role) -> None:
        """Note that what some sides were saying is complete."""
        for said in self._open:
            said.finished = said.finished or said.role in roles
        self._open = [said for said in self._open if not said.finished]

    def drop_unfinished(self) -> bool:
        """Forget what the model was saying, apart from its tool calls; return whether it was saying anything.

        The ids of the provider mean nothing on the next connection.
        """
        dropped = [said for said in self._open if said.role == Role.MODEL]
        for said in dropped:
            said.texts, said.sounds, said.sound_ms, said.began = [], [], 0.0, None
        self.finish(Role.MODEL)
        self._said = [said for said in self._said if said.message() is not None or not said.finished]
        for said in self._said:
            said.key = None
        return bool(dropped)

    def drop_calls(self) -> None:
        """Forget tool calls that have no response."""
        answered = {each.tool_response.ref for said in self._said for each in said.parts if _is_response(each)}
        for said in self._said:
            said.parts = [each for each in said.parts if not _is_request(each) or each.tool_request.ref in answered]

    def messages(self) -> list[Message]:
        """Return what was said as messages; what the model says before it calls a tool and the call are one."""
        found: list[Message] = []
        for message in filter(None, (said.message() for said in self._said)):
            if found and found[-1].role == message.role == Role.MODEL and not (found[-1].metadata or message.metadata):
                found[-1] = found[-1].replaced(content=[*found[-1].content, *message.content])
            else:
                found.append(message)
        return found

    def asks(self) -> bool:
        """Return whether it is the model's turn: the user or a tool spoke last, and no tool has yet to answer."""
        messages = self.messages()
        asked = {part.tool_request.ref for message in messages for part in message.tool_requests}
        answered = {part.tool_response.ref for message in messages for part in message.tool_responses}
        return bool(messages) and messages[-1].role in (Role.USER, Role.TOOL) and asked <= answered

    def _insert(self, place: int, said: Utterance) -> Utterance:
        self._said.insert(place, said)
        if not said.finished:
            self._open.append(said)
        if len(self._said) > _KEPT:
            gone = self._said.pop(0)
            self._open = self._open if gone.finished else [each for each in self._open if each is not gone]
        return said


def _is_response(part: Part) -> TypeIs[ToolResponsePart]:
    return isinstance(part, ToolResponsePart)


def _is_request(part: Part) -> TypeIs[ToolRequestPart]:
    return isinstance(part, ToolRequestPart)
