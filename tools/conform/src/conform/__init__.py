# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs model conformance specs against any plugin, in this process or through the reflection API."""

__all__: list[str] = []
