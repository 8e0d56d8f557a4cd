# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The application that adapters of web frameworks serve under test: its flows, and what they noticed."""

import asyncio
import threading
from collections import defaultdict
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from genkit import ActionRunContext, Genkit, GenkitError, Message, PublicError, TextPart
from genkit.agent import MemorySnapshots


SECRET: Final = 'postgres://cook:pepper@kitchen'  # noqa: S105  (what must not get out)


class Guest(BaseModel):
    """An input with its own names on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    first_name: str
    age: int


class Seat(BaseModel):
    """A result with its own names on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    seated_guest: str
    is_adult: bool


class Visit:
    """What became of one call of ``linger``.

    Attributes:
        started: It runs.
        cancelled: It was cancelled.
    """

    def __init__(self) -> None:
        self.started = threading.Event()
        self.cancelled = threading.Event()


class Unspeakable:
    """Has no text."""

    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError(SECRET)

    __repr__ = __str__


class UnspeakableError(Unspeakable, Exception):
    """An error without a text."""


ENDS: Final[dict[str, type[BaseException]]] = {
    'cancelled': asyncio.CancelledError,
    'closed': GeneratorExit,
    'exit': SystemExit,
    'interrupt': KeyboardInterrupt,
}


class Restaurant:
    """An application with a flow for each thing that a web adapter can do wrong.

    Attributes:
        ai: Holds the flows.
        visits: What became of the calls of ``linger``, by their input's name.
        opened: Lets ``wait`` go on.
        loops: The event loops that ``where`` ran on.
        calls: How often ``soup`` ran.
    """

    def __init__(self) -> None:
        self.ai = Genkit()
        self.visits: defaultdict[str, Visit] = defaultdict(Visit)
        self.opened = threading.Event()
        self.loops: list[asyncio.AbstractEventLoop] = []
        self.calls = 0
        self._define_answers()
        self._define_streams()
        self._define_failures()
        self._define_ends()
        self._define_agent()
        self._define_observers()

    def _define_answers(self) -> None:
        @self.ai.flow()
        async def shout(text: str) -> str:
            return text.upper()

        @self.ai.flow()
        async def greet(name: str = 'nobody') -> str:
            return f'Hello, {name}!'

        @self.ai.flow()
        async def nothing() -> None:
            pass

        @self.ai.flow()
        def plain(word: str, context: ActionRunContext) -> str:
            context.send_chunk(f'{word} from a thread')
            return f'{word} {threading.current_thread() is threading.main_thread()}'

        @self.ai.flow()
        async def length(text: str) -> int:
            return len(text)

        @self.ai.flow()
        async def soup() -> str:
            self.calls += 1
            return 'soup'

        @self.ai.flow('menu/of-the-day')
        async def menu_of_the_day() -> list[str]:
            return ['soup', 'bread']

        _used = shout, greet, nothing, plain, length, soup, menu_of_the_day

    def _define_streams(self) -> None:
        @self.ai.flow()
        async def count(end: int, context: ActionRunContext) -> int:
            for number in range(1, end + 1):
                context.send_chunk(number)
            return end

        @self.ai.flow()
        async def echo(value: Any, context: ActionRunContext) -> Any:
            context.send_chunk(value)
            return value

        @self.ai.flow()
        async def seat(guest: Guest, context: ActionRunContext) -> Seat:
            seated = Seat(seated_guest=guest.first_name, is_adult=guest.age >= 18)
            context.send_chunk(seated)
            return seated

        @self.ai.flow()
        async def wait(_: Any, context: ActionRunContext) -> str:
            context.send_chunk('before')
            while not self.opened.is_set():  # noqa: ASYNC110  (set by another thread)
                await asyncio.sleep(0.005)
            return 'after'

        @self.ai.flow()
        async def linger(name: str, context: ActionRunContext) -> None:
            visit = self.visits[name]
            visit.started.set()
            try:
                while True:
                    if name == 'talking':
                        context.send_chunk('still here')
                    await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                visit.cancelled.set()
                raise

        _used = count, echo, seat, wait, linger

    def _define_failures(self) -> None:
        @self.ai.flow()
        async def fail(status: str) -> None:
            raise GenkitError(f'The kitchen says {status}.', status=status, details={'dish': 'soup'})

        @self.ai.flow()
        async def refuse() -> None:
            raise PublicError('ALREADY_EXISTS', 'You have ordered that.', {'order': 7})

        @self.ai.flow()
        async def crash() -> None:
            raise ConnectionError(SECRET)

        @self.ai.flow('fail-midway')
        async def fail_midway(_: Any, context: ActionRunContext) -> None:
            context.send_chunk('soup')
            await asyncio.sleep(0.01)
            raise PublicError('RESOURCE_EXHAUSTED', 'Out of bread.', {'left': 0})

        @self.ai.flow('crash-midway')
        async def crash_midway(_: Any, context: ActionRunContext) -> None:
            context.send_chunk('soup')
            raise ConnectionError(SECRET)

        _used = fail, refuse, crash, fail_midway, crash_midway

    def _define_ends(self) -> None:
        @self.ai.flow('end/circle')
        async def circle() -> Any:
            found: dict[str, Any] = {}
            found['self'] = found
            return found

        @self.ai.flow('end/chunk')
        async def chunk(_: Any, context: ActionRunContext) -> str:
            context.send_chunk(Unspeakable())
            await asyncio.sleep(60)
            return 'it was sent'

        @self.ai.flow('end/mute')
        async def mute() -> None:
            raise UnspeakableError

        @self.ai.flow('end/raise')
        async def end_of(name: str) -> None:
            await asyncio.sleep(0)
            raise ENDS[name]

        @self.ai.flow('end/thread')
        def thread() -> None:
            raise SystemExit(3)

        _used = circle, chunk, mute, end_of, thread

    def _define_agent(self) -> None:
        async def serve(runner: Any, _context: Any) -> None:
            async def turn(given: Any, _: Any) -> None:
                runner.add_messages(Message(role='model', content=[TextPart(text=f'One {given.message.text}.')]))

            await runner.run(turn)

        self.ai.define_custom_agent('waiter', serve, store=MemorySnapshots())

    def _define_observers(self) -> None:
        @self.ai.flow()
        async def whoami(given: Any, context: ActionRunContext) -> dict[str, Any]:
            await asyncio.sleep(0.01)
            return {'given': given, 'context': context.context}

        @self.ai.flow()
        async def trace(_: Any, context: ActionRunContext) -> list[str]:
            return [context.trace_id, context.span_id]

        @self.ai.flow()
        async def where() -> None:
            self.loops.append(asyncio.get_running_loop())

        _used = whoami, trace, where
