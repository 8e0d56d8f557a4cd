# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The engine: llama.cpp's own server, in this process, loaded on first use and run by one thread of its own.

Everything that is not typed, the ``xllamacpp`` package, stays in this module.
"""

import asyncio
import os
import secrets
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

from genkit import GenkitError

from genkit_llamacpp.weights import check_file, unloadable


Json = dict[str, Any]
OnProgress = Callable[[str, float], None]

# A prompt is read in pieces of so many tokens, and a cancelled call stops between two of them.
_BATCH: Final = 256
_LONGEST_SOCKET_PATH: Final = 100
_END: Final = object()


class _Server(Protocol):
    def handle_chat_completions(self, body: Json, on_chunk: Callable[[Json], bool]) -> None: ...

    def handle_embeddings(self, body: Json) -> Json: ...


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """How a model is loaded.

    Attributes:
        name: The model's name, for messages and threads.
        threads: How many threads compute.
        context_size: How many tokens a request and its answer may have together.
        embedding: Whether it makes vectors instead of text.
        on_progress: Told the name with 0.0 when loading begins and 1.0 when it is done, by the engine's thread.
    """

    name: str
    path: Path
    threads: int
    context_size: int
    embedding: bool = False
    on_progress: OnProgress | None = None


class Engine:
    """One loaded model; requests wait for each other.

    Args:
        settings: How it is loaded.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    async def chat(self, body: Json) -> AsyncGenerator[Json, None]:
        """Yield the chunks of a chat completion. Closing this generator stops the model at its next token.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a request the engine refuses, ``CANCELLED`` if the engine was closed
                meanwhile; if the model cannot be loaded, as `check_file` and `unloadable` say.
        """
        worker = self._current_worker()
        chunks = _Mailbox(asyncio.get_running_loop())
        stopped = threading.Event()
        cut_short = threading.Event()

        def receive(chunk: Json) -> bool:
            if worker.closing.is_set():
                cut_short.set()
            return stopped.is_set() or cut_short.is_set() or not chunks.put(chunk)

        future = worker.executor.submit(worker.chat, body, receive)
        future.add_done_callback(lambda _: chunks.put(_END))
        try:
            while (chunk := await chunks.get()) is not _END:
                _raise_refusal(chunk)
                yield chunk
            if cut_short.is_set():
                raise _closed(self._settings.name)
            future.result()
        finally:
            stopped.set()
            future.cancel()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector for each text. Cancelling stops it after the text that is being read.

        Raises:
            GenkitError: As `chat`.
        """
        worker = self._current_worker()
        vectors: list[list[float]] = []
        for text in texts:
            answer = await asyncio.wrap_future(worker.executor.submit(worker.embed, text))
            _raise_refusal(answer)
            vectors.append(answer['data'][0]['embedding'])
        return vectors

    async def aclose(self) -> None:
        """Stop what runs and free the model; the next request would load it again."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.closing.set()
            await asyncio.wrap_future(worker.executor.submit(worker.unload))
            worker.executor.shutdown(wait=False)

    def _current_worker(self) -> '_Worker':
        with self._lock:
            if self._worker is None:
                self._worker = _Worker(self._settings)
            return self._worker


class _Worker:
    """A thread and the model that only this thread uses; concurrent callers do not load it twice."""

    def __init__(self, settings: EngineSettings) -> None:
        self.closing = threading.Event()
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f'llamacpp-{settings.name}')
        self._settings = settings
        self._server: _Server | None = None

    def chat(self, body: Json, receive: Callable[[Json], bool]) -> None:
        server = self._loaded()
        try:
            server.handle_chat_completions(body, receive)
        except (RuntimeError, ValueError) as error:
            raise GenkitError(
                f'llama.cpp refused the request: {error}', status='INVALID_ARGUMENT', cause=error
            ) from error

    def embed(self, text: str) -> Json:
        return self._loaded().handle_embeddings({'input': [text]})

    def unload(self) -> None:
        self._server = None

    def _loaded(self) -> _Server:
        if self.closing.is_set():
            raise _closed(self._settings.name)
        if self._server is None:
            check_file(self._settings.path)
            self._report(0.0)
            self._server = _load(self._settings)
            self._report(1.0)
        return self._server

    def _report(self, share: float) -> None:
        if self._settings.on_progress is not None:
            self._settings.on_progress(self._settings.name, share)


class _Mailbox:
    """Takes values from a thread to a coroutine, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._values: asyncio.Queue[Any] = asyncio.Queue()

    def put(self, value: Any) -> bool:
        """Return False if nobody is there any more to read it."""
        with suppress(RuntimeError):  # the event loop is closed
            self._loop.call_soon_threadsafe(self._values.put_nowait, value)
            return True
        return False

    async def get(self) -> Any:
        return await self._values.get()


def _load(settings: EngineSettings) -> _Server:
    xllamacpp: Any = import_module('xllamacpp')
    params = xllamacpp.CommonParams()
    params.verbosity = -1
    params.model.path = str(settings.path)
    params.cpuparams.n_threads = settings.threads
    params.cpuparams_batch.n_threads = settings.threads
    params.n_ctx = settings.context_size
    params.n_batch = params.n_ubatch = settings.context_size if settings.embedding else _BATCH
    params.cache_ram_mib = 0
    params.ui = False
    if settings.embedding:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    try:
        with _unreachable(params):
            return cast('_Server', xllamacpp.Server(params))
    except RuntimeError as error:
        raise unloadable(settings.path, error) from error


@contextmanager
def _unreachable(params: Any) -> Generator[None]:
    """Keep others away from the server: it insists on an HTTP address, which nobody here needs.

    Where there are Unix sockets it gets one that is removed as soon as it listens; elsewhere a key that nobody knows.
    """
    params.api_keys = [secrets.token_urlsafe()]
    with tempfile.TemporaryDirectory(prefix='genkit-') as folder:
        socket = f'{folder}/engine.sock'
        if os.name == 'posix' and len(socket) <= _LONGEST_SOCKET_PATH:
            params.hostnames = [socket]
        yield


def _raise_refusal(answer: Json) -> None:
    error = answer.get('error')
    if error is None:
        return
    message = str(error.get('message', error))
    if 'exceed' in message or 'too large' in message:
        raise GenkitError(
            f'The input is too long for the model: {message}. Shorten it, or load the model with a larger '
            'context: LlamaCpp(context_size=…).',
            status='INVALID_ARGUMENT',
        )
    raise GenkitError(f'llama.cpp refused the request: {message}', status='INVALID_ARGUMENT')


def _closed(name: str) -> GenkitError:
    return GenkitError(f'The model {name!r} was closed before it had answered.', status='CANCELLED')
