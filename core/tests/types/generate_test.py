# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import ErrorReason, GenerationBlockedError, GenerationResponseError
from genkit.types import (
    ChunkHistory,
    DataPart,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    ModelRequest,
    ModelResponse,
    ModelResponseChunk,
    Operation,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)


def said(*content: object) -> Message:
    return Message.model_validate({'role': 'model', 'content': content})


class TestResponse:
    def test_answers_for_its_message(self):
        response = GenerateResponse(
            message=said(
                ReasoningPart(reasoning='hm'),
                TextPart(text='Hi'),
                MediaPart(media=Media(url='u')),
                ToolRequestPart(tool_request=ToolRequest(name='a')),
                ToolRequestPart(tool_request=ToolRequest(name='b'), metadata={'interrupt': True}),
            )
        )
        assert (response.text, response.reasoning) == ('Hi', 'hm')
        assert [part.media.url for part in response.media] == ['u']
        assert [part.tool_request.name for part in response.tool_requests] == ['a', 'b']
        assert [part.tool_request.name for part in response.interrupts] == ['b']

    def test_without_message_has_nothing(self):
        response = GenerateResponse()
        assert (response.text, response.reasoning, response.output) == ('', '', None)
        assert response.media == response.tool_requests == response.interrupts == response.messages == []

    def test_gives_the_whole_conversation(self):
        asked, answer = Message(role=Role.USER, content=[TextPart(text='?')]), said({'text': '!'})
        response = GenerateResponse(message=answer, request=GenerateRequest(messages=[asked]))
        assert response.messages == [asked, answer]
        response.messages.clear()
        assert response.messages == [asked, answer]
        assert GenerateResponse(request=GenerateRequest(messages=[asked])).messages == [asked]

    def test_reads_json_out_of_its_text(self):
        assert GenerateResponse(message=said({'text': 'So: {"a": [1,]}'})).output == {'a': [1]}
        assert GenerateResponse(message=said({'text': 'no json'})).output is None

    def test_prefers_structured_data_to_text(self):
        assert GenerateResponse(message=said({'text': '{"a": 1}'}, DataPart(data={'b': 2}))).output == {'b': 2}

    def test_reads_its_output_once_the_way_it_is_told(self):
        calls: list[str] = []

        def read(message: Message) -> None:
            calls.append(message.text)

        response = GenerateResponse(message=said({'text': 'x'})).answering(GenerateRequest(messages=[]), read)
        assert response.output is None
        assert response.output is None
        assert calls == ['x']

    def test_is_left_as_it_is_by_what_it_answers(self):
        bare = GenerateResponse(message=said({'text': '[1]'}))
        request = GenerateRequest(messages=[])
        answering = bare.answering(request, lambda _: 'read')
        assert bare.request is None
        assert bare.output == [1]
        assert answering.request is request
        assert answering.output == 'read'
        assert answering.usage == GenerationUsage()
        assert answering.custom == {}

    def test_keeps_the_usage_and_custom_data_it_has(self):
        usage = GenerationUsage(input_tokens=3)
        answering = GenerateResponse(usage=usage, custom=[0]).answering(GenerateRequest(messages=[]), None)
        assert answering.usage is usage
        assert answering.custom == [0]

    def test_comes_back_from_the_wire(self):
        wire = {
            'message': {'role': 'model', 'content': [{'text': 'x'}]},
            'finishReason': 'stop',
            'latencyMs': 1.5,
            'usage': {'inputTokens': 1, 'custom': {'requests': 2}},
            'request': {'messages': [], 'toolChoice': 'required', 'output': {'schema': {'type': 'object'}}},
            'custom': {'keep_me': None},
        }
        assert GenerateResponse.model_validate(wire).to_wire() == wire

    def test_has_the_newer_names_too(self):
        assert (ModelRequest, ModelResponse, ModelResponseChunk) == (
            GenerateRequest,
            GenerateResponse,
            GenerateResponseChunk,
        )


class TestValidity:
    def test_an_answer_is_valid(self):
        GenerateResponse(message=said({'text': 'x'}), finish_reason=FinishReason.STOP).assert_valid()

    def test_an_operation_is_valid(self):
        GenerateResponse(operation=Operation(id='1')).assert_valid()

    def test_a_blocked_answer_is_not_even_with_a_message(self):
        response = GenerateResponse(message=said(), finish_reason=FinishReason.BLOCKED, finish_message='unsafe')
        with pytest.raises(GenerationBlockedError, match='Generation blocked: unsafe') as caught:
            response.assert_valid()
        assert caught.value.response is response
        assert caught.value.http_code == 400

    def test_a_missing_message_is_not(self):
        response = GenerateResponse(finish_reason=FinishReason.OTHER, finish_message='quota')
        with pytest.raises(GenerationResponseError, match="finished with 'other': quota"):
            response.assert_valid()
        with pytest.raises(GenerationResponseError, match="finished with 'unknown'"):
            GenerateResponse().assert_valid()

    def test_an_output_that_cannot_be_read_is_not_in_the_format(self):
        response = GenerateResponse(message=said({'text': 'x'})).answering(GenerateRequest(messages=[]), lambda _: None)
        response.assert_valid()
        with pytest.raises(GenerationResponseError) as caught:
            response.assert_valid_schema()
        assert caught.value.reason == ErrorReason.INVALID_OUTPUT

    def test_an_answer_without_format_is_in_its_format(self):
        GenerateResponse(message=said({'text': 'x'})).assert_valid_schema()


class TestChunk:
    @staticmethod
    def stream(*texts: str) -> list[GenerateResponseChunk]:
        history = ChunkHistory()
        pieces = [GenerateResponseChunk(content=[TextPart(text=text)]) for text in texts]
        return [piece.placed(history, Role.MODEL, 0) for piece in pieces]

    def test_answers_for_its_content(self):
        chunk = GenerateResponseChunk(
            content=[
                TextPart(text='a'),
                ReasoningPart(reasoning='r'),
                TextPart(text='b'),
                ToolRequestPart(tool_request=ToolRequest(name='t')),
            ]
        )
        assert (chunk.text, chunk.reasoning) == ('ab', 'r')
        assert [part.tool_request.name for part in chunk.tool_requests] == ['t']

    def test_knows_what_came_before(self):
        first, second, third = self.stream('{"a":', ' [1', ', 2]}')
        assert [chunk.accumulated_text for chunk in (first, second, third)] == [
            '{"a":',
            '{"a": [1',
            '{"a": [1, 2]}',
        ]
        assert [chunk.previous_text for chunk in (first, second, third)] == ['', '{"a":', '{"a": [1']
        assert [chunk.text for chunk in third.previous_chunks] == ['{"a":', ' [1']
        assert [chunk.position for chunk in (first, second, third)] == [0, 1, 2]

    def test_reads_the_output_as_far_as_it_goes(self):
        assert [chunk.output for chunk in self.stream('So ', '{"a":', ' [1', ', 2]}')] == [
            None,
            {},
            {'a': [1]},
            {'a': [1, 2]},
        ]

    def test_on_its_own_has_no_past(self):
        chunk = GenerateResponseChunk(content=[TextPart(text='[1')])
        assert (chunk.accumulated_text, chunk.previous_text, chunk.previous_chunks) == ('[1', '', [])
        assert chunk.output == [1]

    def test_of_everything_so_far_is_not_added_to_the_past(self):
        history = ChunkHistory()
        GenerateResponseChunk(content=[TextPart(text='ab')]).placed(history, Role.MODEL, 0)
        whole = GenerateResponseChunk(content=[TextPart(text='abc')], aggregated=True).placed(history, Role.MODEL, 0)
        assert whole.accumulated_text == 'abc'

    def test_is_left_as_it_is_by_its_place(self):
        piece = GenerateResponseChunk(content=[TextPart(text='a')])
        placed = piece.placed(ChunkHistory(), Role.TOOL, 3)
        assert (piece.role, piece.index) == (None, None)
        assert (placed.role, placed.index) == (Role.TOOL, 3)
        assert placed.to_wire() == {'role': 'tool', 'index': 3, 'content': [{'text': 'a'}]}

    def test_may_be_read_by_a_format(self):
        placed = GenerateResponseChunk(content=[TextPart(text='a')]).placed(
            ChunkHistory(), Role.MODEL, 0, lambda chunk: chunk.accumulated_text.upper()
        )
        assert placed.output == 'A'
