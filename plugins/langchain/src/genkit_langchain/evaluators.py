# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluators that judge by a criterion, with a model of the application."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from genkit import Action, FinishReason, GenkitError, Message, ModelRef, Role, TextPart
from genkit.plugin import (
    ActionKind,
    EvaluatorInfo,
    Registry,
    describe_problems,
    did_you_mean,
    make_evaluator,
    quoting,
    to_json_schema,
)
from genkit.types import (
    BaseEvalDataPoint,
    EvalFnResponse,
    EvalStatusEnum,
    GenerateActionOptions,
    GenerateActionOutputConfig,
    GenerateResponse,
    Score,
    ScoreDetails,
)
from pydantic import BaseModel, ValidationError

from genkit_langchain.criteria import CRITERIA, Criterion, Verdict, question_of


CriterionArgument: TypeAlias = str | Criterion
JudgeArgument: TypeAlias = str | ModelRef[Any]

_SHOWN: Final = 200


class NoOptions(BaseModel, extra='forbid'):
    """What a call may say beside the dataset: nothing. Criteria are set up where the plugin is made."""


@dataclass(frozen=True)
class Judging:
    """A criterion and who judges by it."""

    criterion: Criterion
    is_labeled: bool
    judge: JudgeArgument
    judge_config: Mapping[str, Any] | BaseModel | None

    @property
    def info(self) -> EvaluatorInfo:
        """How the evaluator describes itself."""
        name, labeled = self.criterion.name, ', held against a reference' if self.is_labeled else ''
        passes = '' if self.criterion.is_wanted else ' No passes.'
        return EvaluatorInfo(
            display_name=f'{name[:1].upper()}{name[1:]}{labeled}',
            definition=f'{self.criterion.question}{passes}',
            is_billed=True,
            config_schema=NoOptions,
        )


def judgings(
    criteria: Sequence[CriterionArgument],
    labeled_criteria: Sequence[CriterionArgument],
    judge: JudgeArgument | None,
    judge_config: Any,
) -> dict[str, Judging]:
    """Return what is judged, by name.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an unknown criterion, one that is listed twice, and a missing judge.
    """
    found: dict[str, Judging] = {}
    for is_labeled, listed in ((False, criteria), (True, labeled_criteria)):
        if isinstance(listed, str):
            raise _refused(f'criteria is the text {listed!r}; give a list, such as [{listed!r}].')
        for each in listed:
            criterion = _criterion(each)
            if judge is None:
                raise _refused(f"Criterion {criterion.name!r} needs a judge: LangChain(…, judge='<plugin>/<model>').")
            if criterion.name in found:
                raise _refused(
                    f'Criterion {criterion.name!r} is listed twice, and is the name of one evaluator. Leave one out, '
                    "or give it another name: Criterion('…', '…?')."
                )
            found[criterion.name] = Judging(criterion, is_labeled, judge, judge_config)
    return found


def evaluator(name: str, judging: Judging, registry: Callable[[], Registry]) -> Action[Any, Any, Any]:
    """Return the evaluator of a criterion; the score is what the judge says, and passes if that is what is wanted."""

    async def evaluate(case: BaseEvalDataPoint) -> EvalFnResponse:
        _require(case, judging)
        text = question_of(judging.criterion, case, with_reference=judging.is_labeled)
        verdict = await _ask(registry(), judging, text)
        passes = verdict.verdict is judging.criterion.is_wanted
        score = Score(
            score=verdict.verdict,
            status=EvalStatusEnum.PASS if passes else EvalStatusEnum.FAIL,
            details=ScoreDetails(reasoning=verdict.reasoning),
        )
        return EvalFnResponse(test_case_id=case.test_case_id, evaluation=score)

    return make_evaluator(name, judging.info, evaluate, description=judging.criterion.question)


async def _ask(registry: Registry, judging: Judging, text: str) -> Verdict:
    judge, config = judging.judge, judging.judge_config
    options = GenerateActionOptions(
        model=judge if isinstance(judge, str) else judge.name,
        messages=[Message(role=Role.USER, content=[TextPart(text=text)])],
        config=judge.merged_config(config) if isinstance(judge, ModelRef) else config,
        output=GenerateActionOutputConfig(format='json', json_schema=to_json_schema(Verdict)),
    )
    generate = await registry.require_action(ActionKind.UTIL, 'generate')
    response: GenerateResponse[Any] = (await generate.arun(options)).response
    if response.finish_reason == FinishReason.LENGTH:
        raise _unreadable(response, judging, 'its answer was cut off')
    try:
        return Verdict.model_validate(response.output)
    except ValidationError as error:
        raise _unreadable(response, judging, describe_problems(error)) from error
    except GenkitError as error:
        raise _unreadable(response, judging, 'its answer is not in the form it was asked for') from error


def _require(case: BaseEvalDataPoint, judging: Judging) -> None:
    needed = ('output', 'reference') if judging.is_labeled else ('output',)
    missing = [name for name in needed if getattr(case, name) is None]
    if missing:
        raise GenkitError(
            f'Criterion {judging.criterion.name!r} needs {" and ".join(map(repr, missing))}, which this test case does '
            'not have. Add it to the dataset.',
            status='INVALID_ARGUMENT',
        )


def _criterion(given: Any) -> Criterion:
    if isinstance(given, Criterion):
        return given
    if isinstance(given, str) and given in CRITERIA:
        return CRITERIA[given]
    suggestion = did_you_mean(given, CRITERIA) if isinstance(given, str) else ''
    raise _refused(
        f'There is no criterion {given!r}.{suggestion} There are: {", ".join(CRITERIA)}; and your own, '
        "Criterion('politeness', 'Is the output polite?')."
    )


def _refused(message: str) -> GenkitError:
    return GenkitError(message, status='INVALID_ARGUMENT')


def _unreadable(response: GenerateResponse[Any], judging: Judging, problem: str) -> GenkitError:
    text = response.text if len(response.text) <= _SHOWN else f'{response.text[:_SHOWN]}…'
    name = judging.judge if isinstance(judging.judge, str) else judging.judge.name
    return quoting(
        GenkitError(
            f'The judge {name!r} cannot be understood: {problem}. It said {text!r}. Try a more capable judge, or let '
            'it write more.',
            status='INTERNAL',
        )
    )
