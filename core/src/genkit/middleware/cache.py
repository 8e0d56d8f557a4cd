# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers a request that was answered before without asking the model again."""

import asyncio
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, cast

from pydantic import Field

from genkit._base.errors import GenkitError
from genkit._base.logger import Logger
from genkit._base.loop_cache import LoopCache
from genkit._base.secrets import is_secret
from genkit._base.serialize import dump_dict, dump_json
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateMiddlewareContext,
    ModelHookParams,
    ModelNext,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Role,
    WireModel,
)


_LOG: Final = Logger('genkit.middleware.cache')
_MASKED: Final = '**********'  # what Pydantic writes in place of a SecretStr


class CacheStore(Protocol):
    """Where answers are kept. Both are JSON-safe text, so Redis and its kind fit as well as memory."""

    async def get(self, key: str) -> str | None:
        """Return what is kept under a key, or None if there is nothing or it has expired."""
        ...

    async def set(self, key: str, value: str, ttl_seconds: float | None) -> None:
        """Keep a value for some seconds; None for as long as there is room."""
        ...


class MemoryStore:
    """Keeps the answers that were used last; safe between tasks, threads and event loops.

    Args:
        max_entries: When there are more, the one that was not used for longest goes.
        clock: Tells the time in seconds.
    """

    def __init__(self, max_entries: int = 1000, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[str, tuple[str, float | None]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many answers are kept, expired ones included."""
        return len(self._entries)

    async def get(self, key: str) -> str | None:
        """Return an answer, or None."""
        with self._lock:
            value, expires = self._entries.get(key, (None, None))
            if value is None:
                return None
            if expires is not None and expires <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return value

    async def set(self, key: str, value: str, ttl_seconds: float | None) -> None:
        """Keep an answer."""
        with self._lock:
            self._entries[key] = (value, None if ttl_seconds is None else self._clock() + ttl_seconds)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)


class CacheConfig(WireModel):
    """What is kept and for how long.

    Attributes:
        ttl_seconds: How long an answer is good; None for as long as there is room.
        max_entries: How many answers are kept in memory; a store of one's own has limits of its own.
        share_between_keys: Whether a request that brings a key of its own may get an answer that another key paid for,
            and leave its own to others. Otherwise such a request is neither answered from the cache nor kept.
        context_members: Members of the call's context that keep answers apart, such as the tenant.
    """

    ttl_seconds: float | None = Field(default=3600, gt=0)
    max_entries: int = Field(default=1000, gt=0)
    share_between_keys: bool = False
    context_members: list[str] = Field(default_factory=list)


class _Flight:
    """One call of the model that others wait for.

    Attributes:
        answer: What was kept; None if nothing could be.
        abandoned: Whether the one who asked went away.
    """

    __slots__ = ('abandoned', 'answer', 'landed')

    def __init__(self) -> None:
        self.landed = asyncio.Event()
        self.answer: str | None = None
        self.abandoned = False


_FLIGHTS: Final[LoopCache[dict[tuple[int, str], _Flight]]] = LoopCache(dict)


class Cache(BaseMiddleware[CacheConfig]):
    """Keeps complete answers and gives them to requests that are the same in every respect.

    Kept is what ends with ``stop``, or without a reason, asks for no tool and is in the format asked for. The model,
    the messages, the configuration without credentials, the tools, the output and the documents all count. Identical
    requests at the same time share one call. A kept answer is streamed as one chunk; its usage is empty but for
    ``custom['cacheHits']``, for nothing was consumed. A store that fails is logged and passed by.

    Put it after middleware that changes requests: it sees the request as it would go on from its place in the list.

    Args:
        config: See `CacheConfig`.
        store: Where answers are kept; in memory, one place for each application and configuration, if left out.
        fields: The configuration's members.
    """

    def __init__(self, config: Any = None, store: CacheStore | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._own_store = store

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Answer from the store, or ask and keep the answer."""
        model = ctx.model
        config = dump_dict(params.request.config)
        if model is None or (not self.config.share_between_keys and _holds_secret(config)):
            return await next_fn(params, ctx)
        store = self._store(ctx)
        key = self._key(model, params.request, config, ctx.custom_context)
        while True:
            kept = await _look_up(store, key)
            if kept is not None:
                return _replay(kept, ctx)
            flights = _FLIGHTS.get()
            flight = flights.get((id(store), key))
            if flight is None:
                flight = flights[id(store), key] = _Flight()
                try:
                    return await self._ask(store, key, flight, lambda: next_fn(params, ctx))
                finally:
                    del flights[id(store), key]
                    flight.landed.set()
            await flight.landed.wait()
            if flight.answer is not None:
                return _replay(GenerateResponse.model_validate_json(flight.answer), ctx)
            if not flight.abandoned:
                return await self._ask(store, key, _Flight(), lambda: next_fn(params, ctx))

    async def _ask(self, store: CacheStore, key: str, flight: _Flight, ask: Callable[[], Any]) -> GenerateResponse[Any]:
        try:
            response: GenerateResponse[Any] = await ask()
        except asyncio.CancelledError:
            flight.abandoned = True
            raise
        flight.answer = _text_to_keep(response)
        if flight.answer is not None:
            try:
                await store.set(key, flight.answer, self.config.ttl_seconds)
            except Exception:  # noqa: BLE001  (logged with its traceback; the answer is there all the same)
                _LOG.exception('An answer could not be kept in the cache.')
        return response

    def _store(self, ctx: GenerateMiddlewareContext) -> CacheStore:
        if self._own_store is not None:
            return self._own_store
        entries = self.config.max_entries
        return ctx.shared(('cache', self.config.model_dump_json()), lambda: MemoryStore(entries))

    def _key(self, model: str, request: GenerateRequest, config: Any, context: Mapping[str, Any]) -> str:
        facts = {
            'model': model,
            'request': dump_dict(request.replaced(config=None)),
            'config': _without_secrets(config),
            'context': {name: dump_dict(context.get(name)) for name in self.config.context_members},
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


async def _look_up(store: CacheStore, key: str) -> GenerateResponse[Any] | None:
    try:
        text = await store.get(key)
        return None if text is None else GenerateResponse.model_validate_json(text)
    except Exception:  # noqa: BLE001  (logged with its traceback; the model can be asked all the same)
        _LOG.exception('The cache could not be read.')
        return None


def _replay(kept: GenerateResponse[Any], ctx: GenerateMiddlewareContext) -> GenerateResponse[Any]:
    assert kept.message is not None
    ctx.send_chunk(GenerateResponseChunk(role=Role.MODEL, content=kept.message.content))
    return kept.replaced(usage=GenerationUsage(custom={'cacheHits': 1}))


def _text_to_keep(response: GenerateResponse[Any]) -> str | None:
    """Return an answer as text, or None if it is incomplete or would not come back the same."""
    if response.finish_reason not in {None, FinishReason.STOP} or response.message is None or response.tool_requests:
        return None
    try:
        _ = response.output
    except GenkitError:
        return None
    kept = GenerateResponse(
        message=response.message, finish_reason=response.finish_reason, finish_message=response.finish_message
    ).replaced(custom=response.custom)
    try:
        text = dump_json(kept)
        again = GenerateResponse.model_validate_json(text)
    except ValueError:
        return None
    return text if again.message == kept.message and again.custom == kept.custom else None


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return any((is_secret(name) and item) or _holds_secret(item) for name, item in members.items())
    if isinstance(value, list):
        return any(_holds_secret(item) for item in cast('list[Any]', value))
    return value == _MASKED


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return {name: _without_secrets(item) for name, item in members.items() if not is_secret(name)}
    if isinstance(value, list):
        return [_without_secrets(item) for item in cast('list[Any]', value)]
    return value
