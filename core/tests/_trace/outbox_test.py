# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import logging
import os
import threading

import pytest
from genkit._trace.outbox import Outbox
from opentelemetry.context import get_value


class Sent:
    """What an outbox handed over, and how; holds it up while its gate is closed."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.threads: set[str] = set()
        self.untraced: set[object] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.failures = 0

    def __call__(self, batch: list[int]) -> None:
        assert self.gate.wait(10)
        if self.failures:
            self.failures -= 1
            raise ConnectionError('no network')
        self.threads.add(threading.current_thread().name)
        self.untraced.add(get_value('suppress_instrumentation'))
        self.batches.append(batch)

    @property
    def items(self) -> list[int]:
        return [item for batch in self.batches for item in batch]


@pytest.fixture
def sent():
    return Sent()


@pytest.fixture
def outbox(sent):
    made = Outbox('test outbox', sent, 0.01)
    yield made
    sent.gate.set()
    made.close()
    if made._thread is not None:
        made._thread.join(10)
        assert not made._thread.is_alive()


def test_nothing_runs_before_something_is_put_in(outbox):
    assert 'test outbox' not in {thread.name for thread in threading.enumerate()}
    assert outbox.flush()


def test_things_are_handed_over_in_order_by_a_thread_of_its_own_untraced(outbox, sent):
    for number in range(3):
        outbox.put(number)
    assert outbox.flush()
    assert sent.items == [0, 1, 2]
    assert (sent.threads, sent.untraced) == ({'test outbox'}, {True})
    assert get_value('suppress_instrumentation') is None


def test_things_are_handed_over_without_being_asked(sent):
    arrived = threading.Event()
    outbox = Outbox('test outbox', lambda batch: arrived.set(), 0.01)
    outbox.put(1)
    assert arrived.wait(10)
    outbox.close()


def test_whoever_puts_something_in_does_not_wait(outbox, sent):
    sent.gate.clear()
    for number in range(5000):
        outbox.put(number)
    assert sent.items == []
    sent.gate.set()
    assert outbox.flush()
    assert sent.items == list(range(5000))


def test_what_waits_travels_together_but_not_all_at_once(outbox, sent):
    sent.gate.clear()
    outbox.put(-1)
    for number in range(1000):
        outbox.put(number)
    sent.gate.set()
    assert outbox.flush()
    assert max(len(batch) for batch in sent.batches) == 512
    assert len(sent.batches) <= 4


def test_the_oldest_make_way_when_too_many_wait(outbox, sent):
    sent.gate.clear()
    outbox.put(-1)
    while outbox._waiting:
        outbox.flush(0.01)  # until the first is on its way
    for number in range(20_010):
        outbox.put(number)
    sent.gate.set()
    assert outbox.flush()
    assert sent.items == [-1, *range(10, 20_010)]


def test_several_threads_lose_nothing(outbox, sent):
    def put(first: int) -> None:
        for number in range(first, first + 2000):
            outbox.put(number)

    threads = [threading.Thread(target=put, args=(2000 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outbox.flush()
    assert sorted(sent.items) == list(range(8000))


def test_a_failure_is_one_log_line_and_costs_what_was_on_its_way(outbox, sent, caplog):
    caplog.set_level(logging.INFO, logger='genkit.trace')
    sent.failures = 2
    for number in range(4):
        outbox.put(number)
        assert outbox.flush()
    assert sent.items == [2, 3]
    assert caplog.messages == ["test outbox failed: ConnectionError('no network')"]


def test_flushing_gives_up_in_time(outbox, sent):
    sent.gate.clear()
    outbox.put(1)
    assert not outbox.flush(0.05)
    sent.gate.set()
    assert outbox.flush()


def test_closing_hands_over_what_waits_and_takes_no_more(outbox, sent):
    for number in range(100):
        outbox.put(number)
    outbox.close()
    outbox.put(100)
    outbox.close()
    assert sent.items == list(range(100))
    assert outbox.flush()


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs os.fork')
def test_a_forked_process_sends_its_own_and_leaves_to_its_parent_what_that_put_in(run_python):
    done = run_python("""
import os, threading
from genkit._trace.outbox import Outbox

gate, read, write = threading.Event(), *os.pipe()
parent = os.getpid()

def send(batch):
    assert os.getpid() != parent or gate.wait(10)
    os.write(write, f'{os.getpid() == parent} {batch};'.encode())

outbox = Outbox('test outbox', send, 0.01)
outbox.put('before')
outbox.put('before, too')
while len(outbox._waiting) == 2:
    pass
child = os.fork()
if not child:
    outbox.put('after')
    assert outbox.flush(10)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
gate.set()
assert outbox.flush(10)
sent = os.read(read, 1000).decode()
assert "False ['after'];" in sent, sent
assert sent.count('before,') == 1, sent
""")
    assert (done.returncode, done.stderr) == (0, '')
