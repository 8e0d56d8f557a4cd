# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import Document, ErrorReason, GenkitError, Media, MediaPart, Message, StatusName, Supports, TextPart
from genkit.middleware import (
    AugmentWithContext,
    SimulateConstrainedGeneration,
    SimulateSystemPrompt,
    ValidateSupport,
)
from genkit.types import Constrained, ModelInfo


SCHEMA = {'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}


def said(request):
    return [(message.role, message.text) for message in request.messages]


class TestSimulateSystemPrompt:
    async def test_the_system_message_becomes_an_exchange(self, ai, model, says):
        model.responses = [says('ok')]
        response = await ai.generate(system='Be brief.', prompt='x', use=[SimulateSystemPrompt()])
        assert said(model.requests[0]) == [
            ('user', 'SYSTEM INSTRUCTIONS:\nBe brief.'),
            ('model', 'Understood.'),
            ('user', 'x'),
        ]
        assert [message.role for message in response.messages] == ['system', 'user', 'model']

    async def test_the_words_can_be_chosen(self, ai, model, says):
        model.responses = [says('ok')]
        await ai.generate(system='S', prompt='x', use=[SimulateSystemPrompt(preface='> ', acknowledgement='Aye.')])
        assert said(model.requests[0])[:2] == [('user', '> S'), ('model', 'Aye.')]

    async def test_without_a_system_message_nothing_changes(self, ai, model, says):
        model.responses = [says('ok')]
        await ai.generate(prompt='x', use=[SimulateSystemPrompt()])
        assert said(model.requests[0]) == [('user', 'x')]


class TestAugmentWithContext:
    @pytest.fixture
    def taking(self, ai, says):
        """Define a model that takes documents itself, so that only the middleware writes them down."""
        requests = []

        def answer(request):
            requests.append(request)
            return says('ok')

        ai.define_model('taking', answer, info=ModelInfo(supports=Supports(context=True)))
        return requests

    async def test_documents_are_written_into_the_last_user_message(self, ai, taking):
        docs = [Document.from_text('d1', {'ref': 'R'}), Document.from_text('d2')]
        messages = [Message(role='user', content='first'), Message(role='model', content='m')]
        await ai.generate(model='taking', messages=messages, prompt='x', docs=docs, use=[AugmentWithContext()])
        assert said(taking[0])[0] == ('user', 'first')
        assert said(taking[0])[-1] == (
            'user',
            'x\n\nUse the following information to complete your task:\n\n- [R]: d1\n- [1]: d2\n\n',
        )
        assert taking[0].messages[-1].content[-1].metadata == {'purpose': 'context'}

    async def test_the_way_they_are_written_can_be_chosen(self, ai, taking):
        docs = [Document.from_text('d1', {'title': 'T'})]
        named = AugmentWithContext(preface='\nSee: ', citation_key='title')
        await ai.generate(model='taking', prompt='x', docs=docs, use=[named])
        await ai.generate(model='taking', prompt='x', docs=docs, use=[AugmentWithContext(preface='\n', cite=False)])
        assert [said(request)[-1][1] for request in taking] == ['x\nSee: - [T]: d1\n\n', 'x\n- d1\n\n']

    async def test_without_documents_nothing_changes(self, ai, taking):
        await ai.generate(model='taking', prompt='x', use=[AugmentWithContext()])
        assert said(taking[0]) == [('user', 'x')]


class TestValidateSupport:
    @pytest.mark.parametrize(
        ('lacking', 'what'), [('media', 'media'), ('tools', 'tools'), ('multiturn', 'more than one message')]
    )
    async def test_what_a_model_cannot_serve_is_refused_before_it_is_asked(self, ai, model, says, lacking, what):
        model.responses = [says('ok')]
        ai.tool('t')(lambda: 1)
        image = MediaPart(media=Media(url='data:image/png;base64,AA==', content_type='image/png'))
        check = ValidateSupport(name='tiny', supports={lacking: False})
        with pytest.raises(GenkitError, match=f"'tiny' does not support {what}") as caught:
            await ai.generate(system='s', prompt=[TextPart(text='x'), image], tools=['t'], use=[check])
        assert caught.value.status == StatusName.INVALID_ARGUMENT
        assert caught.value.reason == ErrorReason.UNSUPPORTED_BY_MODEL
        assert caught.value.details['messages'] == 2
        assert model.requests == []

    async def test_what_is_not_known_to_be_lacking_passes(self, ai, model, says):
        model.responses = [says('ok')]
        image = MediaPart(media=Media(url='data:image/png;base64,AA=='))
        assert (await ai.generate(system='s', prompt=image, use=[ValidateSupport(supports={})])).text == 'ok'

    async def test_what_is_lacking_but_not_asked_for_passes(self, ai, model, says):
        model.responses = [says('ok')]
        check = ValidateSupport(supports=Supports(media=False, tools=False, multiturn=False))
        assert (await ai.generate(prompt='x', use=[check])).text == 'ok'


class TestSimulateConstrainedGeneration:
    @pytest.fixture
    def held(self, ai, says):
        """Define a model that could be held to a schema, so that only the middleware tells it in words."""
        requests = []

        def answer(request):
            requests.append(request)
            return says('{"n": 1}')

        ai.define_model('held', answer, info=ModelInfo(supports=Supports(constrained=Constrained.ALL)))
        return requests

    async def test_the_schema_is_told_in_words_and_the_model_no_longer_held_to_it(self, ai, held):
        response = await ai.generate(
            model='held', prompt='x', output_schema=SCHEMA, use=[SimulateConstrainedGeneration()]
        )
        request = held[0]
        assert '"integer"' in request.messages[-1].text
        assert request.messages[-1].text.startswith('xOutput should be in JSON format and conform to')
        assert (request.output.constrained, request.output.schema_, request.output.format) == (False, None, None)
        assert response.output == {'n': 1}

    async def test_the_words_can_be_chosen(self, ai, held):
        use = [SimulateConstrainedGeneration(instructions='Keep to this:')]
        await ai.generate(model='held', prompt='x', output_schema=SCHEMA, use=use)
        assert held[0].messages[-1].text.startswith('xKeep to this:\n\n```\n{')

    async def test_without_a_schema_or_a_constraint_nothing_changes(self, ai, held):
        use = [SimulateConstrainedGeneration()]
        await ai.generate(model='held', prompt='x', use=use)
        await ai.generate(
            model='held', prompt='x', output_schema=SCHEMA, output_constrained=False, output_instructions=False, use=use
        )
        assert [said(request) for request in held] == [[('user', 'x')], [('user', 'x')]]
        assert held[1].output.schema_ == SCHEMA
