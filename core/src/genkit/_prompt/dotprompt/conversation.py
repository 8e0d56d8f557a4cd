# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes messages of rendered text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from genkit._prompt.dotprompt.markers import Mark, split_marks
from genkit.types import Media, MediaPart, Message, Part, Role, TextPart


@dataclass(slots=True)
class _Draft:
    """A message that is being read."""

    role: Role
    content: list[Part] = field(default_factory=list[Part])


def to_messages(rendered: str, history: Sequence[Message] = ()) -> list[Message]:
    """Return the messages that rendered text stands for.

    Text begins in role user. Pieces of nothing but white space are dropped, and so are messages without content.

    Args:
        rendered: What a template has written.
        history: Earlier messages. They stand where the template says so, each with the purpose ``history``; if it says
            nothing, before a final user message, else at the end.
    """
    messages: list[Message] = []
    draft = _Draft(Role.USER)
    has_place = False
    for piece in split_marks(rendered):
        if isinstance(piece, str):
            if not piece.isspace():
                draft.content.append(TextPart(text=piece))
        elif piece.kind == 'role':
            role = Role(piece.values[0])
            if draft.content:
                messages.append(_finished(draft))
                draft = _Draft(role)
            draft.role = role
        elif piece.kind == 'history':
            if draft.content:
                messages.append(_finished(draft))
            messages += [_tagged(message) for message in history]
            draft, has_place = _Draft(Role.MODEL), True
        else:
            draft.content.append(_part(piece))
    if draft.content:
        messages.append(_finished(draft))
    return messages if has_place or not history else _with_history(messages, history)


def _part(mark: Mark) -> Part:
    if mark.kind == 'media':
        url, content_type = mark.values
        return MediaPart(media=Media(url=url, content_type=content_type or None))
    return Part(metadata={'purpose': mark.values[0], 'pending': True})


def _finished(draft: _Draft) -> Message:
    return Message(role=draft.role, content=draft.content)


def _tagged(message: Message) -> Message:
    return message.replaced(metadata={**(message.metadata or {}), 'purpose': 'history'})


def _with_history(messages: list[Message], history: Sequence[Message]) -> list[Message]:
    if messages and messages[-1].role == Role.USER:
        return [*messages[:-1], *history, messages[-1]]
    return [*messages, *history]
