# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Puts a server on this machine behind the provider that a page talks to, so that its blocks show what a user writes.

A page says so in a comment, which readers do not see: ``<!-- stand-in: AnthropicWire base_url -->`` names a wire of
`genkit.testing`, or of the plugin's own module `testing`, and the argument of the plugin that takes the address.
"""

import asyncio
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import genkit.testing
from genkit.testing import LoopbackServer, RealtimePeer, RealtimeServer, Said, SpeakMove


COMMENT = re.compile(r'<!-- stand-in: (\w+) (\w+) -->')
PLUGIN = re.compile(r'from (genkit_\w+) import (\w+)$', re.MULTILINE)


@contextmanager
def stood_in(text: str) -> Generator[str]:
    """Give a page whose plugin talks to a server on this machine, which answers everything with a greeting."""
    named = COMMENT.search(text)
    if named is None:
        yield text
        return
    plugin = PLUGIN.search(text)
    assert plugin is not None, 'The page has a comment `stand-in` and no line `from genkit_… import Plugin`.'
    package, name = plugin.groups()
    with _serving(_wire(package, named[1])) as (url, asked):
        made = re.compile(rf'\b{name}\(([^()]*)\)')
        changed = made.sub(lambda call: f'{name}({_more(call[1])}api_key="key", {named[2]}={url!r})', text)
        assert changed != text, f'The page has a comment `stand-in` and no call {name}().'
        yield changed
        assert asked, f'Nothing was asked of {name}.'


def _wire(package: str, name: str) -> Any:
    home = genkit.testing if hasattr(genkit.testing, name) else import_module(f'{package}.testing')
    return getattr(home, name)


def _more(arguments: str) -> str:
    return f'{arguments}, ' if arguments else ''


@contextmanager
def _serving(wire: Any) -> Generator[tuple[str, list[Any]]]:
    """Give the address of a server, and what it is asked."""
    if issubclass(wire, RealtimePeer):
        with _talking(wire) as server:
            yield server.url, server.paths
        return
    with LoopbackServer(lambda _: wire().answer(Said(texts=['Hello!']))) as server:
        yield server.url, server.requests


@contextmanager
def _talking(peer: Any) -> Generator[RealtimeServer]:
    """Give a server of WebSockets that runs in a thread of its own, as the page has an event loop of its own."""
    server = RealtimeServer(peer, lambda _: [SpeakMove('Hello!')])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
