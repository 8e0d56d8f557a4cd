# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, offered to a model and called by it."""

import json

from genkit import (
    Message,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)
from genkit.testing.contracts.model.exchanges import ModelExchanges
from genkit.testing.server import RecordedRequest
from genkit.testing.wires import Said, SaidCall
from genkit.types import ToolRequest, ToolResponse


class ToolTests(ModelExchanges):
    """Of tools."""

    async def test_it_offers_tools_with_their_schemas_and_runs_the_one_that_is_called(self) -> None:
        self.need('tools')
        seen: list[str] = []
        called = SaidCall('weather', '{"city":"Oslo"}', self.call_ref)
        async with self.serving(Said(calls=[called]), Said(texts=['It rains.'])) as (ai, exchange, name):
            response = await ai.generate(model=name, prompt='hi', tools=[self.weather(ai, seen)])
        assert response.text == 'It rains.'
        assert seen == ['Oslo']
        assert exchange.asked[0].tools['weather']['properties']['city']['type'] == 'string'
        call, answer = exchange.asked[1].messages[-2:]
        assert [(c.name, json.loads(c.arguments), c.ref) for c in call.calls] == [
            ('weather', {'city': 'Oslo'}, self.call_ref)
        ]
        assert (answer.role, answer.ref) == ('tool', self.call_ref)
        assert 'rain in Oslo' in answer.text

    async def test_text_beside_a_tool_call_is_kept(self) -> None:
        self.need('tools')
        said = Said(texts=['Let me look.'], calls=[SaidCall('weather', '{"city":"Oslo"}')])
        async with self.serving(said, Said(texts=['done'])) as (ai, exchange, name):
            response = await ai.generate(model=name, prompt='hi', tools=[self.weather(ai, [])])
        assert 'Let me look.' in response.messages[1].text
        assert exchange.asked[1].messages[-2].text == 'Let me look.'

    async def test_a_streamed_tool_call_arrives_in_parts_and_then_whole(self) -> None:
        self.need('tools')
        async with self.serving(
            Said(calls=[SaidCall('weather', '{"city":"Oslo"}', 'a'), SaidCall('weather', '{"city":"Rome"}', 'b')]),
            Said(texts=['done']),
        ) as (ai, _, name):
            seen: list[str] = []
            stream = ai.generate_stream(model=name, prompt='hi', tools=[self.weather(ai, seen)])
            chunks = [chunk async for chunk in stream]
            response = await stream.response
        parts = [part.tool_request for chunk in chunks for part in chunk.tool_requests if part.tool_request.partial]
        assert parts, 'no partial tool requests were streamed'
        assert sorted(seen) == ['Oslo', 'Rome']
        whole = [part.tool_request for part in response.messages[1].tool_requests]
        assert [(call.ref, call.input, call.partial) for call in whole] == [
            ('a', {'city': 'Oslo'}, None),
            ('b', {'city': 'Rome'}, None),
        ]

    async def test_a_tool_name_that_the_provider_refuses_is_mapped_there_and_back(self) -> None:
        self.need('tools')
        first: list[str] = []
        second: list[str] = []

        def call_both(request: RecordedRequest) -> Said:
            offered = zip(self.wire.asked(request).tools, ('Oslo', 'Rome'), strict=True)
            return Said(calls=[SaidCall(name, f'{{"city":"{city}"}}', city) for name, city in offered])

        async with self.serving(call_both, Said(texts=['ok'])) as (ai, exchange, name):
            tools = [self.weather(ai, first, 'mcp/weather.now é'), self.weather(ai, second, 'weather_now__')]
            response = await ai.generate(model=name, prompt='hi', tools=tools)
        offered = list(exchange.asked[0].tools)
        assert len(set(offered)) == 2, offered
        assert all(name.isascii() and len(name) <= 64 and ' ' not in name and '/' not in name for name in offered)
        called = [part.tool_request.name for part in response.messages[1].tool_requests]
        assert called == ['weather.now é', 'weather_now__']
        assert (first, second) == (['Oslo'], ['Rome'])

    async def test_a_tool_that_takes_no_object_is_called_with_the_member_of_one(self) -> None:
        self.need('tools')
        taken: list[int] = []

        def call(request: RecordedRequest) -> Said:
            [schema] = self.wire.asked(request).tools.values()
            member = next(iter(schema.get('properties', ())), 'euros')
            return Said(calls=[SaidCall('charge', f'{{"{member}":8}}')])

        async def charge(euros: int) -> str:
            taken.append(euros)
            return 'charged'

        async with self.serving(call, Said(texts=['ok'])) as (ai, exchange, name):
            tool = ai.tool(name='charge', description='Charge the guest.')(charge)
            response = await ai.generate(model=name, prompt='hi', tools=[tool])
        assert taken == [8]
        assert response.messages[1].tool_requests[0].tool_request.input == 8
        assert json.loads(exchange.asked[1].messages[-2].calls[0].arguments) == {'euros': 8}

    async def test_malformed_arguments_are_no_crash(self) -> None:
        self.need('tools')
        async with self.serving(Said(calls=[SaidCall('weather', '{"city": nonsense')])) as (ai, _, name):
            response = await ai.generate(
                model=name, prompt='hi', tools=[self.weather(ai, [])], return_tool_requests=True
            )
        asked = response.tool_requests[0].tool_request
        assert asked.name == 'weather'
        assert 'nonsense' in str(asked.input), 'the arguments are lost; who reads the request cannot tell what is wrong'

    async def test_arguments_may_be_absent(self) -> None:
        self.need('tools')
        async with self.serving(Said(calls=[SaidCall('weather', '')])) as (ai, _, name):
            response = await ai.generate(
                model=name, prompt='hi', tools=[self.weather(ai, [])], return_tool_requests=True
            )
        assert response.tool_requests[0].tool_request.input == {}

    async def test_it_says_whether_tools_must_be_called(self) -> None:
        self.need('tool_choice')
        async with self.serving(Said(texts=['ok'])) as (ai, exchange, name):
            tool = self.weather(ai, [])
            for choice in ('auto', 'required', 'none'):
                await ai.generate(model=name, prompt='hi', tools=[tool], tool_choice=choice)
        assert [asked.tool_choice for asked in exchange.asked] == ['auto', 'required', 'none']

    async def test_a_history_with_tool_calls_without_ids_is_sent_with_ids_that_match(self) -> None:
        self.need('tools')
        history = [
            Message(role=Role.USER, content=[TextPart(text='hi')]),
            Message(
                role=Role.MODEL,
                content=[ToolRequestPart(tool_request=ToolRequest(name='weather', input={'city': 'Oslo'}))],
            ),
            Message(
                role=Role.TOOL,
                content=[ToolResponsePart(tool_response=ToolResponse(name='weather', output={'degrees': 3}))],
            ),
        ]
        _, asked = await self.ask(Said(texts=['ok']), messages=history, prompt=None)
        call, answer = asked.messages[-2:]
        assert call.calls[0].ref
        assert answer.ref == call.calls[0].ref
        assert json.loads(answer.text) == {'degrees': 3}
