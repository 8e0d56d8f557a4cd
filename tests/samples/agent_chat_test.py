# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The chat in a real terminal, by a human who types, changes their mind, and pulls the plug."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


pexpect: Any = pytest.importorskip('pexpect', reason='there are no terminals of this kind here')

MAIN = Path(__file__).parents[2] / 'samples' / 'agent-chat' / 'main.py'
PROMPT = 'you> '


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    started: list[Any] = []

    def begin(model: str = 'parrot') -> Any:
        command = [str(MAIN), '--folder', str(tmp_path / 'chat'), '--model', model]
        started.append(pexpect.spawn(sys.executable, command, encoding='utf-8', timeout=15, echo=False))
        return started[-1]

    yield begin
    for each in started:
        each.close(force=True)


def say(chat: Any, text: str) -> None:
    chat.expect_exact(PROMPT)
    chat.sendline(text)


def test_a_chat_that_is_killed_in_mid_answer_goes_on(start):
    chat = start()
    say(chat, 'one')
    chat.expect_exact('You said 1 things, and at last: one')
    say(chat, 'two and a lot of other words to say')
    chat.expect_exact('You said 2')
    chat.kill(9)
    chat.expect(pexpect.EOF)

    chat = start()
    chat.expect_exact('at last: one')
    chat.expect_exact('were not answered')
    chat.expect_exact('You said 2 things, and at last: two and a lot of other words to say')
    say(chat, 'three')
    chat.expect_exact('You said 3 things, and at last: three')
    say(chat, '/quit')
    chat.expect(pexpect.EOF)
    chat.close()
    assert chat.exitstatus == 0


def test_undo_forgets_and_branches_stay_apart(start):
    chat = start()
    for text in ('one', 'two'):
        say(chat, text)
        chat.expect_exact(f'at last: {text}')
    say(chat, '/undo')
    say(chat, 'three')
    chat.expect_exact('You said 2 things, and at last: three')
    say(chat, '/branch other')
    chat.expect_exact('main, [other]')
    say(chat, 'four')
    chat.expect_exact('You said 3 things, and at last: four')
    say(chat, '/branch main')
    chat.expect_exact('[main], other')
    say(chat, 'five')
    chat.expect_exact('You said 3 things, and at last: five')
    for _ in range(5):  # more than there is
        say(chat, '/undo')
    say(chat, 'six')
    chat.expect_exact('You said 1 things, and at last: six')


def test_a_human_decides_on_each_note_also_after_a_kill(start, tmp_path):
    chat = start()
    say(chat, 'remember milk')
    chat.expect_exact("Write down 'milk'? [y/n] ")
    chat.sendline('n')
    chat.expect_exact('The human does not want that.')
    say(chat, 'remember bread')
    chat.expect_exact("Write down 'bread'? [y/n] ")
    chat.kill(9)
    chat.expect(pexpect.EOF)
    chat = start()
    chat.expect_exact("Write down 'bread'? [y/n] ")
    chat.sendline('y')
    chat.expect_exact('Written down: bread')
    say(chat, '/undo')
    say(chat, 'on')
    chat.expect_exact('You said 2 things')
    assert (tmp_path / 'chat' / 'notes.txt').read_text() == 'bread\n'


def test_a_tool_that_was_agreed_to_before_a_kill_does_its_work_once(start, tmp_path):
    chat = start()
    say(chat, 'remember bread and a lot of other things to be told again')
    chat.expect_exact('[y/n] ')
    chat.sendline('y')
    chat.expect_exact('Written')  # the tool has run, and the turn has not ended
    chat.kill(9)
    chat.expect(pexpect.EOF)
    chat = start()
    chat.expect_exact('[y/n] ')
    chat.sendline('y')
    chat.expect_exact('told again')
    say(chat, '/quit')
    chat.expect(pexpect.EOF)
    assert (tmp_path / 'chat' / 'notes.txt').read_text() == 'bread and a lot of other things to be told again\n'


def test_a_turn_that_fails_says_why_and_stands_in_nobodys_way(start):
    chat = start('no-such-model')
    for text in ('one', 'two'):
        say(chat, text)
        chat.expect_exact(' !!  ')
        chat.expect_exact('no-such-model')
    say(chat, '/quit')
    chat.expect(pexpect.EOF)
    chat = start()
    say(chat, 'three')  # nothing is asked again before the first prompt
    chat.expect_exact('You said 1 things, and at last: three')


def test_several_things_are_decided_one_after_the_other(start, tmp_path):
    chat = start()
    say(chat, 'remember milk; bread')
    chat.expect_exact("Write down 'milk'? [y/n] ")
    chat.sendline('y')
    chat.expect_exact("Write down 'bread'? [y/n] ")
    chat.sendline('y')
    chat.expect_exact('Written down: bread')
    say(chat, '/quit')
    chat.expect(pexpect.EOF)
    assert (tmp_path / 'chat' / 'notes.txt').read_text() == 'milk\nbread\n'


@pytest.mark.parametrize('damage', ['', '[]', '{"branch": "gone"}', '{"unknown": 1}'])
def test_a_damaged_file_is_named_with_the_way_out(start, tmp_path, damage):
    (tmp_path / 'chat').mkdir()
    (tmp_path / 'chat' / 'place.json').write_text(damage)
    chat = start()
    chat.expect_exact('place.json does not say where the conversation stands')
    chat.expect_exact('Remove it to begin anew.')
    chat.expect(pexpect.EOF)
    chat.close()
    assert chat.exitstatus == 1
    assert (tmp_path / 'chat' / 'place.json').read_text() == damage


def test_ctrl_c_ends_it(start):
    chat = start()
    chat.expect_exact(PROMPT)
    chat.sendintr()
    chat.expect(pexpect.EOF)
    chat.close()
    assert chat.exitstatus == 130
