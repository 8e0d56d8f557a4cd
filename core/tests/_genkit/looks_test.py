# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a notebook or a debugger shows says what a thing is."""

import genkit
from genkit import GenerateResponse, Genkit, Message
from genkit.agent import AgentResponse, MemorySnapshots
from genkit.client import remote_agent
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import AgentFinishReason, AgentOutput, GenerationUsage


async def test_what_people_hold_says_what_it_is() -> None:
    ai = Genkit(name='inn', model='echo')
    define_echo_model(ai, 'echo')

    @ai.flow
    async def greet(name: str) -> str:
        return name

    @ai.tool
    def weather(city: str, days: int = 1) -> str:
        """Tell the weather."""
        return city

    agent = ai.define_agent('host', store=MemorySnapshots())
    chat, talk = agent.chat(session_id='s'), ai.chat(session=ai.create_session(session_id='t'))
    answer = await chat.send('hi')
    stream = ai.generate_stream(prompt='x')
    assert repr(ai) == "Genkit(name='inn', model='echo')"
    assert repr(greet) == "FlowWrapper('greet', (name: str) -> str)"
    assert repr(weather) == "Tool('weather', (city: str, days: int = 1) -> str)"
    assert repr(ai.define_prompt('p', prompt='x')) == "ExecutablePrompt('p')"
    assert repr(agent) == "Agent('host', sessions kept by MemorySnapshots)"
    assert repr(chat) == "AgentChat(session_id='s', 2 messages)"
    assert repr(talk) == "Chat(session_id='t', thread='main', 0 messages)"
    assert repr(talk.session) == "Session('t', store=InMemorySessionStore, threads=[])"
    assert repr(answer) == "AgentResponse(text='[ECHO] user: hi', finish_reason='stop')"
    assert repr(stream) == 'StreamResponse(running)'
    await stream.response
    assert repr(stream) == 'StreamResponse(finished)'
    turn = chat.send_stream('hi')
    assert repr(turn) == 'AgentTurn(running)'
    await turn.abort()
    assert repr(turn) == 'AgentTurn(cancelled)'
    assert repr(remote_agent('http://127.0.0.1:9/host')) == "AgentClient('host', HttpTransport)"
    coroutine = greet('x')
    assert repr(coroutine).startswith('<coroutine object test_what_people_hold_says_what_it_is.<locals>.greet at ')
    coroutine.close()


async def test_what_an_agent_answers_is_shown_in_a_notebook() -> None:
    ai = Genkit(model='m')
    define_programmable_model(ai, 'm')[0].responses = [
        GenerateResponse(
            message=Message(role='model', content='a <b>'), usage=GenerationUsage(input_tokens=3, output_tokens=1)
        )
    ]
    shown = (await ai.define_agent('host').chat().send('hi'))._repr_html_()
    assert 'a &lt;b&gt;</div>' in shown
    assert 'tokens: 3 in, 1 out</div>' in shown
    assert (
        AgentResponse(AgentOutput(finish_reason=AgentFinishReason.FAILED))
        ._repr_html_()
        .endswith('finished: failed</div>')
    )
    assert AgentResponse(AgentOutput())._repr_html_() == ''


async def test_the_default_model_can_be_read_and_set() -> None:
    ai = Genkit()
    assert ai.model is None
    define_echo_model(ai, 'echo')
    ai.model = 'echo'
    assert (await ai.generate(prompt='x')).text == '[ECHO] user: x'


def test_the_package_tells_its_version() -> None:
    assert genkit.__version__ == genkit.GENKIT_VERSION
