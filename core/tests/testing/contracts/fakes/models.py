# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins of chat models that do one thing wrong each."""

import asyncio
import contextlib
import json
from typing import ClassVar

import httpx
from genkit import GenkitError
from genkit.plugin import (
    EventReader,
    TextPieces,
)
from genkit.testing import (
    ModelContract,
    OpenAIChatWire,
)
from genkit.types import MediaPart, ReasoningPart, TextPart

from .fake_plugin import FakePlugin, FakeRequest, ToolNames


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


class TestSurprisedByHalfACharacter(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_half_a_character_is_sent_whole_or_refused'}

    class Fake(FakePlugin):
        def message(self, number, message, names):
            if '\ud83d' in message.text:
                raise GenkitError('surrogates not allowed', status='INTERNAL')
            return super().message(number, message, names)


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


class TestWithPlainToolNames(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_a_tool_name_that_the_provider_refuses_is_mapped_there_and_back',
        'test_a_tool_that_takes_no_object_is_called_with_the_member_of_one',
    }

    class Fake(FakePlugin):
        def tool_names(self, request):
            names = ToolNames(())
            names.to_wire = names.from_wire = lambda name: name
            return names


class TestThatShowsCallsAsTheyWereTaken(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_tool_that_takes_no_object_is_called_with_the_member_of_one'}

    class Fake(FakePlugin):
        def arguments(self, call, names):
            return json.dumps(call.input or {})


class TestThatDoesNotMapNamesBack(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_tool_name_that_the_provider_refuses_is_mapped_there_and_back'}

    class Fake(FakePlugin):
        def tool_names(self, request):
            names = ToolNames(request.tools)
            names.from_wire = lambda name: name
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


class TestThatSendsSchemasAsTheyAre(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_holds_the_answer_to_a_list_of_alternatives'}

    class Fake(FakePlugin):
        def held(self, schema):
            return {'schema': schema, 'strict': False}


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


class TestThatJoinsPieces(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_stream_gives_every_piece_in_order_and_then_the_whole'}

    class Fake(FakePlugin):
        def halves(self):
            return Hoarding()

        def halves_of_arguments(self):
            return TextPieces()


class Hoarding(TextPieces):
    """Holds single characters back until more have come."""

    held = ''

    def add(self, piece):
        text = self.held + super().add(piece)
        self.held, text = (text, '') if len(text) == 1 else ('', text)
        return text

    def close(self):
        text, self.held = self.held + super().close(), ''
        return text


class TestWithoutCachedTokens(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_reports_what_was_consumed'}

    class Fake(FakePlugin):
        def usage(self, counted):
            return super().usage({**counted, 'prompt_tokens_details': None} if isinstance(counted, dict) else counted)


class TestWithoutAWordForBlocked(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_says_why_an_answer_ended'}

    class Fake(FakePlugin):
        def reason(self, said):
            reason = super().reason(said)
            return 'other' if reason == 'blocked' else reason


class TestOfLatinLetters(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_sends_the_prompt_and_returns_the_text'}

    class Fake(FakePlugin):
        def part(self, part):
            sent = super().part(part)
            if isinstance(part, TextPart):
                sent['text'] = sent['text'].encode('latin-1', 'replace').decode('latin-1')
            return sent


class TestThatForgetsHintsInStreams(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_failure_before_a_stream_is_the_same_failure'}

    class Fake(FakePlugin):
        @contextlib.asynccontextmanager
        async def asked(self, path, config, **sent):
            try:
                async with super().asked(path, config, **sent) as answer:
                    yield answer
            except GenkitError as error:
                if 'stream' not in sent['json']:
                    raise
                raise GenkitError(error.message, status=error.status) from error.__cause__


class TestThatTakesBrokenStreamsForItsOwnFault(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_stream_that_breaks_off_is_an_error_after_its_chunks'}

    class Fake(FakePlugin):
        @contextlib.asynccontextmanager
        async def asked(self, path, config, **sent):
            try:
                async with super().asked(path, config, **sent) as answer:
                    yield answer
            except GenkitError as error:
                if 'stream' not in sent['json'] or not isinstance(error.__cause__, httpx.RemoteProtocolError):
                    raise
                raise GenkitError(error.message, status='INTERNAL') from error.__cause__


class Pumped:
    """An answer that is read by a task of its own."""

    def __init__(self):
        self.pieces = asyncio.Queue()

    async def pump(self, asked):
        try:
            async with asked as answer:
                async for piece in answer.aiter_bytes():
                    self.pieces.put_nowait(piece)
        except GenkitError as error:
            self.pieces.put_nowait(error)
        else:
            self.pieces.put_nowait(None)

    async def aiter_bytes(self):
        while (piece := await self.pieces.get()) is not None:
            if isinstance(piece, GenkitError):
                raise piece
            yield piece


class TestUnstoppableInStreams(OfModels):
    patience = 0.5
    noticed_by: ClassVar[set[str]] = {'test_cancelling_a_stream_closes_the_connection'}

    class Fake(FakePlugin):
        @contextlib.asynccontextmanager
        async def asked(self, path, config, **sent):
            asked = super().asked(path, config, **sent)
            if 'stream' not in sent['json']:
                async with asked as answer:
                    yield answer
                return
            pumped = Pumped()
            self.pumping = asyncio.create_task(pumped.pump(asked))
            yield pumped


class TestOfOneVersion(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_version_replaces_the_name_of_the_model'}

    class Fake(FakePlugin):
        def version(self, entry, config):
            return entry.name


class TestThatTakesColonsForVersions(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_an_unknown_model_passes_through'}

    class Fake(FakePlugin):
        def version(self, entry, config):
            return super().version(entry, config).partition(':')[0]


class TestThatIsNeverSilent(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_an_empty_answer_is_an_answer_without_text'}

    class Fake(FakePlugin):
        def response(self, parts, reason, usage, raw=None):
            if not parts and reason == 'stop' and usage:
                raise GenkitError('The provider said nothing.', status='INTERNAL')
            return super().response(parts, reason, usage, raw)


class TestThatStampsItsInstructions(OfModels):
    noticed_by: ClassVar[set[str]] = {
        'test_equal_requests_have_equal_bytes_and_a_longer_conversation_begins_with_the_shorter'
    }

    class Fake(FakePlugin):
        stamp = ''

        def message(self, number, message, names):
            [*sent] = super().message(number, message, names)
            if message.role == 'system':
                sent[0]['content'] = f'{message.text}{self.stamp}'
                self.stamp += ' again'
            return sent


class TestThatSplitsMessages(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_several_texts_of_one_message_stay_one_message'}

    class Fake(FakePlugin):
        def messages(self, messages, names):
            split = [
                message.replaced(content=[part]) if isinstance(part, TextPart) else message
                for message in messages
                for part in (message.content if self.holds_texts(message) else [None])
            ]
            return super().messages(split, names)

        def holds_texts(self, message):
            return all(isinstance(part, TextPart) for part in message.content)


class TestThatForcesAFormOnlyBesideTools(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_holds_the_answer_to_a_schema'}

    class Fake(FakePlugin):
        def form(self, request):
            return super().form(request) if request.tools else {}


class TestThatForcesNoFormBesideTools(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_holds_the_answer_to_a_schema_beside_tools'}

    class Fake(FakePlugin):
        def form(self, request):
            return {} if request.tools else super().form(request)


class TestThatTakesEveryImageForAPhoto(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_sends_images'}

    class Fake(FakePlugin):
        def part(self, part):
            if isinstance(part, MediaPart) and part.media.content_type == 'image/png':
                url = part.media.url.replace('image/png', 'image/jpeg')
                part = part.replaced(media=part.media.replaced(url=url))
            return super().part(part)


class TestThatTakesEveryMediumForAnImage(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_media_of_a_type_that_nobody_takes_are_refused_by_name'}

    class Fake(FakePlugin):
        def part(self, part):
            if isinstance(part, TextPart):
                return super().part(part)
            return {'type': 'image_url', 'image_url': {'url': part.media.url}}


class TestWithoutParameters(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_it_offers_tools_with_their_schemas_and_runs_the_one_that_is_called'}

    class Fake(FakePlugin):
        def tools(self, request, names):
            tools = super().tools(request, names)
            for tool in tools.get('tools', ()):
                tool['function']['parameters'] = {'type': 'object', 'properties': {}}
            return tools


class TestThatForgetsTextBesideCalls(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_text_beside_a_tool_call_is_kept'}

    class Fake(FakePlugin):
        def message(self, number, message, names):
            sent = super().message(number, message, names)
            return [{**each, 'content': []} if 'tool_calls' in each else each for each in sent]


class TestThatStreamsTextAlone(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_streamed_tool_call_arrives_in_parts_and_then_whole'}

    class Fake(FakePlugin):
        def shown(self, parts):
            return [part for part in parts if isinstance(part, TextPart | ReasoningPart)]


class TestOfPerfectArguments(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_malformed_arguments_are_no_crash'}

    class Fake(FakePlugin):
        def called(self, part):
            given = part.tool_request.input
            if isinstance(given, str) and 'nonsense' in given:
                raise GenkitError(f'{given!r} is no JSON.', status='INTERNAL')
            return part


class TestThatLeavesOutEmptyArguments(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_arguments_may_be_absent'}

    class Fake(FakePlugin):
        def called(self, part):
            call = part.tool_request
            return part if call.input or call.ref != 'call_1' else part.replaced(tool_request=call.replaced(input=None))


class TestThatNumbersAnswersApart(OfModels):
    noticed_by: ClassVar[set[str]] = {'test_a_history_with_tool_calls_without_ids_is_sent_with_ids_that_match'}

    class Fake(FakePlugin):
        def made_up(self, number, place, of):
            return f'{super().made_up(number, place, of)}{type(of).__name__}'


class OfThinkers(OfModels):
    model = 'thinker'


class TestRightThinker(OfThinkers):
    pass


class TestThinkerWhoThinksAloud(OfThinkers):
    noticed_by: ClassVar[set[str]] = {'test_reasoning_is_kept_apart_from_the_text'}

    class Fake(FakePlugin):
        def thoughts(self, message):
            return [TextPart(text=part.reasoning) for part in super().thoughts(message)]


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
