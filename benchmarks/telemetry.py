# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What live telemetry takes of the caller's own time, and whether it keeps up.

uv run --group bench benchmarks/telemetry.py
"""

import asyncio
import statistics
import subprocess
import sys
import time

import engine
from genkit import add_span_exporter
from genkit._trace.provider import flush_exporters
from genkit._trace.telemetry_server import TelemetryServer
from genkit.testing import CannedAnswer, LoopbackServer
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


ROUNDS = 9
CALLS = 500
SPANS = 10_000
SECONDS_ALLOWED = 10


def serve() -> None:
    """Take traces and drop them, in a process of its own."""
    with LoopbackServer(lambda _: CannedAnswer(b'OK')) as server:
        print(server.url, flush=True)
        sys.stdin.read()


async def caller_time(ai: engine.Genkit) -> float:
    """Return microseconds of the calling thread's processor time for one generate call."""
    times: list[float] = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        for _ in range(CALLS):
            await ai.generate(prompt='hi')
        times.append((time.thread_time() - started) / CALLS * 1e6)
        await asyncio.to_thread(flush_exporters, 30)
    return statistics.median(times)


async def measure(url: str) -> None:
    """Print the three figures."""
    ai = engine.application()
    untraced = await caller_time(ai)
    memory = InMemorySpanExporter()
    add_span_exporter(memory)
    traced = await caller_time(ai)
    memory.clear()
    server = TelemetryServer(url)
    live = await caller_time(ai)
    print(f'generate, nobody records          {untraced:8.1f} µs of the caller')
    print(f'generate, spans recorded          {traced:8.1f} µs of the caller')
    print(f'generate, and sent live           {live:8.1f} µs of the caller: {live - traced:.1f} for telemetry  (<= 60)')
    started = time.perf_counter()
    for _ in range(SPANS // 2):
        await ai.generate(prompt='hi')
    offered = time.perf_counter() - started
    done = await asyncio.to_thread(flush_exporters, SECONDS_ALLOWED)
    taken = time.perf_counter() - started
    print(f'{SPANS} spans offered in {offered:.1f} s, sent in {taken:.1f} s: {SPANS / taken:.0f} a second  (>= 1,000)')
    assert done, 'telemetry does not keep up'
    assert server.url == url


def main() -> None:
    """Start the server and measure."""
    if '--serve' in sys.argv:
        serve()
        return
    command = [sys.executable, __file__, '--serve']
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  (this file)
    try:
        assert process.stdout is not None
        asyncio.run(measure(process.stdout.readline().strip()))
    finally:
        process.terminate()


if __name__ == '__main__':
    main()
