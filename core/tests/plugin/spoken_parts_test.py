# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit.plugin import SpokenParts
from genkit.types import ReasoningPart, TextPart


def test_pieces_are_shown_as_they_come_and_joined_at_the_end():
    spoken = SpokenParts()
    assert spoken.add_thought('Hm') == ReasoningPart(reasoning='Hm')
    assert spoken.add_text('Me') == TextPart(text='Me')
    assert spoken.add_text('ow') == TextPart(text='ow')
    assert spoken.add_text('') is None
    assert (spoken.thoughts, spoken.text) == ('Hm', 'Meow')
    assert spoken.parts() == [ReasoningPart(reasoning='Hm'), TextPart(text='Meow')]


def test_half_a_character_waits_for_the_other_half():
    spoken = SpokenParts()
    assert spoken.add_text('\ud83d') is None
    assert spoken.add_text('\ude00') == TextPart(text='\U0001f600')
    assert spoken.close() == []


def test_half_a_character_at_the_end_is_replaced():
    spoken = SpokenParts()
    assert spoken.add_thought('a\ud83d', is_last=True) == ReasoningPart(reasoning='a\ufffd')
    assert spoken.add_text('\ud83d') is None
    assert spoken.close() == [TextPart(text='\ufffd')]
    assert spoken.parts() == [ReasoningPart(reasoning='a\ufffd'), TextPart(text='\ufffd')]


def test_there_may_be_nothing():
    assert SpokenParts().parts() == SpokenParts().close() == []
