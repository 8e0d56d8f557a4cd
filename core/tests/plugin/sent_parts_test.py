# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit import ErrorReason
from genkit.plugin import data_text, unsupported_media, unsupported_part
from genkit.types import DataPart, ReasoningPart, TextPart


def test_data_are_sent_as_text():
    assert data_text(DataPart(data={'a': [1, 'ä']})) == '{"a":[1,"ä"]}'
    assert data_text(TextPart(text='a')) is None


def test_an_error_names_the_part_and_what_is_taken():
    error = unsupported_part(ReasoningPart(reasoning='…'), 'text and media')
    assert error.message == (
        'A message of the user holds a ReasoningPart, which this provider does not take; it takes text and media.'
    )
    assert (error.status, error.reason) == ('INVALID_ARGUMENT', ErrorReason.INVALID_PART)
    assert unsupported_part(TextPart(text='a'), 'media', place='A prompt').message.startswith(
        'A prompt holds a TextPart'
    )


def test_an_error_names_the_type_of_media():
    error = unsupported_media('video/mp4', 'images')
    assert error.message == "Media of type 'video/mp4' cannot be sent to this provider; it takes images."
    assert (error.status, error.reason) == ('INVALID_ARGUMENT', ErrorReason.INVALID_PART)
