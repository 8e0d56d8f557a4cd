# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a process sends by OTLP when only the environment asks for it."""

import gzip
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from genkit.testing import CannedAnswer, LoopbackServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


PROGRAM = textwrap.dedent(
    """
    import asyncio, logging
    logging.basicConfig(level=logging.INFO)
    from genkit import Genkit, Message, Role, TextPart
    from genkit.types import GenerateResponse, GenerationUsage

    ai = Genkit()

    async def model(request):
        usage = GenerationUsage(input_tokens=1000, output_tokens=100)
        return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text='hi')]), usage=usage)

    ai.define_model('openai/gpt-4o', model)

    @ai.flow()
    async def greet(name: str) -> str:
        return (await ai.generate(model='openai/gpt-4o', prompt=name, config={'api_key': 'sk-123456'})).text

    print(asyncio.run(greet('Ada')))
    """
)


def _run(tmp_path: Path, **variables: str) -> 'subprocess.CompletedProcess[str]':
    script = tmp_path / 'main.py'
    script.write_text(PROGRAM)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('OTEL_', 'GENKIT_'))}
    return subprocess.run(
        [sys.executable, str(script)],
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _received(server: LoopbackServer) -> list[Any]:
    spans: list[Any] = []
    for request in server.requests:
        body = gzip.decompress(request.body) if request.headers.get('content-encoding') == 'gzip' else request.body
        message = ExportTraceServiceRequest.FromString(body)
        spans += [span for part in message.resource_spans for scope in part.scope_spans for span in scope.spans]
    return spans


def test_every_span_of_a_short_lived_process_reaches_the_collector_that_the_environment_names(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'', 200, {'content-type': 'application/x-protobuf'})) as server:
        done = _run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_SERVICE_NAME='greeter')
        assert (done.returncode, done.stdout.strip()) == (0, 'hi'), done.stderr
        assert {request.path for request in server.requests} == {'/v1/traces'}
        spans = {span.name: span for span in _received(server)}
    assert set(spans) == {'greet', 'generate', 'openai/gpt-4o'}
    attributes = {entry.key: entry.value for entry in spans['openai/gpt-4o'].attributes}
    assert attributes['gen_ai.provider.name'].string_value == 'openai'
    assert attributes['gen_ai.usage.input_tokens'].int_value == 1000
    assert 0 < attributes['gen_ai.usage.cost'].double_value < 1
    assert b'sk-123456' not in b''.join(request.body for request in server.requests)


def test_a_collector_that_is_down_costs_one_line_of_the_log(tmp_path: Path) -> None:
    done = _run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT='http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT='1')
    assert (done.returncode, done.stdout.strip()) == (0, 'hi')
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_sampler_of_the_environment_is_heeded(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'', 200)) as server:
        done = _run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_TRACES_SAMPLER='always_off')
        assert done.returncode == 0
        assert not server.requests


def test_nothing_is_sent_while_tracing_is_switched_off(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'', 200)) as server:
        for variables in ({'OTEL_SDK_DISABLED': 'true'}, {'OTEL_TRACES_EXPORTER': 'none'}):
            assert _run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=server.url, **variables).returncode == 0
        assert not server.requests


def test_a_plugin_that_exports_to_the_collector_itself_is_the_only_one(tmp_path: Path) -> None:
    replaced = """
from genkit.plugin import add_span_exporter, replace_otlp
from opentelemetry.sdk.trace.export import SpanExporter
class Counter(SpanExporter):
    names = []
    def export(self, spans):
        self.names.extend(span.name for span in spans)
if {early}: replace_otlp()
{program}
if not {early}: replace_otlp()
add_span_exporter(Counter())
asyncio.run(greet('Bob'))
asyncio.run(ai.flush_tracing())
print(Counter.names)
"""
    for early, sent in ((True, 0), (False, 3)):  # a call before, and one after
        with LoopbackServer(lambda _: CannedAnswer(b'', 200)) as server:
            (tmp_path / 'main.py').write_text(replaced.format(early=early, program=PROGRAM))
            environment = {**os.environ, 'OTEL_EXPORTER_OTLP_ENDPOINT': server.url}
            done = subprocess.run(
                [sys.executable, str(tmp_path / 'main.py')],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.stdout.splitlines()[-1] == "['openai/gpt-4o', 'generate', 'greet']", done.stderr
            assert len(_received(server)) == sent
