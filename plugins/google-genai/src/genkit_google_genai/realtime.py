# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google's Live protocol: one conversation over WebSockets, of which one may take the place of another.

Sources: https://ai.google.dev/gemini-api/docs/live-api and https://ai.google.dev/api/live (November 2026).
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from genkit import GenkitError
from genkit.plugin import (
    Address,
    BidiModelAction,
    BidiRunContext,
    ModelEntry,
    OpenTalks,
    Owed,
    RealtimeSession,
    Sound,
    Talk,
    TextPieces,
    answer_error,
    as_members,
    event_chunk,
    is_sound,
    items_of,
    make_bidi_model,
    members_of,
    parse_config,
    sound_of,
    text_of,
    tool_request_part,
    transcript_chunk,
    whole_characters,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolResponsePart,
)

from genkit_google_genai.config import LiveConfig
from genkit_google_genai.convert.realtime import (
    RATE,
    to_function_response,
    to_live_usage,
    to_picture,
    to_setup,
    to_sounds,
    to_turns,
)
from genkit_google_genai.convert.stream import other_part
from genkit_google_genai.convert.tools import Body, tool_names


Chunk = GenerateResponseChunk[Any]

_SPOKEN_RATE: Final = 24_000
_STOP: Final[Body] = {'clientContent': {'turnComplete': False}}
_LONGEST_SECONDS: Final = 24 * 3600.0
_SECONDS: Final = re.compile(r'(\d+(?:\.\d+)?)s?')


class LiveProvider(NamedTuple):
    """What a plugin says of itself and of where its models are.

    Attributes:
        name: The plugin's name.
        label: The provider's name for display.
        address: Gives the address of a connection, of the configuration.
        model: Returns a model's name as the provider calls it.
        talks: The plugin's conversations.
        timeout: Seconds without anything from a provider that owes an answer; None for no limit.
    """

    name: str
    label: str
    address: Callable[[Any], Awaitable[Address]]
    model: Callable[[str], str]
    talks: OpenTalks
    timeout: float | None


def make_live(name: str, entry: ModelEntry, provider: LiveProvider) -> BidiModelAction:
    """Return a model that is talked with in real time."""

    async def talk(
        requests: AsyncIterator[GenerateRequest], context: BidiRunContext[Chunk, GenerateRequest]
    ) -> GenerateResponse[Any]:
        beginning = context.init
        given = without_key(as_members(beginning.config))
        config = parse_config(LiveConfig, given, f'The config does not fit {entry.name!r}')
        model = provider.model(config.version or entry.name)
        session = LiveSession(provider.name, beginning, model, config, is_single=context.inputs is None)

        async def connect() -> Address:
            return await provider.address(beginning.config)

        return await Talk(session, connect, context, timeout=provider.timeout).run(requests, provider.talks)

    return make_bidi_model(name, talk, config_schema=entry.config, info=entry.info(provider.label))


@dataclass(slots=True)
class _Pending:
    """A message that the next connection must be given, if the state that it resumes does not hold it.

    Attributes:
        event: The message.
        begun: Whether the model answers it.
        done: Whether it has answered it.
    """

    event: Body
    begun: bool = False
    done: bool = False


class LiveSession(RealtimeSession):
    """One conversation in the Live protocol.

    Args:
        source: As of `RealtimeSession`.
        beginning: As of `RealtimeSession`.
        model: The provider's name of the model.
        config: The options.
        is_single: As of `RealtimeSession`.
    """

    def __init__(
        self, source: str, beginning: GenerateRequest, model: str, config: LiveConfig, *, is_single: bool
    ) -> None:
        super().__init__(source, beginning, tool_names(beginning), is_single=is_single)
        last = beginning.messages[-1] if beginning.messages else None
        self._spoken = last if is_single and last is not None and any(map(is_sound, last.content)) else None
        self._config = config.replaced(turn_detection=False) if self._spoken is not None else config
        self._setup = to_setup(model, self._config, beginning, self.names)
        self._handle: str | None = None
        self._is_first = True
        self._pending: list[_Pending] = []
        self._asked = False  # for an answer that has not begun
        self._is_speaking = False  # the model
        self._ends_first = False  # what the model is saying, before it answers what was asked last
        self._is_muted = False  # what the model is saying, as the caller has interrupted it
        self._was_interrupted = False  # what the model was saying, by the user
        self._told_tools = False  # and the model has said nothing since
        self._perhaps = False  # an answer to sound, or to what a tool returned
        self._has_sent_sound = False  # since the last end of it
        self._in_activity = False
        self._used: GenerationUsage | None = None
        self._thoughts = TextPieces()
        self._made_ids = 0

    @property
    def is_answering(self) -> bool:
        """Whether the model is in the middle of an answer."""
        return self._is_speaking or self._asked

    @property
    def is_over(self) -> bool:
        """Whether a single request is answered; a tool call is an answer."""
        return self.is_single and (bool(self.calls) or (self.turns > 0 and self.owed != Owed.ANSWER))

    def open(self) -> None:
        """Begin with the setup, and with where an earlier connection was."""
        handle = {} if self._handle is None else {'handle': self._handle}
        resumption = {} if self.is_single else {'sessionResumption': handle}
        self.outbox.append({'setup': {**self._setup, **resumption}})

    def retell(self) -> None:
        """Say what the provider does not know: all of the conversation, or what came after the state it resumes."""
        if self._is_first or self._handle is None:
            self._retell_all(self.beginning.messages if self._is_first else self.transcript.messages())
        else:
            self._pending = [each for each in self._pending if not each.done]
            for each in self._pending:
                each.begun = False
                self.outbox.append(each.event)
            if self._pending:
                self._ask()
        self._is_first = False
        self._settle()

    def read(self, event: Body) -> list[Chunk]:
        """Take a message, of which several members may say something; those that are not known say nothing."""
        if event.get('error'):
            raise answer_error(self.source, event, self.secrets, begun=self._is_speaking)
        chunks: list[Chunk] = []
        if 'setupComplete' in event:
            self.ready = True
            session = members_of(event['setupComplete'], 'setupComplete')
            self.facts['sessionId'] = text_of(session.get('sessionId'), 'sessionId') or None
        if event.get('usageMetadata'):
            used = to_live_usage(members_of(event['usageMetadata'], 'usageMetadata'))
            self._used = used if self._used is None or used is None else self._used + used
        if event.get('serverContent'):
            chunks += self._read_content(members_of(event['serverContent'], 'serverContent'))
        if event.get('toolCall'):
            chunks += self._read_calls(members_of(event['toolCall'], 'toolCall'))
        if event.get('toolCallCancellation'):
            cancelled = members_of(event['toolCallCancellation'], 'toolCallCancellation')
            chunks += self.cancel_calls(_texts(cancelled.get('ids')))
        if event.get('sessionResumptionUpdate'):
            self._read_resumption(members_of(event['sessionResumptionUpdate'], 'sessionResumptionUpdate'))
        if event.get('goAway') is not None:
            chunks.append(self._go_away(members_of(event['goAway'], 'goAway')))
        if event.get('voiceActivity'):
            chunks += self._voice(members_of(event['voiceActivity'], 'voiceActivity'))
        self._settle()
        return chunks

    def take(self, message: Message) -> None:
        """Add a message to the conversation; text of the user asks for an answer, pictures are shown."""
        if message.role == Role.USER and all(_is_picture(part) for part in message.content):
            for part in message.content:
                if isinstance(part, MediaPart):
                    self.outbox.append({'realtimeInput': {'video': to_picture(part)}})
            return
        asks = message.role == Role.USER
        if self.outbox[-1:] == [_STOP]:
            self.outbox.pop()  # a message that asks for an answer stops the last one, too
        self._is_muted = self._is_muted and self._is_speaking
        event = {'clientContent': {'turns': to_turns([message], self.names), 'turnComplete': asks}}
        self._remember(event)
        if asks:
            self._ask()
        self._settle()

    def listen(self, parts: Sequence[MediaPart]) -> None:
        """Send sound as it comes."""
        if self._config.turn_detection is False and not self._in_activity:
            self._in_activity = True
            self.outbox.append({'realtimeInput': {'activityStart': {}}})
        for part in parts:
            self.outbox += [{'realtimeInput': {'audio': piece}} for piece in to_sounds(sound_of(part, RATE))]
        self._perhaps = self._has_sent_sound = True
        self._settle()

    def answer(self, responses: Sequence[ToolResponsePart]) -> None:
        """Send responses of tools, of which the model speaks as they are scheduled."""
        scheduling = self._config.function_scheduling
        bodies = [to_function_response(part, self.names, scheduling) for part in responses]
        self._remember({'toolResponse': {'functionResponses': bodies}})
        self._told_tools = True
        if any(body.get('scheduling') != 'SILENT' for body in bodies):
            if self._is_speaking or self._config.function_behavior is not None:
                self._perhaps = True  # it may speak of them in what it is saying, or afterwards
            else:
                self._asked = True
        self._settle()

    def interrupt(self, heard_ms: float | None) -> list[Chunk]:
        """Stop the answer: new content of the conversation does, even if there is nothing in it."""
        if self._is_muted:
            return []
        is_answering = self.is_answering
        if is_answering:
            self._asked = False
            self._is_muted = True
            self.outbox.append(_STOP)
        chunks = self._cut(heard_ms, is_answering=is_answering)
        self._settle()
        return chunks

    def end_turn(self) -> None:
        """Say that the user has finished speaking."""
        if self._config.turn_detection is not False:
            if self._has_sent_sound:
                self._has_sent_sound, self._perhaps = False, True
                self.outbox.append({'realtimeInput': {'audioStreamEnd': True}})
        elif self._in_activity:
            self._in_activity = False
            self._perhaps = False
            self.outbox.append({'realtimeInput': {'activityEnd': {}}})
            self._ask()
        self._settle()

    def finish(self) -> None:
        """Let the provider hear the end of what may be speech."""
        self.end_turn()

    def give_up(self) -> None:
        """Note that what was perhaps owed did not come."""
        self._perhaps = False
        self._settle()

    def lost(self) -> list[Chunk]:
        """Note that the next connection begins where the last handle was given.

        It does not know the calls of tools that wait for a response; the model makes them again.
        """
        self.restarted = self.transcript.drop_unfinished() or self.is_answering or bool(self.calls)
        chunks = self.cancel_calls(list(self.calls))
        self.transcript.drop_calls()
        if self.restarted and self._handle is not None and all(each.done for each in self._pending):
            self._say_again()
        self._asked = self._is_speaking = self._ends_first = self._is_muted = self._was_interrupted = False
        self._perhaps = self._in_activity = self._told_tools = self._has_sent_sound = False
        self._settle()
        return chunks

    def _retell_all(self, messages: Sequence[Message]) -> None:
        said = [message for message in messages if message.role != Role.SYSTEM]
        self._pending = []
        spoken = self._spoken if self._is_first else None
        said = said[:-1] if spoken is not None else said
        asks = spoken is None and bool(said) and (said[-1].role == Role.USER or self.transcript.asks())
        if said:
            self._remember({'clientContent': {'turns': to_turns(said, self.names), 'turnComplete': asks}})
        if asks:
            self._ask()
        if spoken is not None:
            self.listen([part for part in spoken.content if isinstance(part, MediaPart) and is_sound(part)])
            texts = [part.text for part in spoken.content if isinstance(part, TextPart) and part.text]
            self.outbox += [{'realtimeInput': {'text': text}} for text in texts]
            self.end_turn()

    def _say_again(self) -> None:
        """Write to the next connection what the user said in speech, and what has no whole answer."""
        messages = self.transcript.messages()
        if messages and messages[-1].role == Role.USER:
            event = {'clientContent': {'turns': to_turns(messages[-1:], self.names), 'turnComplete': True}}
            self._pending.append(_Pending(event))

    def _remember(self, event: Body) -> None:
        self._pending.append(_Pending(event))
        self.outbox.append(event)

    def _ask(self) -> None:
        self._ends_first = self._is_speaking
        self._asked = True

    def _settle(self) -> None:
        if self._asked or self._is_speaking:
            self.owed = Owed.ANSWER
        else:
            self.owed = Owed.PERHAPS if self._perhaps else Owed.NOTHING

    def _begin(self) -> None:
        """Note that the model says something."""
        self._is_speaking = True
        self._told_tools = False
        if not self._ends_first:
            self._asked = self._perhaps = False
            for each in self._pending:
                each.begun = True

    def _read_content(self, content: Body) -> list[Chunk]:
        chunks: list[Chunk] = []
        heard = members_of(content.get('inputTranscription'), 'inputTranscription')
        if heard:
            chunks += self._hear(heard)
        if content.get('interrupted'):
            chunks += [] if self._is_muted else self._cut(None, is_answering=True)
            self._is_muted, self._was_interrupted = False, True
            self._perhaps = self._perhaps or not self._asked
        turn = members_of(content.get('modelTurn'), 'modelTurn')
        parts = items_of(turn.get('parts'), 'parts')
        if parts:
            self._was_interrupted = False
            self._begin()
        if not self._is_muted:
            said = [part for raw in parts if (part := self._read_part(raw)) is not None]
            chunks += [GenerateResponseChunk(role=Role.MODEL, content=said)] if said else []
        spoken = members_of(content.get('outputTranscription'), 'outputTranscription')
        if spoken:
            chunks += self._say(text_of(spoken.get('text'), 'outputTranscription.text'))
        if content.get('groundingMetadata'):
            self.facts['groundingMetadata'] = whole_characters(content['groundingMetadata'])
        if content.get('turnComplete'):
            chunks.append(self._end())
        return chunks

    def _hear(self, heard: Body) -> list[Chunk]:
        text = text_of(heard.get('text'), 'inputTranscription.text')
        said = self.transcript.heard()
        text = said.add(text)
        said.finished = said.finished or bool(heard.get('finished'))
        return [transcript_chunk(text, 'input')] if text else []

    def _say(self, text: str) -> list[Chunk]:
        if self._is_muted or self._was_interrupted or not text:
            return []
        self._begin()
        said = self.transcript.speaking()
        said.is_spoken = True
        text = said.add(text)
        return [transcript_chunk(text, 'output')] if text else []

    def _read_part(self, raw: Body) -> Part | None:
        text = text_of(raw.get('text'), 'text')
        if text:
            if raw.get('thought'):
                thought = self._thoughts.add(text)
                return ReasoningPart(reasoning=thought) if thought else None
            said = self.transcript.speaking()
            text = whole_characters(text) if said.is_spoken else said.add(text)
            return TextPart(text=text) if text else None
        part = other_part(raw, None)
        if isinstance(part, MediaPart) and is_sound(part):
            self._play(part)
        return part

    def _play(self, part: MediaPart) -> None:
        said, now = self.transcript.speaking(), self.now()
        try:
            sound = sound_of(part, _SPOKEN_RATE)
        except GenkitError as error:
            raise GenkitError(
                f'The provider sent sound that cannot be read: {error.message}', status='INTERNAL', source=self.source
            ) from error
        said.is_spoken = True
        said.began = now if said.began is None else said.began
        said.sound_ms += sound.milliseconds
        if self.transcript.keeps_sound:
            said.sounds.append(Sound(*sound))

    def _read_calls(self, asked: Body) -> list[Chunk]:
        chunks: list[Chunk] = []
        for call in items_of(asked.get('functionCalls'), 'functionCalls'):
            name, ref = text_of(call.get('name'), 'functionCalls.name'), text_of(call.get('id'), 'functionCalls.id')
            if not name:
                raise answer_error(self.source, asked, self.secrets, begun=True)
            if not ref:
                self._made_ids += 1
                ref = f'call_{self._made_ids}'
            own = self.names.from_wire(name)
            part = tool_request_part(own, whole_characters(call.get('args')), ref, names=self.names)
            chunks += self.call(part, self.transcript.speaking())
        if chunks:
            self.transcript.finish(Role.MODEL)
            self._asked = self._perhaps = False
            # A model that waits for its tools ends the turn afterwards; the caller must be free to answer meanwhile.
            self._is_speaking = False
            self.reason = FinishReason.STOP
        return chunks

    def _end(self) -> Chunk:
        interrupted = self._is_muted or self._was_interrupted
        self.transcript.finish(*((Role.MODEL,) if interrupted else (Role.MODEL, Role.USER)))
        self._perhaps = self._perhaps or self._told_tools
        self._is_speaking = self._is_muted = self._was_interrupted = self._told_tools = False
        if self._ends_first:
            self._ends_first = False
        else:
            self._asked = False
            for each in self._pending:
                each.done = each.done or each.begun
        used, self._used = self._used, None
        self.reason = FinishReason.STOP
        return self.end_of_turn(used, interrupted=interrupted or None)

    def _cut(self, heard_ms: float | None, *, is_answering: bool) -> list[Chunk]:
        last, now = self.transcript.last, self.now()
        if last is None or last.interrupted or not (last.is_playing(now) or not last.finished):
            return [event_chunk('interrupted')] if is_answering else []
        heard = last.played_ms(now) if heard_ms is None else min(heard_ms, last.sound_ms)
        last.cut(heard)
        return [event_chunk('interrupted', heardMs=round(heard) if last.sound_ms else None)]

    def _read_resumption(self, update: Body) -> None:
        handle = text_of(update.get('newHandle'), 'newHandle')
        if handle and update.get('resumable') is not False:
            self._handle = handle
            self._pending = [each for each in self._pending if not each.done]

    def _go_away(self, told: Body) -> Chunk:
        found = _SECONDS.fullmatch(text_of(told.get('timeLeft'), 'timeLeft'))
        seconds = min(float(found[1]), _LONGEST_SECONDS) if found else 0.0
        self.leave_by = self.now() + seconds
        return event_chunk('goingAway', seconds=seconds)

    def _voice(self, told: Body) -> list[Chunk]:
        kind = str(told.get('voiceActivityType'))
        events = {'ACTIVITY_START': 'speechStarted', 'ACTIVITY_END': 'speechStopped'}
        return [event_chunk(events[kind])] if kind in events else []


def _texts(value: Any) -> list[str]:
    return [item for item in cast('list[Any]', value) if isinstance(item, str)] if isinstance(value, list) else []


def _is_picture(part: Part) -> bool:
    return isinstance(part, MediaPart) and (part.media.content_type or part.media.url[5:]).startswith('image/')
