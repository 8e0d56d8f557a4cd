# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How the cost of reading a structured answer grows while it is being streamed."""

import json
import math
import time
from typing import Any

from genkit import Genkit, Message, Role, TextPart
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk
from measure import Result


CHUNK = 100
SIZES = (500, 1000, 2000, 4000)
REPETITIONS = 5


def document(characters: int) -> str:
    """Return a JSON document of exactly so many characters: sections of paragraphs, a table, nested notes."""
    item: dict[str, Any] = {'title': 'A section', 'score': 0.75, 'tags': ['a', 'b'], 'text': 'Some words. ' * 20}
    sections: list[Any] = []
    length = 0
    while length < characters:
        sections.append({**item, 'number': len(sections), 'notes': {'rows': [[1, 2.5, None], [True, 'x', 'y"z']]}})
        length += len(json.dumps(sections[-1])) + 2
    text = json.dumps({'sections': sections})
    return text[:characters]


async def read_all(chunks: int) -> float:
    """Return the seconds for a stream whose output is read after every chunk."""
    text = document(chunks * CHUNK)
    pieces = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    ai = Genkit(model='writer')

    async def writer(_request: GenerateRequest, context: Any) -> GenerateResponse[Any]:
        for piece in pieces:
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=piece)]))
        return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=text)]))

    ai.define_model('writer', writer)
    best = 1e9
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        async for chunk in ai.generate_stream(prompt='write', output_format='json'):
            _ = chunk.output
        best = min(best, time.perf_counter() - started)
    return best


async def growth() -> list[Result]:
    """Return a line for each size, the last with the fitted exponent."""
    seconds = [await read_all(size) for size in SIZES]
    slope = _slope([math.log(size) for size in SIZES], [math.log(value) for value in seconds])
    lines = [
        Result(f'partial JSON, {size} chunks of {CHUNK}, per chunk', value / size * 1e6, note=f'total {value:.3f} s')
        for size, value in zip(SIZES, seconds, strict=True)
    ]
    lines[-1] = Result(
        lines[-1].name,
        lines[-1].microseconds,
        target='exponent <= 1.10',
        note=f'{lines[-1].note}, exponent {slope:.3f}',
    )
    return lines


def _slope(xs: list[float], ys: list[float]) -> float:
    mean_x = sum(xs) / len(xs)
    mean_y = sum(ys) / len(ys)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - mean_x) ** 2 for x in xs)
