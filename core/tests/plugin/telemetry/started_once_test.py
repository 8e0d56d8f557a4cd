# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor

import pytest
from genkit import GenkitError
from genkit.plugin import StartedOnce


def test_the_same_settings_start_nothing_twice():
    made = StartedOnce()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: made.start('here', {'key': 'a'}, object), range(100)))
    assert len(found) == 1


def test_another_key_is_another_thing():
    made = StartedOnce()
    assert made.start('here', {}, object) is not made.start('there', {}, object)


def test_other_settings_are_refused_by_name_and_not_by_value():
    made = StartedOnce()
    made.start('here', {'key': 'secret', 'size': 1}, object)
    with pytest.raises(GenkitError, match='to here already, with another key, another size') as caught:
        made.start('here', {'key': 'secret2', 'size': 2}, object)
    assert caught.value.status == 'ALREADY_EXISTS'
    assert 'secret' not in str(caught.value)


def test_what_failed_to_start_can_be_started():
    made = StartedOnce()

    def fail():
        raise ValueError('no')

    with pytest.raises(ValueError):
        made.start('here', {}, fail)
    assert made.start('here', {'key': 'other'}, lambda: 'started') == 'started'


def test_what_is_forgotten_can_be_started_with_other_settings():
    made = StartedOnce()
    made.forget(made.start('here', {'key': 'a'}, object))
    assert made.start('here', {'key': 'b'}, lambda: 'new') == 'new'
