# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google Checks for Genkit: evaluators, and a guardrail for what goes into a model and what comes out."""

from genkit_checks.config import ChecksMetric, ChecksMetricConfig, GuardrailConfig
from genkit_checks.guardrail import ChecksGuardrail
from genkit_checks.plugin import Checks
from genkit_checks.service import ChecksOptions


__all__ = [
    'Checks',
    'ChecksGuardrail',
    'ChecksMetric',
    'ChecksMetricConfig',
    'ChecksOptions',
    'GuardrailConfig',
]
