# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Response cache: a repeated request does not reach the model."""

import asyncio
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, cast

from pydantic import Field, model_validator

from genkit._base.errors import GenkitError
from genkit._base.logger import Logger
from genkit._base.loop_cache import LoopCache
from genkit._base.readers.older_options import SECOND, with_newer_names
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
    """A store of cached responses. Keys and values are JSON-safe text, so that Redis and the like can hold them."""

    async def get(self, key: str) -> str | None:
        """Return the value of a key, or None if it is absent or has expired."""
        ...

    async def set(self, key: str, value: str, ttl: float | None) -> None:
        """Store a value for a number of seconds; None means until it is evicted."""
        ...


class MemoryStore:
    """An in-memory LRU store of responses; safe between tasks, threads and event loops.

    Args:
        max_entries: The maximum number of entries; the least recently used one is evicted.
        clock: Returns the time in seconds.
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
        """Return a response, or None."""
        with self._lock:
            value, expires = self._entries.get(key, (None, None))
            if value is None:
                return None
            if expires is not None and expires <= self._clock():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return value

    async def set(self, key: str, value: str, ttl: float | None) -> None:
        """Store a response."""
        with self._lock:
            self._entries[key] = (value, None if ttl is None else self._clock() + ttl)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)


class CacheConfig(WireModel):
    """Configuration of `Cache`.

    Attributes:
        ttl: The lifetime of a response in seconds; None means until it is evicted.
        max_entries: The maximum number of responses in memory; a custom store has its own limits.
        share_between_keys: Whether requests with their own API key share cached responses with requests that use
            another key. Otherwise a request with its own key is neither answered from the cache nor cached.
        context_members: Keys of the call's context that are part of the cache key, such as the tenant.
    """

    ttl: float | None = Field(default=3600, gt=0)
    max_entries: int = Field(default=1000, gt=0)
    share_between_keys: bool = False
    context_members: list[str] = Field(default_factory=list)

    @model_validator(mode='before')
    @classmethod
    def _newer_names(cls, given: Any) -> Any:
        return with_newer_names(given, {'ttl_seconds': ('ttl', SECOND)})


class _Flight:
    """One call of the model that others wait for.

    Attributes:
        answer: What was kept; None if nothing could be.
        abandoned: Whether the caller that made the request was cancelled.
    """

    __slots__ = ('abandoned', 'answer', 'landed')

    def __init__(self) -> None:
        self.landed = asyncio.Event()
        self.answer: str | None = None
        self.abandoned = False


_FLIGHTS: Final[LoopCache[dict[tuple[int, str], _Flight]]] = LoopCache(dict)


class Cache(BaseMiddleware[CacheConfig]):
    """Caches complete responses and returns them for identical requests.

    Caches responses whose finish reason is ``stop`` or absent, that request no tool and match the requested format.
    The cache key consists of the model, the messages, the configuration without credentials, the tools, the output and
    the documents. Identical concurrent requests share one call. A cached response is streamed as one chunk; its usage
    is empty except for ``custom['cacheHits']``, because nothing was consumed. A failing store is logged and bypassed.

    Put it after middleware that changes requests: the key is computed from the request that arrives here.

    Args:
        config: See `CacheConfig`.
        store: The store of the responses. Default: in memory, one per application and configuration.
        fields: The fields of the configuration.
    """

    def __init__(self, config: Any = None, store: CacheStore | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._own_store = store

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Return the cached response, or call the model and cache its response."""
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
                await store.set(key, flight.answer, self.config.ttl)
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
