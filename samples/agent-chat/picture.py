# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Records a real run of this sample, a kill in mid-answer included, as the picture in its README.

uv run --all-packages --all-groups samples/agent-chat/picture.py
"""

import io
import re
import sys
import tempfile
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text


HERE = Path(__file__).parent
PICTURE = HERE / 'chat.svg'
PROMPT = 'you> '


def start(folder: str, shown: io.StringIO) -> pexpect.spawn:
    command = [str(HERE / 'main.py'), '--folder', folder]
    shown.write('$ samples/agent-chat/run.sh\r\n')
    chat = pexpect.spawn(sys.executable, command, encoding='utf-8', timeout=120, dimensions=(60, 100))
    chat.logfile_read = shown
    return chat


def main() -> None:
    shown = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        chat = start(folder, shown)
        for said in ('Hello! Who are you?', 'Remember to buy milk'):
            chat.expect_exact(PROMPT)
            chat.sendline(said)
        chat.expect_exact('[y/n] ')
        chat.sendline('y')
        chat.expect_exact(PROMPT)
        chat.sendline('Why is the sea salty?')
        chat.expect_exact(' ai> ')
        chat.expect(r'\w+ \w+ \w+ \w+')
        chat.kill(9)
        chat.expect(pexpect.EOF)
        shown.write(' ✂ kill -9\r\n')
        chat = start(folder, shown)
        for said in ('/undo', '/branch joke', '/quit'):
            chat.expect_exact(PROMPT)
            chat.sendline(said)
        chat.expect(pexpect.EOF)
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(Text.from_ansi(shown.getvalue().replace('\r\n', '\n').rstrip()))
    picture = console.export_svg(title='agent-chat')
    PICTURE.write_text(re.sub(r'@font-face \{.*?\}', '', picture, flags=re.DOTALL))  # the reader's own fonts will do


if __name__ == '__main__':
    main()
