# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Adapters of web frameworks that trust where they should not, or tell too little."""

import logging
from typing import ClassVar

from .web import LIMIT, Broken, Rewriting, streams


class TestLosesSnapshots(Rewriting):
    noticed_by: ClassVar = {'test_an_agent_is_served_with_its_snapshots_and_the_way_to_stop_it'}

    def applies(self, scope):
        return scope['path'] == '/waiter/getSnapshot'

    def body(self, body):
        return b'{"result":{}}'


class TestGuardsTheAgentAlone(Broken):
    noticed_by: ClassVar = {'test_what_belongs_to_an_agent_is_guarded_as_the_agent_is'}

    def provider(self, provider):
        if provider is None:
            return None
        return lambda data: None if data.request['path'].startswith('/waiter/') else provider(data)


class TestLeavesStreamsOpen(Rewriting):
    noticed_by: ClassVar = {'test_a_stream_ends_with_a_last_frame_whatever_the_flow_does'}

    def applies(self, scope):
        return scope['path'] == '/end/raise' and streams(scope)

    def body(self, body):
        return b''


class TestAnswersWithNothing(Rewriting):
    noticed_by: ClassVar = {'test_a_call_is_answered_whatever_the_flow_does'}

    def applies(self, scope):
        return scope['path'] == '/end/raise' and not streams(scope)

    def body(self, body):
        return b''


class TestKeepsFailuresToItself(Broken):
    noticed_by: ClassVar = {'test_what_clients_are_not_told_is_logged_once'}

    async def respond(self, app, scope, receive, send):
        logger = logging.getLogger('genkit')
        logger.disabled = True
        try:
            await app(scope, receive, send)
        finally:
            logger.disabled = False


class Overlooking(Broken):
    """Does not see some headers of a request, or sees others in their place."""

    overlooked: ClassVar[frozenset[bytes]]
    seen: ClassVar[list[tuple[bytes, bytes]]] = []

    async def respond(self, app, scope, receive, send):
        if scope['type'] == 'http':
            kept = [header for header in scope['headers'] if header[0] not in self.overlooked]
            scope = {**scope, 'headers': [*kept, *self.seen]}
        await app(scope, receive, send)


class TestTakesEverythingForJson(Overlooking):
    noticed_by: ClassVar = {'test_a_body_that_is_not_said_to_be_json_runs_nothing'}
    overlooked = frozenset({b'content-type'})
    seen: ClassVar = [(b'content-type', b'application/json')]


class TestKnowsOneNameOfJson(Overlooking):
    noticed_by: ClassVar = {'test_json_has_several_names'}
    overlooked = frozenset()

    async def respond(self, app, scope, receive, send):
        types = [value for name, value in scope.get('headers', []) if name == b'content-type']
        if types and types != [b'application/json']:
            scope = {**scope, 'headers': [(b'host', b'127.0.0.1')]}
        await super().respond(app, scope, receive, send)


class TestLetsEveryPageIn(Overlooking):
    noticed_by: ClassVar = {'test_a_page_of_another_site_runs_nothing'}
    overlooked = frozenset({b'origin', b'sec-fetch-site'})


class TestLetsNoPageIn(Rewriting):
    noticed_by: ClassVar = {'test_a_page_of_the_same_origin_may_call'}

    def applies(self, scope):
        site = dict(scope['headers']).get(b'sec-fetch-site')
        return site in (b'none', b'same-origin')

    def status(self, status):
        return 403

    def body(self, body):
        return b'{}'


class TestGoesByAnyName(Overlooking):
    noticed_by: ClassVar = {'test_a_page_that_gave_this_machine_a_name_runs_nothing'}
    overlooked = frozenset({b'host', b'origin'})

    async def respond(self, app, scope, receive, send):
        if b'evil' in dict(scope.get('headers', [])).get(b'host', b''):
            await super().respond(app, scope, receive, send)
        else:
            await app(scope, receive, send)


class TestDoesNotSayWhyItHasNoAddress(Broken):
    knows_its_address = False
    noticed_by: ClassVar = {'test_a_page_that_gave_this_machine_a_name_runs_nothing'}


class TestHangsUpOnLongBodies(Broken):
    noticed_by: ClassVar = {'test_a_client_that_first_sends_everything_learns_that_it_was_too_much'}

    async def respond(self, app, scope, receive, send):
        length = dict(scope.get('headers', [])).get(b'content-length', b'0')
        if int(length) > 2 * LIMIT:
            await send({'type': 'http.response.start', 'status': 400, 'headers': [(b'connection', b'close')]})
            await send({'type': 'http.response.body', 'body': b''})
        else:
            await app(scope, receive, send)


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
