# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Chats in the terminal with a model on this machine, and goes on where it was, also after a kill in mid-answer."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from chat import Chat, asked
from companion import LOCAL, companion
from genkit import GenkitError
from place import Place


HELP = '/undo  /branch [NAME]  /help  /quit'


async def talk(folder: Path, model: str) -> None:
    ai, agent = companion(folder, model)
    chat = Chat(agent, Place.read(folder / 'place.json'))
    print(HELP)
    await chat.go_on()
    while True:
        try:
            said = asked('you> ')
        except EOFError:
            said = '/quit'
        command, _, rest = said.partition(' ')
        if command == '/quit':
            break
        if command == '/undo':
            await chat.undo()
        elif command == '/branch':
            await chat.branch(rest.strip())
        elif command.startswith('/'):
            print(HELP)
        elif said:
            await chat.say(said)
    await ai.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--folder', type=Path, default='.genkit/chat', help='where the conversation is kept')
    parser.add_argument('--model', default=os.environ.get('GENKIT_CHAT_MODEL', LOCAL), help='"parrot" needs no weights')
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(talk(given.folder, given.model))
    except KeyboardInterrupt:
        return 130
    except GenkitError as error:
        print(f'agent-chat: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
