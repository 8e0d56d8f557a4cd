# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Datasets, scores, and the requests and responses of evaluators."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, RootModel

from genkit.types.display import table
from genkit.types.wire import WireEnum, WireModel


class EvalStatusEnum(WireEnum):
    """The verdict of a score."""

    UNKNOWN = 'UNKNOWN'
    PASS = 'PASS'  # noqa: S105  (a verdict)
    FAIL = 'FAIL'


class BaseDataPoint(WireModel):
    """One case of a dataset."""

    input: Any = None
    output: Any = None
    context: list[Any] | None = None
    reference: Any = None
    test_case_id: str | None = None
    trace_ids: list[str] | None = None


class BaseEvalDataPoint(BaseDataPoint):
    """A case with an id."""

    test_case_id: str  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]


class ScoreDetails(WireModel):
    """Details of a score, such as its reasoning."""

    model_config = ConfigDict(extra='allow')

    reasoning: str | None = None


class Score(WireModel):
    """A score of one case."""

    id: str | None = None
    score: float | str | bool | None = None
    status: EvalStatusEnum | None = None
    error: str | None = None
    details: ScoreDetails | None = None


class EvalFnResponse(WireModel):
    """The scores of one case, with the trace and span in which they were computed."""

    sample_index: int | None = None
    test_case_id: str
    trace_id: str | None = None
    span_id: str | None = None
    evaluation: Score | list[Score]

    @property
    def scores(self) -> list[Score]:
        """The scores, as a list even if there is only one."""
        return self.evaluation if isinstance(self.evaluation, list) else [self.evaluation]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table of the scores."""
        return _shown([self])


class EvalRequest(WireModel):
    """A dataset to evaluate."""

    dataset: list[BaseDataPoint]
    eval_run_id: str
    options: Any = None


class EvalResponse(RootModel[list[EvalFnResponse]]):
    """The results of an evaluation, in the order of the dataset."""

    @property
    def scores(self) -> list[Score]:
        """The scores of all cases, in order."""
        return [score for judged in self.root for score in judged.scores]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table of the cases and their scores."""
        return _shown(self.root)


def _shown(judged: Sequence[EvalFnResponse]) -> str:
    rows = [
        (
            case.test_case_id,
            score.id,
            score.score,
            score.status,
            score.error or (score.details and score.details.reasoning),
        )
        for case in judged
        for score in case.scores
    ]
    return table(('case', 'metric', 'score', 'status', 'why'), rows)
