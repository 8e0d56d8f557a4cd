# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans as the conventions of OpenTelemetry and OpenInference describe them."""
