# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the developer tools' telemetry server gets, and what it costs when it is not well."""

import asyncio
import logging
import os
import signal
import threading

import pytest
from genkit import Action, ActionKind, GenkitError

from .receiver import TelemetryReceiver


def flow(name: str, fn=lambda: 1) -> Action:
    return Action(ActionKind.FLOW, name, fn)


@pytest.fixture
def complaints(caplog):
    """What was logged of telemetry."""
    caplog.set_level(logging.INFO, logger='genkit.trace')
    return caplog


class TestSpans:
    async def test_are_sent_when_they_begin_and_when_they_have_ended(self, exporting, receiver):
        exporting(receiver.url)
        gate = asyncio.Event()

        async def cook(dish: str) -> str:
            await gate.wait()
            return f'hot {dish}'

        task = asyncio.create_task(flow('cook', cook).arun('soup'))
        begun = await asyncio.to_thread(receiver.begun, 'cook')
        assert begun['endTime'] == 0
        assert begun['attributes'] == {
            'genkit:type': 'action',
            'genkit:metadata:subtype': 'flow',
            'genkit:metadata:flow:name': 'cook',
            'genkit:name': 'cook',
            'genkit:key': '/flow/cook',
            'genkit:path': '/{cook,t:action,s:flow}',
            'genkit:qualifiedPath': '/{cook,t:action,s:flow}',
            'genkit:isRoot': True,
            'genkit:input': '"soup"',
        }
        gate.set()
        response = await task
        ended = await asyncio.to_thread(receiver.ended, 'cook')
        assert (ended['traceId'], ended['spanId']) == (response.trace_id, response.span_id)
        assert (begun['traceId'], begun['spanId']) == (response.trace_id, response.span_id)
        assert ended['startTime'] == begun['startTime']
        assert ended['attributes'] == {
            **begun['attributes'],
            'genkit:output': '"hot soup"',
            'genkit:state': 'success',
        }
        assert ended['status'] == {'code': 0}
        assert ended['instrumentationLibrary'] == {'name': 'genkit-tracer', 'version': 'v1'}

    async def test_are_sent_once_unless_the_tools_want_them_live(self, exporting, receiver):
        server = exporting(receiver.url, live=False)
        await flow('cook', lambda: asyncio.sleep(0.3)).arun()
        server.flush()
        (state,) = receiver.states('cook')
        assert state['endTime'] > 0

    async def test_of_children_name_their_parent(self, exporting, receiver):
        server = exporting(receiver.url)

        async def outer() -> None:
            await flow('inner').arun()

        await flow('outer', outer).arun()
        server.flush()
        inner, outer_span = receiver.ended('inner'), receiver.ended('outer')
        assert inner['parentSpanId'] == outer_span['spanId']
        assert inner['sameProcessAsParentSpan'] == {'value': True}
        assert 'parentSpanId' not in outer_span
        assert inner['attributes']['genkit:path'] == '/{outer,t:action,s:flow}/{inner,t:action,s:flow}'

    async def test_of_what_failed_carry_the_error(self, exporting, receiver):
        server = exporting(receiver.url)

        async def fail() -> None:
            raise LookupError('no salt')

        with pytest.raises(GenkitError):
            await flow('fail', fail).arun()
        server.flush()
        span = receiver.ended('fail')
        assert span['status'] == {'code': 2, 'message': 'no salt'}
        assert span['attributes']['genkit:state'] == 'error'
        assert span['attributes']['genkit:error'] == 'no salt'
        (event,) = span['timeEvents']['timeEvent']
        assert event['annotation']['description'] == 'exception'
        assert event['annotation']['attributes']['exception.type'] == 'LookupError'
        assert event['annotation']['attributes']['exception.message'] == 'no salt'
        assert 'LookupError: no salt' in event['annotation']['attributes']['exception.stacktrace']
        assert span['startTime'] <= event['time'] <= span['endTime']

    async def test_hold_no_credentials(self, exporting, receiver):
        server = exporting(receiver.url)
        context = {'auth': {'uid': 'Ada'}, 'tenant': 'kitchen', 'token': 't0ken'}
        await flow('cook', lambda given: given).arun({'apiKey': 'sk-1', 'dish': 'soup'}, context=context)
        server.flush()
        attributes = receiver.ended('cook')['attributes']
        assert attributes['genkit:input'] == '{"apiKey":"<redacted>","dish":"soup"}'
        assert attributes['genkit:output'] == '{"apiKey":"<redacted>","dish":"soup"}'
        assert attributes['genkit:metadata:context'] == (
            '{"auth":"<redacted>","tenant":"kitchen","token":"<redacted>"}'
        )

    async def test_all_arrive_however_many_there_are(self, exporting, receiver):
        exporting(receiver.url)

        async def cook(dish: int) -> None:
            for step in range(99):
                await flow(f'step {step} of {dish}').arun()

        await asyncio.gather(*(flow(f'dish {dish}', cook).arun(dish) for dish in range(50)))
        await asyncio.to_thread(_wait_for_outboxes)
        ended = {span['displayName'] for span in receiver.spans if span['endTime']}
        expected = {f'dish {dish}' for dish in range(50)}
        assert ended == expected | {f'step {step} of {dish}' for step in range(99) for dish in range(50)}

    async def test_that_were_sent_are_not_sent_again(self, exporting, receiver):
        server = exporting(receiver.url)
        await flow('cook').arun()
        server.flush()
        before = receiver.asked
        server.flush()
        assert receiver.asked == before


class TestServers:
    async def test_that_become_known_later_get_the_spans_from_then_on(self, exporting, receiver):
        server = exporting()
        assert server.url is None
        await flow('before').arun()
        server.adopt(f'{receiver.url}/')
        assert server.url == receiver.url
        await flow('after').arun()
        server.flush()
        assert {span['displayName'] for span in receiver.spans} == {'after'}

    async def test_that_the_environment_names_are_kept(self, exporting, receiver):
        server = exporting(receiver.url)
        server.adopt('http://127.0.0.1:9')
        assert server.url == receiver.url
        await flow('cook').arun()
        server.flush()
        assert receiver.ended('cook')

    async def test_that_are_known_twice_get_everything_once(self, exporting, receiver):
        server = exporting(live=False)
        server.adopt(receiver.url)
        server.adopt(receiver.url)
        await flow('cook').arun()
        server.flush()
        assert len(receiver.states('cook')) == 1

    async def test_make_way_for_the_next_when_they_fail(self, exporting, receiver):
        with TelemetryReceiver() as failing:
            failing.status = 500
            server = exporting(live=False)
            server.adopt(failing.url)
            server.adopt(receiver.url)
            for name in ('one', 'two', 'three'):
                await flow(name).arun()
                server.flush()
                assert receiver.ended(name)
            assert failing.asked == 1
            assert server.url == receiver.url


class TestTrouble:
    async def test_with_a_server_that_is_down_is_one_log_line(self, exporting, complaints):
        server = exporting('http://127.0.0.1:9')
        for number in range(5):
            assert (await flow('f', lambda number=number: number).arun()).response == number
            server.flush()
            await asyncio.to_thread(_wait_for_outboxes)
        (line,) = complaints.messages
        assert line.startswith('The telemetry server http://127.0.0.1:9 did not take a trace: ConnectError(')

    async def test_with_a_server_that_refuses_is_one_log_line(self, exporting, receiver, complaints):
        receiver.status = 500
        server = exporting(receiver.url)
        for _ in range(5):
            await flow('f').arun()
            server.flush()
            await asyncio.to_thread(_wait_for_outboxes)
        assert len(complaints.messages) == 1
        assert receiver.asked > 1

    async def test_that_passes_is_told_again_when_it_returns(self, exporting, receiver, complaints):
        server = exporting(receiver.url)
        for status in (500, 200, 500):
            receiver.status = status
            await flow('f').arun()
            await asyncio.to_thread(_wait_for_outboxes)
        assert len(complaints.messages) == 2
        assert server.url == receiver.url

    async def test_with_a_server_that_hangs_holds_up_nobody(self, exporting, complaints):
        gate = threading.Event()
        with TelemetryReceiver(before=lambda: gate.wait(10)) as hanging:
            exporting(hanging.url)
            results = [(await flow(f'f{number}', lambda n=number: n).arun()).response for number in range(1000)]
            assert results == list(range(1000))
            assert hanging.asked == 0  # nothing of it was answered yet
            gate.set()
            await asyncio.to_thread(hanging.ended, 'f999')
        assert complaints.messages == []

    @pytest.mark.parametrize('url', ['nonsense', 'ftp://127.0.0.1', 'http://[', 'http://127.0.0.1:99999'])
    async def test_with_an_address_that_is_none_is_one_log_line(self, exporting, complaints, url):
        server = exporting()
        server.adopt(url)
        for _ in range(2):
            await flow('f').arun()
            await asyncio.to_thread(_wait_for_outboxes)
        assert len(complaints.messages) == 1
        assert complaints.messages[0].startswith(f'The telemetry server {url} did not take a trace: ')


def _wait_for_outboxes() -> None:
    from genkit._trace.provider import flush_exporters

    assert flush_exporters(10)


class TestShortLives:
    """A process that ends at once."""

    PROGRAM = """
        import asyncio, logging
        from genkit import Genkit

        ai = Genkit()

        @ai.flow()
        async def cook(dish: str) -> str:
            logging.getLogger('kitchen').warning('salt')
            return await ai.run('season', dish, lambda given: f'hot {given}')

        print(asyncio.run(cook('soup')))
    """

    def test_lose_nothing(self, run_app, receiver):
        ended = run_app(self.PROGRAM, receiver.url)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, 'hot soup\n', 'salt\n')
        span = receiver.ended('cook')
        assert span['attributes']['genkit:output'] == '"hot soup"'
        assert receiver.ended('season')['parentSpanId'] == span['spanId']
        assert receiver.record('salt')['traceId'] == span['traceId']

    def test_lose_nothing_when_they_fail(self, run_app, receiver):
        ended = run_app(self.PROGRAM + "    raise LookupError('no salt')", receiver.url)
        assert ended.returncode == 1
        assert receiver.ended('cook')['attributes']['genkit:state'] == 'success'

    @pytest.mark.skipif(os.name == 'nt', reason='signals are those of POSIX')
    def test_lose_nothing_when_they_are_told_to_end(self, run_app, receiver):
        ended = run_app(self.PROGRAM + '    import signal; signal.raise_signal(signal.SIGTERM)', receiver.url)
        assert (ended.returncode, ended.stderr) == (-signal.SIGTERM, 'salt\n')
        assert receiver.ended('season')
        assert receiver.ended('cook')

    def test_lose_nothing_of_many_spans(self, run_app, receiver):
        program = """
            import asyncio
            from genkit import Genkit

            ai = Genkit()

            @ai.flow()
            async def cook(count: int) -> int:
                for number in range(count):
                    await ai.run(f'step {number}', lambda: None)
                return count

            print(asyncio.run(cook(2000)))
        """
        assert run_app(program, receiver.url).stdout == '2000\n'
        ended = {span['displayName'] for span in receiver.spans if span['endTime']}
        assert ended == {'cook', *(f'step {number}' for number in range(2000))}

    def test_end_quietly_without_a_server(self, run_app):
        ended = run_app(self.PROGRAM, 'http://127.0.0.1:9')
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, 'hot soup\n', 'salt\n')

    def test_of_applications_with_two_of_us_send_everything_once(self, run_app, receiver):
        program = self.PROGRAM.replace('ai = Genkit()', 'other = Genkit(); ai = Genkit()')
        assert run_app(program, receiver.url, GENKIT_ENABLE_REALTIME_TELEMETRY='false').returncode == 0
        assert len(receiver.states('cook')) == 1
        assert receiver.texts.count('salt') == 1
