# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Leaves work to an agent, looks at its progress, waits for the end, and stops it before its end. Needs no model."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from genkit import Genkit, Message, Role, TextPart
from genkit.agent import Agent, BidiRunContext, SessionRunner, SqliteSnapshots
from genkit.types import AgentInput, AgentResult, Artifact


CHAPTERS = 5
SECONDS = 0.3  # for a chapter


def reader(ai: Genkit, store: SqliteSnapshots, progress: dict[str, int]) -> Agent:
    """Return an agent that reads a book, chapter by chapter, and heeds an abort between two of them."""

    async def serve(runner: SessionRunner, context: BidiRunContext[Any, Any]) -> AgentResult:
        async def turn(given: AgentInput, _turn: object) -> None:
            title = given.message.text if given.message else ''
            for chapter in range(1, CHAPTERS + 1):
                if context.abort_signal.is_set():
                    return
                await asyncio.sleep(SECONDS)
                progress[title] = chapter
                runner.add_artifacts(Artifact(name='summary', parts=[TextPart(text=f'{chapter} chapters of {title}')]))
            runner.add_messages(Message(role=Role.MODEL, content=f'I have read {title}.'))

        await runner.run(turn)
        return await runner.result()

    return ai.define_custom_agent('reader', serve, store=store)


async def run(folder: Path) -> None:
    ai, progress = Genkit(), dict[str, int]()
    store = SqliteSnapshots(folder / 'sessions.db')
    agent = reader(ai, store, progress)

    task = await agent.chat(session_id='desk').detach('Moby-Dick')
    print(f'Moby-Dick is being read; nobody waits. Come back to snapshot {task.snapshot_id[:8]}…')
    async for found in task.poll(SECONDS):
        print(f'  {found.status}, {progress.get("Moby-Dick", 0)} of {CHAPTERS} chapters')
    ended = await task.snapshot()
    assert ended.state is not None, 'what has ended has a state'
    print(f'  it says: {(ended.state.messages or [])[-1].text}')

    second = await agent.chat(session_id='shelf').detach('Ulysses')
    await asyncio.sleep(1.5 * SECONDS)
    print(f'Ulysses is {await second.abort()}, and told to stop in chapter {progress["Ulysses"] + 1}.')
    stopped = await second.wait(SECONDS)
    await asyncio.sleep(CHAPTERS * SECONDS)  # more than it would have taken to the end
    print(f'  {stopped.status}; it was heard of after chapter {progress["Ulysses"]} of {CHAPTERS}')
    await store.aclose()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix='agent-background-') as folder:
        asyncio.run(run(Path(folder)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
