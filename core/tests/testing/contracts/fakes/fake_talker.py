# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A provider of a model that is talked with, and its plugin, both in a small protocol of their own."""

import base64
from typing import Any

from genkit import GenkitError, Role, TextPart
from genkit.plugin import (
    Address,
    Credentials,
    ModelEntry,
    ModelPlugin,
    ModelTable,
    OpenTalks,
    Owed,
    RealtimeSession,
    Talk,
    Task,
    ToolNames,
    as_members,
    chat_supports,
    count_of,
    error_in_body,
    event_chunk,
    make_bidi_model,
    members_of,
    sound_of,
    sound_part,
    text_of,
    token_usage,
    tool_request_part,
    transcript_chunk,
)
from genkit.testing import (
    CallMove,
    CancelCallsMove,
    CutMove,
    FailMove,
    GoAwayMove,
    PauseMove,
    RawMove,
    RealtimePeer,
    SpeakMove,
    UserSpeaksMove,
    sound_as_text,
    text_as_sound,
)
from genkit.types import Constrained, FinishReason, GenerateResponseChunk


class FakeTalkerPeer(RealtimePeer):
    """The provider: `begin` opens a session with what was said before, then it is told and answers."""

    def __init__(self, server, number, path):
        super().__init__(server, number, path)
        self.session: dict[str, Any] = {}
        self.said: list[str] = []
        self.news: list[str] = []
        self.answers: dict[str, str] = {}
        self.calls: set[str] = set()
        self.buffer = b''
        self.speech = self.active = False

    def take(self, message):
        [(kind, value)] = message.items()
        return list(getattr(self, kind)(value))

    def begin(self, session):
        self.session = session
        self.said = list(session['said'])
        self.news = [text.partition(': ')[2] for text in self.said[-1:] if text.startswith('user: ')]
        self.answers = dict(session['answers'])
        yield {'ready': True}
        if session['asks']:
            yield from self.respond()

    def text(self, text):
        if self.active:
            yield from self.stopped()
        self.hear(text)
        yield from self.respond()

    def sound(self, data):
        sound = base64.b64decode(data)
        self.buffer += sound
        if sound.strip(b'\0') and not self.speech and self.session['listens']:
            self.speech = True
            if self.active:
                yield from self.stopped()
        silent = self.speech and not sound.strip(b'\0') and len(sound) > 20_000
        if silent:
            yield from self.enough(True)

    def enough(self, _):
        heard, self.buffer, self.speech = sound_as_text(self.buffer), b'', False
        if heard:
            yield {'heard': heard}
            self.hear(heard)
            yield from self.respond()

    def responses(self, responses):
        self.answers = {each['ref']: each['output'] for each in responses}
        self.calls -= self.answers.keys()
        self.said += [f'tool: {output}' for output in self.answers.values()]
        yield from self.respond()

    def stop(self, _):
        if self.active:
            yield from self.stopped()

    def hear(self, text):
        self.said.append(f'user: {text}')
        self.news.append(text)

    def stopped(self):
        self.active = False
        if self.calls:
            yield {'cancelled': sorted(self.calls)}
            self.calls.clear()
        yield {'end': {'in': 10, 'out': 5, 'cached': 2}, 'cut': True}

    def respond(self):
        self.active = True
        said, self.news, answers, self.answers = ' '.join(self.news), [], self.answers, {}
        for move in self.think(said, answers, list(self.said), self.session):
            if isinstance(move, PauseMove):
                return
            if isinstance(move, CutMove):
                yield move
                return
            if isinstance(move, UserSpeaksMove):
                self.buffer, self.speech = text_as_sound('(something)'), True
                yield {'interrupted': True}
                yield from self.stopped()
                return
            yield from self.act(move)
        if not self.calls:
            self.active = False
            yield {'end': {'in': 10, 'out': 5, 'cached': 2}, 'cut': False}

    def act(self, move):
        if isinstance(move, SpeakMove):
            self.said.append(f'model: {move.text}')
            sound = base64.b64encode(text_as_sound(move.text, move.seconds)).decode()
            yield {'says': move.text, **({} if self.session.get('writes') else {'sound': sound})}
        elif isinstance(move, CallMove):
            self.calls.add(move.ref)
            yield {'call': {'name': move.tool, 'given': move.given, 'ref': move.ref}}
        elif isinstance(move, CancelCallsMove):
            yield {'cancelled': list(move.refs)}
        elif isinstance(move, GoAwayMove):
            yield {'goAway': move.seconds}
        elif isinstance(move, FailMove):
            yield {'error': {'message': move.message}}
        else:
            assert isinstance(move, RawMove)
            yield move


class FakeSession(RealtimeSession):
    """The plugin's side."""

    def __init__(self, beginning, **options):
        super().__init__('fake', beginning, ToolNames(beginning.tools), **options)
        self.config = as_members(beginning.config)
        self.waits = self.speaking = self.muted = self.perhaps = False
        self.first = True

    def settle(self):
        owes = self.waits or self.speaking
        self.owed = Owed.ANSWER if owes else Owed.PERHAPS if self.perhaps else Owed.NOTHING

    @property
    def is_over(self):
        return self.is_single and (bool(self.calls) or super().is_over)

    @property
    def listens(self):
        return not self.is_single and self.config.get('turn_detection') is not False

    def open(self):
        said = self.earlier()
        last = said[-1] if said else None
        asks = self.transcript.asks()
        answers = [part.tool_response for part in last.tool_responses] if last and asks else []
        roles = {Role.USER: 'user', Role.MODEL: 'model'}
        told = [f'{roles[each.role]}: {each.text}' for each in said if each.role in roles and each.text]
        system = [message.text for message in self.beginning.messages if message.role == Role.SYSTEM]
        session = {
            'system': system,
            'said': told,
            'asks': asks,
            'answers': {each.ref: str(each.output) for each in answers},
        }
        self.outbox.append({'begin': {**session, 'listens': self.listens, **self.options()}})
        self.waits = asks
        self.settle()

    def earlier(self):
        return self.transcript.messages()

    def options(self):
        return {name: self.config.get(name) for name in ('voice', 'writes')}

    def retell(self):
        if self.first and self.is_single and not self.waits:
            self.listen(self.beginning.messages[-1].media)
            self.end_turn()
        self.first = False

    def read(self, event):
        chunks: list[Any] = []
        if event.get('error'):
            self.refuse(event)
        if 'ready' in event:
            self.ready = True
        if event.get('goAway') is not None:
            self.leave_by = self.now() + float(event['goAway'])
        for name, reader in (
            ('heard', self.heard),
            ('says', self.says),
            ('call', self.called),
            ('interrupted', self.interrupted),
            ('cancelled', self.cancelled),
            ('end', self.ended),
        ):
            if event.get(name) is not None:
                chunks += reader(event)
        self.settle()
        return chunks

    def refuse(self, event):
        raise error_in_body('fake', event, secrets=self.secrets) or GenkitError('It failed.', status='UNAVAILABLE')

    def heard(self, event):
        text = text_of(event['heard'], 'heard')
        self.transcript.heard().texts.append(text)
        return [transcript_chunk(text, 'input')]

    def says(self, event):
        self.waits, self.speaking, self.perhaps = False, True, False
        if self.muted:
            return []
        said, text = self.transcript.speaking(), text_of(event['says'], 'says')
        said.texts.append(text)
        if event.get('sound') is None:
            return [GenerateResponseChunk(role=Role.MODEL, content=[TextPart(text=text)])]
        part = sound_part(text_of(event['sound'], 'sound'), 'audio/pcm;rate=24000')
        try:
            sound = sound_of(part, 24_000)
        except GenkitError as error:
            raise GenkitError(f'No sound: {error.message}', status='INTERNAL') from error
        said.is_spoken, said.began = True, said.began or self.now()
        said.sound_ms += sound.milliseconds
        if self.transcript.keeps_sound:
            said.sounds.append(sound)
        return [transcript_chunk(text, 'output'), GenerateResponseChunk(role=Role.MODEL, content=[part])]

    def called(self, event):
        call = members_of(event['call'], 'call')
        name, ref = text_of(call.get('name'), 'name'), text_of(call.get('ref'), 'ref')
        part = tool_request_part(self.names.from_wire(name), call.get('given'), ref, names=self.names)
        said = self.transcript.speaking()
        chunks = self.call(part, said)
        self.keep(part, said)
        self.transcript.finish(Role.MODEL)
        self.waits = self.speaking = False
        return chunks

    def keep(self, part, said):
        """Keep a call in the conversation, where the session has put it."""

    def interrupted(self, _event):
        return self.cut(None)

    def cancelled(self, event):
        refs = event['cancelled']
        return self.cancel_calls([str(ref) for ref in refs] if isinstance(refs, list) else [])

    def ended(self, event):
        self.speaking = self.muted = False
        if not event.get('cut'):
            self.waits = False
        self.transcript.finish(Role.MODEL, Role.USER)
        self.reason = FinishReason.STOP
        count = members_of(event['end'], 'end')
        usage = token_usage(count_of(count.get('in')), count_of(count.get('out')), cached=count_of(count.get('cached')))
        return [self.end_of_turn(usage, interrupted=bool(event.get('cut')) or None)]

    def take(self, message):
        self.outbox.append({'text': message.text})
        self.waits = True
        self.settle()

    def listen(self, parts):
        for part in parts:
            data = base64.b64encode(sound_of(part, 24_000).data).decode()
            self.outbox.append({'sound': data})
            self.perhaps = True
        self.settle()

    def answer(self, responses):
        given = [part.tool_response for part in responses]
        self.outbox.append({'responses': [{'ref': each.ref, 'output': str(each.output)} for each in given]})
        self.waits = True
        self.settle()

    def interrupt(self, heard_ms):
        if self.muted:
            return []
        self.muted = self.speaking
        self.outbox.append({'stop': True})
        return self.cut(heard_ms)

    def cut(self, heard_ms):
        last = self.transcript.last
        if last is None or last.interrupted or last.finished:
            return [event_chunk('interrupted')] if self.is_answering else []
        heard = last.played_ms(self.now()) if heard_ms is None else heard_ms
        last.cut(heard)
        return [event_chunk('interrupted', heardMs=round(heard))]

    def end_turn(self):
        self.outbox.append({'enough': True})
        self.waits, self.perhaps = self.perhaps, False
        self.settle()

    def finish(self):
        if self.perhaps:
            self.end_turn()

    def lost(self):
        self.restarted = self.transcript.drop_unfinished() or self.is_answering or bool(self.calls)
        chunks = self.cancel_calls(list(self.calls))
        self.transcript.drop_calls()
        self.waits = self.speaking = self.muted = self.perhaps = False
        self.settle()
        return chunks


class FakeTalker(ModelPlugin):
    """Does everything right; a subclass can do each step wrong."""

    name = 'fake'
    label = 'Fake'
    models = ModelTable(
        [
            ModelEntry(
                name='talker', task=Task.REALTIME, supports=chat_supports(Constrained.NONE, output=['text', 'media'])
            )
        ]
    )
    Session = FakeSession

    def __init__(self, url, api_key):
        self.url = url
        self.credentials = Credentials(self.name, api_key, ('FAKE_API_KEY',))
        self.talks = OpenTalks()

    def makers(self):
        return {Task.REALTIME: self.talker}

    def talker(self, name, entry):
        async def talk(requests, context):
            session = self.Session(context.init, is_single=context.inputs is None)
            return await self.converse(Talk(session, lambda: self.address(context.init.config), context), requests)

        return make_bidi_model(name, talk, info=entry.info(self.label))

    async def converse(self, talk, requests):
        return await talk.run(requests, self.talks)

    async def address(self, config):
        key = self.key(config)
        return Address(url=self.url, headers={} if key is None else {'x-key': key}, secrets=(key,))

    def key(self, config):
        return self.credentials.key_for(config)

    async def aclose(self):
        await self.talks.aclose()
