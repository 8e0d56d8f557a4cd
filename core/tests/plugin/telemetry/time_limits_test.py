# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import threading

from genkit.plugin import is_done_within


def test_work_that_ends_in_time_is_done():
    done = []
    assert is_done_within(10, lambda: done.append(1))
    assert done == [1]


def test_work_that_takes_longer_goes_on_elsewhere():
    gate, ended = threading.Event(), threading.Event()

    def work():
        gate.wait(10)
        ended.set()

    assert not is_done_within(0.01, work)
    gate.set()
    assert ended.wait(10)
