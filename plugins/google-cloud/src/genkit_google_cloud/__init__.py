# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Google Cloud for Genkit."""

__all__: list[str] = []
