# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a node is given beside the state: the caller's context, its stream, and a way to ask."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from genkit import ActionRunContext, Interrupt
from genkit.plugin import to_json_schema
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from genkit_graph.progress import Answered


AnswerT = TypeVar('AnswerT')


class Asked(Interrupt):
    """Raised by `NodeContext.ask`.

    Attributes:
        place: How many questions the node had asked before in this run of it.
        question: The question, as JSON.
        answer_schema: The schema of an answer.
    """

    def __init__(self, place: int, question: Any, answer_schema: dict[str, Any] | None) -> None:
        super().__init__(question)
        self.place = place
        self.question = question
        self.answer_schema = answer_schema


class NodeContext(ActionRunContext):
    """The context of one run of a node, passed to its function as the second parameter.

    Attributes:
        node: The node's name; of a graph within the graph, ``outer/inner``.
        run_id: The run.
    """

    __slots__ = ('_answered', '_place', 'node', 'run_id')

    def __init__(
        self,
        run: ActionRunContext,
        on_chunk: Callable[[Any], None] | None,
        node: str,
        run_id: str,
        answered: Sequence[Answered],
    ) -> None:
        super().__init__(run.context, on_chunk)
        self.span = run.span
        self.node = node
        self.run_id = run_id
        self._answered = answered
        self._place = 0

    @property
    def answers(self) -> list[Any]:
        """The answers to what this node asked before, for code that raises `Interrupt` itself."""
        return [each.answer for each in self._answered]

    @overload
    def ask(self, question: Any) -> Any: ...

    @overload
    def ask(self, question: Any, answer_type: type[AnswerT]) -> AnswerT: ...

    def ask(self, question: Any, answer_type: Any = Any) -> Any:
        """Return the answer to a question; without one, interrupt the run until it is given.

        Then the node runs again from its beginning, and this returns. A node may ask several things, one after the
        other. What it does before it asks, it does again.

        Args:
            question: What to ask: a text, or other data that JSON has a form for. An answer counts for this very
                question: if it is another one when the node runs again, that one is asked.
            answer_type: What an answer has to be; others are refused. Default: anything.

        Raises:
            Interrupt: There is no answer yet. Do not catch it.
        """
        asked, place = to_jsonable_python(question), self._place
        self._place += 1
        if place < len(self._answered) and self._answered[place].question == asked:
            return TypeAdapter(answer_type).validate_python(self._answered[place].answer)
        raise Asked(place, asked, None if answer_type is Any else to_json_schema(answer_type))
