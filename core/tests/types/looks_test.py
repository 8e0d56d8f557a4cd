# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How wire types look when they are printed, and in a notebook."""

from typing import Any

from genkit import Document, GenerateResponse, GenkitError, Message, ModelRef, TextPart, ToolRequestPart
from genkit.testing import overridden
from genkit.types import (
    EmbedderRef,
    EvalFnResponse,
    EvalResponse,
    EvalStatusEnum,
    GenerateRequest,
    GenerationCommonConfig,
    GenerationUsage,
    Media,
    MediaPart,
    OutputConfig,
    RankedDocument,
    RankedDocumentMetadata,
    RerankerResponse,
    RetrieverResponse,
    Role,
    Score,
    ToolRequest,
    TraceData,
)
from genkit.types.evaluation import ScoreDetails


def answer(*content: Any, **members: Any) -> GenerateResponse:
    return GenerateResponse(message=Message(role='model', content=content), **members)


class TestRepr:
    def test_shows_what_is_set_in_the_order_of_the_fields(self):
        assert repr(TextPart(text='hi')) == "TextPart(text='hi')"
        assert repr(TextPart(metadata={'a': 1}, text='hi')) == "TextPart(metadata={'a': 1}, text='hi')"
        assert repr(Message(role='user', content='hi')) == "Message(role='user', content=[TextPart(text='hi')])"
        assert repr(Message.trusted(content=[], role=Role.USER)) == "Message(role='user', content=[])"

    def test_shows_zeros_false_and_further_members(self):
        assert repr(GenerationUsage(input_tokens=0)) == 'GenerationUsage(input_tokens=0)'
        assert repr(OutputConfig(constrained=False)) == 'OutputConfig(constrained=False)'
        assert repr(GenerationCommonConfig.model_validate({'temperature': 0.0, 'extra_one': None})) == (
            'GenerationCommonConfig(temperature=0.0, extra_one=None)'
        )

    def test_can_be_evaluated_to_the_same_value(self):
        value = answer(
            'hi', ToolRequestPart(tool_request=ToolRequest(name='t', input={'a': 1})), finish_reason='length'
        )
        assert eval(repr(value)) == value

    async def test_an_answer_of_two_words_takes_two_lines(self, ai):
        with overridden(ai, model=['Guten Tag']):
            response = await ai.generate(prompt='Greet me.')
        assert len(repr(response)) <= 2 * 80
        assert repr(response.request) == (
            "GenerateRequest(messages=[Message(role='user', content=[TextPart(text='Greet me.')])])"
        )

    def test_an_answer_shows_neither_what_was_asked_nor_the_providers_own_response(self):
        value = answer('hi', latency_ms=943.2499, raw={'id': 'x' * 1_000}, request=GenerateRequest(messages=[]))
        shown = "message=Message(role='model', content=[TextPart(text='hi')]), latency_ms=943.2"
        assert repr(value) == f'GenerateResponse({shown})'

    def test_a_reference_shows_what_is_set(self):
        assert repr(ModelRef(name='groq/llama')) == "ModelRef(name='groq/llama')"
        assert repr(EmbedderRef(name='e', config={'a': 1})) == "EmbedderRef(name='e', config={'a': 1})"

    def test_an_error_shows_its_status(self):
        assert repr(GenkitError('Gone.', status='NOT_FOUND')) == "GenkitError('Gone.', status='NOT_FOUND')"


class TestNotebook:
    def test_an_answer_shows_text_tools_tokens_and_time(self):
        request = GenerateRequest(
            messages=[Message(role='model', content=[ToolRequestPart(tool_request=ToolRequest(name='weather'))])]
        )
        usage = GenerationUsage(input_tokens=12, output_tokens=3)
        shown = answer('a <b> & c', latency_ms=1234, usage=usage, request=request)._repr_html_()
        assert 'a &lt;b&gt; &amp; c</div>' in shown
        assert 'tools: weather · tokens: 12 in, 3 out · 1.2 s</div>' in shown

    def test_an_answer_that_is_not_whole_says_why(self):
        shown = GenerateResponse(finish_reason='blocked', finish_message='unsafe')._repr_html_()
        assert 'unsafe</div>' in shown
        assert 'finished: blocked' in shown

    def test_an_empty_answer_shows_nothing(self):
        assert GenerateResponse()._repr_html_() == ''

    def test_a_document_shows_text_media_and_metadata(self):
        media = MediaPart(media=Media(url='data:image/png;base64,AA==', content_type='image/png'))
        shown = Document(content=[TextPart(text='<script>'), media], metadata={'id': 7, 'tags': ['ä']})._repr_html_()
        assert '&lt;script&gt;' in shown
        assert '<script>' not in shown
        assert 'media: image/png · id: 7 · tags: [&quot;ä&quot;]' in shown

    def test_a_ranked_document_shows_its_score(self):
        metadata = RankedDocumentMetadata.model_validate({'score': 0.51, 'id': 'x'})
        assert 'score: 0.510 · id: x' in RankedDocument(content=[TextPart(text='t')], metadata=metadata)._repr_html_()

    def test_documents_that_were_found_are_a_list(self):
        metadata = RankedDocumentMetadata(score=0.5)
        for found in (
            RetrieverResponse(documents=[Document.from_text('<b>'), Document.from_text('b', {'id': 2})]),
            RerankerResponse(documents=[RankedDocument(content=[TextPart(text='<b>')], metadata=metadata)] * 2),
        ):
            shown = found._repr_html_()
            assert shown.count('<li>') == 2
            assert '&lt;b&gt;' in shown
        assert RetrieverResponse(documents=[])._repr_html_() == ''

    def test_judgements_are_a_table(self):
        good = Score(id='exact', score=1.0, status=EvalStatusEnum.PASS, details=ScoreDetails(reasoning='a < b'))
        failed = Score(error='no', status=EvalStatusEnum.FAIL)
        response = EvalResponse(
            [
                EvalFnResponse(test_case_id='1', evaluation=[good, failed]),
                EvalFnResponse(test_case_id='2', evaluation=good),
            ]
        )
        shown = response._repr_html_()
        assert shown.count('<tr>') == 4
        assert 'a &lt; b' in shown
        assert '>FAIL<' in shown
        assert response.root[1]._repr_html_().count('<tr>') == 2
        assert response.scores == [good, failed, good]

    def test_a_long_text_is_cut(self):
        assert len(Document.from_text('x' * 50_000)._repr_html_()) < 11_000


def test_a_trace_is_a_tree_of_its_spans_in_the_order_they_began():
    def span(name, start, parent=None, end=None, **members):
        return {
            'spanId': name,
            'traceId': 't',
            'parentSpanId': parent,
            'startTime': start,
            'endTime': end or start + 5,
            'attributes': {},
            'displayName': f'<{name}>',
            'instrumentationLibrary': {'name': 'g'},
            'spanKind': 'INTERNAL',
            **members,
        }

    failed = {'status': {'code': 2, 'message': 'No <soup>.'}}
    spans = [
        span('c', 3, 'a', **failed),
        span('b', 2, 'a', end=1502),
        span('a', 1),
        span('d', 4, 'lost'),
        span('e', 5, 'e'),
    ]
    trace = TraceData.model_validate({'traceId': 't', 'spans': {each['spanId']: each for each in spans}})
    shown = trace._repr_html_()
    places = [shown.index(f'&lt;{name}&gt;') for name in 'abcd']
    assert places == sorted(places)
    assert '  &lt;b&gt;' in shown
    assert '1,500' in shown
    assert 'No &lt;soup&gt;.' in shown
    running = {'x': {**span('x', 1), 'endTime': 0}}
    assert '>runs<' in TraceData.model_validate({'traceId': 't', 'spans': running})._repr_html_()
