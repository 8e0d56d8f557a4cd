# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import socket

import httpx
import pytest
from genkit import Genkit, GenkitError
from genkit._older.servers import (
    AbstractBaseServer,
    Server,
    ServerConfig,
    ServerManager,
    UvicornAdapter,
    find_free_port,
    is_port_available,
    terminate_all_servers,
)
from genkit.web import FlowsApp


class Flows(AbstractBaseServer):
    def __init__(self) -> None:
        self.seen: list[str] = []
        self.started = asyncio.Event()

    def create(self, config):
        self.seen.append(f'create {config.name}')
        return FlowsApp(Genkit(), on_startup=self.started.set)

    async def start(self, app, config):
        self.seen.append(f'start {config.name}')
        return await super().start(app, config)

    async def stop(self, app, config):
        self.seen.append(f'stop {config.name}')


class Bare:
    """A lifecycle that only makes the application."""

    def __init__(self) -> None:
        self.started = asyncio.Event()

    def create(self, config):
        return FlowsApp(Genkit(), on_startup=self.started.set)


async def test_servers_run_until_all_are_told_to_end():
    flows, bare = Flows(), Bare()
    servers = [
        Server(config=ServerConfig(name='flows', log_level='info'), lifecycle=flows, adapter=UvicornAdapter()),
        Server(config=ServerConfig(name='bare'), lifecycle=bare),
    ]
    running = asyncio.create_task(ServerManager().run_all(servers))
    await asyncio.gather(flows.started.wait(), bare.started.wait())
    for server in servers:
        async with httpx.AsyncClient(base_url=f'http://127.0.0.1:{server.config.port}') as client:
            assert (await client.get('/__health')).status_code == 200
    await terminate_all_servers()
    await running
    assert flows.seen == ['create flows', 'start flows', 'stop flows']


async def test_a_port_that_is_taken_is_passed_over_where_there_are_others():
    with socket.create_server(('127.0.0.1', 0)) as taken:
        busy = taken.getsockname()[1]
        assert not is_port_available(busy)
        with socket.create_server(('127.0.0.1', 0)) as probe:
            free = probe.getsockname()[1]
        assert find_free_port([busy, free]) == free
        assert find_free_port([busy]) is None
        flows = Flows()
        server = Server(config=ServerConfig(port=busy, ports=[free]), lifecycle=flows)
        running = asyncio.create_task(ServerManager().run_all([server]))
        await flows.started.wait()
        assert server.config.port == free
        await terminate_all_servers()
        await running
        with pytest.raises(GenkitError, match=f'cannot listen on 127.0.0.1:{busy}'):
            await ServerManager().run_all([Server(config=ServerConfig(port=busy), lifecycle=Flows())])


async def test_a_lifecycle_without_an_application_is_an_error():
    with pytest.raises(GenkitError, match="AbstractBaseServer makes no application for server 'x'"):
        await ServerManager().run_all([Server(config=ServerConfig(name='x'), lifecycle=AbstractBaseServer())])
