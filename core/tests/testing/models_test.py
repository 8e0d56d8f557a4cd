# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import FinishReason, GenerateRequest, GenerateResponse, GenerateResponseChunk, Genkit, GenkitError, Message
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import Role, TextPart


def asked(*texts: str, **members: object) -> GenerateRequest:
    messages = [Message(role=Role.USER, content=[TextPart(text=text)]) for text in texts]
    return GenerateRequest(messages=messages).replaced(**members)


def answered(text: str) -> GenerateResponse:
    return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=text)]))


class TestEcho:
    async def test_answers_with_what_it_was_asked(self, ai):
        model = define_echo_model(ai)
        response = (await model.arun(asked('hi', 'you'))).response
        assert response.text == '[ECHO] user: hi, user: you'
        assert response.finish_reason == FinishReason.STOP

    async def test_shows_the_configuration_but_no_key(self, ai):
        model = define_echo_model(ai, 'parrot')
        response = (await model.arun(asked('hi', config={'temperature': 1, 'apiKey': 'sk-1'}))).response
        assert response.text == '[ECHO] user: hi config: {"temperature": 1, "apiKey": "<redacted>"}'

    async def test_counts_down_while_streaming(self, ai):
        stream = define_echo_model(ai).stream(asked('hi'))
        assert [chunk.text async for chunk in stream] == ['3', '2', '1']
        assert (await stream.response).text == '[ECHO] user: hi'

    async def test_can_be_generated_with(self):
        ai = Genkit(model='echo')
        define_echo_model(ai)
        assert (await ai.generate(prompt='hi')).text == '[ECHO] user: hi'


class TestProgrammable:
    async def test_answers_in_order_and_repeats_the_last(self, ai):
        script, model = define_programmable_model(ai, 'scripted')
        script.responses = [answered('one'), answered('two')]
        texts = [(await model.arun(asked('?'))).response.text for _ in range(3)]
        assert texts == ['one', 'two', 'two']

    async def test_begins_anew_with_answers_that_are_set_later(self, ai):
        script, model = define_programmable_model(ai, 'scripted')
        script.responses = [answered('one')]
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text='1')])]]
        assert (await model.arun(asked('?'))).response.text == 'one'
        script.responses = [answered('two'), answered('three')]
        assert [(await model.arun(asked('?'))).response.text for _ in range(2)] == ['two', 'three']
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text='2')])]]
        assert [chunk.text async for chunk in model.stream(asked('?'))] == ['2']
        script.requests.clear()
        assert (await model.arun(asked('?'))).response.text == 'two'
        assert len(script.requests) == 1

    async def test_remembers_what_it_was_asked_as_it_was(self, ai):
        script, model = define_programmable_model(ai, 'scripted')
        script.responses = [answered('ok')]
        request = asked('first')
        await model.arun(request)
        request.messages.clear()
        assert [message.text for message in script.requests[0].messages] == ['first']

    async def test_streams_what_each_call_is_told_to(self, ai):
        script, model = define_programmable_model(ai, 'scripted')
        script.responses = [answered('ok')]
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text=text)]) for text in 'ab']]
        assert [chunk.text async for chunk in model.stream(asked('?'))] == ['a', 'b']
        assert [chunk.text async for chunk in model.stream(asked('?'))] == []

    async def test_answers_with_a_function(self, ai):
        script, model = define_programmable_model(ai, 'scripted')

        async def later(request: GenerateRequest, context: object) -> GenerateResponse:
            return answered(request.messages[0].text.upper())

        script.responses = [lambda request, context: answered(request.messages[0].text * 2), later]
        assert (await model.arun(asked('ab'))).response.text == 'abab'
        assert (await model.arun(asked('ab'))).response.text == 'AB'

    async def test_without_a_script_says_so(self, ai):
        _, model = define_programmable_model(ai, 'scripted')
        with pytest.raises(GenkitError, match='has no response') as caught:
            await model.arun(asked('hi'))
        assert isinstance(caught.value.cause, AssertionError)

    def test_supports_what_a_model_can_unless_told_otherwise(self, ai):
        _, model = define_programmable_model(ai, 'scripted')
        assert model.supports.tools
        assert model.supports.multiturn
