# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a run stands: its branches, and what the end of a node makes of them. Nothing here waits or stores."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import Action, ActionKind, did_you_mean
from genkit.types import WireModel
from pydantic import Field

from genkit_graph.edges import END, Edges
from genkit_graph.results import Question
from genkit_graph.state import Values, Write, merged


_TRAIL: Final = 10


class Answered(WireModel):
    """A question that has its answer."""

    question: Any = None
    answer: Any = None


class Branch(WireModel):
    """One of the places where a run stands.

    Attributes:
        id: Unique in the run.
        node: What runs next, or is running; `END` once the branch has ended.
        writes: What was written on the way here, beside what all branches share.
        question: What the node asks and has no answer to.
        answered: What it asked before, in order.
        asked: How many questions the node has asked.
        inner: How far it has come, if the node is a graph.
    """

    id: int
    node: str
    writes: list[Write] = Field(default_factory=list[Write])
    question: Question | None = None
    answered: list[Answered] = Field(default_factory=list[Answered])
    asked: int = 0
    inner: 'Progress | None' = None

    @property
    def is_fresh(self) -> bool:
        """Whether its node has done nothing yet."""
        return self.question is None and not self.answered and self.inner is None


class Progress(WireModel):
    """Where a run stands. It is never changed; each step makes a new one.

    Attributes:
        values: The state that all branches share, as JSON.
        branches: In the order of their edges, whichever came first.
        steps: How many nodes have ended.
        last: The nodes that ended last, oldest first.
        count: How many ids were given.
    """

    values: Values
    branches: list[Branch]
    steps: int = 0
    last: list[str] = Field(default_factory=list[str])
    count: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether all branches have ended."""
        return all(branch.node == END for branch in self.branches)

    def branch(self, number: int) -> Branch:
        """Return the branch with an id."""
        return next(branch for branch in self.branches if branch.id == number)

    def is_awaited(self, node: str, edges: Edges) -> bool:
        """Return whether another branch can still come to a node."""
        return any(edges.leads_to(branch.node, node) for branch in self.branches)

    def ready(self, edges: Edges, busy: Collection[int]) -> list[Branch]:
        """Return the branches whose nodes may run now: no other branch can still come to them.

        Args:
            edges: Those of the graph.
            busy: The ids of branches that run already, or wait in a graph within.
        """
        return [
            branch
            for branch in self.branches
            if branch.node != END
            and branch.question is None
            and branch.id not in busy
            and not self.is_awaited(branch.node, edges)
        ]

    def with_branch(self, changed: Branch) -> 'Progress':
        """Return this with another version of a branch."""
        return self.replaced(branches=[changed if each.id == changed.id else each for each in self.branches])

    def after(self, number: int, written: Sequence[Write], targets: Sequence[str]) -> 'Progress':
        """Return this after the node of a branch has ended.

        Args:
            number: The branch's id.
            written: What the node wrote; it is given ids here.
            targets: What follows.
        """
        ended, count = self.branch(number), self.count + len(written)
        writes = [*ended.writes, *(write.replaced(id=self.count + at) for at, write in enumerate(written, 1))]
        following = [Branch(id=count + place, node=target, writes=writes) for place, target in enumerate(targets, 1)]
        at = self.branches.index(ended)
        return self.replaced(
            branches=[*self.branches[:at], *following, *self.branches[at + 1 :]],
            steps=self.steps + 1,
            last=[*self.last, ended.node][-_TRAIL:],
            count=count + len(following),
        )

    def joined(self, edges: Edges, running: Collection[int]) -> 'Progress':
        """Return this with the branches that stand at one node as one branch, as soon as no other can come to it.

        They are joined in their order, not in that of their arrival.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if they wrote the same member.
        """
        joined: list[Branch] = []
        places: dict[str, int] = {}
        for branch in self.branches:
            can_join = branch.is_fresh and branch.id not in running and not self.is_awaited(branch.node, edges)
            if can_join and branch.node in places:
                first = joined[places[branch.node]]
                joined[places[branch.node]] = first.replaced(writes=merged(first.writes, branch.writes))
            else:
                if can_join:
                    places[branch.node] = len(joined)
                joined.append(branch)
        return self.replaced(branches=joined)

    def without_shared_writes(self) -> 'tuple[Progress, list[Write]]':
        """Return this without the writes that all branches begin with, and those, which belong to the state."""
        first = self.branches[0].writes
        shared = 0
        while shared < len(first) and all(
            shared < len(each.writes) and each.writes[shared].id == first[shared].id for each in self.branches
        ):
            shared += 1
        branches = [each.replaced(writes=each.writes[shared:]) for each in self.branches]
        return self.replaced(branches=branches), list(first[:shared])

    def questions(self) -> Iterator[Question]:
        """Yield what waits for an answer."""
        for branch in self.branches:
            if branch.question is not None:
                yield branch.question
            elif branch.inner is not None:
                yield from branch.inner.questions()

    def answered(self, answers: Mapping[str, Any]) -> 'Progress':
        """Return this with the answers to some of its questions.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an answer to what is not asked, or one that does not fit.
        """
        asked = {question.id: question for question in self.questions()}
        for name, answer in answers.items():
            if name not in asked:
                waiting = f'these wait: {list(asked)}' if asked else 'none waits'
                raise GenkitError(
                    f'No question {name!r} waits for an answer; {waiting}.{did_you_mean(name, asked)}',
                    status='INVALID_ARGUMENT',
                )
            _check_answer(asked[name], answer)
        return self.with_answers(answers)

    def with_answers(self, answers: Mapping[str, Any]) -> 'Progress':
        """Return this with answers, which were checked."""
        branches: list[Branch] = []
        for branch in self.branches:
            question, inner = branch.question, branch.inner
            if question is not None and question.id in answers:
                done = Answered(question=question.question, answer=answers[question.id])
                branches.append(branch.replaced(question=None, answered=[*branch.answered, done]))
            else:
                branches.append(branch if inner is None else branch.replaced(inner=inner.with_answers(answers)))
        return self.replaced(branches=branches)


def _check_answer(question: Question, answer: Any) -> None:
    """Refuse an answer that does not fit the schema of its question, as the input of an action is refused."""

    def take(value: Any) -> Any:
        return value

    if question.answer_schema is not None:
        Action(ActionKind.CUSTOM, question.id, take, input_schema=question.answer_schema).validate(answer)


def beginning(values: Values, targets: Sequence[str]) -> Progress:
    """Return the progress of a run that begins with a state, at some nodes."""
    branches = [Branch(id=number, node=target) for number, target in enumerate(targets, 1)]
    return Progress(values=values, branches=branches, count=len(branches))
