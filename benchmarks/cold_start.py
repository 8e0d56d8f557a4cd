# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a program pays before its first line of its own runs."""

import json
import statistics
import subprocess
import sys

from measure import Result


ROUNDS = 9
PROBE = (
    'import json, sys, time; start = time.perf_counter(); {work}; took = time.perf_counter() - start; '
    'import psutil; print(json.dumps([took, psutil.Process().memory_info().rss / 2**20, len(sys.modules)]))'
)
FLOOR = 'import pydantic; pydantic.BaseModel; pydantic.TypeAdapter; import opentelemetry.trace'
OURS = 'import genkit; genkit.Genkit()'


def import_cost() -> list[Result]:
    """Compare importing Genkit with importing what it cannot do without, each in fresh processes taken in turns."""
    samples: dict[str, list[list[float]]] = {FLOOR: [], OURS: []}
    for _ in range(ROUNDS):
        for work, taken in samples.items():
            taken.append(_probe(work))
    floor, ours = ([statistics.median(column) for column in zip(*samples[work], strict=True)] for work in (FLOOR, OURS))
    memory = f'{ours[1]:.1f} MB against {floor[1]:.1f} MB (x{ours[1] / floor[1]:.2f}, target <= 2)'
    modules = f'{ours[2]:.0f} modules against {floor[2]:.0f}'
    return [
        Result('import genkit; Genkit()', ours[0] * 1e6, floor[0] * 1e6, '<= 2.5', f'{memory}; {modules}'),
    ]


def _probe(work: str) -> list[float]:
    output = subprocess.run(  # noqa: S603  (this interpreter, our own line)
        [sys.executable, '-c', PROBE.format(work=work)], capture_output=True, text=True, check=True
    )
    return json.loads(output.stdout)
