# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of the messages of a request."""

from typing import Any

import pytest
from genkit import GenkitError, Media, MediaPart, Message, Part, TextPart
from genkit.plugin import ToolNames
from genkit.types import DataPart, ReasoningPart
from genkit_compat_oai.convert.messages import to_messages
from genkit_compat_oai.dialect import Dialect


def of_user(*parts: Part) -> Any:
    [message] = to_messages([Message(role='user', content=list(parts))], ToolNames([]), Dialect())
    return message['content']


def test_one_text_is_a_string_which_every_provider_takes() -> None:
    assert of_user(TextPart(text='hi')) == 'hi'


def test_several_parts_are_a_list() -> None:
    picture = MediaPart(media=Media(url='https://example.com/a.png', content_type='image/png'))
    assert of_user(TextPart(text='What is'), TextPart(text=' this?'), picture) == [
        {'type': 'text', 'text': 'What is'},
        {'type': 'text', 'text': ' this?'},
        {'type': 'image_url', 'image_url': {'url': 'https://example.com/a.png'}},
    ]


def test_data_are_told_as_json() -> None:
    assert of_user(DataPart(data={'dish': 'soup', 'guests': 2})) == [
        {'type': 'text', 'text': '{"dish":"soup","guests":2}'}
    ]


def test_a_part_that_the_protocol_does_not_take_is_refused_by_name() -> None:
    with pytest.raises(GenkitError, match='ReasoningPart, which this provider does not take') as caught:
        of_user(ReasoningPart(reasoning='hm'))
    assert caught.value.status == 'INVALID_ARGUMENT'
