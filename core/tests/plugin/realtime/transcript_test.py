# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit import Message, Role, ToolRequestPart
from genkit.plugin.realtime.transcript import Transcript
from genkit.types import ToolRequest


def texts(transcript: Transcript) -> list[tuple[str, str]]:
    return [(str(message.role), message.text) for message in transcript.messages()]


def call(ref: str) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name='look', ref=ref, input={}))


def test_what_was_heard_is_cut_to_whole_words() -> None:
    transcript = Transcript()
    said = transcript.speaking()
    said.is_spoken, said.sound_ms, said.began = True, 1000, 10.0
    said.texts += ['one two', ' three four']
    assert said.played_ms(10.25) == 250
    assert said.played_ms(99.0) == 1000
    assert said.is_playing(10.5)
    said.cut(620)
    assert texts(transcript) == [('model', 'one two')]
    assert transcript.messages()[0].metadata == {'interrupted': True}
    assert not said.is_playing(10.5)


def test_nothing_is_left_of_what_nobody_heard() -> None:
    transcript = Transcript()
    said = transcript.speaking()
    said.is_spoken, said.sound_ms, said.texts = True, 1000, ['unheard']
    said.cut(0)
    assert transcript.messages() == []


def test_text_that_was_written_stays_when_it_is_interrupted() -> None:
    transcript = Transcript()
    said = transcript.speaking()
    said.texts.append('half a sen')
    said.cut(0)
    assert texts(transcript) == [('model', 'half a sen')]


def test_a_transcript_that_comes_late_stands_before_the_answer() -> None:
    transcript = Transcript()
    transcript.speaking().texts.append('Fine.')
    transcript.heard().texts.append('How ')
    transcript.heard().texts.append('are you?')
    transcript.finish(Role.MODEL, Role.USER)
    assert texts(transcript) == [('user', 'How are you?'), ('model', 'Fine.')]


def test_a_user_who_speaks_into_an_answer_to_a_text_comes_after_it() -> None:
    transcript = Transcript()
    transcript.add(Message(role=Role.USER, content='Sing.'))
    transcript.speaking().texts.append('La la')
    transcript.heard().texts.append('Stop.')
    assert texts(transcript) == [('user', 'Sing.'), ('model', 'La la'), ('user', 'Stop.')]


def test_an_answer_that_was_cut_off_is_forgotten_apart_from_its_calls() -> None:
    transcript = Transcript()
    transcript.at('a', Role.MODEL).texts.append('One mo')
    transcript.at('b', Role.MODEL).parts.append(call('1'))
    assert transcript.drop_unfinished()
    assert not transcript.drop_unfinished()
    assert [message.tool_requests[0].tool_request.ref for message in transcript.messages()] == ['1']
    assert transcript.at('b', Role.MODEL).parts == []
    transcript.drop_calls()
    assert transcript.messages() == []


def test_whose_turn_it_is() -> None:
    transcript = Transcript()
    assert not transcript.asks()
    transcript.add(Message(role=Role.USER, content='Hi'))
    assert transcript.asks()
    transcript.speaking().parts.append(call('1'))
    assert not transcript.asks()


def test_a_transcript_has_an_end() -> None:
    transcript = Transcript()
    for number in range(5_010):
        transcript.add(Message(role=Role.USER, content=str(number)))
    assert len(transcript.messages()) == 5_000
    assert texts(transcript)[0] == ('user', '10')
