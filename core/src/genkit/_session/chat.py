# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Chats: messages back and forth in a thread of a session."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Unpack, cast

from genkit._action.stream import StreamResponse
from genkit._base.suggest import refuse, refuse_unsaid
from genkit._generate.loop import generate_with_context
from genkit._generate.options import (
    Asked,
    ContentArgument,
    GenerateOptions,
    ModelArgument,
    OutputArgument,
    check_generate_options,
    prepare,
)
from genkit._generate.tools import with_tools_made
from genkit._session.session import MAIN_THREAD, Session
from genkit.types import GenerateResponse, GenerateResponseChunk, Message, Role


_OF_CHAT: Final = 'A model, a system message and first messages are said of the chat, such as ai.chat(model=…).'

_SAY: Final = "write chat.send('Hello')."
_ANSWERS: Final = frozenset({'resume_respond', 'resume_restart', 'tool_responses'})


@dataclass(frozen=True, kw_only=True)
class Preamble:
    """The model, system message and options of every message of a chat.

    Attributes:
        model: The model. Default: the application's default model.
        system: The system message, sent first; not stored in the thread.
        messages: The initial messages of a new thread.
        options: Options of ``generate``; those of a single message win.
    """

    model: ModelArgument = None
    system: ContentArgument = None
    messages: Sequence[Message] = ()
    options: GenerateOptions = field(default_factory=lambda: cast('GenerateOptions', {}))


class Chat:
    """A conversation in one thread of a session; each message is sent with the thread's history.

    Args:
        session: The session that stores the thread.
        preamble: The model, system message and options of every message.
        thread: The thread's name.
    """

    def __init__(self, session: Session, preamble: Preamble | None = None, thread: str = MAIN_THREAD) -> None:
        self.session = session
        self.thread = thread
        self._preamble = preamble or Preamble()
        if self._preamble.messages and not session.get_messages(thread):
            session.update_messages(self._preamble.messages, thread)

    def __repr__(self) -> str:
        """Return the session, the thread and how much was said."""
        return f'Chat(session_id={self.session_id!r}, thread={self.thread!r}, {len(self.messages)} messages)'

    @property
    def session_id(self) -> str:
        """The session's id."""
        return self.session.id

    @property
    def messages(self) -> list[Message]:
        """The messages of this thread."""
        return self.session.get_messages(self.thread)

    async def send(
        self,
        prompt: ContentArgument = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        **options: Unpack[GenerateOptions],
    ) -> GenerateResponse[Any]:
        """Send a message and return the response; both are then stored in the thread.

        Args:
            prompt: A text or parts; omit it to resume after an interrupt.
            output: The requested output: schema, format and instructions.
            output_schema: A type, a JSON schema or the name of a registered one; ``response.output`` is of that type.
            options: Options of ``generate``, for this message.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an empty prompt; what ``generate`` raises. The thread is then
                unchanged.
        """
        check_generate_options(options, 'chat.send()', ('prompt', 'output', 'output_schema'), _OF_CHAT)
        refuse_unsaid('prompt', prompt, _SAY)
        asked = Asked(prompt=prompt, output=output, output_schema=output_schema)
        async with self.session.lock(self.thread):
            self._require_something_to_answer(prompt, options)
            token = self.session.enter()
            try:
                response = await self._generate(asked, {**self._preamble.options, **options})
            finally:
                self.session.leave(token)
            kept = response.messages[1:] if self._preamble.system is not None else response.messages
            before = self.messages
            self.session.update_messages(kept, self.thread)
            try:
                await self.session.save()
            except BaseException:
                self.session.update_messages(before, self.thread)
                raise
            return response

    def send_stream(
        self,
        prompt: ContentArgument = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        **options: Unpack[GenerateOptions],
    ) -> StreamResponse[GenerateResponseChunk[Any], GenerateResponse[Any]]:
        """Send a message and stream the response: iterate over the chunks, await ``response``."""
        options = with_tools_made(options)

        def start(put: Callable[[Any], None]) -> Coroutine[Any, Any, GenerateResponse[Any]]:
            streaming: GenerateOptions = {**options, 'on_chunk': put}
            return self.send(prompt, output=output, output_schema=output_schema, **streaming)

        return StreamResponse(start)

    def _require_something_to_answer(self, prompt: ContentArgument, options: GenerateOptions) -> None:
        """Refuse to ask without a prompt, unless interrupts are answered or a message waits for its answer."""
        if prompt is not None or not _ANSWERS.isdisjoint(name for name, value in options.items() if value is not None):
            return
        messages = self.messages
        if not messages or messages[-1].role == Role.MODEL:
            refuse('prompt', prompt, f'there is nothing to answer: {_SAY} After an interrupt, write resume_respond=….')

    async def _generate(self, asked: Asked, options: GenerateOptions) -> GenerateResponse[Any]:
        preamble = self._preamble
        asked = replace(asked, model=preamble.model, system=preamble.system, messages=self.messages)
        registry = self.session.registry
        action_options, generation = prepare(registry, asked, options)
        return await generate_with_context(action_options, generation, options.get('context'))
