# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversions between the types of Genkit and LangChain; none does IO."""
