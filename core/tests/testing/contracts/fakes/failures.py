# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Mistakes with keys, failures and listings, made by a plugin for each kind of model."""

import asyncio
import base64
import logging
from contextlib import asynccontextmanager, contextmanager
from typing import ClassVar

import httpx
from genkit import GenkitError
from genkit.plugin import provider_errors, read_json
from genkit.testing import CannedAnswer, OpenAISpeechWire

from .embedders import OfEmbedders
from .fake_plugin import FakePlugin
from .media import OfFilms, OfImages, OfListeners, OfSpeakers
from .models import OfModels


class JsonSpeechWire(OpenAISpeechWire):
    """Gives sound inside JSON."""

    def sound(self, sound, content_type):
        return CannedAnswer.of_json({'audio': base64.b64encode(sound).decode(), 'type': content_type})


class JsonSpeaker(FakePlugin):
    def spoken(self, answer):
        try:
            said = read_json(answer.content)
        except ValueError:
            raise self.problem(answer.content) from None
        return self.checked(said)

    def sound_type(self, answer):
        return self.spoken(answer)['type']

    def sound_in(self, answer):
        return base64.b64decode(self.spoken(answer)['audio'])


class OfJsonSpeakers(OfSpeakers):
    wire = JsonSpeechWire()
    answers_json = True
    Fake = JsonSpeaker


class Mistake(FakePlugin):
    """What a mistake of any kind of model is mixed in with."""

    noticed_by: ClassVar[str]
    seconds: ClassVar[float] = 10


class Restating(Mistake):
    """Raises another error than the right one."""

    def restated(self, error, sent):
        return error

    @asynccontextmanager
    async def asked(self, path, config, **sent):
        try:
            async with super().asked(path, config, **sent) as answer:
                yield answer
        except GenkitError as error:
            raise self.restated(error, sent) from error.__cause__


def told_otherwise(error, status):
    return GenkitError(error.message, status=status, details=error.details)


class Unstoppable(Mistake):
    noticed_by = 'test_cancelling_a_call_closes_the_connection'
    seconds = 0.5

    async def fetched(self, path, config, **sent):
        return await asyncio.shield(asyncio.ensure_future(super().fetched(path, config, **sent)))


class WithOneStatusTooMany(Restating):
    noticed_by = 'test_a_failure_of_the_provider_has_its_status_and_message'

    def restated(self, error, sent):
        return told_otherwise(error, 'INTERNAL') if error.status == 'ABORTED' else error


class WithSecretsInErrors(Mistake):
    noticed_by = 'test_a_failure_that_repeats_the_key_does_not_carry_it_on'

    @contextmanager
    def errors(self, key):
        try:
            with provider_errors(self.name, (key,)):
                yield
        except GenkitError as error:
            if error.status == 'FAILED_PRECONDITION':  # a redirect
                raise
            raise GenkitError(
                f'{error.message} ({key})', status=error.status, details=error.details
            ) from error.__cause__


class ThatOverlooksHints(Restating):
    noticed_by = 'test_a_hint_when_to_try_again_is_kept'

    def restated(self, error, sent):
        hint = isinstance(error.details, dict) and error.details.get('retry_after_ms')
        return GenkitError(error.message, status=error.status) if hint == 250 else error


class WithoutCredits(Mistake):
    """Tells a failure with a status of success by its text alone."""

    noticed_by = 'test_a_failure_with_a_status_of_success_is_a_failure'

    def problem(self, seen, *, begun=False):
        error = super().problem(seen, begun=begun)
        return (
            told_otherwise(error, 'UNAVAILABLE') if seen == {'error': {'message': 'no credits', 'code': 402}} else error
        )


class WithOneStatusForEveryConnection(Restating):
    noticed_by = 'test_a_host_that_cannot_be_reached_is_unavailable'

    def restated(self, error, sent):
        return told_otherwise(error, 'INTERNAL') if isinstance(error.__cause__, httpx.ConnectError) else error


class WithoutAnyKey(Mistake):
    noticed_by = 'test_a_missing_key_is_an_error_that_says_where_to_put_it'

    def key(self, config):
        try:
            return super().key(config)
        except GenkitError:
            return 'none'


class ForgetfulOfRequestKeys(Mistake):
    noticed_by = 'test_a_request_may_bring_its_own_key'

    def key(self, config):
        return self.credentials.key_for(None) if self.credentials._given else super().key(config)


class ThatKnowsItsKeyLate(Mistake):
    noticed_by = 'test_it_sends_the_key_of_the_plugin'
    calls = 0

    def key(self, config):
        key = super().key(config)
        self.calls += 1
        return 'sk-not-loaded-yet' if self.calls == 1 and key == self.credentials._given else key


class ContentWithHalfAnswers(Restating):
    noticed_by = 'test_an_answer_that_breaks_off_is_an_error'

    def restated(self, error, sent):
        is_half = isinstance(error.__cause__, httpx.RemoteProtocolError)
        return told_otherwise(error, 'DATA_LOSS') if is_half and 'stream' not in (sent.get('json') or ()) else error


class ThatBlamesTheCaller(Mistake):
    noticed_by = 'test_an_answer_that_is_no_json_is_an_error_of_ours'

    def problem(self, seen, *, begun=False):
        error = super().problem(seen, begun=begun)
        return told_otherwise(error, 'INVALID_ARGUMENT') if seen == b'<html>' else error


class ThatTakesTextsForAnswers(Mistake):
    noticed_by = 'test_an_answer_that_says_nothing_is_an_error'

    def problem(self, seen, *, begun=False):
        error = super().problem(seen, begun=begun)
        return told_otherwise(error, 'INTERNAL') if seen == 'text' else error


class Persistent(Mistake):
    noticed_by = 'test_it_does_not_try_again_by_itself'

    async def fetched(self, path, config, **sent):
        try:
            return await super().fetched(path, config, **sent)
        except GenkitError:
            return await super().fetched(path, config, **sent)


class WithoutAListing(Mistake):
    noticed_by = 'test_it_lists_its_models_without_a_call'

    async def list_actions(self):
        return []


class BoundToItsFirstLoop(Mistake):
    noticed_by = 'test_it_works_from_one_event_loop_after_another'
    loop = None

    async def fetched(self, path, config, **sent):
        self.loop = self.loop or asyncio.get_running_loop()
        if self.loop is not asyncio.get_running_loop():
            raise GenkitError('The client belongs to another event loop.', status='INTERNAL')
        return await super().fetched(path, config, **sent)


class Talkative(Mistake):
    noticed_by = 'test_no_logger_is_told_a_key'

    def key(self, config):
        key = super().key(config)
        logging.getLogger('fake.wire').debug('asking with %s', key)
        return key


class FollowingRedirects(Mistake):
    noticed_by = 'test_a_redirect_is_not_followed'
    follows = True


class TakingPasswordsInAddresses(Mistake):
    noticed_by = 'test_an_address_with_a_password_is_refused'

    def address(self, url):
        return url


class WaitingForEver(Restating):
    noticed_by = 'test_a_hint_that_cannot_be_meant_changes_nothing'

    def restated(self, error, sent):
        hint = isinstance(error.details, dict) and error.details.get('retry_after_ms')
        details = {**error.details, 'retry_after_ms': 10**12}
        return GenkitError(error.message, status=error.status, details=details) if hint == 24 * 3_600_000 else error


def make_fakes():
    """Make every mistake with every kind of model."""
    of_any = [
        Unstoppable,
        WithOneStatusTooMany,
        WithSecretsInErrors,
        ThatOverlooksHints,
        WithOneStatusForEveryConnection,
    ]
    of_any += [WithoutAnyKey, ForgetfulOfRequestKeys, ThatKnowsItsKeyLate, ContentWithHalfAnswers, Persistent]
    of_any += [WithoutAListing, BoundToItsFirstLoop, Talkative, WithoutCredits, ThatBlamesTheCaller]
    of_any += [ThatTakesTextsForAnswers, FollowingRedirects, TakingPasswordsInAddresses, WaitingForEver]
    kinds = {
        'Model': OfModels,
        'Embedder': OfEmbedders,
        'Painter': OfImages,
        'Speaker': OfJsonSpeakers,
        'Listener': OfListeners,
        'Film': OfFilms,
    }
    for mistake in of_any:
        for kind, contract in kinds.items():
            name = f'Test{kind}{mistake.__name__}'
            failed = {mistake.noticed_by}
            if kind == 'Model' and mistake is WithoutCredits:
                failed |= {'test_a_failure_has_its_words_and_its_status_wherever_it_comes'}
            members = {
                'Fake': type('Fake', (mistake, contract.Fake), {}),
                'noticed_by': failed,
                'patience': mistake.seconds,
                '__module__': __name__,
            }
            yield name, type(name, (contract,), members)


class TestRightJsonSpeaker(OfJsonSpeakers):
    pass


globals().update(make_fakes())
FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
