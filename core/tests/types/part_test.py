# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ErrorReason, GenkitError
from genkit.types import (
    CustomPart,
    DataPart,
    Document,
    DocumentPart,
    Media,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Resource,
    ResourcePart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)
from pydantic import TypeAdapter, ValidationError


KINDS: dict[str, tuple[Part, dict[str, Any]]] = {
    'text': (TextPart(text='hi'), {'text': 'hi'}),
    'empty text': (TextPart(text=''), {'text': ''}),
    'media': (
        MediaPart(media=Media(url='data:image/png;base64,AA==', content_type='image/png')),
        {'media': {'url': 'data:image/png;base64,AA==', 'contentType': 'image/png'}},
    ),
    'tool request': (
        ToolRequestPart(tool_request=ToolRequest(name='t', ref='1', input={'snake_case': None}, partial=True)),
        {'toolRequest': {'name': 't', 'ref': '1', 'input': {'snake_case': None}, 'partial': True}},
    ),
    'tool response': (
        ToolResponsePart(tool_response=ToolResponse(name='t', output=[1], content=[{'text': 'x'}])),
        {'toolResponse': {'name': 't', 'output': [1], 'content': [{'text': 'x'}]}},
    ),
    'reasoning': (ReasoningPart(reasoning='hm'), {'reasoning': 'hm'}),
    'resource': (ResourcePart(resource=Resource(uri='file:///x')), {'resource': {'uri': 'file:///x'}}),
    'custom': (CustomPart(custom={'any': 1}), {'custom': {'any': 1}}),
    'data': (DataPart(data={'a': [1]}), {'data': {'a': [1]}}),
    'nothing': (DataPart(), {}),
    'metadata only': (DataPart(metadata={'purpose': 'output'}), {'metadata': {'purpose': 'output'}}),
    'text with all the rest': (
        TextPart(text='hi', metadata={'a_b': 1}, data=1, custom={'c_d': 2}),
        {'text': 'hi', 'metadata': {'a_b': 1}, 'data': 1, 'custom': {'c_d': 2}},
    ),
}
EVERY_KIND = pytest.mark.parametrize(('part', 'wire'), KINDS.values(), ids=KINDS.keys())

SNAKE_CASE: dict[str, tuple[dict[str, Any], Part]] = {
    'media': (
        {'media': {'url': 'u', 'content_type': 'image/png'}},
        MediaPart(media=Media(url='u', content_type='image/png')),
    ),
    'request': ({'tool_request': {'name': 't'}}, ToolRequestPart(tool_request=ToolRequest(name='t'))),
    'response': ({'tool_response': {'name': 't'}}, ToolResponsePart(tool_response=ToolResponse(name='t'))),
}


class TestWire:
    @EVERY_KIND
    def test_a_part_comes_back_as_it_went(self, part, wire):
        assert part.to_wire() == wire
        read = TypeAdapter(Part).validate_python(wire)
        assert type(read) is type(part)
        assert read == part

    @EVERY_KIND
    def test_a_part_comes_back_from_json_text(self, part, wire):
        adapter = TypeAdapter(Part)
        assert adapter.validate_json(part.model_dump_json(exclude_none=True)) == part

    @EVERY_KIND
    def test_a_message_holds_the_concrete_part(self, part, wire):
        message = Message(role=Role.USER, content=[part])
        assert message.content[0] is part
        read = Message.model_validate({'role': 'user', 'content': [wire]})
        assert type(read.content[0]) is type(part)
        assert read == message
        assert message.to_wire() == {'role': 'user', 'content': [wire]}

    @pytest.mark.parametrize(('data', 'part'), SNAKE_CASE.values(), ids=SNAKE_CASE.keys())
    def test_either_spelling_is_read(self, data, part):
        assert TypeAdapter(Part).validate_python(data) == part
        assert Part(**data) == part

    def test_the_concrete_class_reads_its_own_wire_form(self):
        assert TextPart.model_validate({'text': 'hi'}) == TextPart(text='hi')


class TestPart:
    def test_makes_the_kind_that_its_member_names(self):
        assert type(Part(text='x')) is TextPart
        assert type(Part(media={'url': 'u'})) is MediaPart
        assert type(Part(tool_request={'name': 't'})) is ToolRequestPart
        assert type(Part(toolResponse={'name': 't'})) is ToolResponsePart
        assert type(Part(reasoning='r')) is ReasoningPart
        assert type(Part(resource={'uri': 'u'})) is ResourcePart
        assert type(Part(custom={})) is CustomPart
        assert type(Part(data=0)) is DataPart
        assert type(Part()) is DataPart

    def test_around_a_part_is_that_part(self):
        """In the older SDK a part was wrapped; here there is no wrapper to forget."""
        text = TextPart(text='x')
        assert Part(root=text) is text
        assert Part(text) is text
        assert text.root is text
        assert Part(root={'text': 'x'}) == text  # pyright: ignore[reportArgumentType]

    def test_is_the_base_of_all_kinds(self):
        assert all(isinstance(part, Part) for part, _ in KINDS.values())
        assert isinstance(Part(text='x'), DocumentPart)
        assert not isinstance(Part(reasoning='x'), DocumentPart)

    @pytest.mark.parametrize(
        'members', [{'txt': 'x'}, {'text': None}, {'root': 3}, {'root': TextPart(text='a'), 'x': 1}]
    )
    def test_of_no_known_kind_says_what_there_is(self, members):
        with pytest.raises(GenkitError, match='give exactly one of') as caught:
            Part(**members)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert caught.value.reason == ErrorReason.INVALID_PART

    def test_of_a_document_is_text_or_media(self):
        assert DocumentPart(text='x') == TextPart(text='x')
        with pytest.raises(GenkitError, match='DocumentPart got'):
            DocumentPart(reasoning='x')


class TestClosedness:
    @EVERY_KIND
    def test_no_kind_takes_a_member_it_does_not_know(self, part, wire):
        with pytest.raises(ValidationError):
            TypeAdapter(Part).validate_python({**wire, 'surprise': 1})

    @pytest.mark.parametrize(
        'wire', [{'text': 'a', 'reasoning': 'b'}, {'media': {'url': 'u'}, 'toolRequest': {'name': 't'}}]
    )
    def test_two_kinds_at_once_are_refused(self, wire):
        with pytest.raises(ValidationError):
            TypeAdapter(Part).validate_python(wire)

    @pytest.mark.parametrize('value', ['text', 1, None, ['text'], {'text': 1}, {'media': {}}, {'metadata': 'x'}])
    def test_what_is_no_part_is_refused(self, value):
        with pytest.raises(ValidationError):
            TypeAdapter(Part).validate_python(value)

    @pytest.mark.parametrize('wire', [{'reasoning': 'x'}, {'toolRequest': {'name': 't'}}, {}])
    def test_a_document_holds_text_and_media_only(self, wire):
        with pytest.raises(ValidationError):
            Document.model_validate({'content': [wire]})

    def test_the_error_says_where_and_what_there_is(self):
        with pytest.raises(ValidationError, match=r'content\.0\n +a part has exactly one of text, media'):
            Message.model_validate({'role': 'user', 'content': [{'txt': 'x'}]})


class TestWaitingRequests:
    WAITING = ToolRequestPart(
        tool_request=ToolRequest(name='charge', ref='1', input=80), metadata={'interrupt': {'question': 'Agreed?'}}
    )

    def test_an_answer_names_the_request_it_belongs_to(self):
        answer = self.WAITING.respond('paid', {'by': 'Ada'})
        assert answer.tool_response == ToolResponse(name='charge', ref='1', output='paid')
        assert answer.metadata == {'interruptResponse': {'by': 'Ada'}}
        assert self.WAITING.respond().metadata == {'interruptResponse': True}

    def test_a_restart_keeps_the_request_and_says_why(self):
        again = self.WAITING.restart({'by': 'Ada'})
        assert again.tool_request == self.WAITING.tool_request
        assert again.metadata == {'interrupt': {'question': 'Agreed?'}, 'resumed': {'by': 'Ada'}}
        assert self.WAITING.metadata == {'interrupt': {'question': 'Agreed?'}}

    def test_a_replaced_input_leaves_the_models_in_the_metadata(self):
        again = self.WAITING.restart(replace_input=70)
        assert again.tool_request.input == 70
        assert again.metadata == {'interrupt': {'question': 'Agreed?'}, 'resumed': True, 'replacedInput': 80}
        assert self.WAITING.tool_request.input == 80
