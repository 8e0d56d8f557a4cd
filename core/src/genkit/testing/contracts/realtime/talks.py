# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation with a plugin, in front of a server on this machine."""

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, MediaPart, Message, Role
from genkit.plugin import ModelEntry, ModelPlugin, Task
from genkit.plugin.realtime.chunks import sound_part
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.provider_exchanges import KEY
from genkit.testing.contracts.request_type import find_misfits
from genkit.testing.realtime.hearing import HeardConversation, realtime_echo
from genkit.testing.realtime.moves import (
    RealtimeBrain,
    text_as_sound,
)
from genkit.testing.realtime.server import RealtimeServer, Refusal


PATIENCE: Final = 10


class RealtimeTalks(Contract):
    """Talks with a plugin that is pointed at a server on this machine.

    Attributes:
        model: The model to talk with. Default: the first that the table has.
        peer: The provider's protocol, of `genkit.testing`.
        event_type: The type that the provider's library has for what a client sends.
        text_config: Options that ask for text in place of sound.
        voice: A voice for ``config={'voice': …}``.
        cancels_calls: Whether the protocol takes back what was asked of tools.
    """

    model: ClassVar[str] = ''
    peer: ClassVar[Any]
    event_type: ClassVar[Any] = None
    text_config: ClassVar[dict[str, Any]] = {}
    voice: ClassVar[str] = 'verse'
    cancels_calls: ClassVar[bool] = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        """Return the plugin, pointed at a server.

        Args:
            url: The server's address, without a slash at the end.
            api_key: What an application would pass.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how its plugin is made: define `plugin`.')

    def key_of(self, headers: dict[str, str]) -> str | None:
        """Return the key that a connection brought."""
        raise NotImplementedError

    @property
    def entry(self) -> ModelEntry:
        """The model's entry in the table."""
        models = self.plugin('http://127.0.0.1:9', KEY).models
        found = models.find(self.model) if self.model else None
        return found or next(entry for entry in models if entry.task is Task.REALTIME)

    @contextlib.asynccontextmanager
    async def talking(
        self,
        brain: RealtimeBrain = realtime_echo,
        refuse: Callable[[int], Refusal | None] = lambda _: None,
        api_key: Any = KEY,
    ) -> AsyncGenerator[tuple[Genkit, RealtimeServer, str]]:
        """Give an application, the provider and the model's full name; nothing may be left of it afterwards."""
        tasks, sockets = asyncio.all_tasks(), open_sockets()
        async with RealtimeServer(self.peer, brain, refuse) as server:
            plugin = self.plugin(server.url, api_key)
            ai = Genkit(plugins=[plugin])
            try:
                yield ai, server, plugin.namespaced(self.entry.name)
            finally:
                async with asyncio.timeout(PATIENCE):
                    await ai.aclose()
                    if not server.reads:
                        server.cut()  # it would not notice that the client has left
                    await server.until_closed()
            if self.event_type is not None:
                misfits = [misfit for event in server.events for misfit in find_misfits(self.event_type, event)]
                assert misfits == []
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - tasks
        assert not left, left
        assert open_sockets() <= sockets

    async def fail(self, brain: RealtimeBrain, refuse: Callable[[int], Refusal | None] = lambda _: None) -> GenkitError:
        """Return the error of a conversation in which the user writes something."""
        async with self.talking(brain, refuse) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('Hello')
            heard = HeardConversation(conversation)
            with pytest.raises(GenkitError) as raised:
                await heard.all()
        return raised.value

    def misshapen(self) -> list[Any]:
        """Return events of the protocol with members that are not what they should be."""
        raise NotImplementedError


def sound(text: str, seconds: float = 0.0) -> MediaPart:
    """Return a text, or silence, as what a microphone gives."""
    return sound_part(text_as_sound(text, seconds), 'audio/pcm;rate=24000')


def tool_message(part: Any) -> Any:
    """Return a tool's response as a message."""
    return Message(role=Role.TOOL, content=[part])


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not is_so():  # noqa: ASYNC110  (nothing says when)
        await asyncio.sleep(0)


async def heard_from(server: RealtimeServer) -> None:
    """Wait until what the provider has sent has come."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert server.open_connections == 1


def open_sockets() -> int:
    """Return how many sockets this process has open."""
    count = 0
    for place in Path('/dev/fd').iterdir():
        with contextlib.suppress(OSError, ValueError):
            count += stat.S_ISSOCK(os.fstat(int(place.name)).st_mode)
    return count
