# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Forks a process that indexes for every line it is given, says which documents are stored, and waits for its end.

A line is ``<directory> <run> <documents>``; the fork answers ``start <pid>``, ``stored <run> <number>…`` after each
call that returned, and this program ``end`` when the fork is gone, whether it had finished or was killed. Forking
spares the test fifty times the imports. The disk is slow there; otherwise no signal would come in the middle of a
write.
"""

import asyncio
import io
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_dev_local_vectorstore import DevLocalVectorstore


PATH_OPEN = Path.open


def text(run: int, number: int) -> str:
    return f'{run}/{number} ' * random.Random(run * 100_003 + number).choice([1, 10, 1000, 5000])


async def embed(request: EmbedRequest) -> EmbedResponse:
    return EmbedResponse(embeddings=[Embedding(embedding=[1.0, 0.5, 0.25, 0.125] * 8) for _ in request.input])


async def write(directory: str, run: int, count: int) -> None:
    ai = Genkit(plugins=[DevLocalVectorstore('notes', 'constant', directory=directory)])
    ai.define_embedder('constant', embed)
    chance = random.Random(run)
    number = 0
    while number < count:
        batch = range(number, min(count, number + chance.randint(1, 4)))
        documents = [Document.from_text(text(run, each), {'run': run, 'number': each}) for each in batch]
        await ai.index('dev-local-vectorstore/notes', documents)
        say(f'stored {run} {" ".join(map(str, batch))}')
        number = batch.stop


class SlowFile(io.FileIO):
    """Takes a few sectors at a time, and its time for them, as a busy system does."""

    def write(self, content: Any) -> int:
        time.sleep(0.0003)
        return super().write(content[:2048])


def open_slowly(path: Path, mode: str, **more: Any) -> Any:
    return SlowFile(path, mode) if mode == 'ab' else PATH_OPEN(path, mode, **more)


def say(line: str) -> None:
    os.write(1, f'{line}\n'.encode())


def main() -> None:
    setattr(Path, 'open', open_slowly)  # noqa: B010  (its many overloads do not matter here)
    for line in sys.stdin:
        directory, run, count = line.split()
        child = os.fork()
        if child == 0:
            say(f'start {os.getpid()}')
            asyncio.run(write(directory, int(run), int(count)))
            os._exit(0)
        os.waitpid(child, 0)
        say('end')


if __name__ == '__main__':
    main()
