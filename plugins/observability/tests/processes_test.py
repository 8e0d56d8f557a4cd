# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in processes of their own: that end at once, that fork, and that have a tracer provider of their own."""

import os
import subprocess
import sys
import textwrap
import time

import pytest
from genkit.testing import CannedAnswer

from .receivers import Receiver


FLOW = """
import asyncio, logging, os, sys
from genkit import Genkit
from genkit_observability import configure_telemetry

ai = Genkit()

@ai.flow()
async def greet(who: str) -> str:
    logging.getLogger('shop').warning('greeting %s', who)
    return 'Hello, ' + who
"""


def run(program: str, **environment: str) -> 'subprocess.CompletedProcess[str]':
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('GENKIT_', 'OTEL_'))}
    return subprocess.run(
        [sys.executable, '-W', 'error', '-c', FLOW + textwrap.dedent(program)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


def test_a_program_that_ends_at_once_has_sent_all_of_it(receiver):
    program = """
    configure_telemetry('custom', endpoint=os.environ['AT'], metrics=True, logs=True)
    asyncio.run(greet('Ada'))
    """
    done = run(program, AT=receiver.url)
    assert (done.returncode, done.stderr) == (0, 'greeting Ada\n')
    (span,) = receiver.spans
    (log,) = [log['record'] for log in receiver.logs if log['record'].body.string_value == 'greeting Ada']
    assert (log.trace_id.hex(), log.span_id.hex()) == (span.trace_id, span.span_id)
    names = {metric.name for message in receiver.metrics for metric in metrics_of(message)}
    assert 'gen_ai.client.operation.duration' in names


def metrics_of(message):
    return [m for group in message.resource_metrics for scoped in group.scope_metrics for m in scoped.metrics]


@pytest.mark.parametrize('hangs', [True, False])
def test_a_backend_that_is_not_there_lets_a_program_end(hangs, receiver):
    receiver.answer = CannedAnswer(b'', 200, delay=30)
    program = """
    logging.basicConfig(level=logging.WARNING)
    configure_telemetry('custom', endpoint=os.environ['AT'], metrics=True, logs=True, timeout=2)
    asyncio.run(greet('Ada'))
    print('done')
    """
    began = time.monotonic()
    done = run(program, AT=receiver.url if hangs else 'http://127.0.0.1:9')
    assert (done.returncode, done.stdout) == (0, 'done\n')
    assert time.monotonic() - began < 30
    assert done.stderr.count('do not reach') <= 1, done.stderr
    assert 'Traceback' not in done.stderr


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs os.fork')
@pytest.mark.parametrize('used', [False, True])
def test_a_forked_process_sends_its_own(used, receiver):
    program = """
    telemetry = configure_telemetry('custom', endpoint=os.environ['AT'], metrics=True, logs=True)
    if os.environ['USED']:
        asyncio.run(greet('parent'))
        assert telemetry.flush()
    children = []
    for name in ('one', 'two'):
        child = os.fork()
        if not child:
            asyncio.run(greet(name))
            assert telemetry.flush(20)
            sys.stdout.flush()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    asyncio.run(greet('after'))
    assert telemetry.flush(20)
    """
    done = run(program, AT=receiver.url, USED='1' if used else '')
    assert done.returncode == 0, done.stderr
    inputs = sorted(str(span.attributes['genkit:input']) for span in receiver.spans)
    assert inputs == sorted([*(['"parent"'] if used else []), '"one"', '"two"', '"after"'])
    texts = [log['record'].body.string_value for log in receiver.logs]
    assert {'greeting one', 'greeting two', 'greeting after'} <= set(texts)
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize('first', [True, False])
def test_a_tracer_provider_of_the_application_stays_what_it_is(first, receiver):
    program = """
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    own = TracerProvider(resource=Resource({'service.name': 'of the application', 'team': 'blue'}))
    if os.environ['FIRST']:
        trace.set_tracer_provider(own)
    configure_telemetry('custom', endpoint=os.environ['AT'], service_version='2')
    if not os.environ['FIRST']:
        trace.set_tracer_provider(own)
    with trace.get_tracer('shop').start_as_current_span('request'):
        asyncio.run(greet('Ada'))
    assert trace.get_tracer_provider() is own
    """
    done = run(program, AT=receiver.url, FIRST='1' if first else '')
    assert done.returncode == 0, done.stderr
    spans = {span.name: span for span in receiver.spans}
    assert spans['greet'].parent_id == spans['request'].span_id
    assert len(receiver.spans) == 2
    (resource,) = [dict(items) for items in {tuple(sorted(resource.items())) for resource in receiver.resources}]
    named = [resource[name] for name in ('service.name', 'team', 'service.version')]
    assert named == ['of the application', 'blue', '2']


@pytest.mark.parametrize('given', [True, False])
def test_what_opentelemetrys_variables_name_gets_each_span_once(given, receiver):
    receiver.strict = False  # what came before the plugin was sent by OpenTelemetry's own exporter
    program = """
    endpoint = {'endpoint': os.environ['OTEL_EXPORTER_OTLP_ENDPOINT']} if os.environ['GIVEN'] else {}
    asyncio.run(greet('before'))
    configure_telemetry('custom', **endpoint, service_name='shop')
    asyncio.run(greet('Ada'))
    """
    done = run(program, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, GIVEN='1' if given else '')
    assert done.returncode == 0, done.stderr
    inputs = sorted((str(span.attributes['genkit:input']), receiver.services[span.span_id]) for span in receiver.spans)
    assert inputs[0] == ('"Ada"', 'shop')
    assert [name for name, _ in inputs] == ['"Ada"', '"before"']


def test_importing_the_package_loads_neither_clients_nor_the_sdk():
    program = """
    loaded = [name for name in ('botocore', 'google.protobuf', 'opentelemetry.sdk.trace') if name in sys.modules]
    assert not loaded, loaded
    """
    done = run(program)
    assert done.returncode == 0, done.stderr
