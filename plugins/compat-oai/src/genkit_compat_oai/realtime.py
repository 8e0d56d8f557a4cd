# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""OpenAI's Realtime protocol: one conversation over a WebSocket.

Source: https://developers.openai.com/api/docs/guides/realtime-conversations (November 2026).
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from genkit.plugin import (
    OPENAI_TOOL_SCHEMAS,
    Address,
    BidiModelAction,
    BidiRunContext,
    ModelEntry,
    OpenTalks,
    Owed,
    RealtimeSession,
    Sound,
    Talk,
    ToolNames,
    as_members,
    bytes_of,
    event_chunk,
    make_bidi_model,
    members_of,
    misfit,
    parse_config,
    sound_part,
    text_of,
    tool_request_part,
    transcript_chunk,
    whole_characters,
    without_key,
)
from genkit.types import (
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    MediaPart,
    Message,
    Role,
    TextPart,
    ToolResponsePart,
)

from genkit_compat_oai.config import RealtimeConfig
from genkit_compat_oai.convert.realtime import (
    RATE,
    Body,
    pieces_of,
    to_items,
    to_output,
    to_reason,
    to_session,
    to_sound,
    to_usage,
)
from genkit_compat_oai.errors import Failures, require_name


Chunk = GenerateResponseChunk[Any]

OPENAI_URL: Final = 'https://api.openai.com/v1'
_TELEPHONE_RATE: Final = 8000
# Events whose failure says that there was nothing to do, by what their ids begin with.
_SOFT: Final = 'genkit_soft_'
_NEEDLESS: Final = tuple(f'{_SOFT}{what}' for what in ('cancel', 'truncate', 'commit'))
_EXPIRED: Final = 'session_expired'


def realtime_address(base_url: str | None, model: str, key: str, headers: Mapping[str, str]) -> Address:
    """Return where a conversation is held; the key is a header."""
    url = f'{(base_url or OPENAI_URL).rstrip("/")}/realtime?model={quote(model, safe="")}'
    return Address(url=url, headers={'Authorization': f'Bearer {key}', **headers}, secrets=(key,))


def secret_session(model: str, config: Any) -> Body:
    """Return the session of a conversation that another program is to begin."""
    given = parse_config(RealtimeConfig, without_key(as_members(config)), f'The config does not fit {model!r}')
    return {'model': model, **to_session(given, GenerateRequest(messages=[]), ToolNames(()), is_single=False)}


def make_realtime(
    name: str,
    entry: ModelEntry,
    plugin: tuple[str, str],
    address: Callable[[str, Any], Awaitable[Address]],
    talks: OpenTalks,
    timeout: float | None,
) -> BidiModelAction:
    """Return a model that is talked with in real time.

    Args:
        name: Its full name.
        entry: Of the table.
        plugin: The plugin's name and label.
        address: Gives the address of a conversation, of the model's name and the configuration.
        talks: The plugin's conversations.
        timeout: Seconds without anything from a provider that owes an answer.
    """

    async def talk(
        requests: AsyncIterator[GenerateRequest], context: BidiRunContext[Chunk, GenerateRequest]
    ) -> GenerateResponse[Any]:
        beginning = context.init
        given = without_key(as_members(beginning.config))
        config = parse_config(RealtimeConfig, given, f'The config does not fit {entry.name!r}')
        names = ToolNames(beginning.tools, schemas=OPENAI_TOOL_SCHEMAS)
        session = OpenAISession(plugin[0], beginning, names, config, is_single=context.inputs is None)

        async def connect() -> Address:
            return await address(config.version or entry.name, beginning.config)

        return await Talk(session, connect, context, timeout=timeout).run(requests, talks)

    return make_bidi_model(name, talk, config_schema=entry.config, info=entry.info(plugin[1]))


class OpenAISession(RealtimeSession):
    """One conversation in the Realtime protocol.

    Args:
        source: The plugin's name.
        beginning: As of `RealtimeSession`.
        names: As of `RealtimeSession`.
        config: The options.
        is_single: As of `RealtimeSession`.
    """

    def __init__(
        self, source: str, beginning: GenerateRequest, names: ToolNames, config: RealtimeConfig, *, is_single: bool
    ) -> None:
        super().__init__(source, beginning, names, is_single=is_single)
        self._config = config
        self._is_first = True
        self._active: str | None = None  # the response that is under way
        self._asked = False  # for a response that has not begun
        self._wanted = False  # a response, as soon as none is under way
        self._has_answers = False  # of tools, of which the model has not been asked to speak
        self._cancels_next = False
        self._is_cancelled = False  # the response that is under way
        self._sent = 0  # bytes of sound since the last turn of the user
        self._commits = False
        self._expected = False  # a response that the provider begins by itself
        self._is_speaking = False  # the user, as the provider hears it
        self._readers: dict[str, Callable[[Body], list[Chunk]]] = {
            'session.created': self._created,
            'session.updated': self._updated,
            'error': self._error,
            'input_audio_buffer.speech_started': self._speech_started,
            'input_audio_buffer.speech_stopped': self._speech_stopped,
            'input_audio_buffer.committed': self._committed,
            'conversation.item.added': self._item_added,
            'conversation.item.input_audio_transcription.delta': self._heard_piece,
            'conversation.item.input_audio_transcription.completed': self._heard_all,
            'conversation.item.input_audio_transcription.failed': self._heard_nothing,
            'response.created': self._response_created,
            'response.output_text.delta': self._wrote,
            'response.output_audio.delta': self._spoke,
            'response.output_audio_transcript.delta': self._said_piece,
            'response.output_item.done': self._item_done,
            'response.done': self._response_done,
        }

    @property
    def _failures(self) -> Failures:
        return Failures(self.source, self.secrets)

    def open(self) -> None:
        """Begin with the session's configuration."""
        session = to_session(self._config, self.beginning, self.names, is_single=self.is_single)
        self._send('session.update', session=session)

    def retell(self) -> None:
        """Say what was said so far, and ask for the answer that is missing."""
        messages = self.beginning.messages if self._is_first else self.transcript.messages()
        messages = [message for message in messages if message.role != Role.SYSTEM]
        for item in to_items(messages, self.names):
            self._send('conversation.item.create', item=item)
        asks = self.transcript.asks() or (self._is_first and bool(messages) and messages[-1].role == Role.USER)
        self._is_first = False
        if asks:
            self._ask()
        self._settle()

    def read(self, event: Body) -> list[Chunk]:
        """Take an event; those that are not known say nothing."""
        kind = event.get('type')
        reader = self._readers.get(kind) if isinstance(kind, str) else None
        if reader is None:
            if not isinstance(kind, str):
                raise self._failures.no_answer(event)
            return []
        chunks = reader(event)
        self._settle()
        return chunks

    def take(self, message: Message) -> None:
        """Add a message to the conversation; text of the user asks for an answer."""
        for item in to_items([message], self.names):
            self._send('conversation.item.create', item=item)
        if message.role == Role.USER and any(isinstance(part, TextPart) for part in message.content):
            self._ask()
        self._settle()

    def listen(self, parts: Sequence[MediaPart]) -> None:
        """Send sound as it comes."""
        for part in parts:
            sound = to_sound(part, self._config.input_audio_format)
            for piece in pieces_of(sound.data):
                self._send('input_audio_buffer.append', audio=piece)
            self._sent += len(sound.data)
        self._settle()

    def answer(self, responses: Sequence[ToolResponsePart]) -> None:
        """Add outputs of tools; the last one that is awaited asks for an answer."""
        for part in responses:
            self._send('conversation.item.create', item=to_output(part, part.tool_response.ref or ''))
        self._has_answers = True
        self._ask_about_answers()
        self._settle()

    def interrupt(self, heard_ms: float | None) -> list[Chunk]:
        """Cancel the answer, and cut from the conversation what of it was not heard."""
        if self._is_cancelled:
            return []
        is_answering = self._active is not None or self._asked
        if self._active is not None:
            self._is_cancelled = True
            self._send('response.cancel', event_id=f'{_SOFT}cancel')
        self._cancels_next = self._asked
        self._wanted = False
        chunks = self._cut(heard_ms, is_answering=is_answering)
        self._settle()
        return chunks

    def end_turn(self) -> None:
        """Commit the sound that was sent; an answer is asked for when that has been done."""
        if self._sent or self._is_speaking:
            self._commit()
        elif self._config.turn_detection is not False and not _answers_by_itself(self._config.turn_detection):
            self._ask()
        self._settle()

    def finish(self) -> None:
        """Let the provider hear the end of what may be speech."""
        if self._config.turn_detection is False and self._sent:
            self._commit()
        elif self._sent or self._is_speaking:
            self._send('input_audio_buffer.append', audio=_silence(self._config.input_audio_format))
        self._settle()

    def give_up(self) -> None:
        """Commit what the provider still takes for speech, although the caller has nothing more to say."""
        speaking, self._is_speaking, self._sent, self._expected = self._is_speaking, False, 0, False
        if speaking:
            self._commit()
        self._settle()

    def lost(self) -> list[Chunk]:
        """Note that the next connection knows nothing of the conversation."""
        self.restarted = self.transcript.drop_unfinished() or self.is_answering
        self._active, self._asked, self._wanted = None, False, False
        self._cancels_next = self._is_cancelled = self._has_answers = False
        self._sent, self._commits, self._is_speaking = 0, False, False
        self._settle()
        return []

    def _commit(self) -> None:
        self._commits = True
        self._send('input_audio_buffer.commit', event_id=f'{_SOFT}commit')

    def _ask(self) -> None:
        if self._active is not None or self._asked:
            self._wanted = True
        else:
            self._asked, self._has_answers = True, False
            self._send('response.create', event_id=f'{_SOFT}create')

    def _ask_about_answers(self) -> None:
        """Ask for an answer to what tools returned, when the response that called them is over and none is awaited."""
        if self._has_answers and self._active is None and not self.calls:
            self._ask()

    def _settle(self) -> None:
        if self._active is not None or self._asked or self._wanted or self._commits:
            self.owed = Owed.ANSWER
        else:
            self.owed = Owed.PERHAPS if self._sent or self._expected or self._is_speaking else Owed.NOTHING

    def _send(self, kind: str, **members: Any) -> None:
        self.outbox.append({'type': kind, **members})

    def _cut(self, heard_ms: float | None, *, is_answering: bool) -> list[Chunk]:
        """Note how much of the last answer was heard, if it is not over for the user."""
        last, now = self.transcript.last, self.now()
        if last is None or last.interrupted or not (last.is_playing(now) or not last.finished):
            return [event_chunk('interrupted')] if is_answering else []
        heard = last.played_ms(now) if heard_ms is None else min(heard_ms, last.sound_ms)
        if last.key is not None and last.sound_ms:
            place = {'item_id': last.key, 'content_index': 0, 'audio_end_ms': int(heard)}
            self._send('conversation.item.truncate', event_id=f'{_SOFT}truncate', **place)
        last.cut(heard)
        return [event_chunk('interrupted', heardMs=round(heard) if last.sound_ms else None)]

    def _created(self, event: Body) -> list[Chunk]:
        session = members_of(event.get('session'), 'session')
        self.facts['sessionId'] = text_of(session.get('id'), 'session.id') or None
        return []

    def _updated(self, _event: Body) -> list[Chunk]:
        self.ready = True
        return []

    def _error(self, event: Body) -> list[Chunk]:
        error = members_of(event.get('error'), 'error')
        about = error.get('event_id')
        if isinstance(about, str) and about.startswith(_SOFT) and (about in _NEEDLESS or self._active is not None):
            if about == f'{_SOFT}commit':
                self._commits, self._sent, self._is_speaking = False, 0, False
            elif about == f'{_SOFT}create':
                self._asked = False  # a response is under way already
            return []
        if error.get('code') == _EXPIRED:
            self.leave_by = self.now()  # the connection is closed next, as a rule
            return [event_chunk('goingAway', reason=_EXPIRED)]
        raise self._failures.told_in(event, begun=self._active is not None) or self._failures.no_answer(event)

    def _speech_started(self, _event: Body) -> list[Chunk]:
        self._is_speaking = True
        chunks = [event_chunk('speechStarted')]
        turns = self._config.turn_detection
        if isinstance(turns, dict) and turns.get('interrupt_response') is False:
            return chunks
        # The provider cancels the response by itself; what the user has not heard of it only this side knows.
        return [*chunks, *self._cut(None, is_answering=self._active is not None)]

    def _speech_stopped(self, _event: Body) -> list[Chunk]:
        return [event_chunk('speechStopped')]

    def _committed(self, event: Body) -> list[Chunk]:
        self.transcript.at(_id(event, 'item_id'), Role.USER).is_spoken = True
        self._sent, self._is_speaking = 0, False
        self._expected = not self._commits and _answers_by_itself(self._config.turn_detection)
        if self._commits:
            self._commits = False
            self._ask()
        return []

    def _item_added(self, event: Body) -> list[Chunk]:
        item = members_of(event.get('item'), 'item')
        if item.get('role') == 'assistant' and item.get('id'):
            self.transcript.at(_id(item, 'id'), Role.MODEL)
        return []

    def _heard_piece(self, event: Body) -> list[Chunk]:
        text = text_of(event.get('delta'), 'delta')
        said = self.transcript.at(_id(event, 'item_id'), Role.USER)
        said.is_spoken = True
        text = said.add(text)
        return [transcript_chunk(text, 'input')] if text else []

    def _heard_all(self, event: Body) -> list[Chunk]:
        text = whole_characters(text_of(event.get('transcript'), 'transcript'))
        said = self.transcript.at(_id(event, 'item_id'), Role.USER)
        said.is_spoken = said.finished = True
        shown, said.texts = ''.join(said.texts), [text]
        return [transcript_chunk(text, 'input')] if text and not shown else []

    def _heard_nothing(self, event: Body) -> list[Chunk]:
        error = members_of(event.get('error'), 'error')
        reason = whole_characters(text_of(error.get('message'), 'error.message'))
        return [event_chunk('transcriptionFailed', reason=reason or None)]

    def _response_created(self, event: Body) -> list[Chunk]:
        self._asked = self._expected = False
        self._active = _id(members_of(event.get('response'), 'response'), 'id')
        if self._cancels_next:
            self._cancels_next, self._is_cancelled = False, True
            self._send('response.cancel', event_id=f'{_SOFT}cancel')
        return []

    def _wrote(self, event: Body) -> list[Chunk]:
        text = text_of(event.get('delta'), 'delta')
        said = self.transcript.at(_id(event, 'item_id'), Role.MODEL)
        if said.interrupted or not (text := said.add(text)):
            return []
        return [GenerateResponseChunk(role=Role.MODEL, content=[TextPart(text=text)])]

    def _said_piece(self, event: Body) -> list[Chunk]:
        text = text_of(event.get('delta'), 'delta')
        said = self.transcript.at(_id(event, 'item_id'), Role.MODEL)
        said.is_spoken = True
        if said.interrupted or not (text := said.add(text)):
            return []
        return [transcript_chunk(text, 'output')]

    def _spoke(self, event: Body) -> list[Chunk]:
        said = self.transcript.at(_id(event, 'item_id'), Role.MODEL)
        if said.interrupted:
            return []
        kind = self._config.output_audio_format
        sound = Sound(bytes_of(event.get('delta'), 'delta'), RATE if kind == 'audio/pcm' else _TELEPHONE_RATE, kind)
        said.is_spoken = True
        said.began = self.now() if said.began is None else said.began
        said.sound_ms += sound.milliseconds
        if self.transcript.keeps_sound:
            said.sounds.append(sound)
        named = f'{kind};rate={RATE}' if kind == 'audio/pcm' else kind
        return [GenerateResponseChunk(role=Role.MODEL, content=[sound_part(sound.data, named)])]

    def _item_done(self, event: Body) -> list[Chunk]:
        item = members_of(event.get('item'), 'item')
        if item.get('type') != 'function_call' or item.get('status') not in (None, 'completed'):
            return []  # arguments that were cut off must not run
        name, ref = text_of(item.get('name'), 'item.name'), text_of(item.get('call_id'), 'item.call_id')
        require_name(name, 'item.name')
        if not ref:
            raise misfit(repr(item)[:80], 'item', "a call with 'call_id', by which its output is known")
        part = tool_request_part(self.names.from_wire(name), item.get('arguments'), ref, names=self.names)
        return self.call(part, self.transcript.at(_id(item, 'id'), Role.MODEL))

    def _response_done(self, event: Body) -> list[Chunk]:
        response = members_of(event.get('response'), 'response')
        status = response.get('status')
        if status == 'failed':
            details = members_of(response.get('status_details'), 'status_details')
            told = self._failures.told_in({'error': details.get('error') or 'The response failed.'}, begun=True)
            raise told or self._failures.no_answer(event)
        if not self._active or response.get('id') in (None, self._active):
            self._active = None
        self._is_cancelled = False
        self.transcript.finish(Role.MODEL)
        self.reason = to_reason(response)
        if self._wanted:
            self._wanted = False
            self._ask()
        self._ask_about_answers()
        return [self.end_of_turn(to_usage(response.get('usage')), interrupted=status == 'cancelled' or None)]


def _answers_by_itself(turns: Any) -> bool:
    """Return whether the provider begins a response when the user has spoken."""
    given = members_of(turns, 'turn_detection') if isinstance(turns, dict) else {}
    return turns is not False and given.get('create_response') is not False


def _silence(kind: str) -> str:
    """Return a second of silence, in which the provider notices that the user has finished."""
    sound = bytes(2 * RATE) if kind == 'audio/pcm' else (b'\xff' if kind == 'audio/pcmu' else b'\xd5') * _TELEPHONE_RATE
    return base64.b64encode(sound).decode()


def _id(members: Body, name: str) -> str:
    return text_of(members.get(name), name)
