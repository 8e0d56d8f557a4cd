# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Puts format instructions and context into messages, without touching the messages that were given."""

from collections.abc import Sequence

from genkit.types import DocumentData, Message, Part, Role, TextPart
from genkit.types.message import text_of


CONTEXT_PREFACE = '\n\nUse the following information to complete your task:\n\n'


def inject_instructions(messages: Sequence[Message], instructions: str | None) -> list[Message]:
    """Return the messages with the instructions in the first fitting place.

    That is the first message with a pending output part, else the first system message, else the last user message.
    Nothing happens if a part holds instructions already.
    """
    if not instructions or any(_has_purpose(part, 'output', pending=False) for m in messages for part in m.content):
        return list(messages)
    place = _place(messages)
    if place is None:
        return list(messages)
    part = TextPart(text=instructions, metadata={'purpose': 'output'})
    return _with_message(messages, place, _with_part(messages[place], part, 'output'))


def inject_part(messages: Sequence[Message], part: Part) -> list[Message]:
    """Return the messages with a part at the end of the first system message, else of the last user message."""
    place = _place(messages)
    if place is None:
        return [Message(role=Role.SYSTEM, content=[part]), *messages]
    return _with_message(messages, place, messages[place].replaced(content=[*messages[place].content, part]))


def augment_with_docs(
    messages: Sequence[Message],
    docs: Sequence[DocumentData],
    *,
    preface: str = CONTEXT_PREFACE,
    key: str | None = None,
    cite: bool = True,
) -> list[Message]:
    """Return the messages with the documents as a text part of the last user message.

    Args:
        messages: What was said.
        docs: What to write down.
        preface: Put before them.
        key: The metadata that names a document; None for its ``ref``, ``id`` or number.
        cite: Whether documents are named at all.
    """
    place = next((n for n in range(len(messages) - 1, -1, -1) if messages[n].role == Role.USER), None)
    if place is None or not docs:
        return list(messages)
    message = messages[place]
    if any(_has_purpose(part, 'context', pending=False) for part in message.content):
        return list(messages)
    lines = ''.join(
        f'- {f"[{_reference(doc, n, key)}]: " if cite else ""}{text_of(list(doc.content))}\n'
        for n, doc in enumerate(docs)
    )
    part = TextPart(text=f'{preface}{lines}\n', metadata={'purpose': 'context'})
    return _with_message(messages, place, _with_part(message, part, 'context'))


def _place(messages: Sequence[Message]) -> int | None:
    for number, message in enumerate(messages):
        if any(_has_purpose(part, 'output', pending=True) for part in message.content):
            return number
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            return number
    return next((n for n in range(len(messages) - 1, -1, -1) if messages[n].role == Role.USER), None)


def _has_purpose(part: Part, purpose: str, *, pending: bool) -> bool:
    metadata = part.metadata
    return bool(metadata) and metadata.get('purpose') == purpose and bool(metadata.get('pending')) is pending


def _with_part(message: Message, part: Part, purpose: str) -> Message:
    content = list(message.content)
    for number, existing in enumerate(content):
        if _has_purpose(existing, purpose, pending=True):
            content[number] = part
            return message.replaced(content=content)
    return message.replaced(content=[*content, part])


def _with_message(messages: Sequence[Message], place: int, message: Message) -> list[Message]:
    return [*messages[:place], message, *messages[place + 1 :]]


def _reference(document: DocumentData, number: int, key: str | None) -> object:
    metadata = document.metadata or {}
    if key is not None:
        return metadata.get(key)
    return metadata.get('ref') or metadata.get('id') or metadata.get('source') or number
