# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

from genkit._trace.conventions.messages import request_attributes, response_attributes, without_data


def message(role, *content):
    return {'role': role, 'content': list(content)}


def asked(*messages, **request):
    return {name: json.loads(text) for name, text in request_attributes({'messages': messages, **request}).items()}


def parts(*content):
    (converted,) = asked(message('user', *content))['gen_ai.input.messages']
    return converted['parts']


def answered(response):
    (converted,) = json.loads(response_attributes(response)['gen_ai.output.messages'])
    return converted


class TestRequest:
    def test_is_instructions_conversation_and_tools(self):
        weather = {'name': 'weather', 'description': 'Tell it.', 'inputSchema': {'type': 'string'}, 'metadata': {}}
        assert asked(
            message('system', {'text': 'Be brief.'}),
            message('user', {'text': 'Hi', 'metadata': {'a': 1}}),
            message('model', {'reasoning': 'hm'}, {'text': 'Hello'}),
            tools=[weather],
        ) == {
            'gen_ai.system_instructions': [{'type': 'text', 'content': 'Be brief.'}],
            'gen_ai.input.messages': [
                {'role': 'user', 'parts': [{'type': 'text', 'content': 'Hi'}]},
                {
                    'role': 'assistant',
                    'parts': [{'type': 'reasoning', 'content': 'hm'}, {'type': 'text', 'content': 'Hello'}],
                },
            ],
            'gen_ai.tool.definitions': [
                {'type': 'function', 'name': 'weather', 'description': 'Tell it.', 'parameters': {'type': 'string'}}
            ],
        }

    def test_says_nothing_of_what_is_not_there(self):
        assert asked(message('user'), tools=None) == {'gen_ai.input.messages': [{'role': 'user', 'parts': []}]}
        assert request_attributes({}) == {}


class TestParts:
    def test_of_tools_keep_their_ids(self):
        request = {'toolRequest': {'ref': '7', 'name': 'weather', 'input': {'city': 'Oslo'}}}
        response = {'toolResponse': {'ref': '7', 'name': 'weather', 'output': ['rain']}}
        assert parts(request, response) == [
            {'type': 'tool_call', 'id': '7', 'name': 'weather', 'arguments': {'city': 'Oslo'}},
            {'type': 'tool_call_response', 'id': '7', 'name': 'weather', 'response': ['rain']},
        ]

    def test_of_tools_may_have_neither_id_nor_value(self):
        assert parts({'toolRequest': {'name': 'now'}}, {'toolResponse': {'name': 'now'}}) == [
            {'type': 'tool_call', 'name': 'now', 'arguments': None},
            {'type': 'tool_call_response', 'name': 'now', 'response': None},
        ]

    def test_of_tools_may_answer_with_content(self):
        response = {'name': 'draw', 'output': 'done', 'content': [{'media': {'url': 'https://a.test/x.png'}}]}
        (part,) = parts({'toolResponse': response})
        assert part['response'] == {
            'output': 'done',
            'content': [{'type': 'uri', 'modality': 'file', 'mime_type': None, 'uri': 'https://a.test/x.png'}],
        }

    def test_of_media_are_an_address_or_few_bytes(self):
        assert parts(
            {'media': {'url': 'gs://bucket/film', 'contentType': 'video/mp4'}},
            {'media': {'url': 'data:audio/wav;base64,AAAA'}},
        ) == [
            {'type': 'uri', 'modality': 'video', 'mime_type': 'video/mp4', 'uri': 'gs://bucket/film'},
            {'type': 'blob', 'modality': 'audio', 'mime_type': 'audio/wav', 'content': 'AAAA'},
        ]

    def test_of_large_media_say_how_large_they_are(self):
        text = json.dumps({'url': f'data:image/png;base64,{"A" * 1334}==', 'contentType': 'image/png'})
        assert parts({'media': json.loads(without_data(text))}) == [
            {'type': 'media', 'modality': 'image', 'mime_type': 'image/png', 'note': '1000 bytes left out'}
        ]

    def test_of_other_kinds_are_named_after_what_they_hold(self):
        assert parts({'custom': {'a': 1}}, {'data': [1], 'metadata': {}}, {}) == [
            {'type': 'custom', 'custom': {'a': 1}},
            {'type': 'data', 'data': [1]},
            {'type': 'empty', 'empty': None},
        ]


class TestResponse:
    def test_has_a_reason_for_its_end(self):
        said = message('model', {'text': 'Hi'})
        assert answered({'message': said, 'finishReason': 'stop'}) == {
            'role': 'assistant',
            'parts': [{'type': 'text', 'content': 'Hi'}],
            'finish_reason': 'stop',
        }
        assert answered({'message': said})['finish_reason'] == 'unknown'
        assert answered({'message': said, 'finishReason': 'length'})['finish_reason'] == 'length'
        assert answered({'finishReason': 'blocked'}) == {
            'role': 'assistant',
            'parts': [],
            'finish_reason': 'content_filter',
        }

    def test_that_asks_for_a_tool_says_so(self):
        asks = message('model', {'toolRequest': {'name': 'now'}})
        for reason in ('stop', 'interrupted', None):
            assert answered({'message': asks, 'finishReason': reason})['finish_reason'] == 'tool_call'

    def test_of_work_that_goes_on_is_none(self):
        assert response_attributes({'operation': {'id': '1'}}) == {}


class TestData:
    def test_of_urls_is_left_out_anywhere_and_all_else_stays(self):
        long = 'A' * 1000
        text = json.dumps(['data:', 'data:,x', f'see data:text/plain,{long} "and" data:a/b;c=d;base64,{long}', long])
        assert json.loads(without_data(text)) == [
            'data:',
            'data:,x',
            'see data:text/plain,1000 bytes left out "and" data:a/b;c=d;base64,750 bytes left out',
            long,
        ]
