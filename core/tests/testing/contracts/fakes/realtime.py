# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins of models that are talked with, which do one thing wrong each."""

import asyncio
from dataclasses import replace
from typing import ClassVar
from unittest import mock

from genkit import GenkitError
from genkit.plugin import Owed, is_sound
from genkit.testing import RealtimeContract

from .fake_talker import FakeSession, FakeTalker, FakeTalkerPeer


class OfTalkers(RealtimeContract):
    peer = FakeTalkerPeer
    text_config: ClassVar = {'writes': True}
    cancels_calls = True
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakeTalker

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)

    def key_of(self, headers):
        return headers.get('x-key')

    def misshapen(self):
        names = ('heard', 'says', 'sound', 'call', 'cancelled', 'end', 'interrupted', 'error')
        return [{name: value} for name in names for value in (7, ['x'], {'text': 7}, 'text')]


class TestRightTalker(OfTalkers):
    pass


def session(**methods):
    """Return a plugin whose sessions do something otherwise."""
    return type('Fake', (FakeTalker,), {'Session': type('Session', (FakeSession,), methods)})


def fake(notices, plugin):
    """Return the tests of a plugin that one of them notices."""
    return type(f'Test{notices}', (OfTalkers,), {'noticed_by': {f'test_{notices}'}, 'Fake': plugin})


def reworded(sign, **members):
    """Return a plugin that changes an error whose text holds a sign."""

    class Fake(FakeTalker):
        async def converse(self, talk, requests):
            try:
                return await super().converse(talk, requests)
            except GenkitError as error:
                if sign not in error.message:
                    raise
                raise GenkitError(error.message, status=members.get('status', error.status)) from None

    return Fake


class Unlisted(FakeTalker):
    async def list_actions(self):
        return [replace_kind(action) for action in await super().list_actions()]


def replace_kind(action):
    return action.replaced(action_type='background-model')


class Hoarder(FakeSession):
    def __init__(self, beginning, **options):
        super().__init__(beginning, **options)
        self.transcript.keeps_sound = True


class Forgetful(FakeSession):
    def __init__(self, beginning, **options):
        super().__init__(beginning, **options)
        self.transcript.keeps_sound = False


class Follower(FakeTalker):
    async def converse(self, talk, requests):
        try:
            return await super().converse(talk, requests)
        except GenkitError as error:
            if 'redirects to' not in error.message:
                raise
            raise GenkitError(error.message, status='UNAVAILABLE') from None


class Keyless(FakeTalker):
    def key(self, config):
        try:
            return super().key(config)
        except GenkitError:
            return None


class Spelling(FakeTalker):
    async def address(self, config):
        address = await super().address(config)
        return replace(address, url=f'{address.url}/?key={self.key(config)}')


class Leaving(FakeTalker):
    async def converse(self, talk, requests):
        try:
            return await super().converse(talk, requests)
        except asyncio.CancelledError:
            self.left = asyncio.create_task(asyncio.sleep(20))
            raise


class Patient(FakeTalker):
    async def converse(self, talk, requests):
        with mock.patch('genkit.plugin.realtime.socket.JsonSocket._ping', mock.AsyncMock()):
            return await super().converse(talk, requests)


class Unclosed(FakeTalker):
    async def aclose(self):
        pass


class Answering(FakeTalker):
    async def converse(self, talk, requests):
        try:
            return await super().converse(talk, requests)
        except GenkitError as error:
            if not isinstance(error.details, dict) or 'retry_after_ms' not in error.details:
                raise
            raise GenkitError(error.message, status=error.status) from None


def quiet_input(self, event):
    FakeSession.heard(self, event)
    return []


def only_last_usage(self, usage):
    self.usage = usage


def unmarked(self, refs):
    return [chunk.replaced(content=[]) for chunk in FakeSession.cancel_calls(self, refs)]


def takes_no_word(self, part):
    return not (part.metadata or {}).get('interruptResponse') and FakeSession._is_awaited(self, part)


def unheard(self, event):
    FakeSession.interrupted(self, event)
    return []


def estimating(self, heard_ms):
    return FakeSession.interrupt(self, None)


def unstoppable(self, message):
    if self.is_answering and message.text:
        self.transcript.add(message)
        self.take(message)
        return []
    return FakeSession._said(self, message)


def unending(self, control):
    return [] if control.action == 'endTurn' else FakeSession._control(self, control)


def only_now(self):
    messages = FakeSession.earlier(self)
    return messages if self.is_single or not self.first else []


def keeps_no_call(self, part, said):
    if not self.is_single:
        said.parts.remove(part)


def strict(self, event):
    if 'futureContent' in event:
        raise GenkitError('What is this?', status='INTERNAL')
    return FakeSession.read(self, event)


def careless(self, event):
    if event.get('end') is not None:
        assert event['end']['in'] >= 0
    return FakeSession.ended(self, event)


def deaf(self, parts):
    FakeSession.listen(self, [part for part in parts if is_sound(part) and 'mpeg' not in part.media.url])
    if not self.outbox:
        self.owed = Owed.NOTHING


def always_again(self):
    chunks = FakeSession.lost(self)
    self.restarted = True
    return chunks


def never_again(self):
    chunks = FakeSession.lost(self)
    self.restarted = False
    return chunks


class GivesUp(FakeSession):
    has_finished = False

    def finish(self):
        super().finish()
        self.has_finished = True

    def open(self):
        super().open()
        if self.has_finished:
            self.waits = False
            self.settle()


def counts_to_forty(self):
    self.turns = min(self.turns, 40)
    return FakeSession.response(self)


PLUGINS = {
    'it_is_listed_and_found_under_its_name': Unlisted,
    'text_is_answered_with_sound_and_its_transcript': type('Fake', (FakeTalker,), {'Session': Hoarder}),
    'sound_is_answered_when_the_user_has_spoken': session(heard=quiet_input),
    'a_caller_may_say_itself_when_the_user_has_spoken': session(_control=unending),
    'it_can_write_and_has_a_voice': session(options=lambda self: {'writes': self.config.get('writes')}),
    'a_conversation_goes_on_from_earlier_messages': session(earlier=only_now),
    'the_usage_of_all_turns_is_added_up': session(count=only_last_usage),
    'any_other_call_is_a_conversation_of_one_request': type('Fake', (FakeTalker,), {'Session': Forgetful}),
    'tools_run_while_the_conversation_goes_on': session(keep=keeps_no_call),
    'calls_that_are_taken_back_are_cancelled': session(cancel_calls=unmarked),
    'a_tool_that_interrupts_is_answered_by_the_caller': session(_is_awaited=takes_no_word),
    'a_user_who_speaks_interrupts_and_has_heard_what_was_played': session(interrupted=unheard),
    'a_caller_who_interrupts_says_what_was_heard': session(interrupt=estimating),
    'text_while_the_model_speaks_interrupts_it': session(_said=unstoppable),
    'a_refused_upgrade_has_its_status_and_message': Answering,
    'a_redirect_is_not_followed': Follower,
    'nobody_there_is_an_error': reworded('Connect call failed', status='INTERNAL'),
    'an_error_as_an_event_ends_the_conversation': session(refuse=lambda *_: None),
    'what_is_not_known_is_passed_over': session(read=strict),
    'what_is_no_object_is_an_error': reworded('nothing in it is of the protocol', status='INTERNAL'),
    'events_of_wrong_shapes_surprise_nobody': session(ended=careless),
    'a_message_that_is_too_large_is_an_error': reworded('too large', status='INTERNAL'),
    'the_key_is_a_header_and_nowhere_else': Spelling,
    'a_missing_key_is_an_error_that_says_where_to_put_it': Keyless,
    'a_part_that_it_does_not_take_is_refused': session(listen=deaf),
    'half_a_character_is_refused': reworded('half a character', status='INTERNAL'),
    'a_lost_connection_is_replaced_and_the_conversation_goes_on': session(lost=always_again),
    'an_answer_that_was_cut_off_is_given_again': session(lost=never_again),
    'an_answer_that_was_cut_off_comes_although_the_caller_has_nothing_more_to_say': type(
        'Fake', (FakeTalker,), {'Session': GivesUp}
    ),
    'connections_that_end_at_once_are_not_replaced_for_ever': reworded('each connection', status='INTERNAL'),
    'a_connection_that_is_lost_for_good_is_an_error': reworded('WebSocket code 1006', status='INTERNAL'),
    'a_caller_who_leaves_leaves_nothing_behind': Leaving,
    'a_provider_that_answers_no_ping_is_left': Patient,
    'a_plugin_that_is_closed_ends_its_conversations': Unclosed,
    'a_long_conversation_with_all_that_can_happen_leaves_nothing_behind': session(response=counts_to_forty),
}
for _notices, _plugin in PLUGINS.items():
    _fake = fake(_notices, _plugin)
    globals()[_fake.__name__] = _fake

FAKES = {name: value for name, value in globals().items() if name.startswith('Test')}
