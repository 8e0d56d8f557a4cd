# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin with evaluators: three that compute, and four that a model judges."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_evaluators.config import GenkitMetric, JudgeArgument, MetricConfig, StatusOverride
from genkit_evaluators.plugin import GenkitEval, register_genkit_evaluators


__all__ = [
    'GenkitEval',
    'GenkitMetric',
    'JudgeArgument',
    'MetricConfig',
    'StatusOverride',
    'register_genkit_evaluators',
]

_serve_older_names(__name__)
