# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The release orchestrator of a uv workspace: it finds the packages, orders them and checks them."""

__all__: list[str] = []
