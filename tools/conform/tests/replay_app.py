# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application whose models do what the request's config tells them, so that a spec file holds the answers too."""

import asyncio
import os
from pathlib import Path

from genkit import GenerateResponse, Genkit, Message
from genkit.testing import define_echo_model


ai = Genkit()
define_echo_model(ai, 'replay/echo')


def note(what):
    """Tell the test that reads along."""
    if 'REPLAY_NOTES' in os.environ:
        with Path(os.environ['REPLAY_NOTES']).open('a') as notes:
            notes.write(f'{what}\n')


async def replay(request, context):
    told = request.config or {}
    for content in told.get('chunks', ()):
        context.send_chunk({'content': content})
    if 'error' in told:
        raise ValueError(told['error'])
    return told['response']


async def slow(request):
    try:
        await asyncio.sleep(600)
    except asyncio.CancelledError:
        note('cancelled')
        raise


def flaky():
    asked = 0

    async def answer(request):
        nonlocal asked
        asked += 1
        return GenerateResponse(message=Message(role='model', content=f'attempt {asked}'))

    return answer


ai.define_model('replay/model', replay)
ai.define_model('replay/slow', slow)
ai.define_model('replay/flaky', flaky())
note(os.getpid())
