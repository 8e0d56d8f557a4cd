# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins and stores that do one thing wrong each, and the tests of the contracts that notice it.

Not collected as tests of ours: `plugins_test` runs this file in processes of its own and compares what failed.
"""

import asyncio
import contextlib
import logging
import math
import sys
from pathlib import Path
from typing import ClassVar

import httpx
from genkit import Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.plugin import (
    EmbedderOptions,
    EventReader,
    StoreIndex,
    StoreMatch,
    StorePlugin,
    VectorStore,
    as_members,
    provider_errors,
    text_to_embed,
)
from genkit.testing import (
    CannedAnswer,
    EmbedderContract,
    EvaluatorContract,
    ImageContract,
    LocalEmbedderContract,
    ModelContract,
    OpenAIChatWire,
    OpenAIEmbedWire,
    OpenAIImageWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    RerankerContract,
    SessionStoreContract,
    SpeechContract,
    StoreContract,
    TranscriptionContract,
    VideoContract,
    Wanted,
)
from genkit.types import (
    BaseDataPoint,
    Embedding,
    EmbedResponse,
    EvalFnResponse,
    EvalStatusEnum,
    RankedDocumentData,
    RankedDocumentMetadata,
    RerankerResponse,
    Score,
    WireModel,
)
from pydantic import Field


sys.path.insert(0, str(Path(__file__).parent))  # this file is run by itself
from fake_plugin import FakePlugin, FakeRequest, ToolNames


CUT_OFF = '{"city":"Os'


class OfModels(ModelContract):
    wire = OpenAIChatWire()
    request_type = FakeRequest
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightModel(OfModels):
    pass


class TestWithoutInstructions(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_sends_instructions_and_history_in_their_roles_and_order'}

    class Fake(FakePlugin):
        def message(self, number, message, names):
            return [] if message.role == 'system' else super().message(number, message, names)


class TestWithoutFalsyOptions(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_sends_the_common_options_and_keeps_falsy_ones'}

    class Fake(FakePlugin):
        def options(self, config):
            return {name: value for name, value in super().options(config).items() if value}


class TestWithoutUsage(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_a_stream_gives_every_piece_in_order_and_then_the_whole',
        'test_it_reports_what_was_consumed',
    }

    class Fake(FakePlugin):
        def usage(self, counted):
            return None


class TestWithoutTheRawAnswerOfStreams(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_the_raw_answer_is_kept_and_a_stream_has_the_same'}

    class Fake(FakePlugin):
        def joined(self, stream, parts):
            return stream.said


class TestWithoutReason(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_a_stream_gives_every_piece_in_order_and_then_the_whole',
        'test_an_answer_that_is_cut_off_runs_no_tool',
        'test_arguments_that_are_cut_off_stay_text',
        'test_events_are_read_in_every_layout',
        'test_however_the_bytes_are_cut_the_answer_is_the_same',
        'test_it_says_why_an_answer_ended',
        'test_it_sends_the_prompt_and_returns_the_text',
        'test_members_that_are_missing_or_of_another_form_change_nothing',
    }

    class Fake(FakePlugin):
        def reason(self, said):
            return 'other'


class TestWithMembersOfItsOwn(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_says_whether_tools_must_be_called'}

    class Fake(FakePlugin):
        def tools(self, request, names):
            tools = super().tools(request, names)
            return {**tools, 'tool_mode': tools['tool_choice']} if 'tool_choice' in tools else tools


class TestWithHalfAnswers(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_an_answer_that_breaks_off_is_an_error'}

    class Fake(FakePlugin):
        async def read_bytes(self, path, config, **sent):
            try:
                return await super().read_bytes(path, config, **sent)
            except GenkitError as error:
                if isinstance(error.__cause__, httpx.RemoteProtocolError):
                    return b'{"choices": [{"message": {"content": "half"}, "finish_reason": "stop"}]}'
                raise


class TestUnstoppable(OfModels):
    patience = 0.5
    noticed_by: ClassVar[set[str]] = {'test_cancelling_a_call_closes_the_connection'}

    class Fake(FakePlugin):
        async def read_bytes(self, path, config, **sent):
            return await asyncio.shield(asyncio.ensure_future(super().read_bytes(path, config, **sent)))


class TestForgetfulOfRequestKeys(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_request_may_bring_its_own_key'}

    class Fake(FakePlugin):
        def key(self, config):
            return self.credentials.key_for(None) if self.credentials._given else super().key(config)


class TestTalkative(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_no_logger_is_told_a_key'}

    class Fake(FakePlugin):
        def key(self, config):
            key = super().key(config)
            logging.getLogger('fake.wire').debug('asking with %s', key)
            return key


class TestWithSecretsInErrors(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_failure_that_repeats_the_key_does_not_carry_it_on'}

    class Fake(FakePlugin):
        @contextlib.contextmanager
        def errors(self, key):
            try:
                with provider_errors(self.name, (key,)):
                    yield
            except GenkitError as error:
                raise GenkitError(
                    f'{error.message} ({key})', status=error.status, details=error.details
                ) from error.__cause__


class TestWithoutHints(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_a_hint_when_to_try_again_is_kept',
        'test_a_failure_before_a_stream_is_the_same_failure',
        'test_a_failure_of_the_provider_has_its_status_and_message',
    }

    class Fake(FakePlugin):
        @contextlib.contextmanager
        def errors(self, key):
            try:
                with provider_errors(self.name, (key,)):
                    yield
            except GenkitError as error:
                raise GenkitError(error.message, status=error.status) from error.__cause__


class TestPersistent(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_does_not_try_again_by_itself'}

    class Fake(FakePlugin):
        async def read_bytes(self, path, config, **sent):
            try:
                return await super().read_bytes(path, config, **sent)
            except GenkitError:
                return await super().read_bytes(path, config, **sent)


class TestWithPlainToolNames(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_tool_name_that_the_provider_refuses_is_mapped_there_and_back'}

    class Fake(FakePlugin):
        def tool_names(self, request):
            names = ToolNames(())
            names.to_wire = names.from_wire = lambda name: name
            return names


class TestWithoutToolChoice(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_says_whether_tools_must_be_called'}

    class Fake(FakePlugin):
        def tools(self, request, names):
            return {name: value for name, value in super().tools(request, names).items() if name == 'tools'}


class TestWithoutSchemas(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_it_holds_the_answer_to_a_schema',
        'test_it_holds_the_answer_to_a_schema_beside_tools',
    }

    class Fake(FakePlugin):
        def form(self, request):
            return {}


class TestCredulous(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_what_is_no_answer_is_an_error'}

    class Fake(FakePlugin):
        def silent(self, head):
            if head:
                super().silent(head)


class TestContentWithHalfAStream(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_stream_without_its_end_is_an_error'}

    class Fake(FakePlugin):
        def is_over(self, stream):
            return super().is_over(stream) or not stream.calls.finish()


class TestWithOneStatusForFailuresInMidStream(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_failure_has_its_words_and_its_status_wherever_it_comes'}

    class Fake(FakePlugin):
        def problem(self, seen, *, begun=False):
            error = super().problem(seen, begun=begun)
            return GenkitError(error.message, status='INTERNAL') if begun else error


class TestThatCompletesArguments(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_arguments_that_are_cut_off_stay_text'}

    class Fake(FakePlugin):
        def called(self, part):
            given = part.tool_request.input
            given = f'{given}"}}' if given == CUT_OFF else given
            return part.replaced(tool_request=part.tool_request.replaced(input=given))


class TestThatKeepsSilentAboutCutOffCalls(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_an_answer_that_is_cut_off_runs_no_tool'}

    class Fake(FakePlugin):
        def called(self, part):
            return part.replaced(metadata=None)


class TestThatTellsCallsByTheirPlace(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_calls_are_told_apart_as_the_protocol_says'}

    class Fake(FakePlugin):
        def identity(self, stream, index, call):
            known = index in stream.places
            stream.places.add(index)
            return {} if known else super().identity(stream, index, call)


class TestThatTakesChoicesForGranted(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_members_that_are_missing_or_of_another_form_change_nothing'}

    class Fake(FakePlugin):
        def choices(self, body):
            return super().choices({'choices': body['choices']})


class TestWithCallsWithoutNames(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_what_cannot_be_meant_is_an_error_that_says_so'}

    class Fake(FakePlugin):
        def named(self, name):
            return str(name or '')


class TestThatTakesReasonsForTexts(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_whatever_a_member_holds_the_reader_is_not_taken_by_surprise'}

    class Fake(FakePlugin):
        def reason(self, said):
            return super().reason(said and said.lower())


class TestWithAllCandidates(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_other_candidates_are_not_mixed_in'}

    class Fake(FakePlugin):
        def is_ours(self, choice):
            return True


class Unjoined:
    def add(self, piece):
        return piece.encode(errors='replace').decode()

    def close(self):
        return ''


class TestWithHalvesOfCharacters(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_characters_that_come_in_halves_are_joined'}

    class Fake(FakePlugin):
        def halves(self):
            return Unjoined()


class OfOneLayout(EventReader):
    def feed(self, piece):
        return super().feed(piece.replace(b'data:{', b'date:{'))


class TestWithEventsOfOneLayout(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_events_are_read_in_every_layout'}

    class Fake(FakePlugin):
        def events(self):
            return OfOneLayout()


class OfWholeCharacters(EventReader):
    def feed(self, piece):
        return super().feed(piece.decode(errors='replace').encode())


class TestThatDecodesPieceByPiece(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_however_the_bytes_are_cut_the_answer_is_the_same'}

    class Fake(FakePlugin):
        def events(self):
            return OfWholeCharacters()


class TestBlind(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_it_sends_images',
        'test_media_of_a_type_that_nobody_takes_are_refused_by_name',
    }

    class Fake(FakePlugin):
        def content(self, message):
            return message.text


class OfEmbedders(EmbedderContract):
    wire = OpenAIEmbedWire()
    shortens = ('dimensions', 'dimensions')
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightEmbedder(OfEmbedders):
    pass


class TestUnsorted(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {
        'test_every_text_has_its_vector_in_order',
        'test_many_texts_are_embedded_whatever_one_request_takes',
    }

    class Fake(FakePlugin):
        def placed(self, data):
            return [each['embedding'] for each in data]


class TestEmbedderOfNothing(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_answer_that_says_nothing_is_an_error'}

    class Fake(FakePlugin):
        def checked(self, value):
            return super().checked(value or {'data': []})


class TestOfFixedLength(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_option_for_fewer_dimensions_is_sent'}

    class Fake(FakePlugin):
        def shortened(self, options):
            return {}


class TestEmbedderOfAnything(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_image_is_refused_unless_the_table_says_that_it_is_taken'}

    class Fake(FakePlugin):
        def text(self, document, number):
            return ''.join(getattr(part, 'text', '') for part in document.content)


class TestEmbedderOfPythonNames(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class LocalEmbedder:
    def text(self, document, number):
        text = text_to_embed(document, number)
        if not text.strip():
            raise GenkitError(f'Document {number} is blank.', status='INVALID_ARGUMENT')
        return text

    def vector(self, text, place):
        return [math.sin(sum(map(ord, text)) * factor) for factor in (1, 2, 3, 4)]

    async def rest(self):
        await asyncio.sleep(0.001)

    async def embed(self, request):
        texts = [self.text(document, number) for number, document in enumerate(request.input)]
        vectors = []
        for place, text in enumerate(texts):
            await self.rest()
            vectors.append(self.vector(text, place))
        return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


class OfLocalEmbedders(LocalEmbedderContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = LocalEmbedder

    async def application(self):
        ai = Genkit()
        ai.define_embedder('local', self.Fake().embed, EmbedderOptions(dimensions=4))
        return ai, 'local'


class TestRightLocalEmbedder(OfLocalEmbedders):
    pass


class TestLocalEmbedderOfPlaces(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {
        'test_the_order_is_kept_and_a_batch_changes_nothing',
        'test_those_who_ask_at_once_get_their_own',
    }

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector(text + 'x' * place, place)


class TestLocalEmbedderOfLengths(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_other_texts_have_other_vectors'}

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector('a', place)


class TestLocalEmbedderOfLessThanItSays(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_vectors_have_the_dimensions_that_are_listed'}

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector(text, place)[:3]


class TestLocalEmbedderOfAnything(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {
        'test_what_holds_no_text_is_refused_by_its_place',
        'test_an_image_is_refused_unless_it_is_listed_as_taken',
    }

    class Fake(LocalEmbedder):
        def text(self, document, number):
            return ''.join(getattr(part, 'text', '') for part in document.content)


class TestLocalEmbedderThatHoldsTheLoop(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_the_event_loop_goes_on_and_what_is_cancelled_is_left'}

    class Fake(LocalEmbedder):
        async def rest(self):
            return None


class OfImages(ImageContract):
    wire = OpenAIImageWire()
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightPainter(OfImages):
    pass


class TestPainterWithoutCredits(OfImages):
    noticed_by: ClassVar[set[str]] = {'test_a_failure_with_a_status_of_success_is_a_failure'}

    class Fake(FakePlugin):
        def problem(self, seen, *, begun=False):
            return GenkitError(super().problem(seen, begun=begun).message, status='UNAVAILABLE')


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


class Memory(VectorStore):
    batch_size = 100

    def __init__(self):
        self.kept = {}

    async def upsert(self, entries, options):
        for entry in entries:
            if self.kept and len(entry.vector) != len(next(iter(self.kept.values())).vector):
                raise GenkitError(f'A vector has {len(entry.vector)} dimensions.', status='INVALID_ARGUMENT')
        self.kept.update({entry.id: entry for entry in entries})

    async def query(self, vector, query, options):
        def score(entry):
            return sum(a * b for a, b in zip(entry.vector, vector, strict=False))

        best = sorted(self.kept.values(), key=score, reverse=True)
        return [StoreMatch(entry.id, entry.document, score(entry)) for entry in best[: options.k]]

    async def delete(self, ids, options=None):
        for name in ids:
            self.kept.pop(name, None)

    async def existing(self, ids, options):
        return set(ids) & self.kept.keys()


class MemoryOptions(WireModel):
    k: int = Field(default=10, ge=1, le=1000)


class MemoryPlugin(StorePlugin):
    name = 'memory'
    retriever_options = MemoryOptions

    def __init__(self, index, store):
        self.found = {index.name: (index, store)}

    def collections(self):
        return self.found


class OfStores(StoreContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = Memory

    async def plugin(self, collection, embedder):
        return MemoryPlugin(StoreIndex(name=collection, embedder=embedder), self.Fake())


class TestRightStore(OfStores):
    pass


class TestStoreOfTexts(OfStores):
    noticed_by: ClassVar[set[str]] = {
        'test_what_was_stored_is_found_with_its_text_metadata_and_score',
        'test_equal_texts_with_other_metadata_are_two_documents',
        'test_a_document_that_the_embedder_splits_is_stored_with_all_its_parts',
        'test_many_documents_are_stored_in_batches_with_progress',
    }

    class Fake(Memory):
        async def query(self, vector, query, options):
            found = await super().query(vector, query, options)
            return [
                StoreMatch(each.id, each.document.replaced(metadata={'_id': each.id}), each.score) for each in found
            ]


class TestStoreThatKeeps(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_deleted_documents_are_not_found_again'}

    class Fake(Memory):
        async def delete(self, ids, options=None):
            return None


class TestStoreThatFindsAll(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_the_nearest_comes_first_and_no_more_than_asked_for'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            return await super().query(vector, query, options.replaced(k=max(options.k, 4)))


class TestStoreOfAnyDimensions(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_vectors_of_other_dimensions_are_refused_and_nothing_is_stored'}

    class Fake(Memory):
        async def upsert(self, entries, options):
            self.kept.update({entry.id: entry for entry in entries})


class OfSessions(SessionStoreContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = MemorySnapshots

    async def store(self, *, reject_ambiguous_session=False):
        return self.Fake(reject_ambiguous_session=reject_ambiguous_session)


class TestRightSessions(OfSessions):
    pass


class TestSessionsForAnybody(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_of_two_writers_the_second_is_told'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot, change, alone=alone and snapshot.parent_id is None)


class TestSessionsBegunByAnybody(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_of_several_who_begin_a_session_one_does'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot, change, alone=alone and snapshot.parent_id is not None)


class TestSessionsThatStay(OfSessions):
    noticed_by: ClassVar[set[str]] = {
        'test_a_session_is_forgotten_with_all_that_belongs_to_it',
        'test_silent_sessions_are_purged_and_others_are_not',
    }

    class Fake(MemorySnapshots):
        async def delete_session(self, session_id):
            return None


class TestSessionsOfAnyStatus(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_status_changes_only_from_the_one_that_is_expected'}

    class Fake(MemorySnapshots):
        async def update(self, snapshot, change, expected):
            kept = self._kept.get(snapshot.snapshot_id)
            return await super().update(snapshot, change, kept[0].status or expected if kept else expected)


class TestSessionsThatAreHalfWritten(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_call_that_is_cancelled_has_happened_or_can_be_repeated'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            parent = snapshot.parent_id or ''
            self._children[parent] = self._children.get(parent, 0) + 1
            await asyncio.sleep(0)
            self._children[parent] -= 1
            await super().add(snapshot, change, alone=alone)


class OfJudges(EvaluatorContract):
    good = BaseDataPoint(input='x', output='yes')
    bad = BaseDataPoint(input='x', output='no')
    noticed_by: ClassVar[set[str]] = set()

    def verdict(self, case):
        return EvalStatusEnum.PASS if case.output == 'yes' else EvalStatusEnum.FAIL

    async def application(self):
        ai = Genkit()

        async def judge(case, _options):
            return EvalFnResponse(test_case_id=case.test_case_id, evaluation=Score(status=self.verdict(case)))

        ai.define_evaluator('judge', 'Judge', 'Likes yes.', judge)
        return ai, 'judge'


class TestRightJudge(OfJudges):
    pass


class TestKindJudge(OfJudges):
    noticed_by: ClassVar[set[str]] = {
        'test_a_good_case_scores_better_than_a_bad_one',
        'test_a_case_that_cannot_be_judged_does_not_end_the_others',
    }

    def verdict(self, case):
        return EvalStatusEnum.PASS


class TestJudgeOfItsOwnIds(OfJudges):
    noticed_by: ClassVar[set[str]] = {
        'test_judgements_keep_ids_and_order',
        'test_what_judges_is_given_an_id_for_each_case',
    }

    async def judged(self, *cases):
        found = await super().judged(*cases)
        return [judgement.replaced(test_case_id=f'case {place}') for place, judgement in enumerate(found)]


class OfRankers(RerankerContract):
    noticed_by: ClassVar[set[str]] = set()

    def score(self, query, text):
        return (
            len(set(query.lower().split()) & set(text.lower().split()))
            + 5 * ('tall' in text)
            + 2 * ('lighthouse' in text)
        )

    def order(self, scored):
        return sorted(scored, key=lambda each: -each[0])

    def cut(self, scored, options):
        return scored[: (options or {}).get('k')]

    async def application(self):
        ai = Genkit()

        async def rank(query, documents, options):
            scored = [(self.score(query.text(), document.text()), document) for document in documents]
            best = self.cut(self.order(scored), options)
            return RerankerResponse(
                documents=[
                    RankedDocumentData(
                        content=document.content,
                        metadata=RankedDocumentMetadata.model_validate({**(document.metadata or {}), 'score': score}),
                    )
                    for score, document in best
                ]
            )

        ai.define_reranker('ranker', rank)
        return ai, 'ranker'


class TestRightRanker(OfRankers):
    pass


class TestRankerInNoOrder(OfRankers):
    noticed_by: ClassVar[set[str]] = {
        'test_what_answers_comes_first_and_what_does_not_comes_last',
    }

    def order(self, scored):
        return scored


class TestRankerOfAll(OfRankers):
    noticed_by: ClassVar[set[str]] = {'test_no_more_than_asked_for_come_back'}

    def cut(self, scored, options):
        return scored


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
