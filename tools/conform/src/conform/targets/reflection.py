# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models behind the reflection API of a running application."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx
from genkit.plugin import did_you_mean

from conform.model.answer import Answer
from conform.model.errors import RunError, StartError, UsageError
from conform.model.suite import Case


_MODELS_INTERVAL: Final = 0.5
_CALL_SECONDS: Final = 10.0
_JSON: Final = {'content-type': 'application/json'}
_OK: Final = 200
_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds: for a runtime, and then for its models."""

    runtime: float = 10.0
    models: float = 30.0


@asynccontextmanager
async def connected(url: str, patience: Patience) -> AsyncGenerator['ReflectionTarget']:
    """Connect to the runtime at an address; proxies of the environment are not asked.

    Raises:
        UsageError: It is not an address.
        StartError: It does not answer in time.
    """
    if not url.startswith(('http://', 'https://')):
        raise UsageError(f'The runtime {url!r} is no address, such as http://localhost:3100.')
    async with httpx.AsyncClient(base_url=url, timeout=_CALL_SECONDS, trust_env=False) as client:
        await _wait_healthy(client, url, patience.runtime)
        yield ReflectionTarget(client, patience)


class ReflectionTarget:
    """Runs model actions by `POST /api/runAction`."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience) -> None:
        self._client = client
        self._patience = patience
        self._listed: set[str] = set()

    async def prepare(self, keys: Iterable[str]) -> None:
        """Wait until all of these actions are listed; those that never are may still exist, and are asked anyway.

        Raises:
            StartError: The runtime went away.
        """
        wanted = set(keys)
        deadline = time.monotonic() + self._patience.models
        while time.monotonic() < deadline:
            try:
                listed = await self._client.get('/api/actions')
            except httpx.HTTPError as error:
                raise StartError(f'The runtime does not list its actions: {error!r}', error) from error
            self._listed = set(listed.json()) if listed.is_success else set()
            if wanted <= self._listed:
                return
            await asyncio.sleep(_MODELS_INTERVAL)

    async def run(self, case: Case, on_trace: Callable[[str], None]) -> Answer:
        """Run a case's model action and return what it gave; one that is given up is cancelled.

        Raises:
            RunError: There is no such model, it raised, or the runtime sent something else than an answer.
        """
        body = json.dumps({'key': case.key, 'input': case.request})
        address = f'/api/runAction{"?stream=true" if case.stream else ""}'
        trace_id = ''
        try:
            async with self._client.stream('POST', address, content=body, headers=_JSON, timeout=None) as answer:
                trace_id = answer.headers.get('x-genkit-trace-id', '')
                on_trace(trace_id)
                content = await answer.aread()
        except httpx.HTTPError as error:
            raise RunError(f'The runtime did not answer: {error!r}') from error
        except asyncio.CancelledError:
            await asyncio.shield(self._cancel(trace_id))
            raise
        if answer.status_code == _NOT_FOUND:
            raise RunError(f'Action {case.key!r} not found.{did_you_mean(case.key, self._listed)}')
        return _read(content, answer.status_code, is_stream=case.stream)

    async def _cancel(self, trace_id: str) -> None:
        with suppress(httpx.HTTPError):
            if trace_id:
                await self._client.post('/api/cancelAction', json={'traceId': trace_id}, timeout=1.0)


async def _wait_healthy(client: httpx.AsyncClient, url: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    problem = 'no answer'
    while time.monotonic() < deadline:
        try:
            health = await client.get('/api/__health')
        except httpx.HTTPError as error:
            problem = repr(error)
        else:
            if health.is_success:
                return
            problem = f'HTTP status {health.status_code}'
        await asyncio.sleep(0.1)
    raise StartError(f'No runtime answers at {url!r} within {seconds:g} s: {problem}. Is GENKIT_ENV=dev set there?')


def _read(content: bytes, status: int, *, is_stream: bool) -> Answer:
    """Return the answer in a body: in a stream, every line that ends is a chunk, and what remains is the outcome."""
    *lines, last = content.split(b'\n') if is_stream and status == _OK else [content]
    try:
        chunks = [json.loads(line) for line in lines]
        outcome = json.loads(last)
    except ValueError as error:
        raise RunError(f'The runtime answered {status} with {content[:200]!r}, expected JSON: {error}') from error
    if not isinstance(outcome, dict) or 'result' not in outcome:
        raise RunError(_told(outcome, status))
    return Answer(outcome['result'], chunks)


def _told(outcome: Any, status: int) -> str:
    """Return the message of an error; the stack stays where it was."""
    for member in ('error', 'message'):
        if isinstance(outcome, dict):
            outcome = cast('dict[str, Any]', outcome).get(member, cast('Any', outcome))
    return str(outcome) if status == _OK else f'HTTP status {status}: {outcome}'
