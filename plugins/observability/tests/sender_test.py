# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of requests that are refused, redirected, answered late or not at all."""

import logging
import threading
import time

import httpx
import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer
from genkit_observability import configure_telemetry
from genkit_observability.destination import Destination
from genkit_observability.sender import Sender
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from .receivers import PROTOBUF, Receiver


ai = Genkit()


@ai.flow()
async def greet(who: str) -> str:
    return f'Hello, {who}!'


async def flow(times: int = 1) -> None:
    for _ in range(times):
        await greet('Ada')
        await ai.flush_tracing()


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


@pytest.fixture
def honeycomb(receiver, lines):
    telemetry = configure_telemetry('honeycomb', endpoint=receiver.url, api_key='s3cr3t-of-mine', timeout=3)
    lines.clear()
    yield telemetry
    telemetry.close()


@pytest.mark.parametrize('status', [401, 403])
async def test_a_refused_key_is_one_line_once_with_the_variable_to_look_at(status, receiver, honeycomb, lines):
    receiver.answer = CannedAnswer.of_json({'error': 'unknown API key s3cr3t-of-mine'}, status)
    await flow(3)
    (line,) = lines.messages
    assert f'Honeycomb: traces were refused with {status}' in line
    assert 'Check HONEYCOMB_API_KEY (or api_key=).' in line
    assert '\n' not in line
    assert 's3cr3t' not in lines.text
    assert len(receiver.requests) == 3  # none is tried again


async def test_requests_are_not_logged_one_by_one_and_those_of_the_program_are(receiver, honeycomb, caplog):
    caplog.set_level(logging.INFO)
    await flow(2)
    assert not caplog.messages
    first = receiver.requests[0]
    async with httpx.AsyncClient() as client:
        await client.post(f'{receiver.url}/v1/traces', content=first.body, headers=first.headers)
    assert [record.name for record in caplog.records] == ['httpx']


async def test_what_comes_after_a_refusal_is_sent_when_the_key_is_taken(receiver, honeycomb):
    receiver.answer = CannedAnswer(b'', 401)
    await flow()
    receiver.answer = CannedAnswer(b'', 200, PROTOBUF)
    await flow()
    assert len(receiver.spans) == 1


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_takes_no_key_elsewhere(status, receiver, honeycomb, lines):
    with Receiver() as other:
        location = {'location': f'{other.url.replace("://", "://me:pw@")}/v1/traces?token=pw'}
        receiver.answer = CannedAnswer(b'', status, location)
        await flow(2)
        assert not other.requests
        assert f'were redirected to {other.url} ({status})' in lines.text
    assert len(lines.messages) == 1
    assert 'pw' not in lines.text


@pytest.mark.parametrize('answer', [CannedAnswer(b'no', 400, {'content-type': 'text/plain'}), CannedAnswer(b'', 500)])
async def test_other_refusals_are_one_line_and_not_tried_again(answer, receiver, honeycomb, lines):
    receiver.answer = answer
    await flow(2)
    (line,) = lines.messages
    assert f'were refused with {answer.status}{": no" if answer.body else ""}.' in line
    assert len(receiver.requests) == 2


async def test_a_page_of_html_is_no_success(receiver, honeycomb, lines):
    receiver.answer = CannedAnswer(b'<html>Sign in</html>', 200, {'content-type': 'text/html; charset=utf-8'})
    await flow(2)
    (line,) = lines.messages
    assert 'answered with a web page' in line


async def test_what_was_taken_in_part_is_one_line(receiver, honeycomb, lines):
    answer = ExportTraceServiceResponse()
    answer.partial_success.rejected_spans = 1
    answer.partial_success.error_message = 'too old'
    receiver.answer = CannedAnswer(answer.SerializeToString(), 200, PROTOBUF)
    await flow(2)
    assert lines.messages == ["Honeycomb: traces were taken but for 1: 'too old'. More of this kind is not logged."]


async def test_an_answer_that_nobody_can_read_is_taken_as_success(receiver, honeycomb, lines):
    receiver.answer = CannedAnswer(b'\xff\xff\xff', 200, PROTOBUF)
    await flow()
    assert not lines.messages


@pytest.mark.parametrize('status', [429, 502, 503, 504])
async def test_what_may_pass_is_tried_again(status, receiver, honeycomb, lines):
    answers = [CannedAnswer(b'', status, {'retry-after': '0'}), CannedAnswer(b'', 200, PROTOBUF)]
    receiver._check = lambda request: setattr(receiver, 'answer', answers[min(len(receiver.requests), 2) - 1])
    await flow()
    assert len(receiver.requests) == 2
    assert len(receiver.spans) == 1
    assert not lines.messages


async def test_a_wait_that_takes_too_long_is_not_waited_for(receiver, honeycomb, lines):
    receiver.answer = CannedAnswer(b'', 429, {'retry-after': '3600'})
    began = time.monotonic()
    await flow()
    assert time.monotonic() - began < 3
    assert 'were refused with 429' in lines.text


async def test_a_backend_that_is_down_is_one_line(lines):
    telemetry = configure_telemetry('custom', endpoint='http://127.0.0.1:9', timeout=1)
    lines.clear()
    await flow(3)
    (line,) = lines.messages
    assert line.startswith('OTLP: traces do not reach http://127.0.0.1:9: ')
    telemetry.close()


async def test_a_backend_that_hangs_holds_up_nobody(receiver, lines):
    gate = threading.Event()
    receiver._check = lambda request: gate.wait(10)
    telemetry = configure_telemetry('custom', endpoint=receiver.url, timeout=0.2)
    lines.clear()
    began = time.monotonic()
    for _ in range(100):
        await greet('Ada')
    assert time.monotonic() - began < 2
    gate.set()
    await ai.flush_tracing()
    telemetry.close()
    assert len(lines.messages) <= 1


async def test_closing_ends_what_is_being_tried_again(receiver):
    receiver.answer = CannedAnswer(b'', 503)
    telemetry = configure_telemetry('custom', endpoint=receiver.url, timeout=60)
    await greet('Ada')
    receiver.wait(lambda: receiver.requests)
    began = time.monotonic()
    telemetry.close(timeout=0.1)
    assert time.monotonic() - began < 5
    assert not telemetry.exporting


def test_credentials_that_cannot_be_had_are_one_line_with_what_to_check(lines):
    def fail(*_):
        raise GenkitError('botocore found no credentials', status='UNAUTHENTICATED')

    destination = Destination('AWS', {'traces': 'http://127.0.0.1:9/v1/traces'}, 'AWS_PROFILE', authorize=fail)
    sender = Sender(destination, 1)
    assert sender.send('traces', b'', 'x') is None
    assert sender.send('traces', b'', 'x') is None
    (line,) = lines.messages
    assert line.startswith('AWS: traces are not sent, as they cannot be authorized: botocore found no credentials.')
    assert 'Check AWS_PROFILE.' in line


def test_a_proxy_of_the_environment_is_used(receiver, monkeypatch):
    monkeypatch.setenv('HTTP_PROXY', receiver.url)
    sender = Sender(Destination('OTLP', {'traces': 'http://collector.example/v1/traces'}, 'x'), 5)
    answer = sender.send('traces', b'', 'application/x-protobuf')
    assert isinstance(answer, httpx.Response)
    assert receiver.requests[0].path == 'http://collector.example/v1/traces'
    sender.close()
