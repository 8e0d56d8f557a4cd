# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the evaluator, and of the guardrail by its name."""

import json
from collections.abc import Sequence
from typing import Any, Final, Unpack

from genkit import GenkitError
from genkit.plugin import Action, ActionKind, EvaluatorInfo, Plugin, evaluator_action_metadata, make_evaluator
from genkit.types import ActionMetadata, BaseEvalDataPoint, EvalFnResponse, EvalStatusEnum, Score, ScoreDetails

from genkit_checks.config import SOURCE, Metrics, read_metrics
from genkit_checks.convert import PolicyResult
from genkit_checks.guardrail import ChecksGuardrail
from genkit_checks.service import ChecksOptions, Service


_EVALUATOR: Final = 'guardrails'
_INFO: Final = EvaluatorInfo(
    display_name='Google Checks',
    definition='Judges whether an output is safe, by the policies of Google Checks: a score for each of them.',
    is_billed=True,
)


class Checks(Plugin):
    """Google Checks: ``checks/guardrails`` is an evaluator, ``checks`` a middleware, made by `guardrail` too.

    Args:
        evaluation: The policies of the evaluator. Default: all.
        **options: See `ChecksOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a policy that does not exist.
    """

    name = SOURCE

    def __init__(self, *, evaluation: Metrics | None = None, **options: Unpack[ChecksOptions]) -> None:
        self._metrics = read_metrics(evaluation)
        service = self._service = Service(options)

        class Guardrail(ChecksGuardrail):
            __doc__ = ChecksGuardrail.__doc__
            name = ChecksGuardrail.name

        Guardrail.service = service
        self._guardrail = Guardrail

    def guardrail(self, config: Any = None, **fields: Any) -> ChecksGuardrail:
        """Return a guardrail with the plugin's credentials.

        Args:
            config: See `GuardrailConfig`.
            **fields: The fields of the configuration.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a configuration that does not fit.
        """
        return self._guardrail(config, **fields)

    def middleware(self) -> Sequence[type[Any]]:
        """Return the guardrail with the plugin's credentials, for its use by name."""
        return (self._guardrail,)

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the evaluator."""
        wanted = (ActionKind.EVALUATOR, self.namespaced(_EVALUATOR))
        return make_evaluator(name, _INFO, self._judge) if (action_type, name) == wanted else None

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the evaluator."""
        return [evaluator_action_metadata(self.namespaced(_EVALUATOR), _INFO)]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()

    async def _judge(self, case: BaseEvalDataPoint) -> EvalFnResponse:
        if case.output is None:
            raise GenkitError('A case needs an output.', status='INVALID_ARGUMENT', source=SOURCE)
        text = case.output if isinstance(case.output, str) else json.dumps(case.output, ensure_ascii=False, default=str)
        if text.strip():
            results = await self._service.results(text, self._metrics)
        else:  # which holds nothing that Checks could judge
            results = [PolicyResult(str(each.type), violates=False, score=0.0) for each in self._metrics]
        return EvalFnResponse(test_case_id=case.test_case_id, evaluation=[_score(result) for result in results])


def _score(result: PolicyResult) -> Score:
    status = EvalStatusEnum.FAIL if result.violates else EvalStatusEnum.PASS
    verdict = 'VIOLATIVE' if result.violates else 'NON_VIOLATIVE'
    return Score(id=result.policy, score=result.score, status=status, details=ScoreDetails(reasoning=verdict))
