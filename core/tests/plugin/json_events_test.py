# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError, StatusName
from genkit.plugin import JsonEvents


def test_events_are_read_in_whatever_pieces_they_come():
    events = JsonEvents('meow')
    assert list(events.feed(b'event: purr\ndata: {"a"')) == []
    assert list(events.feed(b': 1}\n\ndata: 3\n\ndata: [DONE]\n\ndata: {}\n\n')) == [('purr', {'a': 1}), ('', {})]
    assert list(events.close()) == []


@pytest.mark.parametrize('data', [b'{"error": {"message": "Full."}}', b'Full.'])
@pytest.mark.parametrize(('begun', 'status'), [(False, 'UNAVAILABLE'), (True, 'DATA_LOSS')])
def test_what_is_no_object_is_an_error(data, begun, status):
    events = JsonEvents('meow')
    events.begun = begun
    with pytest.raises(GenkitError, match='Full') as caught:
        list(events.feed(b'data: ' + data + b'\n\n'))
    assert caught.value.status == status


def test_a_list_is_no_event():
    with pytest.raises(GenkitError, match='Full'):
        list(JsonEvents('meow').feed(b'data: ["Full."]\n\n'))


def test_a_provider_has_errors_and_words_of_its_own():
    events = JsonEvents(
        'meow',
        ['s3cret'],
        is_error=lambda body: body.get('type') == 'hiss',
        kinds={'asleep': StatusName.RESOURCE_EXHAUSTED},
    )
    with pytest.raises(GenkitError) as caught:
        list(events.feed(b'data: {"type": "hiss", "error": {"type": "asleep", "message": "s3cret"}}\n\n'))
    assert caught.value.status == 'RESOURCE_EXHAUSTED'
    assert 's3cret' not in str(caught.value)


def test_an_event_that_is_cut_off_is_lost():
    events = JsonEvents('meow')
    assert list(events.feed(b'data: {"a": ')) == []
    with pytest.raises(GenkitError) as caught:
        list(events.close())
    assert caught.value.status == 'DATA_LOSS'
