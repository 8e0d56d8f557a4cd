# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Adapters of web frameworks that do one thing wrong each."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from genkit.testing import WebContract
from genkit.web import FlowsApp, RequestData


LIMIT = 5000


class Broken(WebContract):
    """Serves with one mistake."""

    body_limit = LIMIT
    callers = 10
    patience = 3
    noticed_by: ClassVar[set[str]]

    def serving(self, ai, context_provider=None, **options):
        limited: Any = {**options, 'body_limit': LIMIT}
        app = FlowsApp(ai, context_provider=self.provider(context_provider), **limited)

        async def broken(scope, receive, send):
            await self.respond(app, scope, receive, send)

        return self.on_uvicorn(broken)

    def provider(self, provider):
        return provider

    async def respond(self, app, scope, receive, send):
        await app(scope, receive, send)


class Rewriting(Broken):
    """Changes answers on their way out."""

    def applies(self, scope) -> bool:
        return True

    def status(self, status: int) -> int:
        return status

    def headers(self, headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
        return headers

    def body(self, body: bytes) -> bytes:
        return body

    async def respond(self, app, scope, receive, send):
        starts = []

        async def rewrite(message):
            if message['type'] == 'http.response.start':
                starts.append(message)
                return
            body = self.body(message.get('body', b''))
            for start in starts:
                headers = dict(start['headers'])
                if b'content-length' in headers:
                    headers[b'content-length'] = str(len(body)).encode()
                headers = list(self.headers(headers).items())
                await send({**start, 'status': self.status(start['status']), 'headers': headers})
            starts.clear()
            await send({**message, 'body': body})

        await app(scope, receive, rewrite if scope['type'] == 'http' and self.applies(scope) else send)


def streams(scope) -> bool:
    return dict(scope['headers']).get(b'accept') == b'text/event-stream'


class TestHoldsStreamsBack(Broken):
    noticed_by: ClassVar = {'test_chunks_arrive_before_the_flow_ends'}

    async def respond(self, app, scope, receive, send):
        held, sent = [], [0]

        async def hold(message):
            held.append(message)
            is_kept = b'x-genkit-stream-id' in dict(held[0].get('headers', ()))
            if is_kept or (not message.get('more_body') and message['type'] == 'http.response.body'):
                for each in held[sent[0] :]:
                    sent[0] += 1
                    await send(each)

        await app(scope, receive, hold if scope['type'] == 'http' else send)


class TestNamesItsEvents(Rewriting):
    noticed_by: ClassVar = {'test_a_stream_is_frames_of_one_line_and_nothing_else'}

    def body(self, body):
        return body.replace(b'data: ', b'event: message\ndata: ')


class TestEndsTheLastFrameEarly(Rewriting):
    noticed_by: ClassVar = {'test_a_stream_is_frames_of_one_line_and_nothing_else'}

    def body(self, body):
        return body[:-1] if body.startswith(b'data: {"result":3') else body


class TestLosesTheTrace(Rewriting):
    noticed_by: ClassVar = {'test_ids_of_the_trace_are_in_the_headers'}

    def headers(self, headers):
        return {
            name: value for name, value in headers.items() if name not in (b'x-genkit-trace-id', b'x-genkit-span-id')
        }


class TestBeginsATraceOfItsOwn(Broken):
    noticed_by: ClassVar = {'test_a_run_belongs_to_the_trace_that_the_request_names'}

    async def respond(self, app, scope, receive, send):
        if scope['type'] == 'http':
            scope = {**scope, 'headers': [header for header in scope['headers'] if header[0] != b'traceparent']}
        await app(scope, receive, send)


class TestLetsProxiesHoldBack(Rewriting):
    noticed_by: ClassVar = {'test_a_stream_says_what_it_is_and_that_nobody_may_hold_it_back'}

    def headers(self, headers):
        return {name: value for name, value in headers.items() if name != b'x-accel-buffering'}


class TestDoesNotSayHowLong(Rewriting):
    noticed_by: ClassVar = {'test_a_plain_answer_is_json_of_known_length'}

    def headers(self, headers):
        return {name: value for name, value in headers.items() if name != b'content-length'}


class TestTellsEverything(Rewriting):
    noticed_by: ClassVar = {'test_the_text_of_a_foreign_error_stays_here'}

    def applies(self, scope):
        return scope['path'].startswith('/crash')

    def body(self, body):
        return body.replace(b'Error while', b'postgres://cook:pepper@kitchen: Error while')


class TestForgetsAStatus(Rewriting):
    noticed_by: ClassVar = {'test_an_error_of_a_flow_has_its_status'}

    def status(self, status):
        return 500 if status == 429 else status


class TestForgetsDetails(Rewriting):
    noticed_by: ClassVar = {'test_details_of_an_error_are_for_the_client_but_its_stack_is_not'}

    def body(self, body):
        return body.replace(b'"dish":"soup",', b'')


class TestShowsItsStack(Rewriting):
    noticed_by: ClassVar = {'test_details_of_an_error_are_for_the_client_but_its_stack_is_not'}

    def body(self, body):
        return body.replace(b'"details":{', b'"details":{"stack":"Traceback (most recent call last)",')


class TestHidesMessagesForEndUsers(Rewriting):
    noticed_by: ClassVar = {'test_an_error_for_end_users_arrives_whole'}

    def body(self, body):
        return body.replace(b'You have ordered that.', b'Internal Error')


class TestFallsSilent(Rewriting):
    noticed_by: ClassVar = {'test_an_error_in_the_middle_of_a_stream_is_its_last_frame'}

    def applies(self, scope):
        return scope['path'] == '/fail-midway'

    def body(self, body):
        return b'' if b'"error"' in body else body


class TestSpellsNamesAsInPython(Rewriting):
    noticed_by: ClassVar = {'test_models_travel_under_their_aliases'}

    def body(self, body):
        return body.replace(b'seatedGuest', b'seated_guest')


class TestKnowsFewLetters(Rewriting):
    noticed_by: ClassVar = {'test_any_text_comes_through'}

    def body(self, body):
        return body.replace('世'.encode(), b'?')


class TestLeavesOutNull(Rewriting):
    noticed_by: ClassVar = {'test_no_result_is_null'}

    def body(self, body):
        return body.replace(b'{"result":null}', b'{}')


class TestBlamesItself(Rewriting):
    noticed_by: ClassVar = {'test_a_body_that_is_no_object_is_refused'}

    def applies(self, scope):
        return scope['path'] == '/greet'

    def status(self, status):
        return 500 if status == 400 else status


class TestKeepsTheMistakeToItself(Rewriting):
    noticed_by: ClassVar = {'test_an_input_that_does_not_fit_is_refused_and_named'}

    def body(self, body):
        return body.replace(b'age', b'***') if b'INVALID_INPUT' in body else body


class TestAnswersGet(Rewriting):
    noticed_by: ClassVar = {'test_flows_are_called_with_post_only'}

    def status(self, status):
        return 200 if status == 405 else status


class TestHasAFlowForEveryPath(Rewriting):
    noticed_by: ClassVar = {'test_an_unknown_flow_is_not_found'}

    def applies(self, scope):
        return scope['path'] == '/shoot'

    def status(self, status):
        return 200


class TestTakesBodiesOfAnySize(Broken):
    noticed_by: ClassVar = {
        'test_a_body_over_the_limit_is_refused',
        'test_a_client_that_first_sends_everything_learns_that_it_was_too_much',
    }

    def serving(self, ai, context_provider=None, **options):
        return self.on_uvicorn(FlowsApp(ai, context_provider=context_provider, **options))


class TestDoesNotReadTheQuery(Broken):
    noticed_by: ClassVar = {'test_a_client_may_ask_for_a_stream_in_the_query'}

    async def respond(self, app, scope, receive, send):
        await app({**scope, 'query_string': b''}, receive, send)


class TestReadsAcceptToTheLetter(Broken):
    noticed_by: ClassVar = {'test_a_client_that_accepts_events_gets_a_stream'}

    async def respond(self, app, scope, receive, send):
        if scope['type'] == 'http' and not streams(scope):
            scope = {**scope, 'headers': [header for header in scope['headers'] if header[0] != b'accept']}
        await app(scope, receive, send)


class TestKnowsNoFolders(Broken):
    noticed_by: ClassVar = {'test_a_name_may_hold_slashes'}

    async def respond(self, app, scope, receive, send):
        hidden = {'path': scope.get('path', '').replace('menu/', 'menu/menu/')}
        await app({**scope, **hidden} if scope['type'] == 'http' else scope, receive, send)


class TestLetsEverybodyIn(Broken):
    noticed_by: ClassVar = {
        'test_a_provider_may_refuse',
        'test_an_api_key_lets_in_who_has_it',
        'test_what_belongs_to_an_agent_is_guarded_as_the_agent_is',
        'test_what_clients_are_not_told_is_logged_once',
    }

    def provider(self, provider):
        def provide(data: RequestData) -> Any:
            try:
                return provider(data) if provider else None
            except Exception:  # noqa: BLE001  (the mistake)
                return None

        async def provide_later(data: RequestData) -> Any:
            try:
                provided = provide(data)
                return await provided if asyncio.iscoroutine(provided) else provided
            except Exception:  # noqa: BLE001  (the mistake)
                return None

        return provide_later


class TestTakesOneCallerForAnother(Broken):
    noticed_by: ClassVar = {'test_calls_at_the_same_time_do_not_mix'}

    def provider(self, provider):
        known: list[Any] = []

        async def provide(data: RequestData) -> Any:
            provided: Any = provider(data) if provider else None
            known.append(await provided if asyncio.iscoroutine(provided) else provided)
            return known[0]

        return provide


class TestShowsHeadersAsTheyCame(Broken):
    noticed_by: ClassVar = {'test_the_context_comes_from_the_request'}

    def provider(self, provider: Callable[..., Any] | None):
        if provider is None:
            return None

        def provide(data: RequestData) -> Any:
            shouted = {'X-Shout': '1', **data.headers}
            return provider(RequestData(data.method, shouted, data.input, data.request))

        return provide


class TestGetsTiredOfAConnection(Broken):
    noticed_by: ClassVar = {'test_one_connection_carries_call_after_call'}

    async def respond(self, app, scope, receive, send):
        served = self.__dict__.setdefault('served', {})
        client = scope.get('client')
        served[client] = served.get(client, 0) + 1
        tired = scope['type'] == 'http' and served[client] > 3
        await app({**scope, 'path': '/tired'} if tired else scope, receive, send)


class NeverLooksForItsClient(Broken):
    def applies(self, scope) -> bool:
        raise NotImplementedError

    async def respond(self, app, scope, receive, send):
        async def receive_no_end():
            message = await receive()
            if message['type'] == 'http.disconnect':
                await asyncio.Event().wait()
            return message

        is_blind = scope['type'] == 'http' and self.applies(scope)
        await app(scope, receive_no_end if is_blind else receive, send)


class TestNeverLooksForItsClientInStreams(NeverLooksForItsClient):
    noticed_by: ClassVar = {
        'test_a_silent_stream_ends_its_flow_when_the_client_leaves',
        'test_a_stream_ends_its_flow_when_the_client_leaves',
    }

    def applies(self, scope):
        return streams(scope)


class TestNeverLooksForItsClientInCalls(NeverLooksForItsClient):
    noticed_by: ClassVar = {'test_a_call_ends_its_flow_when_the_client_leaves'}

    def applies(self, scope):
        return not streams(scope)


class TestDoesNotSayWhyItIsBlind(Broken):
    detects_disconnect = False
    noticed_by: ClassVar = {
        'test_a_call_ends_its_flow_when_the_client_leaves',
        'test_a_silent_stream_ends_its_flow_when_the_client_leaves',
    }


class TestRunsEachCallOnALoopOfItsOwn(Broken):
    noticed_by: ClassVar = {'test_all_calls_run_on_one_event_loop'}

    async def respond(self, app, scope, receive, send):
        loop = asyncio.get_running_loop()

        def across(function):
            async def call(*message):
                return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(function(*message), loop))

            return call

        if scope['type'] == 'http':
            await asyncio.to_thread(asyncio.run, app(scope, across(receive), across(send)))
        else:
            await app(scope, receive, send)


class TestAnswersWithAnotherSuccess(Rewriting):
    noticed_by: ClassVar = {'test_a_flow_answers_with_its_result'}

    def applies(self, scope):
        return scope['path'] == '/shout'

    def status(self, status):
        return 201 if status == 200 else status


class TestTakesWhatIsNoNumber(Broken):
    noticed_by: ClassVar = {'test_a_body_that_is_not_json_is_refused'}

    async def respond(self, app, scope, receive, send):
        async def receive_null():
            message = await receive()
            return {**message, 'body': message['body'].replace(b'NaN', b' 0 ')} if message.get('body') else message

        await app(scope, receive_null if scope['type'] == 'http' else receive, send)


class TestRunsPlainFunctionsOnTheLoop(Rewriting):
    noticed_by: ClassVar = {'test_a_plain_function_is_served_as_well'}

    def applies(self, scope):
        return scope['path'] == '/plain'

    def body(self, body):
        return body.replace(b'False', b'True')


class TestBeginsStreamsTooEarly(Rewriting):
    noticed_by: ClassVar = {'test_an_error_before_a_stream_begins_is_a_plain_answer'}

    def applies(self, scope):
        return scope['path'] == '/count'

    def status(self, status):
        return 200 if status >= 400 else status


class TestKnowsNoDefaults(Rewriting):
    noticed_by: ClassVar = {'test_an_input_may_be_left_out_where_the_flow_has_none_or_a_default'}

    def applies(self, scope):
        return scope['path'] == '/greet'

    def body(self, body):
        return body.replace(b'nobody', b'None')


class TestTakesTheBlameForWhatIsMissing(Rewriting):
    noticed_by: ClassVar = {'test_an_input_that_is_missing_is_refused'}

    def applies(self, scope):
        return scope['path'] == '/shout'

    def status(self, status):
        return 500 if status == 400 else status


class TestTakesOneByteLess(Broken):
    noticed_by: ClassVar = {'test_a_body_over_the_limit_is_refused'}

    def serving(self, ai, context_provider=None, **options):
        limited: Any = {**options, 'body_limit': LIMIT - 1}
        return self.on_uvicorn(FlowsApp(ai, context_provider=context_provider, **limited))


class TestRefusesWithoutAWord(Rewriting):
    noticed_by: ClassVar = {'test_a_provider_may_refuse'}

    def body(self, body):
        return body.replace(b'Who are you?', b'No.')


class TestDoesNotTellAWrongKeyFromNone(Rewriting):
    noticed_by: ClassVar = {'test_an_api_key_lets_in_who_has_it'}

    def applies(self, scope):
        return scope['path'] == '/whoami'

    def status(self, status):
        return 401 if status == 403 else status


class TestNoticesOnlyWhenItSpeaks(Broken):
    """Its server does not tell when a client leaves, but fails to send."""

    noticed_by: ClassVar = {'test_a_silent_stream_ends_its_flow_when_the_client_leaves'}

    async def respond(self, app, scope, receive, send):
        if scope['type'] != 'http' or not streams(scope):
            await app(scope, receive, send)
            return
        gone, told = asyncio.Event(), asyncio.Event()

        async def receive_late():
            message = await receive()
            if message['type'] == 'http.disconnect':
                gone.set()
                await told.wait()
            return message

        async def send_or_tell(message):
            if gone.is_set():
                told.set()
            await send(message)

        await app(scope, receive_late, send_or_tell)


class TestNoticesOnlyWhenItIsSilent(Broken):
    noticed_by: ClassVar = {'test_a_stream_ends_its_flow_when_the_client_leaves'}

    async def respond(self, app, scope, receive, send):
        sent = 0

        async def receive_in_silence():
            message = await receive()
            while message['type'] == 'http.disconnect':
                before = sent
                await asyncio.sleep(0.2)
                if sent == before:
                    break
            return message

        async def count(message):
            nonlocal sent
            sent += 1
            await send(message)

        is_blind = scope['type'] == 'http' and streams(scope)
        await app(scope, receive_in_silence if is_blind else receive, count)


class TestSaysThatAStreamIsMissing(Rewriting):
    noticed_by: ClassVar = {'test_a_stream_that_is_kept_can_be_joined_again'}

    def status(self, status):
        return 404 if status == 204 else status


class TestKeepsNoLongStreams(Broken):
    noticed_by: ClassVar = {'test_a_run_whose_stream_is_kept_goes_on_when_the_client_leaves'}

    async def respond(self, app, scope, receive, send):
        if scope['type'] == 'http' and scope['path'].endswith('/wait'):
            headers = [(name, b'gone' if name == b'x-genkit-stream-id' else value) for name, value in scope['headers']]
            scope = {**scope, 'headers': headers}
        await app(scope, receive, send)


class TestNamesStreamsThatAreNotKept(Rewriting):
    noticed_by: ClassVar = {'test_streams_are_not_kept_unless_that_is_wanted'}

    def headers(self, headers):
        return {b'x-genkit-stream-id': b'kept-nowhere', **headers}


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
