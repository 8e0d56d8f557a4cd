# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models of images, sound and videos that do one thing wrong each."""

from typing import ClassVar

from genkit import GenkitError
from genkit.plugin import (
    as_members,
)
from genkit.testing import (
    CannedAnswer,
    ImageContract,
    OpenAIImageWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    SpeechContract,
    TranscriptionContract,
    VideoContract,
    Wanted,
)

from .fake_plugin import FakePlugin


class OfImages(ImageContract):
    wire = OpenAIImageWire()
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightPainter(OfImages):
    pass


class TestPainterOfOne(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_several_images_come_in_their_order'}

    class Fake(FakePlugin):
        def made(self, urls, kind, raw=None):
            return super().made(urls[:1], kind, raw)


class TestPainterOfNoType(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_the_prompt_is_sent_and_an_image_comes_back_with_its_type'}

    class Fake(FakePlugin):
        def image_type(self, answer):
            return 'image/gif'


class TestPainterOfOneVersion(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_a_version_replaces_the_name_of_the_model'}

    class Fake(FakePlugin):
        def version(self, entry, config):
            return entry.name


class TestPainterOfPythonNames(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class TestPainterWithoutTheRawAnswer(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_what_the_provider_said_is_kept_as_the_raw_answer'}

    class Fake(FakePlugin):
        def response(self, parts, reason, usage, raw=None):
            return super().response(parts, reason, usage)


class OfSpeakers(SpeechContract):
    wire = OpenAISpeechWire()
    answers_json = False
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightSpeaker(OfSpeakers):
    pass


class TestSpeakerOfOneVoice(OfSpeakers):
    noticed_by: ClassVar[set[str]] = {'test_a_voice_is_sent'}

    class Fake(FakePlugin):
        def voice(self, config):
            return {}


class TestSpeakerOfNoType(OfSpeakers):
    noticed_by: ClassVar[set[str]] = {'test_the_text_is_sent_and_sound_comes_back_with_its_type'}

    class Fake(FakePlugin):
        def sound_type(self, answer):
            return 'audio/wav'


class TestSpeakerOfPythonNames(OfSpeakers):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class TestSpeakerWithoutTheRawAnswer(OfSpeakers):
    noticed_by: ClassVar[set[str]] = {'test_what_the_provider_said_is_kept_as_the_raw_answer'}

    class Fake(FakePlugin):
        def response(self, parts, reason, usage, raw=None):
            return super().response(parts, reason, usage)


class OfListeners(TranscriptionContract):
    wire = OpenAITranscriptWire()
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightListener(OfListeners):
    pass


class TestListenerToNothing(OfListeners):
    noticed_by: ClassVar[set[str]] = {'test_a_message_without_sound_is_refused_before_anything_is_sent'}

    class Fake(FakePlugin):
        def sound(self, message):
            return super().sound(message) if message.media else b''


class TestDeaf(OfListeners):
    noticed_by: ClassVar[set[str]] = {'test_the_sound_is_sent_and_its_text_comes_back'}

    class Fake(FakePlugin):
        def sound(self, message):
            return super().sound(message)[:1]


class TestListenerOfPythonNames(OfListeners):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class TestListenerWithoutTheRawAnswer(OfListeners):
    noticed_by: ClassVar[set[str]] = {'test_what_the_provider_said_is_kept_as_the_raw_answer'}

    class Fake(FakePlugin):
        def response(self, parts, reason, usage, raw=None):
            return super().response(parts, reason, usage)


class FilmWire(OpenAIImageWire):
    def running(self):
        return CannedAnswer.of_json({'status': 'running'})

    def done(self, url):
        return CannedAnswer.of_json({'status': 'done', 'url': url})

    def failed(self, message):
        return CannedAnswer.of_json({'status': 'failed', 'message': message})

    def asked(self, request):
        return super().asked(request) if request.body else Wanted(model='film', key=None)


class OfFilms(VideoContract):
    wire = FilmWire()
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightFilm(OfFilms):
    pass


class TestFilmThatNeverFails(OfFilms):
    noticed_by: ClassVar[set[str]] = {'test_a_video_that_failed_says_why'}

    class Fake(FakePlugin):
        def operation(self, answer):
            return super().operation({'status': 'running'} if answer['status'] == 'failed' else answer)


class TestFilmThatIsDoneAtOnce(OfFilms):
    noticed_by: ClassVar[set[str]] = {'test_a_video_is_begun_asked_for_and_there_in_the_end'}

    class Fake(FakePlugin):
        def operation(self, answer):
            made = super().operation(answer)
            return made if answer['status'] == 'failed' else made.replaced(done=True)


class TestFilmOfPythonNames(OfFilms):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class TestFilmThatIsStillBeingMadeWhateverHappens(OfFilms):
    noticed_by: ClassVar[set[str]] = {'test_a_failure_while_it_is_asked_for_is_an_error'}

    class Fake(FakePlugin):
        async def state_of_film(self):
            try:
                return await super().state_of_film()
            except GenkitError:
                return {'status': 'running'}


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
