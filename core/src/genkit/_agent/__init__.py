# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents, their turns, snapshots and stores. Layer 8."""
