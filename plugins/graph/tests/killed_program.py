# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a graph in children of this process, each of which kills itself at the moment that it is given.

A line of input is a folder and a moment; a line of output is the child's exit code. Children are forked, so that the
libraries are imported once.
"""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from genkit import Genkit, GenkitError
from genkit.agent import FileSnapshots
from genkit_graph import START, Append, Graph, NodeContext, define_graph
from pydantic import BaseModel


RUN = 'the-run'


class Report(BaseModel):
    topic: str
    text: str = ''
    sources: Annotated[list[str], Append] = []
    rounds: int = 0
    approved: bool = False


class Moments:
    """Counts the moments of a run, and kills the process at one of them."""

    def __init__(self, last: int) -> None:
        self.left = last

    def pass_one(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalSnapshots(FileSnapshots):
    def __init__(self, folder: Path, moments: Moments) -> None:
        super().__init__(folder)
        self._moments = moments

    async def add(self, *given: Any, **options: Any) -> None:
        self._moments.pass_one()
        await super().add(*given, **options)
        self._moments.pass_one()


def report_graph(folder: Path, moments: Moments) -> Graph[Report]:
    ai = Genkit()

    def ran(node: str) -> None:
        with (folder / 'ran.txt').open('a') as file:
            file.write(f'{node}\n')
        moments.pass_one()

    async def draft(report: Report) -> dict[str, Any]:
        moments.pass_one()
        ran('draft')
        return {'text': f'{report.text}{report.topic}.', 'rounds': report.rounds + 1}

    def search(report: Report) -> dict[str, Any]:
        ran('search')
        return {'sources': [f'search {report.rounds}']}

    async def ask_ada(report: Report) -> Report:
        ran('ask_ada')
        return report.model_copy(update={'sources': [*report.sources, f'ada {report.rounds}']})

    async def check_ada(report: Report) -> dict[str, Any]:
        await asyncio.sleep(0)
        ran('check_ada')
        return {'sources': [f'checked {report.sources[-1]}']}

    def review(report: Report, context: NodeContext) -> dict[str, Any]:
        moments.pass_one()
        approved = context.ask(f'Publish {report.text}', bool)
        ran('review')
        return {'approved': approved}

    def decide(report: Report) -> Literal['draft', 'END']:
        return 'END' if report.approved else 'draft'

    return define_graph(
        ai,
        'report',
        Report,
        nodes=[draft, search, ask_ada, check_ada, review],
        edges={
            START: 'draft',
            'draft': ['search', 'ask_ada'],
            'search': 'review',
            'ask_ada': 'check_ada',
            'check_ada': 'review',
            'review': decide,
        },
        store=MortalSnapshots(folder / 'store', moments),
    )


async def go_on(folder: Path, moment: int) -> Report:
    """Begin the run or go on with it, and answer what it asks: no, and then yes."""
    graph = report_graph(folder, Moments(moment))
    try:
        result = await graph.resume(RUN)
    except GenkitError as error:
        if error.status != 'NOT_FOUND':
            raise
        result = await graph(Report(topic='tea'), run_id=RUN)
    while result.status == 'interrupted':
        [question] = result.questions
        result = await graph.resume(RUN, {question.id: result.state.rounds == 2})
    return result.state


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(go_on(Path(folder), 0))  # what a first run makes and keeps is made once for all children
    for line in sys.stdin:
        name, moment = line.split()
        if child := os.fork():
            sys.stdout.write(f'{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n')
            sys.stdout.flush()
            continue
        folder = Path(name)
        state = asyncio.run(go_on(folder, int(moment)))
        (folder / 'result.json').write_text(state.model_dump_json())
        os._exit(0)


if __name__ == '__main__':
    main()
