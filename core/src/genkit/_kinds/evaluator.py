# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluators: score the cases of a dataset."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema, type_adapter, validated
from genkit._base.suggest import as_list, refuse
from genkit._kinds.options import OptionsFunction, read_result, reference_options, wrong_result
from genkit._registry.registry import Registry
from genkit._trace.span import open_span
from genkit.types import (
    ActionMetadata,
    BaseDataPoint,
    BaseEvalDataPoint,
    EvalFnResponse,
    EvalRequest,
    EvalResponse,
    EvalStatusEnum,
    EvaluatorRef,
    Score,
)


_WAY_OUT: Final = "expected cases, such as dataset=[BaseDataPoint(input='…', reference='…')]."

_OF_CASE: Final = 'a Score, True or False, a number, or an EvalFnResponse'
_OF_BATCH: Final = 'EvalFnResponse(test_case_id=case.test_case_id, evaluation=Score(score=…)) for each case'


@dataclass(frozen=True, kw_only=True)
class EvaluatorInfo:
    """Metadata of an evaluator.

    Attributes:
        display_name: The name shown to users.
        definition: What the evaluator measures.
        is_billed: Whether running it costs money.
        config_schema: The type, or JSON schema, of the options.
    """

    display_name: str
    definition: str
    is_billed: bool = False
    config_schema: Any = None


def make_evaluator(
    name: str,
    info: EvaluatorInfo,
    fn: Callable[..., Any],
    *,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[EvalRequest, EvalResponse]:
    """Create an evaluator that scores one case at a time, each in its own span; an exception becomes a failed score.

    Args:
        name: The full name.
        info: The evaluator's metadata.
        fn: ``fn(case, options)``, or with the context as a third, to an `EvalFnResponse`, one or several `Score`, True
            or False, which pass and fail, or a number.
        metadata: Metadata for the developer tools.
        description: Description for users.
    """
    function = OptionsFunction(fn, info.config_schema, f'the options of evaluator {name}')

    async def run(request: EvalRequest, context: ActionRunContext) -> EvalResponse:
        options = function.read(request.options)  # wrong options are no verdict on a case
        known = _identified(request).replaced(options=options)
        return EvalResponse([await _judge(function, n, known, context) for n in range(len(known.dataset))])

    return _action(name, run, info, metadata, description or function.documentation)


def make_batch_evaluator(
    name: str,
    info: EvaluatorInfo,
    fn: Callable[..., Any],
    *,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[EvalRequest, EvalResponse]:
    """Create an evaluator that scores the whole dataset at once: ``fn(request, options)`` returns a list of responses.

    A case without an id is given one, as by `make_evaluator`.
    """
    function = OptionsFunction(fn, info.config_schema, f'the options of evaluator {name}')

    async def run(request: EvalRequest, context: ActionRunContext) -> EvalResponse:
        judged: Any = await function.call((_identified(request),), request.options, context)
        if isinstance(judged, EvalResponse):
            return judged
        source = f'Evaluator {name!r}'
        if isinstance(judged, str | Mapping) or not isinstance(judged, Iterable):
            raise wrong_result(judged, source, 'a list with an EvalFnResponse for each case.')
        return EvalResponse(
            [read_result(each, EvalFnResponse, source, _OF_BATCH) for each in cast('Iterable[Any]', judged)]
        )

    return _action(name, run, info, metadata, description or function.documentation)


def evaluator_action_metadata(name: str, info: EvaluatorInfo) -> ActionMetadata:
    """Return the metadata with which a plugin advertises an evaluator that it can resolve."""
    return ActionMetadata(
        action_type=str(ActionKind.EVALUATOR),
        name=name,
        input_schema=to_json_schema(EvalRequest),
        output_schema=to_json_schema(EvalResponse, 'serialization'),
        metadata=_metadata(name, info, None),
    )


def evaluator_ref(name: str, config: Any = None, config_schema: Any = None) -> EvaluatorRef[Any]:
    """Return a reference to an evaluator."""
    return EvaluatorRef(name=name, config=config, config_schema=config_schema)


async def evaluate(
    registry: Registry,
    evaluator: str | EvaluatorRef[Any],
    dataset: Sequence[BaseDataPoint] | BaseDataPoint,
    options: Any = None,
    eval_run_id: str | None = None,
) -> EvalResponse:
    """Return the scores of a dataset, in its order.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown evaluator.
    """
    name, given = reference_options(evaluator, options, "ai.evaluate('name', dataset)")
    action = await registry.require_action(ActionKind.EVALUATOR, name)
    points = [_point(n, point) for n, point in enumerate(as_list('dataset', dataset, _WAY_OUT))]
    request = EvalRequest(dataset=points, eval_run_id=eval_run_id or str(uuid.uuid4()), options=given)
    return (await action.arun(request)).response


def _point(number: int, given: Any) -> BaseDataPoint:
    if isinstance(given, BaseDataPoint):
        return given
    try:
        return validated(type_adapter(BaseDataPoint), given)
    except ValueError:
        return refuse(f'dataset[{number}]', given, _WAY_OUT)


def _identified(request: EvalRequest) -> EvalRequest:
    """Return a request in which each case has an id."""
    if all(point.test_case_id for point in request.dataset):
        return request
    cases = [
        point if point.test_case_id else point.replaced(test_case_id=str(uuid.uuid4())) for point in request.dataset
    ]
    return request.replaced(dataset=cases)


async def _judge(
    function: OptionsFunction, number: int, request: EvalRequest, context: ActionRunContext
) -> EvalFnResponse:
    point = request.dataset[number]
    case_id = str(point.test_case_id)
    case = BaseEvalDataPoint.model_validate(dict(point))
    labels = {'genkit:metadata:evaluator:evalRunId': request.eval_run_id}
    with open_span(f'Test Case {case_id}', 'evaluator', input_value=case, labels=labels) as span:
        try:
            judged = _judgement(await function.call((case,), request.options, context), case_id)
        except Exception as error:  # noqa: BLE001  (one case must not end the run; its score says what happened)
            failed = Score(error=f'Evaluation of test case {case_id} failed: {error}', status=EvalStatusEnum.FAIL)
            judged = EvalFnResponse(test_case_id=case_id, evaluation=failed)
        placed = judged.replaced(
            sample_index=number if judged.sample_index is None else judged.sample_index,
            trace_id=span.trace_id or None,
            span_id=span.span_id or None,
        )
        span.set_output(placed)
        return placed


def _judgement(said: Any, case_id: str) -> EvalFnResponse:
    """Return what a function said of a case: whole, as scores, as a truth value that passes or fails, or a number."""
    if isinstance(said, bool):
        said = Score(score=said, status=EvalStatusEnum.PASS if said else EvalStatusEnum.FAIL)
    elif isinstance(said, int | float):
        said = Score(score=said)
    if isinstance(said, Score) or (isinstance(said, list) and all(isinstance(each, Score) for each in said)):  # pyright: ignore[reportUnknownVariableType]
        return EvalFnResponse(test_case_id=case_id, evaluation=said)  # pyright: ignore[reportUnknownArgumentType]
    return read_result(said, EvalFnResponse, 'The function', _OF_CASE)


def _action(
    name: str,
    run: Callable[..., Any],
    info: EvaluatorInfo,
    metadata: dict[str, Any] | None,
    description: str | None,
) -> Action[EvalRequest, EvalResponse]:
    return Action(
        ActionKind.EVALUATOR,
        name,
        run,
        description=description,
        metadata=_metadata(name, info, metadata),
        input_schema=EvalRequest,
        output_schema=EvalResponse,
    )


def _metadata(name: str, info: EvaluatorInfo, metadata: dict[str, Any] | None) -> dict[str, Any]:
    options = {} if info.config_schema is None else {'customOptions': to_json_schema(info.config_schema)}
    evaluator = {
        'label': name,
        'evaluatorDisplayName': info.display_name,
        'evaluatorDefinition': info.definition,
        'evaluatorIsBilled': info.is_billed,
        **options,
    }
    return {**(metadata or {}), 'evaluatorIsBilled': info.is_billed, 'evaluator': evaluator}
