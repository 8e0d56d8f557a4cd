# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from genkit import Genkit, GenkitError, Message, StatusName, tool_response
from genkit.agent import FileSessionStore, InMemorySessionStore, SessionData
from genkit.testing import define_echo_model


@pytest.fixture(params=['memory', 'file'])
def store(request, tmp_path):
    return InMemorySessionStore() if request.param == 'memory' else FileSessionStore(tmp_path / 'sessions')


async def test_a_chat_sends_what_was_said_before(ai, model, says):
    model.responses = [says('one'), says('two')]
    chat = ai.chat(system='Be brief.')
    assert (await chat.send('first')).text == 'one'
    assert (await chat.send('second')).text == 'two'
    assert [m.text for m in model.requests[1].messages] == ['Be brief.', 'first', 'one', 'second']
    assert [m.text for m in chat.messages] == ['first', 'one', 'second', 'two']


async def test_a_session_survives_in_its_store(ai, model, says, store):
    model.responses = [says('one'), says('two')]
    session = ai.create_session(store=store, session_id='s1', initial_state={'user': 'ann'})
    await ai.chat(session=session).send('first')
    loaded = await ai.load_session('s1', store=store)
    assert loaded.state == {'user': 'ann'}
    assert [m.text for m in loaded.messages] == ['first', 'one']
    await ai.chat(session=loaded).send('second')
    assert [m.text for m in model.requests[1].messages] == ['first', 'one', 'second']


async def test_threads_are_apart(ai, model, says):
    model.responses = [says('a'), says('b')]
    session = ai.create_session()
    await ai.chat(session=session, thread='x').send('1')
    await ai.chat(session=session, thread='y').send('2')
    assert [m.text for m in session.get_messages('y')] == ['2', 'b']
    assert session.messages == []


async def test_tools_see_the_session_and_change_its_state(ai, model, says, calls, store):
    @ai.tool()
    def remember(name: str) -> str:
        ai.current_session().update_state({'name': name})
        return 'ok'

    model.responses = [says(calls('remember', 'ann')), says('done')]
    session = ai.create_session(store=store, session_id='s', initial_state={'n': 1})
    await ai.chat(session=session, tools=[remember]).send('I am Ann')
    assert (await ai.load_session('s', store=store)).state == {'n': 1, 'name': 'ann'}
    with pytest.raises(GenkitError, match='There is no session'):
        ai.current_session()


async def test_streaming_keeps_the_answer(ai, model, says, chunk):
    model.responses = [says('ab')]
    model.chunks = [[chunk('a'), chunk('b')]]
    chat = ai.chat()
    stream = chat.send_stream('x')
    assert [c.text async for c in stream] == ['a', 'b']
    assert (await stream.response).text == 'ab'
    assert [m.text for m in chat.messages] == ['x', 'ab']


async def test_a_failed_message_leaves_the_thread_as_it_was(ai, model, says):
    model.responses = [says('one'), lambda *_: (_ for _ in ()).throw(OSError('gone'))]
    chat = ai.chat()
    await chat.send('first')
    with pytest.raises(GenkitError):
        await chat.send('second')
    assert [m.text for m in chat.messages] == ['first', 'one']


async def test_messages_of_one_thread_wait_for_each_other(ai, model, says):
    model.responses = [says('one'), says('two')]
    chat = ai.chat()
    await asyncio.gather(chat.send('first'), chat.send('second'))
    assert [m.text for m in chat.messages] == ['first', 'one', 'second', 'two']


async def test_an_interrupt_is_answered_in_the_chat(ai, model, says, calls):
    ai.define_interrupt('ask', {'type': 'string'}, 'Ask the user.')
    model.responses = [says(calls('ask', 'sure?')), says('done')]
    chat = ai.chat(tools=['ask'])
    waiting = await chat.send('go')
    assert waiting.interrupts[0].metadata == {'interrupt': {'input': 'sure?'}}
    response = await chat.send(resume_respond=[tool_response(waiting.interrupts[0], 'yes')])
    assert response.text == 'done'
    assert [m.role for m in chat.messages] == ['user', 'model', 'tool', 'model']


async def test_an_unknown_session_is_not_found(ai, store):
    with pytest.raises(GenkitError, match="Session 'nobody' not found") as caught:
        await ai.load_session('nobody', store=store)
    assert caught.value.status == StatusName.NOT_FOUND


@pytest.mark.parametrize('name', ['../x', 'a/b', '', '.hidden', 'x' * 300])
async def test_ids_that_are_no_plain_file_names_are_refused(tmp_path, name):
    with pytest.raises(GenkitError, match='cannot be a session id'):
        await FileSessionStore(tmp_path).get(name)


async def test_a_damaged_file_is_named_and_left_alone(tmp_path):
    path = tmp_path / 's.json'
    path.write_text('{"id": ', encoding='utf-8')
    with pytest.raises(GenkitError, match=r's\.json is no session') as caught:
        await FileSessionStore(tmp_path).get('s')
    assert caught.value.status == StatusName.DATA_LOSS
    assert path.read_text(encoding='utf-8') == '{"id": '


async def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_behind(tmp_path, monkeypatch):
    store = FileSessionStore(tmp_path)
    await store.save('s', SessionData(id='s', state=1))

    def full(_descriptor):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('os.fsync', full)
    with pytest.raises(GenkitError, match='No space left') as raised:
        await store.save('s', SessionData(id='s', state=2))
    assert raised.value.status == 'UNAVAILABLE'
    assert str(tmp_path) not in raised.value.message
    loaded = await store.get('s')
    assert loaded is not None
    assert loaded.state == 1
    assert [path.name for path in tmp_path.iterdir()] == ['s.json']


async def test_deleting_a_session_twice_is_no_error(store):
    await store.save('s', SessionData(id='s', threads={'main': [Message(role='user', content='x')]}))
    await store.delete('s')
    await store.delete('s')
    assert await store.get('s') is None


@pytest.mark.parametrize('threads', [('main', 'main'), ('main', 'other')])
async def test_of_two_who_go_on_with_one_session_the_second_is_refused_and_nothing_is_lost(store, threads):
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    await ai.chat(session=ai.create_session(store=store, session_id='s')).send('first')
    loaded = [await ai.load_session('s', store=store) for _ in threads]
    chats = [ai.chat(session=session, thread=name) for session, name in zip(loaded, threads, strict=True)]
    outcomes = await asyncio.gather(*(chat.send(f'text {n}') for n, chat in enumerate(chats)), return_exceptions=True)
    refused = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, GenkitError)]
    assert [getattr(outcomes[n], 'status', None) for n in refused] == ['ABORTED']
    assert f'text {refused[0]}' not in str(chats[refused[0]].messages)
    kept = await ai.load_session('s', store=store)
    answered = 1 - refused[0]
    assert f'text {answered}' in str(kept.get_messages(threads[answered]))


async def test_one_message_may_be_answered_with_typed_output(ai, model, says):
    model.responses = [says('[1, 2]'), says('[3]'), says('plain')]
    chat = ai.chat()
    assert (await chat.send('Two numbers.', output_schema=list[int])).output == [1, 2]
    assert (await chat.send_stream('One.', output=list[int]).response).output == [3]
    assert (await chat.send('Now a word.')).text == 'plain'
    assert model.requests[2].output.schema_ is None
