# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The agent cases that every Genkit SDK shares."""

from genkit.testing.agent_cases.player import play_agent_case


__all__ = ['play_agent_case']
