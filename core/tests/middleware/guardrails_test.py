# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from typing import Any

import pytest
from genkit import GenerationBlockedError, GenkitError, Message, restart_tool
from genkit.middleware import InputGuardrail, OutputGuardrail, ToolApproval, Verdict
from genkit.types import FinishReason


def no_secrets(messages):
    """Block what speaks of a secret."""
    return Verdict.block('it speaks of a secret') if any('secret' in m.text for m in messages) else None


def masked(messages):
    """Replace a name in all messages."""
    return Verdict.replace([Message(role=m.role, content=m.text.replace('Ada', '<name>')) for m in messages])


class Held:
    """A model that begins and then waits until it is told to go on, or is cancelled."""

    def __init__(self, answer) -> None:
        self.begun = asyncio.Event()
        self.going = asyncio.Event()
        self.cancelled = False
        self.answer = answer

    async def __call__(self, request, context):
        self.begun.set()
        try:
            await self.going.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.answer


class TestInput:
    @pytest.mark.parametrize('blocking', [True, False])
    async def test_what_is_allowed_passes(self, ai, model, says, blocking):
        model.responses = [says('ok')]
        for check in (no_secrets, lambda _: Verdict.allow()):
            use = [InputGuardrail(check, blocking=blocking)]
            assert (await ai.generate(prompt='x', use=use)).text == 'ok'

    async def test_what_is_blocked_never_reaches_the_model(self, ai, model, says):
        model.responses = [says('ok')]
        with pytest.raises(GenerationBlockedError, match='Generation blocked: it speaks of a secret') as caught:
            await ai.generate(prompt='the secret', use=[InputGuardrail(no_secrets)])
        assert caught.value.response.finish_reason == FinishReason.BLOCKED
        assert caught.value.response.finish_message == 'it speaks of a secret'
        assert caught.value.response.request.messages[-1].text == 'the secret'
        assert model.requests == []

    @pytest.mark.parametrize('blocking', [True, False])
    async def test_what_is_replaced_goes_on_as_the_replacement(self, ai, model, says, blocking, calls):
        ai.tool('t')(lambda: 'ok')
        model.responses = [says(calls('t')), says('done')]
        if not blocking:
            model.responses = [says('never seen'), *model.responses]
        use = [InputGuardrail(masked, blocking=blocking)]
        response = await ai.generate(prompt='Ada', tools=['t'], use=use)
        assert (response.text, response.messages[0].text) == ('done', '<name>')
        assert [request.messages[0].text for request in model.requests[-2:]] == ['<name>', '<name>']

    async def test_a_check_may_be_asynchronous_and_a_plain_one_does_not_hold_up_the_loop(self, ai, model, says):
        model.responses = [says('ok')]
        threads = []

        async def waits(_messages):
            await asyncio.sleep(0)
            threads.append(threading.current_thread())

        for check in (waits, lambda _: threads.append(threading.current_thread())):
            await ai.generate(prompt='x', use=[InputGuardrail(check)])
        assert threads[0] is threading.main_thread()
        assert threads[1] is not threading.main_thread()

    @pytest.mark.parametrize('blocking', [True, False])
    async def test_a_check_that_fails_fails_the_call(self, ai, model, says, blocking):
        def broken(_messages):
            raise RuntimeError('check broke')

        model.responses = [says('ok')]
        with pytest.raises(GenkitError, match='check broke') as caught:
            await ai.generate(prompt='x', use=[InputGuardrail(broken, blocking=blocking)])
        assert isinstance(caught.value.cause, RuntimeError)

    @pytest.mark.parametrize('said', [True, 'no', Verdict.replace('text'), Verdict.replace([1])])
    async def test_what_is_no_verdict_fails_the_call(self, ai, model, says, said):
        model.responses = [says('ok')]
        with pytest.raises(GenkitError, match='A check re'):
            await ai.generate(prompt='x', use=[InputGuardrail(lambda _: said)])
        assert model.requests == []

    async def test_beside_the_model_a_block_cancels_it(self, ai, says):
        held = Held(says('ok'))
        ai.define_model('held', held)

        async def check(_messages):
            await held.begun.wait()
            return Verdict.block('no')

        with pytest.raises(GenerationBlockedError, match='no'):
            await ai.generate(model='held', prompt='x', use=[InputGuardrail(check, blocking=False)])
        assert held.cancelled

    async def test_beside_the_model_nothing_comes_out_before_the_verdict(self, ai, model, says, chunk):
        answered = asyncio.Event()
        seen = []

        async def check(_messages):
            await answered.wait()
            assert seen == []

        async def answer(_request, context):
            context.send_chunk(chunk('a'))
            answered.set()
            return says('a')

        model.responses = [answer]
        use = [InputGuardrail(check, blocking=False)]
        response = await ai.generate(prompt='x', use=use, on_chunk=lambda piece: seen.append(piece.text))
        assert (seen, response.text) == (['a'], 'a')

    @pytest.mark.parametrize('verdict', [Verdict.allow(), Verdict.block('no'), Verdict.replace([])])
    async def test_beside_the_model_no_tool_starts_before_the_verdict(self, ai, model, says, calls, verdict):
        asked = asyncio.Event()
        trail = []

        async def check(_messages):
            await asked.wait()
            for _ in range(10):
                await asyncio.sleep(0)
            trail.append('verdict')
            return Verdict.replace([Message(role='user', content='y')]) if verdict.replacement is not None else verdict

        def first(_request, _context):
            asked.set()
            return says(calls('t'))

        @ai.tool()
        async def t() -> None:
            trail.append('tool')

        model.responses = [first, says('done')]
        use = [InputGuardrail(check, blocking=False)]
        if verdict.reason:
            with pytest.raises(GenerationBlockedError):
                await ai.generate(prompt='x', tools=['t'], use=use)
            assert trail == ['verdict']
        else:
            assert (await ai.generate(prompt='x', tools=['t'], use=use)).text == 'done'
            assert trail == (['verdict', 'tool'] if verdict.replacement is None else ['verdict'])

    async def test_a_model_that_fails_does_not_wait_for_the_verdict(self, ai, model):
        ended = []

        async def check(_messages):
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        def fail(_request, _context):
            raise GenkitError('down', status='UNAVAILABLE')

        model.responses = [fail]
        with pytest.raises(GenkitError, match='down'):
            await ai.generate(prompt='x', use=[InputGuardrail(check, blocking=False)])
        assert ended == [True]

    async def test_a_cancelled_call_leaves_nothing_running(self, ai, says):
        held = Held(says('ok'))
        ai.define_model('held', held)
        ended = []

        async def check(_messages):
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        call = asyncio.create_task(ai.generate(model='held', prompt='x', use=[InputGuardrail(check, blocking=False)]))
        await held.begun.wait()
        call.cancel()
        await asyncio.wait([call])
        assert (held.cancelled, ended) == (True, [True])

    async def test_the_first_turn_is_checked_and_each_one_if_wanted(self, ai, model, says, calls):
        ai.tool('t')(lambda: 'ok')
        for each_turn, expected in ((False, [1]), (True, [1, 3])):
            counts = []
            model.requests.clear()
            model.responses = [says(calls('t')), says('done')]
            use = [InputGuardrail(lambda messages, seen=counts: seen.append(len(messages)), each_turn=each_turn)]
            await ai.generate(prompt='x', tools=['t'], use=use)
            assert counts == expected

    async def test_what_tools_answered_can_be_blocked(self, ai, model, says, calls):
        def about_tools(messages):
            answers = [part.tool_response.output for m in messages if m.role == 'tool' for part in m.content]
            return Verdict.block('poisoned') if 'poison' in answers else None

        ai.tool('t')(lambda: 'poison')
        model.responses = [says(calls('t')), says('done')]
        with pytest.raises(GenerationBlockedError, match='poisoned'):
            await ai.generate(prompt='x', tools=['t'], use=[InputGuardrail(about_tools, each_turn=True)])
        assert len(model.requests) == 1

    @pytest.mark.parametrize('blocking', [True, False])
    async def test_a_tool_that_is_restarted_waits_for_the_verdict_too(self, ai, model, says, calls, blocking):
        ran = []
        ai.tool('t')(lambda: ran.append(1))
        model.responses = [says(calls('t')), says('done')]
        waiting = await ai.generate(prompt='x', tools=['t'], use=[ToolApproval()])
        restart = restart_tool(waiting.interrupts[0], resumed_metadata={'toolApproved': True})
        use = [InputGuardrail(lambda _: Verdict.block('no'), blocking=blocking), ToolApproval()]
        with pytest.raises(GenerationBlockedError):
            await ai.generate(messages=waiting.messages, tools=['t'], use=use, resume_restart=restart)
        assert ran == []

    @pytest.mark.parametrize('blocking', [True, False])
    async def test_a_model_may_have_one_of_its_own(self, ai, says, blocking):
        ai.define_model('guarded', lambda request: says(request.messages[0].text), use=[InputGuardrail(masked)])
        assert (await ai.generate(model='guarded', prompt='Ada')).text == '<name>'
        ai.define_model('open', lambda _: says('ok'), use=[InputGuardrail(no_secrets, blocking=blocking)])
        with pytest.raises(GenerationBlockedError):
            await ai.generate(model='open', prompt='secret')


def clean(response):
    """Block an answer that swears, mask one that names somebody."""
    if 'damn' in response.text:
        return Verdict.block('it swears')
    if 'Ada' in response.text:
        message = Message(role='model', content=response.text.replace('Ada', '<name>'))
        return Verdict.replace(response.replaced(message=message))
    return None


class TestOutput:
    @pytest.mark.parametrize('each_chunk', [True, False])
    async def test_what_is_allowed_passes_with_its_chunks(self, ai, model, says, chunk, each_chunk):
        model.responses = [says('fine')]
        model.chunks = [[chunk('fi'), chunk('ne')]]
        stream = ai.generate_stream(prompt='x', use=[OutputGuardrail(clean, each_chunk=each_chunk)])
        assert [piece.accumulated_text async for piece in stream] == ['fi', 'fine']
        assert (await stream.response).text == 'fine'

    async def test_what_is_blocked_is_never_seen(self, ai, model, says, chunk):
        model.responses = [says('well damn')]
        model.chunks = [[chunk('well '), chunk('damn')]]
        seen = []
        with pytest.raises(GenerationBlockedError, match='it swears') as caught:
            await ai.generate(prompt='x', use=[OutputGuardrail(clean)], on_chunk=seen.append)
        assert seen == []
        assert caught.value.response.message is None
        assert 'damn' not in str(caught.value)

    async def test_a_stream_that_says_something_else_than_the_answer_is_checked_too(self, ai, model, says, chunk):
        use = [OutputGuardrail(clean)]
        model.responses = [says('All is well.')] * 3
        model.chunks = [[chunk('well '), chunk('damn')], [chunk('I am Ada.')], [chunk('All is fine.')]]
        seen = []
        with pytest.raises(GenerationBlockedError, match='it swears'):
            await ai.generate(prompt='x', use=use, on_chunk=seen.append)
        assert seen == []
        for expected in ('All is well.', 'All is fine.'):
            stream = ai.generate_stream(prompt='x', use=use)
            assert [piece.text async for piece in stream] == [expected]
            assert (await stream.response).text == 'All is well.'

    async def test_what_is_replaced_is_seen_as_the_replacement_alone(self, ai, model, says, chunk):
        model.responses = [says('I am Ada.')]
        model.chunks = [[chunk('I am '), chunk('Ada.')]]
        stream = ai.generate_stream(prompt='x', use=[OutputGuardrail(clean)])
        assert [(piece.text, piece.aggregated) async for piece in stream] == [('I am <name>.', None)]
        response = await stream.response
        assert (response.text, response.messages[-1].text) == ('I am <name>.', 'I am <name>.')

    async def test_the_output_of_a_replacement_is_read_anew(self, ai, model, says):
        model.responses = [says('{"name": "Ada"}')]
        response = await ai.generate(prompt='x', output_schema={'type': 'object'}, use=[OutputGuardrail(clean)])
        assert response.output == {'name': '<name>'}

    async def test_a_tool_that_is_asked_for_in_a_blocked_answer_does_not_run(self, ai, model, says, calls):
        ai.tool('delete')(lambda: pytest.fail('ran'))
        model.responses = [says(calls('delete'))]

        def no_deleting(response):
            return Verdict.block('it deletes') if response.tool_requests else None

        with pytest.raises(GenerationBlockedError, match='it deletes'):
            await ai.generate(prompt='x', tools=['delete'], use=[OutputGuardrail(no_deleting)])

    async def test_every_turn_is_checked(self, ai, model, says, calls):
        ai.tool('t')(lambda: 'ok')
        model.responses = [says('fine', calls('t')), says('damn')]
        with pytest.raises(GenerationBlockedError):
            await ai.generate(prompt='x', tools=['t'], use=[OutputGuardrail(clean)])
        assert len(model.requests) == 2

    async def test_chunk_by_chunk_a_block_ends_the_stream_and_cancels_the_model(self, ai, says, chunk):
        ended = []

        async def endless(_request, context):
            context.send_chunk(chunk('well '))
            context.send_chunk(chunk('damn'))
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)

        ai.define_model('endless', endless)
        seen = []
        with pytest.raises(GenerationBlockedError, match='it swears'):
            await ai.generate(
                model='endless',
                prompt='x',
                use=[OutputGuardrail(clean, each_chunk=True)],
                on_chunk=lambda piece: seen.append(piece.text),
            )
        assert (seen, ended) == (['well '], [True])

    async def test_chunk_by_chunk_a_replacement_holds_back_the_rest_and_comes_whole(self, ai, model, says, chunk):
        model.responses = [says('I am Ada, hello.')]
        model.chunks = [[chunk('I am '), chunk('Ada'), chunk(', hello.')]]
        stream = ai.generate_stream(prompt='x', use=[OutputGuardrail(clean, each_chunk=True)])
        seen = [(piece.text, piece.aggregated) async for piece in stream]
        assert seen == [('I am ', None), ('I am <name>, hello.', True)]

    async def test_chunk_by_chunk_what_is_held_back_comes_if_the_whole_is_fine(self, ai, model, says, chunk):
        def only_while_open(response):
            open_ended = response.finish_reason is None and response.text.endswith('(')
            return Verdict.replace(response) if open_ended else None

        model.responses = [says('a(b)', finish_reason='stop')]
        model.chunks = [[chunk('a('), chunk('b)')]]
        stream = ai.generate_stream(prompt='x', use=[OutputGuardrail(only_while_open, each_chunk=True)])
        assert [piece.text async for piece in stream] == ['a(', 'b)']

    async def test_chunk_by_chunk_the_whole_is_checked_as_well(self, ai, model, says, chunk):
        model.responses = [says('damn')]
        model.chunks = [[chunk('fine')]]
        with pytest.raises(GenerationBlockedError):
            await ai.generate(prompt='x', use=[OutputGuardrail(clean, each_chunk=True)], on_chunk=lambda _: None)

    @pytest.mark.parametrize('each_chunk', [True, False])
    async def test_a_model_that_fails_fails_the_call(self, ai, model, chunk, each_chunk):
        def fail(_request, _context):
            raise GenkitError('down', status='UNAVAILABLE')

        model.responses = [fail]
        model.chunks = [[chunk('a')]]
        with pytest.raises(GenkitError, match='down'):
            await ai.generate(prompt='x', use=[OutputGuardrail(clean, each_chunk=each_chunk)], on_chunk=lambda _: None)

    async def test_what_is_no_response_fails_the_call(self, ai, model, says):
        def wrong(_response) -> Any:
            return Verdict.replace('text')

        model.responses = [says('x')]
        with pytest.raises(GenkitError, match="replaced with 'text'; expected a GenerateResponse"):
            await ai.generate(prompt='x', use=[OutputGuardrail(wrong)])

    async def test_a_model_may_have_one_of_its_own(self, ai, says):
        ai.define_model('guarded', lambda _: says('I am Ada.'), use=[OutputGuardrail(clean)])
        assert (await ai.generate(model='guarded', prompt='x')).text == 'I am <name>.'
