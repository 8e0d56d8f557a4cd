# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.evaluators`` has, and this package too."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

from genkit import Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse

from genkit_evaluators.config import PLUGIN_NAME, GenkitMetric, MetricConfig
from genkit_evaluators.plugin import GenkitEval, register_genkit_evaluators


OLDER_MODULES: Final = ()

_ALIKE: Final = f'{PLUGIN_NAME}/alike'

GenkitMetricType = GenkitMetric


def define_genkit_evaluators(ai: Genkit, params: Any) -> None:
    """Add evaluators to an application.

    Answer relevancy works without an embedder as well: it is then 1 for an answer that replies to the input, and 0 for
    one that does not, or that evades.

    Args:
        ai: The application.
        params: Metrics, as a list of `MetricConfig` and of metrics, or an object that holds one as ``root``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for settings that do not fit.
    """
    metrics = [_as_it_was(entry) for entry in cast('Sequence[Any]', getattr(params, 'root', params))]
    register_genkit_evaluators(ai, GenkitEval(metrics))
    if any(isinstance(entry, MetricConfig) and entry.embedder == _ALIKE for entry in metrics):
        ai.define_embedder(_ALIKE, _alike, description='Gives all texts one vector.')


def _as_it_was(entry: Any) -> Any:
    if isinstance(entry, MetricConfig) and entry.metric is GenkitMetric.ANSWER_RELEVANCY and entry.embedder is None:
        return replace(entry, embedder=_ALIKE)
    return entry


def _alike(request: EmbedRequest) -> EmbedResponse:
    return EmbedResponse(embeddings=[Embedding(embedding=[1.0]) for _ in request.input])
